-- Grain: one row per month from the thirteenth on.
-- Groups of the VAWG basket (jobs/harm-list/basket.csv): rape, sexual abuse of
-- children and the other contact sexual offences count as serious.
with cases as (
    select
        date_trunc('month', charged_on) as month,
        count(distinct crime_ref) as cases,
    from core.charges
    where
        vawg_group in ('rape', 'child_sexual_abuse', 'other_sexual')
        and charged_on >= $from and charged_on < $until
    group by month
)

select
    cases.month as period,
    'Force' as area,
    'All' as "group",
    cases.cases as numerator,
    year_before.cases as denominator,
from cases
inner join cases as year_before
    on year_before.month = cases.month - interval 1 year
