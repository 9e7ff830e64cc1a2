-- Grain: one row per conduct case with a VAWG allegation finalised in a month.
-- Purpose: how long a case takes, whatever its outcome.
-- Days are counted from date to date. A month in which old cases are cleared
-- looks slow for that reason, and cases that are never finalised never appear:
-- read it beside the number finalised. A case that says it was finalised before
-- it was recorded is left out. Told from a year after the first case held:
-- before that only cases that end fast can be seen to end.
with held as (
    select
        date_trunc('month', min(recorded_at)) + interval 1 year as from_month,
    from conduct.conduct_cases
)

select
    cast(date_trunc('month', cases.finalised_at) as date) as period,
    'Force' as area,
    'All' as "group",
    date_diff('day', cases.recorded_at, cases.finalised_at) as value,
from conduct.conduct_cases as cases
inner join held on held.from_month <= cases.finalised_at
where
    cases.vawg
    and cases.finalised_at >= $from
    and cases.finalised_at < $until
    and cases.finalised_at >= cases.recorded_at
