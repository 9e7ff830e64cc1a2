-- Grain: one row per code and title recorded and the facts that decide whether an
-- allegation of it counts: allegations (a crime and a person named as its
-- suspect) in a window.
-- Purpose: what an edition covers of a force's own data.
select
    crimes.ho_code,
    crimes.offence_title,
    crimes.has_female_victim,
    crimes.is_domestic_abuse,
    crimes.is_proactive,
    crimes.status in ('cancelled', 'transferred') as is_withdrawn,
    count(*) as allegations,
    sum(crimes.offence_count) as offences,
from core.allegations as allegations
inner join core.crimes as crimes on crimes.crime_key = allegations.crime_key
where
    case $window_by
        when 'committed' then allegations.committed_on
        else allegations.reported_on
    end between $window_from and $window_to
group by
    crimes.ho_code,
    crimes.offence_title,
    crimes.has_female_victim,
    crimes.is_domestic_abuse,
    crimes.is_proactive,
    is_withdrawn
order by
    crimes.ho_code,
    crimes.offence_title,
    crimes.has_female_victim,
    crimes.is_domestic_abuse,
    crimes.is_proactive,
    is_withdrawn
