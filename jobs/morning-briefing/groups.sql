-- Grain: one row per day and group of VAWG crimes recorded, from $from on.
-- Purpose: the groups of the basket as a reader sees them.
select
    recorded_on,
    case
        when vawg_group = 'homicide_attempt' then 'Homicide and attempts'
        when vawg_group = 'rape' then 'Rape'
        when vawg_group in (
            'child_sexual_abuse', 'other_sexual', 'exposure_voyeurism',
            'image_based_abuse', 'child_indecent_images', 'extreme_pornography',
            'sexual_exploitation_prostitution'
        ) then 'Other sexual offences'
        when vawg_group = 'strangulation_suffocation' then 'Strangulation'
        when vawg_group in ('violence_with_injury', 'spiking_poisoning', 'fgm')
            then 'Violence with injury'
        when vawg_group = 'violence_without_injury'
            then 'Violence without injury'
        when vawg_group = 'stalking_harassment' then 'Stalking and harassment'
        when vawg_group = 'controlling_coercive'
            then 'Controlling or coercive behaviour'
        when vawg_group = 'threats_to_kill' then 'Threats to kill'
        when vawg_group = 'breach_protective_order'
            then 'Breaches of protective orders'
        else 'Other'
    end as title,
    count(*) as crimes,
    count(*) filter (where is_domestic_abuse) as domestic_abuse,
from core.crimes
where is_vawg and recorded_on >= $from and recorded_on < $as_of
group by recorded_on, title
order by recorded_on, title
