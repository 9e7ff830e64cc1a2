-- Grain: one row per group of the VAWG basket (jobs/harm-list/basket.csv).
-- Purpose: the groups as a reader sees them, of which several are one.
select
    vawg_group,
    title,
from (
    values
    ('homicide_attempt', 'Homicide and attempts'),
    ('rape', 'Rape'),
    ('child_sexual_abuse', 'Other sexual offences'),
    ('other_sexual', 'Other sexual offences'),
    ('exposure_voyeurism', 'Other sexual offences'),
    ('image_based_abuse', 'Other sexual offences'),
    ('child_indecent_images', 'Other sexual offences'),
    ('extreme_pornography', 'Other sexual offences'),
    ('sexual_exploitation_prostitution', 'Other sexual offences'),
    ('strangulation_suffocation', 'Strangulation'),
    ('violence_with_injury', 'Violence with injury'),
    ('spiking_poisoning', 'Violence with injury'),
    ('fgm', 'Violence with injury'),
    ('violence_without_injury', 'Violence without injury'),
    ('stalking_harassment', 'Stalking and harassment'),
    ('controlling_coercive', 'Controlling or coercive behaviour'),
    ('threats_to_kill', 'Threats to kill'),
    ('breach_protective_order', 'Breaches of protective orders')
) as named (vawg_group, title)
