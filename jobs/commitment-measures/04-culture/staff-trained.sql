-- Grain: one row for the last month asked for, for all and by role.
-- Purpose: how many staff hold the training to identify sexism and misogyny and
-- to call it out.
-- Trained is completed and not expired on the month's last day, the day of
-- expiry included; without an expiry it stays in date. The extract holds the
-- newest completion and today's eligibility alone: whoever renewed since would
-- look untrained in every month before, and level training would look like a
-- steep rise. So only the last month is told, and only from an extract of its
-- time: of the completions no more than one in a thousand a month or more after
-- its end. In it, too, those who renewed since are not in date: it is a little
-- low.
with extract as (
    select
        coalesce(
            quantile_disc(completed_on, 0.999)
            < cast($until as date) + interval 1 month,
            true
        ) as is_of_the_time,
    from conduct.training
),

staff as (
    select
        role,
        coalesce(
            completed_on < $until
            and coalesce(expires_on >= cast($until as date) - 1, true),
            false
        ) as is_in_date,
    from conduct.training
    where eligible and course = 'call_it_out'
)

select
    cast(cast($until as date) - interval 1 month as date) as period,
    'Force' as area,
    case when grouping(role) = 1 then 'All'
        else upper(left(role, 1)) || substr(role, 2)
    end as "group",
    count(*) filter (is_in_date) as numerator,
    count(*) as denominator,
from staff
inner join extract on extract.is_of_the_time
group by grouping sets ((), (role))
having count(*) > 0
