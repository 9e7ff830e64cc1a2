-- Grain: one row per dimension and group of people.
-- Purpose: how many people of each group stand at each stage, over the newest
-- $lists list dates up to $as_of (of several lists of one date the last made).
-- Named: with an allegation in the window of one of these lists, of age and
-- alive at it. Everyone else on them was under age and is counted once, as a
-- group of their own, since no rule could have listed them. What happened
-- counts from the day after someone's first of these lists, before $as_of.
-- Ethnicity is self-defined (16+1, or 18+1, in which A4 took the place of O1
-- for Chinese) and is brought to the five groups of the 2021 census.
with dates as (
    select
        as_of,
        max(list_id) as list_id,
    from ledger.lists
    where as_of <= $as_of
    group by as_of
    order by as_of desc
    limit $lists
),

seen as (
    select
        identities.person_key,
        bool_or(entries.standing not in ('under_18', 'deceased'))
            as is_rankable,
        bool_or(entries.standing = 'under_18') as is_under_age,
        min(dates.as_of) filter (where entries.rank <= lists.list_size)
            as listed_on,
    from dates
    inner join ledger.lists as lists on lists.list_id = dates.list_id
    inner join ledger.list_entries as entries
        on entries.list_id = dates.list_id
    inner join core.identities as identities
        on identities.nominal_id = entries.nominal_id
    group by identities.person_key
),

accepted as (
    select
        identities.person_key,
        bool_or(lists.as_of >= (select min(as_of) from dates)) as is_of_these,
    from decisions
    inner join ledger.lists as lists on lists.list_id = decisions.list_id
    inner join core.identities as identities
        on identities.nominal_id = decisions.nominal_id
    where decisions.decision = 'accept' and decisions.decided_on < $as_of
    group by identities.person_key
),

arrested as (
    select distinct seen.person_key
    from seen
    inner join core.arrests as arrests
        on arrests.person_key = seen.person_key
        and arrests.arrested_on > seen.listed_on
    where arrests.arrested_on < $as_of
),

charged as (
    select distinct seen.person_key
    from seen
    inner join core.charges as charges
        on charges.person_key = seen.person_key
        and charges.charged_on > seen.listed_on
    where charges.charged_on < $as_of
),

people as (
    select
        seen.person_key,
        seen.is_rankable,
        seen.listed_on is not null as is_listed,
        is_listed and accepted.person_key is not null as is_tasked,
        is_tasked and accepted.is_of_these as is_accepted,
        arrested.person_key is not null as is_arrested,
        charged.person_key is not null as is_charged,
        records.sex,
        records.ethnicity,
        records.home_borough,
        year($as_of) - year(records.date_of_birth) - cast(
            (month($as_of), day($as_of))
            < (month(records.date_of_birth), day(records.date_of_birth))
            as integer
        ) as age,
    from seen
    inner join core.people as records on records.person_key = seen.person_key
    left join accepted on accepted.person_key = seen.person_key
    left join arrested on arrested.person_key = seen.person_key
    left join charged on charged.person_key = seen.person_key
    where seen.is_rankable or seen.is_under_age
),

grouped as (
    select
        people.*,
        'sex' as dimension,
        case sex
            when 'F' then 1 when 'M' then 2 when 'X' then 3 else 4
        end as place,
        case sex
            when 'F' then 'Female' when 'M' then 'Male'
            when 'X' then 'Another' else 'Not known'
        end as name,
    from people
    where is_rankable
    union all
    select
        people.*,
        'age' as dimension,
        case
            when not is_rankable then 1
            when age < 10 or age is null then 8
            when age < 18 then 2
            when age < 25 then 3
            when age < 35 then 4
            when age < 45 then 5
            when age < 55 then 6
            else 7
        end as place,
        case place
            when 1 then '10 to 17, not ranked' when 2 then '10 to 17'
            when 3 then '18 to 24'
            when 4 then '25 to 34' when 5 then '35 to 44' when 6 then '45 to 54'
            when 7 then '55 and over' else 'Not known'
        end as name,
    from people
    union all
    select
        people.*,
        'ethnicity' as dimension,
        case
            when ethnicity in ('O1', 'A4') or ethnicity like 'A%' then 1
            when ethnicity like 'B%' then 2
            when ethnicity like 'M%' then 3
            when ethnicity like 'W%' then 4
            when ethnicity like 'O%' then 5
            else 6
        end as place,
        case place
            when 1 then 'Asian' when 2 then 'Black' when 3 then 'Mixed'
            when 4 then 'White' when 5 then 'Other' else 'Not stated'
        end as name,
    from people
    where is_rankable
    union all
    select
        people.*,
        'borough' as dimension,
        if(nullif(trim(home_borough), '') is null, 2, 1) as place,
        coalesce(nullif(trim(home_borough), ''), 'Not recorded') as name,
    from people
    where is_rankable
)

select
    dimension,
    name,
    bool_or(is_rankable) as is_rankable,
    count(*) as named,
    count(*) filter (where is_listed) as listed,
    count(*) filter (where is_accepted) as accepted,
    count(*) filter (where is_tasked) as tasked,
    count(*) filter (where is_arrested) as arrested,
    count(*) filter (where is_charged) as charged,
from grouped
group by dimension, place, name
order by
    case dimension
        when 'sex' then 1 when 'age' then 2 when 'ethnicity' then 3 else 4
    end,
    place,
    name
