-- Grain: one row per month of recording, for all and by category.
-- Purpose: beside how many conduct cases with a VAWG allegation a crime stands.
-- The force's own VAWG flag decides; a case without one is not counted. The
-- crime's reference is read and the crime never is: what became of it, and
-- whether it was cancelled since, is not asked, so that conduct records and
-- crime reports are not joined (Data Protection Act 2018 s.36(4)). A crime
-- linked later than the month counts in the month of the case.
with cases as (
    select
        cast(date_trunc('month', recorded_at) as date) as period,
        case category
            when 'domestic_abuse' then 'Domestic abuse'
            when 'sexual_misconduct' then 'Sexual misconduct'
            else 'Other VAWG'
        end as category,
        linked_crime_ref is not null as has_linked_crime,
    from conduct.conduct_cases
    where vawg and recorded_at >= $from and recorded_at < $until
)

select
    period,
    'Force' as area,
    case when grouping(category) = 1 then 'All' else category end as "group",
    count(*) filter (has_linked_crime) as numerator,
    count(*) as denominator,
from cases
group by grouping sets ((period), (period, category))
