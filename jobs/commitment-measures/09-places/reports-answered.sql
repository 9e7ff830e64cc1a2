-- Grain: one row per month of report and category, and one for all.
-- Purpose: of the places that people reported as unsafe, those of which they
-- had an answer within 28 days. A report counts once its 28 days have passed.
-- The extract knows no borough of a place.
with reports as (
    select
        cast(date_trunc('month', reported_at) as date) as period,
        case category
            when 'poor_lighting' then 'Poor lighting'
            when 'followed' then 'Being followed'
            when 'harassed' then 'Harassment'
            when 'drink_and_drugs' then 'Drink and drugs'
            when 'hidden_place' then 'Hidden places'
            when 'no_help_near' then 'No help near'
            else 'Category not stated'
        end as category,
        coalesce(
            cast(answered_at as date) - cast(reported_at as date) <= 28, false
        ) as is_in_time,
    from staging.place_reports
    where
        reported_at >= $from
        and reported_at < $until
        and cast(reported_at as date) + 28 < $as_of
)

select
    period,
    'Force' as area,
    case when grouping(category) = 1 then 'All' else category end as "group",
    count(*) filter (where is_in_time) as numerator,
    count(*) as denominator,
from reports
group by grouping sets ((period), (period, category))
