-- Grain: one row per month of recording, for the force, by borough and by what
-- was recorded.
-- Purpose: whether the force knows whom it serves; what is missing here is
-- missing from every comparison between groups.
-- A crime is in the VAWG basket for most offences because a victim is known to
-- be female, so that victims of unknown sex would never be counted against the
-- force: a victim of unknown sex counts when the offence would be VAWG with a
-- female victim. A victim of two crimes counts twice, as in the Met's published
-- counts; several records of one person are one. The groups tell each of the
-- three alone. An ethnicity recorded as not stated (NS) is not known; an age
-- needs a date of birth that makes 0 to 120 years at the report.
with undescribed as (
    select person_key
    from core.people
    where ethnicity is null or ethnicity = 'NS'
),

victims as (
    select
        cast(date_trunc('month', crimes.recorded_on) as date) as period,
        coalesce(crimes.borough, 'Not stated') as borough,
        victims.sex <> 'U' as has_sex,
        coalesce(victims.age between 0 and 120, false) as has_age,
        undescribed.person_key is null as has_ethnicity,
    from core.crimes as crimes
    inner join core.victims as victims
        on victims.crime_key = crimes.crime_key
    left join undescribed
        on undescribed.person_key = victims.person_key
    where
        crimes.recorded_on >= $from
        and crimes.recorded_on < $until
        and crimes.status in ('open', 'closed')
        and (
            crimes.is_vawg
            or (
                victims.sex = 'U'
                and crimes.vawg_condition in (
                    'female_victim', 'domestic_abuse_or_female_victim'
                )
            )
        )
),

counts as (
    select
        period,
        borough,
        count(*) as victims,
        count(*) filter (has_sex and has_age and has_ethnicity) as described,
        count(*) filter (has_sex) as with_sex,
        count(*) filter (has_age) as with_age,
        count(*) filter (has_ethnicity) as with_ethnicity,
    from victims
    group by period, borough
),

fields as (
    unpivot counts
    on described as 'All',
        with_sex as 'Sex recorded',
        with_age as 'Age recorded',
        with_ethnicity as 'Ethnicity recorded'
    into name field value recorded
)

select
    period,
    'Force' as area,
    field as "group",
    sum(recorded) as numerator,
    sum(victims) as denominator,
from fields
group by period, field
union all
select
    period,
    borough as area,
    'All' as "group",
    described as numerator,
    victims as denominator,
from counts
