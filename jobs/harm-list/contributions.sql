-- Grain: one row per allegation in the window: a crime and a person named as
-- its suspect.
-- Purpose: what each allegation adds to a person's score, and the code of why
-- one adds nothing (`src/harm/not_counted.rs` has the words). Harm is weight x
-- offence count: the Cambridge Crime Harm Index sets the weight, in days of the
-- starting-point sentence of a first offender.
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
            when not $count_cancelled and not is_live then 'crime_' || status
            when is_own_victim then 'own_victim'
            when suspects > $most_suspects then 'crowd'
            when vawg_condition = 'never' then 'outside_basket'
            when vawg_condition = 'unknown' then 'not_in_basket_table'
            when is_conditional and not $count_conditional_codes
                then 'conditional_code'
            when vawg_condition = 'domestic_abuse' and not is_vawg
                then 'not_domestic_abuse'
            when not is_vawg then 'no_female_victim'
            when is_proactive and not $count_proactive then 'proactive'
            when harm_index.days is null then 'no_weight'
            when is_no_further_action and not $count_no_further_action
                then 'no_further_action'
            when alleged_age < $minimum_age and not $count_alleged_under_age
                then 'under_age'
        end as not_counted_because,
    from allegations
    left join staging.harm_index as harm_index
        on harm_index.weight_key = allegations.weight_key
        and harm_index.edition = $edition
)

select
    person_key,
    crime_key,
    named_as,
    weight_key,
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
