-- Grain: one row per month of recording, area and group; groups for the force
-- only.
-- Purpose: where nobody is charged, an order may be all that protects a victim.
-- Of high-harm stalking and domestic-abuse crimes with a named suspect, and
-- with no charge within 90 days of recording, those for which an order against
-- a suspect was decided by then.
-- High harm: the crime's weight is at least that of controlling or coercive
-- behaviour (008/67) in the edition of the newest harm list, which leaves out
-- common assault, simple stalking and the like. Stalking: 008/56, 008/58,
-- 008/65, 008/66 and 195/12 (jobs/harm-list/basket.csv).
-- A decision: granted or refused, not withdrawn, from the day of the report on.
-- Orders that police seek count: not the non-molestation orders that victims
-- apply for, nor restraining orders, which a court makes at the end of a case.
-- An order that names whom it protects must name a victim of the crime.
-- 90 days give the slowest of these, stalking protection orders, time to be
-- applied for and decided; a case counts once it has been followed for them.
with editions as (
    select edition
    from ledger.lists
    where as_of <= $as_of
    order by as_of desc, list_id desc
    limit 1
),

weights as (
    select
        harm_index.weight_key,
        harm_index.ho_code,
        harm_index.days,
    from staging.harm_index as harm_index
    inner join editions on editions.edition = harm_index.edition
),

high_harm as (
    select weight_key
    from weights
    where
        days >= (select days from weights where ho_code = '008/67')
),

charged as (
    select
        crime_key,
        min(charged_on) as charged_on,
    from core.charges
    where crime_key is not null
    group by crime_key
),

followed as (
    select
        crimes.crime_key,
        cast(date_trunc('month', crimes.recorded_on) as date) as period,
        coalesce(crimes.borough, 'Not stated') as borough,
        crimes.is_domestic_abuse,
        crimes.index_code in (
            '008/56', '008/58', '008/65', '008/66', '195/12'
        ) as is_stalking,
        crimes.reported_on,
        crimes.recorded_on + 90 as followed_until,
    from core.crimes as crimes
    inner join high_harm on high_harm.weight_key = crimes.weight_key
    left join charged on charged.crime_key = crimes.crime_key
    where
        crimes.is_vawg
        and crimes.status not in ('cancelled', 'transferred')
        and crimes.recorded_on >= $from
        and crimes.recorded_on < $until
        and crimes.recorded_on + 90 < $as_of
        and coalesce(charged.charged_on > crimes.recorded_on + 90, true)
        and not coalesce(
            crimes.outcome_code = 1
            and crimes.outcome_on <= crimes.recorded_on + 90,
            false
        )
),

cases as (
    select *
    from followed
    where
        (is_domestic_abuse or is_stalking)
        and crime_key in (
            select crime_key from core.allegations where not is_own_victim
        )
),

decisions as (
    select
        subjects.person_key as subject_key,
        protected.person_key as protected_key,
        orders.protected_id is null as protects_anybody,
        cast(orders.decided_at as date) as decided_on,
    from staging.orders as orders
    inner join core.identities as subjects
        on subjects.nominal_id = orders.subject_id
    left join core.identities as protected
        on protected.nominal_id = orders.protected_id
    where
        orders.kind in ('SPO', 'DVPN', 'DVPO', 'DAPN', 'DAPO', 'SHPO', 'SRO')
        and orders.decision in ('granted', 'refused')
),

protected_cases as (
    select distinct cases.crime_key
    from cases
    inner join core.allegations as allegations
        on allegations.crime_key = cases.crime_key
        and not allegations.is_own_victim
    inner join decisions
        on decisions.subject_key = allegations.person_key
        and decisions.decided_on
        between cases.reported_on and cases.followed_until
    left join core.victims as victims
        on victims.crime_key = cases.crime_key
        and victims.person_key = decisions.protected_key
    where decisions.protects_anybody or victims.person_key is not null
),

counts as (
    select
        cases.period,
        cases.borough,
        cases.is_domestic_abuse,
        cases.is_stalking,
        count(protected_cases.crime_key) as decided,
        count(*) as cases,
    from cases
    left join protected_cases
        on protected_cases.crime_key = cases.crime_key
    group by all
),

spread as (
    select *, 'Force' as area, 'All' as "group" from counts
    union all
    select *, borough as area, 'All' as "group" from counts
    union all
    select *, 'Force' as area, 'Domestic abuse' as "group"
    from counts
    where is_domestic_abuse
    union all
    select *, 'Force' as area, 'Stalking' as "group"
    from counts
    where is_stalking
)

select
    period,
    area,
    "group",
    cast(sum(decided) as bigint) as numerator,
    cast(sum(cases) as bigint) as denominator,
from spread
group by period, area, "group"
