-- Grain: one row per month of entry, and one with no month for all months that
-- are old enough.
-- Purpose: what happened within $horizon days of entry; to date when $horizon
-- is null. A month is old enough when the last of its people has been followed
-- for all of the horizon; the others are told with their people and the day on
-- which they will be, and with nothing else.
with months as (
    select
        date_trunc('month', entered_on) as month,
        max(entered_on) + cast($horizon as integer) + 1 as mature_on,
    from entries
    group by month
),

followed as (
    select
        entries.person_key,
        entries.entered_on,
        months.month,
        months.mature_on,
        coalesce(months.mature_on <= $as_of, true) as is_mature,
        coalesce(
            people.deceased_on > entries.entered_on
            and people.deceased_on < $as_of
            and (
                $horizon is null
                or people.deceased_on - entries.entered_on <= $horizon
            ),
            false
        ) as has_died,
    from entries
    inner join months on months.month = date_trunc('month', entries.entered_on)
    inner join core.people as people on people.person_key = entries.person_key
),

under_way as (
    select distinct followed.person_key
    from followed
    inner join core.interventions as interventions
        on interventions.person_key = followed.person_key
    where
        interventions.started_on <= followed.entered_on
        and (
            interventions.ended_on is null
            or interventions.ended_on > followed.entered_on
        )
),

within as (
    select *
    from events
    where $horizon is null or days_after <= $horizon
),

tallied as (
    select
        followed.person_key,
        followed.month,
        followed.mature_on,
        followed.is_mature,
        followed.has_died,
        count(*) filter (where within.kind = 'arrest') as arrests,
        coalesce(sum(within.offences) filter (where within.kind = 'arrest'), 0)
            as offences,
        count(*) filter (where within.kind = 'arrest' and within.is_vawg)
            as vawg_arrests,
        count(*) filter (
            where within.kind = 'arrest' and within.crime_key is null
        ) as arrests_without_crime,
        count(*) filter (where within.kind = 'arrest' and within.is_withdrawn)
            as arrests_withdrawn,
        count(*) filter (where within.kind = 'charge') as charges,
        count(*) filter (where within.kind = 'remand') as remands,
        count(*) filter (where within.kind = 'convicted') as convictions,
        count(*) filter (where within.kind = 'acquitted') as acquitted,
        count(*) filter (where within.kind = 'discontinued') as discontinued,
        count(*) filter (where within.pillar = 'protect') as protect,
        count(*) filter (where within.pillar = 'pursue') as pursue,
        count(*) filter (where within.pillar = 'prevent') as prevent,
        count(*) filter (where within.pillar = 'prepare') as prepare,
        protect + pursue + prevent + prepare = 0 as has_none_begun,
        has_none_begun and under_way.person_key is not null as is_under_way,
    from followed
    left join within on within.person_key = followed.person_key
    left join under_way on under_way.person_key = followed.person_key
    group by
        followed.person_key, followed.month, followed.mature_on,
        followed.is_mature, followed.has_died, under_way.person_key
),

spread as (
    select * from tallied
    union all by name
    select * replace (null as month) from tallied where is_mature
)

select
    month,
    max(mature_on) as mature_on,
    bool_and(is_mature) as is_mature,
    count(*) as people,
    count(*) filter (where arrests + charges + remands + convictions > 0)
        as with_positive_action,
    count(*) filter (where arrests > 0) as arrested_people,
    cast(coalesce(sum(arrests), 0) as bigint) as arrests,
    cast(coalesce(sum(offences), 0) as bigint) as arrest_offences,
    cast(coalesce(sum(vawg_arrests), 0) as bigint) as vawg_arrests,
    cast(coalesce(sum(arrests_without_crime), 0) as bigint)
        as arrests_without_crime,
    cast(coalesce(sum(arrests_withdrawn), 0) as bigint) as arrests_withdrawn,
    count(*) filter (where charges > 0) as charged_people,
    cast(coalesce(sum(charges), 0) as bigint) as charges,
    count(*) filter (where remands > 0) as remanded_people,
    count(*) filter (where convictions > 0) as convicted_people,
    cast(coalesce(sum(convictions), 0) as bigint) as convictions,
    cast(coalesce(sum(acquitted), 0) as bigint) as acquitted,
    cast(coalesce(sum(discontinued), 0) as bigint) as discontinued,
    count(*) filter (where protect > 0) as protect_people,
    cast(coalesce(sum(protect), 0) as bigint) as protect,
    count(*) filter (where pursue > 0) as pursue_people,
    cast(coalesce(sum(pursue), 0) as bigint) as pursue,
    count(*) filter (where prevent > 0) as prevent_people,
    cast(coalesce(sum(prevent), 0) as bigint) as prevent,
    count(*) filter (where prepare > 0) as prepare_people,
    cast(coalesce(sum(prepare), 0) as bigint) as prepare,
    count(*) filter (where has_none_begun) as without_any,
    count(*) filter (where is_under_way) as without_any_but_under_way,
    count(*) filter (where has_died) as died,
from spread
group by month
order by month nulls last
