-- Grain: one row per month in which a public release fell due.
-- Purpose: whether the force publishes what it said it would, when it said.
-- A release that was never issued is late. `due_on` is a day in London and
-- `issued_at` UTC; summer time runs from 01:00 UTC on the last Sunday of March
-- to 01:00 UTC on the last Sunday of October.
with releases as (
    select
        due_on,
        issued_at,
        make_date(year(issued_at), 3, 31) as march_ends,
        make_date(year(issued_at), 10, 31) as october_ends,
    from ledger.releases
    where due_on >= $from and due_on < $until
),

local_releases as (
    select
        due_on,
        issued_at + to_hours(cast(
            issued_at >= march_ends
            - to_days(cast(dayofweek(march_ends) as integer))
            + interval 1 hour
            and issued_at < october_ends
            - to_days(cast(dayofweek(october_ends) as integer))
            + interval 1 hour
            as integer
        )) as issued_at,
    from releases
)

select
    cast(date_trunc('month', due_on) as date) as period,
    'Force' as area,
    'All' as "group",
    count(*) filter (cast(issued_at as date) <= due_on) as numerator,
    count(*) as denominator,
from local_releases
group by period
