-- Grain: one row per month, area and group; groups for the force only.
-- Purpose: rape and serious sexual offence cases charged, beside those of the
-- same month a year before. A case is a crime; it counts once, in the month of
-- the first such charge brought for it, whoever the victim was: the published
-- figure counts them so, and the victims of a crime from before the data begin
-- are not known.
-- Groups of the VAWG basket (jobs/harm-list/basket.csv), by the offence
-- charged: rape, sexual abuse of children and the other contact sexual
-- offences count as serious. The first month for which charges are held may be
-- held in part, so that no month is set against it. A month with cases now and
-- none a year before has no change of its own and counts in the year's.
with first_charges as (
    select
        coalesce(crime_ref, charge_ref) as case_ref,
        any_value(crime_key) as crime_key,
        min(charged_on) as charged_on,
        bool_or(vawg_group = 'rape') as is_rape,
    from core.charges
    where vawg_group in ('rape', 'child_sexual_abuse', 'other_sexual')
    group by case_ref
),

cases as (
    select
        date_trunc('month', first_charges.charged_on) as month,
        coalesce(crimes.borough, 'Not stated') as borough,
        case
            when first_charges.is_rape then 'Rape'
            else 'Other serious sexual offences'
        end as offences,
        count(*) as cases,
    from first_charges
    left join core.crimes as crimes
        on crimes.crime_key = first_charges.crime_key
    where
        first_charges.charged_on >= cast($from as date) - interval 1 year
        and first_charges.charged_on < $until
    group by all
),

spread as (
    select month, 'Force' as area, 'All' as "group", cases from cases
    union all
    select month, borough as area, 'All' as "group", cases from cases
    union all
    select month, 'Force' as area, offences as "group", cases from cases
),

months as (
    select
        month,
        area,
        "group",
        sum(cases) as cases,
    from spread
    group by month, area, "group"
),

held as (
    select date_trunc('month', min(charged_on)) as first_month
    from core.charges
),

pairs as (
    select month, area, "group", cases, 0 as cases_before from months
    union all
    select
        month + interval 1 year as month,
        area,
        "group",
        0 as cases,
        cases as cases_before,
    from months
)

select
    cast(pairs.month as date) as period,
    pairs.area,
    pairs."group",
    cast(sum(pairs.cases) as bigint) as numerator,
    cast(sum(pairs.cases_before) as bigint) as denominator,
from pairs
inner join held on pairs.month > held.first_month + interval 1 year
where pairs.month >= $from and pairs.month < $until
group by pairs.month, pairs.area, pairs."group"
