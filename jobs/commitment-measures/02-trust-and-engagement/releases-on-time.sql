-- Grain: one row per month in which a public release fell due.
-- Purpose: whether the force publishes what it said it would, when it said.
-- A release that was never issued is late. `issued_at` is UTC and `due_on` the
-- force's own date: in summer a release issued in the first hour after the day
-- it was due still counts as on time.
with releases as (
    select
        cast(date_trunc('month', due_on) as date) as period,
        coalesce(cast(issued_at as date) <= due_on, false) as is_on_time,
    from ledger.releases
    where due_on >= $from and due_on < $until
)

select
    period,
    'Force' as area,
    'All' as "group",
    count(*) filter (is_on_time) as numerator,
    count(*) as denominator,
from releases
group by period
