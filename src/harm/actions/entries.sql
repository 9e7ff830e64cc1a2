-- Grain: one row per person who ever entered.
-- Purpose: when someone was first accepted by an officer, or first listed.
-- Of several lists of one date the last made speaks for the date. Records that
-- were merged since are one person, who entered on the earliest day of any.
with heads as (
    select
        as_of,
        max(list_id) as list_id,
    from ledger.lists
    group by as_of
),

listed as (
    select
        entries.nominal_id,
        heads.as_of as entered_on,
    from heads
    inner join ledger.lists as lists on lists.list_id = heads.list_id
    inner join ledger.list_entries as entries
        on entries.list_id = heads.list_id
        and entries.rank <= lists.list_size
),

entered as (
    select
        nominal_id,
        entered_on,
    from listed
    where $by = 'listed'
    union all
    select
        nominal_id,
        decided_on as entered_on,
    from decisions
    where $by = 'accepted' and decision = 'accept'
)

select
    identities.person_key,
    min(entered.entered_on) as entered_on,
from entered
inner join core.identities as identities
    on identities.nominal_id = entered.nominal_id
group by identities.person_key
