-- Grain: one row per month in which posts were counted.
-- Purpose: how often sexism and misogyny are alleged, for the force's size.
-- Cases are counted, not people, whatever became of them. More allegations may
-- mean more misogyny or more trust that a report is heard: the measure has no
-- good or bad direction. The month's staff are a twelfth of the posts filled,
-- so that months add up to a year and month and year are on one scale. The
-- workforce is the newest count of posts, all of one date, up to the day after
-- the month's end, used for a quarter at most; headcounts are not in the
-- extract. Told from the first whole month of cases.
with allegations as (
    select
        date_trunc('month', recorded_at) as period,
        count(*) as cases,
    from conduct.conduct_cases
    where
        category = 'sexism_and_misogyny'
        and recorded_at >= $from
        and recorded_at < $until
    group by period
),

months as (
    select
        month as period,
        sum(filled_fte) as filled_posts,
    from core.workforce
    where
        month >= $from
        and month < $until
        and month >= (
            select date_trunc('month', min(recorded_at)) + interval 1 month
            from conduct.conduct_cases
        )
    group by period
)

select
    cast(months.period as date) as period,
    'Force' as area,
    'All' as "group",
    coalesce(allegations.cases, 0) as numerator,
    months.filled_posts / 12 as denominator,
from months
left join allegations on allegations.period = months.period
where months.filled_posts > 0
