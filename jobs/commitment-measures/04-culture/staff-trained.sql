-- Grain: one row per month, for all and by role.
-- Purpose: how many staff hold the training to identify sexism and misogyny and
-- to call it out.
-- Trained is completed and not expired on the month's last day, the day of
-- expiry included; without an expiry it stays in date. The newest completion's
-- row says who is eligible, since when and until which day.
-- Where no row says since when, the extract holds the newest completion and
-- today's eligibility alone: whoever renewed since would look untrained in
-- every month before, and level training would look like a steep rise. Then
-- only the last month is told, and only from an extract of its time: of the
-- completions no more than one in a thousand a month or more after its end. In
-- it, too, those who renewed since are not in date: it is a little low.
-- A month's end lies in a spell that began in that month or before and ends in
-- a later one: +1 in the month in which it begins, -1 in that in which it ends.
with extract as (
    select
        bool_or(eligible_from is not null) as is_dated,
        coalesce(
            quantile_disc(completed_on, 0.999)
            < cast($until as date) + interval 1 month,
            true
        ) as is_of_the_time,
        cast($from as timestamp) as first_month,
        cast($until as timestamp) as end_month,
    from conduct.training
),

required as (
    select
        eligibility.staff_id,
        eligibility.course,
        eligibility.role,
        case
            when extract.is_dated then greatest(
                date_trunc('month', eligibility.eligible_from),
                extract.first_month
            )
            else extract.end_month - interval 1 month
        end as begins_in,
        case
            when eligibility.eligible_until is not null
                then date_trunc('month', eligibility.eligible_until + 1)
            when eligibility.eligible then extract.end_month
            else extract.first_month
        end as ends_in,
    from conduct.training_eligibility as eligibility
    inner join extract on extract.is_dated or extract.is_of_the_time
    where
        eligibility.course = 'call_it_out'
        and begins_in < ends_in
),

held as (
    select
        required.role,
        greatest(covers.begins_in, required.begins_in) as begins_in,
        least(covers.ends_in, required.ends_in) as ends_in,
    from required
    inner join conduct.training_covers as covers
        on covers.staff_id = required.staff_id
        and covers.course = required.course
),

steps as (
    select role, begins_in as month, 1 as staff, 0 as trained from required
    union all
    select role, ends_in as month, -1 as staff, 0 as trained from required
    union all
    select role, begins_in as month, 0 as staff, 1 as trained
    from held
    where begins_in < ends_in
    union all
    select role, ends_in as month, 0 as staff, -1 as trained
    from held
    where begins_in < ends_in
),

monthly_steps as (
    select
        upper(left(role, 1)) || substr(role, 2) as role,
        month,
        sum(staff) as staff,
        sum(trained) as trained,
    from steps
    group by role, month
),

months as (
    select unnest(generate_series(
        cast($from as timestamp),
        cast($until as timestamp) - interval 1 month,
        interval 1 month
    )) as month,
)

select
    cast(months.month as date) as period,
    'Force' as area,
    case when grouping(monthly_steps.role) = 1 then 'All'
        else monthly_steps.role
    end as "group",
    cast(sum(monthly_steps.trained) as bigint) as numerator,
    cast(sum(monthly_steps.staff) as bigint) as denominator,
from months
inner join monthly_steps on monthly_steps.month <= months.month
group by grouping sets (
    (months.month), (months.month, monthly_steps.role)
)
having sum(monthly_steps.staff) > 0
