-- Grain: one row per crime.
-- Purpose: the crime with its local dates, its place in the VAWG basket
-- (jobs/harm-list/basket.csv) and the code its harm is looked up under. A
-- retired code without a place of its own has that of the code it is led to
-- (jobs/harm-list/index/aliases.csv). `weight_key` is what the crime is weighed
-- as: its title where an edition weighs that title of its code apart, titles
-- being compared without case, punctuation and spacing; or else its code.
with female_victims as (
    select distinct parties.crime_ref
    from staging.parties as parties
    inner join staging.nominals as nominals
        on nominals.nominal_id = parties.nominal_id
    where parties.role = 'victim' and nominals.sex = 'F'
),

titled_codes as (
    select
        codes.ho_code,
        weighed.bare_title,
        weighed.weight_key,
    from staging.weighed_offences as weighed
    inner join (
        select distinct
            crimes.ho_code,
            coalesce(aliases.index_code, crimes.ho_code) as index_code,
        from staging.crimes as crimes
        left join staging.index_aliases as aliases
            on aliases.recorded_code = crimes.ho_code
    ) as codes on codes.index_code = weighed.index_code
    where weighed.bare_title <> ''
),

-- Each title once: bare titles of millions of crimes would be slow.
titles as (
    select
        offences.ho_code,
        offences.offence_title,
        titled_codes.weight_key,
    from (
        select distinct
            ho_code,
            offence_title,
        from staging.crimes
        where ho_code in (select titled_codes.ho_code from titled_codes)
    ) as offences
    inner join titled_codes
        on titled_codes.ho_code = offences.ho_code
        and titled_codes.bare_title = lower(
            regexp_replace(offences.offence_title, '[^A-Za-z0-9]', '', 'g')
        )
),

crimes as (
    select
        crimes.*,
        female_victims.crime_ref is not null as has_female_victim,
        coalesce(basket.vawg_group, led_to.vawg_group) as vawg_group,
        coalesce(basket.condition, led_to.condition, 'unknown')
            as vawg_condition,
        coalesce(aliases.index_code, crimes.ho_code) as index_code,
        coalesce(titles.weight_key, weighed.weight_key) as weight_key,
    from staging.crimes as crimes
    left join female_victims
        on female_victims.crime_ref = crimes.crime_ref
    left join staging.basket as basket on basket.ho_code = crimes.ho_code
    left join staging.index_aliases as aliases
        on aliases.recorded_code = crimes.ho_code
    left join staging.basket as led_to
        on led_to.ho_code = aliases.index_code
    left join titles
        on titles.ho_code = crimes.ho_code
        and titles.offence_title = crimes.offence_title
    left join staging.weighed_offences as weighed
        on weighed.index_code = coalesce(aliases.index_code, crimes.ho_code)
        and weighed.bare_title = ''
)

select
    cast(row_number() over (order by reported_at, crime_ref) as integer)
        as crime_key,
    crime_ref,
    cast(reported_at as date) as reported_on,
    cast(recorded_at as date) as recorded_on,
    cast(coalesce(committed_from, committed_to) as date) as committed_on,
    recorded_at,
    ho_code,
    index_code,
    weight_key,
    offence_title,
    offence_count,
    vawg_group,
    vawg_condition,
    has_female_victim,
    case vawg_condition
        when 'female_victim' then has_female_victim
        when 'domestic_abuse' then coalesce(domestic_abuse, false)
        when 'domestic_abuse_or_female_victim'
            then coalesce(domestic_abuse, false) or has_female_victim
        when 'always' then true
        else false
    end as is_vawg,
    coalesce(domestic_abuse, false) as is_domestic_abuse,
    coalesce(proactive, false) as is_proactive,
    status,
    cast(status_at as date) as status_on,
    outcome_code,
    cast(outcome_at as date) as outcome_on,
    borough,
    ward,
    easting,
    northing,
    coalesce(location_type = 'online', false) as is_online,
    unit,
from crimes
order by crime_key
