-- Grain: one row.
-- Purpose: how many people entered and when; beside it those who are not among
-- them: who entered later, or whom no extract knows any more.
with unknown as (
    select distinct decisions.nominal_id
    from decisions
    anti join core.identities as identities
        on identities.nominal_id = decisions.nominal_id
    where
        $by = 'accepted'
        and decisions.decision = 'accept'
        and decisions.decided_on < $as_of
)

select
    count(*) filter (where entered_on < $as_of) as people,
    min(entered_on) filter (where entered_on < $as_of) as first_entered_on,
    max(entered_on) filter (where entered_on < $as_of) as last_entered_on,
    count(*) filter (where entered_on >= $as_of) as entered_since,
    (select count(*) from unknown) as unknown,
from entered
