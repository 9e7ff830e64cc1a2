-- Grain: one row per month with a dismissal, for all and by whether the person
-- was still in service.
-- Purpose: people whose service was ended by a case with a VAWG allegation.
-- A person is dismissed once: a second case that ends so, in the same hearing
-- or a later one, adds nobody. Several records of one person are one person. A
-- dismissal that is undone leaves when the case's outcome is changed.
with dismissals as (
    select
        coalesce(
            'person ' || identities.person_key,
            'subject ' || cases.subject_id,
            'case ' || cases.case_ref
        ) as person,
        cases.finalised_at,
        case cases.outcome
            when 'dismissed' then 'Dismissed'
            else 'Would have been dismissed'
        end as outcome,
    from conduct.conduct_cases as cases
    left join core.identities as identities
        on identities.nominal_id = cases.subject_id
    where
        cases.vawg
        and cases.outcome in ('dismissed', 'would_have_been_dismissed')
        and cases.finalised_at < $until
),

people as (
    select
        cast(date_trunc('month', min(finalised_at)) as date) as period,
        arg_min(outcome, (finalised_at, outcome)) as outcome,
    from dismissals
    group by person
)

select
    period,
    'Force' as area,
    case when grouping(outcome) = 1 then 'All' else outcome end as "group",
    count(*) as numerator,
from people
where period >= $from
group by grouping sets ((period), (period, outcome))
