-- Grain: one row per month of report and area.
-- Purpose: of the people named as suspects of VAWG crimes while under 18, those
-- on a programme within 90 days. Someone counts once in a month, from their
-- first report in it, and once their 90 days have passed; named in two months
-- or two boroughs, they count in both. On a programme: one began by then, or
-- was under way on the day of the report; declining it later changes nothing.
-- Kinds that end in `_programme` are programmes
-- (jobs/nightly-ingest/sources/interventions.toml).
-- Age is in completed years, as on the list: born on 29 February, one comes of
-- age on 1 March.
-- Someone whose date of birth is not known is left out, and so are crimes
-- cancelled or transferred and those of which the suspect is also the victim.
with reports as (
    select
        allegations.person_key,
        allegations.reported_on,
        unnest(['Force', coalesce(crimes.borough, 'Not stated')]) as area,
    from core.allegations as allegations
    inner join core.crimes as crimes
        on crimes.crime_key = allegations.crime_key
    where
        allegations.is_vawg
        and allegations.is_live
        and not allegations.is_own_victim
        and allegations.reported_on >= $from
        and allegations.reported_on < $until
        and year(allegations.reported_on) - year(allegations.born_on) - cast(
            (month(allegations.reported_on), day(allegations.reported_on))
            < (month(allegations.born_on), day(allegations.born_on))
            as integer
        ) < 18
),

named as (
    select
        area,
        person_key,
        date_trunc('month', reported_on) as month,
        min(reported_on) as named_on,
    from reports
    group by area, person_key, month
),

programmes as (
    select
        person_key,
        started_on,
        ended_on,
    from core.interventions
    where ends_with(kind, '_programme')
),

referred as (
    select distinct
        named.area,
        named.person_key,
        named.month,
    from named
    inner join programmes
        on programmes.person_key = named.person_key
        and programmes.started_on <= named.named_on + 90
        and (
            programmes.ended_on is null
            or programmes.ended_on >= named.named_on
        )
)

select
    cast(named.month as date) as period,
    named.area,
    'All' as "group",
    count(referred.person_key) as numerator,
    count(*) as denominator,
from named
left join referred
    on referred.area = named.area
    and referred.person_key = named.person_key
    and referred.month = named.month
where named.named_on + 90 < $as_of
group by named.month, named.area
