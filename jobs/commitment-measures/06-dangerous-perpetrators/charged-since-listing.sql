-- Grain: one row per month and group.
-- Purpose: what came to court of the people who were ever on a list, whatever
-- was decided about them. A person counts once: in the month of the first
-- charge, and of the first conviction, after the day of the first list that
-- held them; offences count in the month of their charge. So the months add up
-- to all that happened since, and nothing is counted twice. Charges and
-- convictions of any offence count, as in the published figures.
-- Of several lists of one date the last made speaks for the date.
with heads as (
    select
        as_of,
        max(list_id) as list_id,
    from ledger.lists
    where as_of < $as_of
    group by as_of
),

listed as (
    select
        identities.person_key,
        min(heads.as_of) as listed_on,
    from heads
    inner join ledger.lists as lists on lists.list_id = heads.list_id
    inner join ledger.list_entries as entries
        on entries.list_id = heads.list_id
        and entries.rank <= lists.list_size
    inner join core.identities as identities
        on identities.nominal_id = entries.nominal_id
    group by identities.person_key
),

charges as (
    select
        charges.person_key,
        charges.charged_on,
        case
            when
                charges.result = 'convicted'
                and charges.result_on > listed.listed_on
                and charges.result_on < $as_of
                then charges.result_on
        end as convicted_on,
        charges.charged_on > listed.listed_on
        and charges.charged_on < $as_of as is_charged_since,
    from core.charges as charges
    inner join listed on listed.person_key = charges.person_key
),

firsts as (
    select
        min(charged_on) filter (where is_charged_since) as charged_on,
        min(convicted_on) as convicted_on,
    from charges
    group by person_key
),

counted as (
    select charged_on as counted_on, 'People charged' as "group" from firsts
    union all
    select charged_on as counted_on, 'Offences charged' as "group"
    from charges
    where is_charged_since
    union all
    select convicted_on as counted_on, 'People convicted' as "group"
    from firsts
)

select
    cast(date_trunc('month', counted_on) as date) as period,
    'Force' as area,
    "group",
    count(*) as numerator,
from counted
where counted_on >= $from and counted_on < $until
group by all
