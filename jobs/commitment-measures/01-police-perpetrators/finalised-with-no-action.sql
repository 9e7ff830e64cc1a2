-- Grain: one row per month of finalisation, for all and by category.
-- Purpose: how many conduct cases with a VAWG allegation end with no action.
-- A case is one allegation against one person, as the extract has it. One that
-- is finalised without a stated outcome is left out of both numbers, since it
-- would count as action taken. No action covers both an allegation that was not
-- made out and one that could not be decided: the extract does not tell them
-- apart, and the measure has no good or bad direction. Told from a year after
-- the first case held: before that only cases that end fast can be seen to end.
with held as (
    select
        date_trunc('month', min(recorded_at)) + interval 1 year as from_month,
    from conduct.conduct_cases
),

cases as (
    select
        cast(date_trunc('month', cases.finalised_at) as date) as period,
        case cases.category
            when 'domestic_abuse' then 'Domestic abuse'
            when 'sexual_misconduct' then 'Sexual misconduct'
            else 'Other VAWG'
        end as category,
        cases.outcome,
    from conduct.conduct_cases as cases
    inner join held on held.from_month <= cases.finalised_at
    where
        cases.vawg
        and cases.outcome is not null
        and cases.finalised_at >= $from
        and cases.finalised_at < $until
)

select
    period,
    'Force' as area,
    case when grouping(category) = 1 then 'All' else category end as "group",
    count(*) filter (outcome = 'no_action') as numerator,
    count(*) as denominator,
from cases
group by grouping sets ((period), (period, category))
