-- Grain: one row per month and kind of order, and one for all kinds, at the
-- month's end.
-- Purpose: how many orders stand. In force at the end of a month: granted on
-- its last day or before, and neither expired nor revoked by then; an order
-- without an end stands until it is revoked. Police notices count beside the
-- orders that courts make. The extract knows no borough of an order.
-- Of orders from before a force's data begin, those are held that still stood
-- then; so a month is told from the first crime held on.
-- An order adds 1 in the month in which it begins and takes 1 away in that in
-- which it ends; what happened before the first month is in its opening level.
with granted as (
    select
        case kind
            when 'SPO' then 'Stalking protection orders'
            when 'DVPN' then 'Domestic violence protection notices'
            when 'DVPO' then 'Domestic violence protection orders'
            when 'DAPN' then 'Domestic abuse protection notices'
            when 'DAPO' then 'Domestic abuse protection orders'
            when 'NMO' then 'Non-molestation orders'
            when 'SHPO' then 'Sexual harm prevention orders'
            when 'SRO' then 'Sexual risk orders'
            when 'RO' then 'Restraining orders'
        end as kind,
        decided_on as begins_on,
        greatest(decided_on, least(expires_on, revoked_on)) as ends_on,
        expires_on is not null or revoked_on is not null as has_end,
    from core.orders
    where decision = 'granted' and decided_on is not null
),

steps as (
    select
        kind,
        greatest(date_trunc('month', begins_on), cast($from as timestamp))
            as month,
        1 as step,
    from granted
    where begins_on < $until
    union all
    select
        kind,
        greatest(date_trunc('month', ends_on), cast($from as timestamp))
            as month,
        -1 as step,
    from granted
    where has_end and ends_on < $until
),

monthly_steps as (
    select
        month,
        case when grouping(kind) = 1 then 'All' else kind end as "group",
        sum(step) as step,
    from steps
    group by grouping sets ((month), (month, kind))
),

months as (
    select
        groups."group",
        unnest(generate_series(
            cast($from as timestamp),
            cast($until as timestamp) - interval 1 month,
            interval 1 month
        )) as month,
    from (select distinct "group" from monthly_steps) as groups
),

levels as (
    select
        months.month,
        months."group",
        sum(coalesce(monthly_steps.step, 0)) over (
            partition by months."group" order by months.month
        ) as orders,
    from months
    left join monthly_steps
        on monthly_steps."group" = months."group"
        and monthly_steps.month = months.month
),

held as (
    select min(recorded_on) as first_on from core.crimes
)

select
    cast(levels.month as date) as period,
    'Force' as area,
    levels."group",
    cast(levels.orders as bigint) as numerator,
from levels
inner join held on held.first_on < levels.month + interval 1 month
where levels.orders > 0
