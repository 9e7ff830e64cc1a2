-- Grain: one row per month of entry and number of days followed.
-- Purpose: of the people whom an officer accepted for the first time in a
-- month, how many were arrested, charged, remanded or convicted within so many
-- days, as the harm list's own count of actions has it: an event on the day of
-- acceptance may have come before it and is left out, a conviction counts on
-- its own day, and records merged since are one person. Someone counts once
-- they have been followed for all of the days, so that nobody is counted as
-- without action for want of time. An arrest says that police acted, not that
-- the person did what they are accused of.
-- Decisions are kept in UTC; summer time runs from 01:00 UTC on the last Sunday
-- of March to 01:00 UTC on the last Sunday of October.
with acceptances as (
    select
        nominal_id,
        decided_at,
        make_date(year(decided_at), 3, 31) as march_ends,
        make_date(year(decided_at), 10, 31) as october_ends,
    from ledger.list_decisions
    where decision = 'accept'
),

local_acceptances as (
    select
        nominal_id,
        decided_at + to_hours(cast(
            decided_at >= march_ends
            - to_days(cast(dayofweek(march_ends) as integer))
            + interval 1 hour
            and decided_at < october_ends
            - to_days(cast(dayofweek(october_ends) as integer))
            + interval 1 hour
            as integer
        )) as accepted_at,
    from acceptances
),

entries as (
    select
        identities.person_key,
        cast(min(local_acceptances.accepted_at) as date) as accepted_on,
    from local_acceptances
    inner join core.identities as identities
        on identities.nominal_id = local_acceptances.nominal_id
    group by identities.person_key
),

actions as (
    select person_key, arrested_on as acted_on from core.arrests
    union all
    select person_key, charged_on as acted_on from core.charges
    union all
    select person_key, result_on as acted_on
    from core.charges
    where result = 'convicted'
    union all
    select person_key, cast(starts_at as date) as acted_on
    from core.custody_spells
    where kind = 'remand'
),

first_actions as (
    select
        entries.person_key,
        min(actions.acted_on) as acted_on,
    from entries
    inner join actions on actions.person_key = entries.person_key
    where
        actions.acted_on > entries.accepted_on
        and actions.acted_on < $as_of
    group by entries.person_key
),

horizons as (
    select unnest([90, 180, 365]) as days
),

followed as (
    select
        entries.accepted_on,
        horizons.days,
        coalesce(
            first_actions.acted_on - entries.accepted_on <= horizons.days, false
        ) as has_action,
    from entries
    inner join horizons
        on entries.accepted_on + horizons.days < $as_of
    left join first_actions
        on first_actions.person_key = entries.person_key
    where entries.accepted_on >= $from and entries.accepted_on < $until
)

select
    cast(date_trunc('month', accepted_on) as date) as period,
    'Force' as area,
    days || ' days' as "group",
    count(*) filter (where has_action) as numerator,
    count(*) as denominator,
from followed
group by period, days
