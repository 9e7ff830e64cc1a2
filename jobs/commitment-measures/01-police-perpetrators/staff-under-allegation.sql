-- Grain: one row per month in which posts were counted.
-- Purpose: the share of the workforce under a VAWG allegation recorded in the
-- month or the five before it.
-- People are counted, not cases: several records of one person are one, and a
-- case that names nobody is one more person. The workforce is the newest count
-- of posts, all of one date, up to the day after the month's end, used for a
-- quarter at most, in full-time equivalents to the nearest whole: headcounts
-- are not in the extract, and where many work part-time the share is
-- overstated. Months whose half year begins before the first whole month of
-- cases are left out: the share would seem to grow while the half year fills.
with named as (
    select distinct
        date_trunc('month', cases.recorded_at) as month,
        coalesce(
            'person ' || identities.person_key,
            'subject ' || cases.subject_id,
            'case ' || cases.case_ref
        ) as person,
    from conduct.conduct_cases as cases
    left join core.identities as identities
        on identities.nominal_id = cases.subject_id
    where
        cases.vawg
        and cases.recorded_at >= cast($from as date) - interval 5 month
        and cases.recorded_at < $until
),

under_allegation as (
    select
        named.month + to_months(ahead.months) as period,
        count(distinct named.person) as people,
    from named
    cross join (select unnest(range(6)) as months) as ahead
    group by period
),

months as (
    select
        month as period,
        cast(round(sum(filled_fte)) as bigint) as filled_posts,
    from core.workforce
    where
        month >= $from
        and month < $until
        and month >= (
            select date_trunc('month', min(recorded_at)) + interval 6 month
            from conduct.conduct_cases
        )
    group by period
)

select
    cast(months.period as date) as period,
    'Force' as area,
    'All' as "group",
    coalesce(under_allegation.people, 0) as numerator,
    months.filled_posts as denominator,
from months
left join under_allegation on under_allegation.period = months.period
where months.filled_posts > 0
