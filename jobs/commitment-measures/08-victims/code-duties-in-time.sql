-- Grain: one row per month, area and kind of duty; kinds for the force only.
-- Purpose: of the duties under the Victims' Code towards victims of VAWG crimes
-- that fell due in a month, those done by the moment they were due. One that
-- is not done, or not yet, was not done in time. A duty stands although its
-- crime was cancelled or transferred since: it was owed until then.
with duties as (
    select
        date_trunc('month', services.due_at) as month,
        coalesce(crimes.borough, 'Not stated') as borough,
        case services.kind
            when 'acknowledgement' then 'Acknowledgement'
            when 'needs_assessment' then 'Needs assessment'
            when 'referral' then 'Referral to support'
            when 'update' then 'Update on the case'
            when 'vps_offer' then 'Offer of a personal statement'
            when 'release_notice' then 'Notice of release'
        end as kind,
        count(*) filter (where services.done_at <= services.due_at) as in_time,
        count(*) as duties,
    from staging.victim_services as services
    inner join core.crimes as crimes
        on crimes.crime_ref = services.crime_ref
    where
        crimes.is_vawg
        and services.due_at >= $from
        and services.due_at < least(cast($until as date), cast($as_of as date))
    group by all
),

spread as (
    select *, 'Force' as area, 'All' as "group" from duties
    union all
    select *, borough as area, 'All' as "group" from duties
    union all
    select *, 'Force' as area, kind as "group" from duties
)

select
    cast(month as date) as period,
    area,
    "group",
    cast(sum(in_time) as bigint) as numerator,
    cast(sum(duties) as bigint) as denominator,
from spread
group by period, area, "group"
