-- Grain: one row per ranked person with a score, most harmful first. The order
-- is total: score, worst single allegation, latest report, person (keys follow
-- the order of identifiers); a person's rank is their place in it.
-- Purpose: who is where. Harm is weight x offence count: the Cambridge Crime
-- Harm Index sets the weight, in days of the starting-point sentence of a first
-- offender, and leaves out what police found by themselves. Nobody under age
-- ($adult_born_by is the last birthday that is of age) and nobody who has died
-- is ranked.
-- The conditions are those of contributions.sql, which says for each
-- allegation why it counts for nothing; the two are compared on every run.
-- Keys of at most 32 bytes sort several times faster, hence the casts.
with harm as (
    select
        allegations.person_key,
        allegations.reported_on,
        cast(
            harm_index.days * allegations.offence_count as decimal(12, 3)
        ) as harm_days,
    from core.allegations as allegations
    inner join staging.harm_index as harm_index
        on harm_index.ho_code = allegations.index_code
        and harm_index.edition = $edition
    where
        case $window_by
            when 'committed' then allegations.committed_on
            else allegations.reported_on
        end between $window_from and $window_to
        and (allegations.deceased_on is null or allegations.deceased_on >= $as_of)
        and (
            allegations.born_on is null or allegations.born_on <= $adult_born_by
        )
        and allegations.is_countable
        and ($count_conditional_codes or not allegations.is_conditional)
        and (
            $count_no_further_action or not allegations.is_no_further_action
        )
)

select
    person_key,
    cast(sum(harm_days) as decimal(18, 3)) as score_days,
    max(harm_days) as worst_days,
    max(reported_on) as latest_reported_on,
from harm
group by person_key
order by score_days desc, worst_days desc, latest_reported_on desc, person_key
