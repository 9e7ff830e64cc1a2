-- Grain: one row per allegation in the window: a crime and a person named as
-- its suspect.
-- Purpose: what each allegation adds to a person's score, and why one adds
-- nothing. Harm is weight x offence count: the Cambridge Crime Harm Index sets
-- the weight, in days of the starting-point sentence of a first offender.
with allegations as (
    select * exclude (is_no_further_action)
    from core.allegations
    where
        case $window_by when 'committed' then committed_on else reported_on end
            >= $window_from
        and case $window_by when 'committed' then committed_on else reported_on end
            <= $window_to
),

weighed as (
    select
        allegations.*,
        harm_index.days as weight_days,
        case
            when status in ('cancelled', 'transferred') then 'crime ' || status
            when vawg_condition = 'never' then 'outside the VAWG basket'
            when vawg_condition = 'unknown'
                then 'code not in the VAWG basket table'
            when
                is_conditional
                and not $count_conditional_codes
                then 'conditional code, left out by setting'
            when vawg_condition = 'domestic_abuse' and not is_vawg
                then 'not flagged as domestic abuse'
            when not is_vawg then 'no female victim'
            when is_proactive
                then 'found by police activity, which the index leaves out'
            when harm_index.days is null then 'no weight in this edition'
            when
                outcome_code in (14, 15, 16, 18)
                and not $count_no_further_action
                then 'no further action, left out by setting'
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
    is_domestic_abuse,
    offence_count,
    weight_days,
    not_counted_because,
    not_counted_because is null as is_counted,
    case
        when not_counted_because is null then weight_days * offence_count
        else 0
    end as harm_days,
    coalesce(outcome_code in (14, 15, 16, 18), false) as is_no_further_action,
from weighed
