-- Grain: one row per reading, group and area: its newest judged month or year.
-- Purpose: what a scorecard shows beside the force's chart, with the same
-- figure a year before.
with told as (
    select
        basis,
        area,
        "group",
        period,
        numerator,
        denominator,
        cases,
        value,
        low,
        high,
        state,
    from ledger.measure_values
    where
        set_id = $set_id
        and span = $span
        and state in ('shown', 'few', 'empty', 'crossing')
),

newest as (
    select *
    from told
    qualify
        row_number() over (
            partition by basis, area, "group" order by period desc
        ) = 1
)

select
    newest.*,
    before.value as before_value,
from newest
left join told as before
    on
        before.basis = newest.basis
        and before.area = newest.area
        and before."group" = newest."group"
        and before.period = newest.period - interval 12 months
order by newest.basis, newest.area, newest."group"
