-- Grain: one row per ranked person with a score, most harmful first. The order
-- is total: score, worst single allegation, latest report, person (keys follow
-- the order of identifiers); a person's rank is their place in it.
-- Purpose: who is where. Harm is weight x offence count: the Cambridge Crime
-- Harm Index sets the weight, in days of the starting-point sentence of a first
-- offender, and leaves out what police found by themselves. Nobody under age
-- ($adult_born_by is the last birthday that is of age) is ranked.
-- The conditions are those of contributions.sql, which says for each
-- allegation why it counts for nothing; the two are compared on every run.
-- Keys of at most 32 bytes sort several times faster, hence the casts.
with in_custody as (
    select distinct person_key
    from core.custody_spells
    where
        not $rank_in_custody
        and starts_at < $as_of
        and (ends_at is null or ends_at >= $as_of)
),

harm as (
    select
        allegations.person_key,
        allegations.reported_on,
        cast(
            harm_index.days * allegations.offence_count as decimal(12, 3)
        ) as harm_days,
    from core.allegations as allegations
    inner join staging.harm_index as harm_index
        on harm_index.weight_key = allegations.weight_key
        and harm_index.edition = $edition
    where
        case $window_by
            when 'committed' then allegations.committed_on
            else allegations.reported_on
        end between $window_from and $window_to
        and allegations.reported_on <= $window_to
        and allegations.is_vawg
        and not allegations.is_own_victim
        and allegations.suspects <= $most_suspects
        and ($count_cancelled or allegations.is_live)
        and ($count_conditional_codes or not allegations.is_conditional)
        and ($count_proactive or not allegations.is_proactive)
        and (
            $count_no_further_action or not allegations.is_no_further_action
        )
        and (
            $count_alleged_under_age
            or allegations.alleged_age is null
            or allegations.alleged_age >= $minimum_age
        )
        and (
            $rank_deceased
            or allegations.deceased_on is null
            or allegations.deceased_on >= $as_of
        )
        and (
            allegations.born_on is null or allegations.born_on <= $adult_born_by
        )
)

select
    person_key,
    cast(sum(harm_days) as decimal(18, 3)) as score_days,
    max(harm_days) as worst_days,
    max(reported_on) as latest_reported_on,
from harm
where person_key not in (select in_custody.person_key from in_custody)
group by person_key
order by score_days desc, worst_days desc, latest_reported_on desc, person_key
