-- Grain: one row per allegation in the window: a crime and a person named as
-- its suspect.
-- Purpose: what each allegation adds to a person's score, and why one adds
-- nothing. Harm is weight x offence count: the Cambridge Crime Harm Index sets
-- the weight, in days of the starting-point sentence of a first offender.
-- Refused, because they cannot be right and nobody's score may hang on them: a
-- crime of which the suspect is also the victim, and one that names a crowd as
-- its suspects.
with allegations as (
    select *
    from core.allegations
    where
        case $window_by when 'committed' then committed_on else reported_on end
            between $window_from and $window_to
        -- By the date of the offence, too, a list knows no later report.
        and reported_on <= $window_to
),

weighed as (
    select
        allegations.*,
        harm_index.days as weight_days,
        case
            when not $count_cancelled and not is_live then 'crime ' || status
            when is_own_victim then 'the suspect is named as its victim too'
            when suspects > $most_suspects
                then 'more than ' || $most_suspects || ' suspects named'
            when vawg_condition = 'never' then 'outside the VAWG basket'
            when vawg_condition = 'unknown'
                then 'code not in the VAWG basket table'
            when is_conditional and not $count_conditional_codes
                then 'conditional code, left out by setting'
            when vawg_condition = 'domestic_abuse' and not is_vawg
                then 'not flagged as domestic abuse'
            when not is_vawg then 'no female victim'
            when is_proactive and not $count_proactive
                then 'found by police activity, which the index leaves out'
            when harm_index.days is null then 'no weight in this edition'
            when is_no_further_action and not $count_no_further_action
                then 'no further action, left out by setting'
            when alleged_age < $minimum_age and not $count_alleged_under_age
                then 'alleged when under age, left out by setting'
        end as not_counted_because,
    from allegations
    left join staging.harm_index as harm_index
        on harm_index.ho_code = allegations.index_code
        and harm_index.edition = $edition
)

select
    person_key,
    crime_key,
    named_as,
    index_code,
    reported_on,
    committed_on,
    status,
    outcome_code,
    alleged_age,
    is_domestic_abuse,
    is_no_further_action,
    offence_count,
    weight_days,
    not_counted_because,
    not_counted_because is null as is_counted,
    cast(
        case
            when not_counted_because is null then weight_days * offence_count
            else 0
        end as decimal(12, 3)
    ) as harm_days,
from weighed
