-- Grain: one row per job that had a slot in the day before the report.
-- Purpose: how the job's last slot ended and how long its last run took, and
-- how many of its slots failed, were cut off or never ran.
with slots as (
    select
        job,
        scheduled_at,
        state,
    from ledger.slots
    where
        scheduled_at >= $utc_from::timestamp
        and scheduled_at < $utc_until::timestamp
),

counts as (
    select
        job,
        count(*) as slots,
        count(*) filter (state in ('failed', 'interrupted', 'missed'))
            as troubled_slots,
    from slots
    group by job
),

last_slots as (
    select *
    from slots
    qualify
        row_number() over (partition by job order by scheduled_at desc) = 1
),

last_runs as (
    select
        job,
        scheduled_at,
        date_diff('millisecond', started_at, ended_at) as elapsed_ms,
    from ledger.runs
    qualify
        row_number() over (
            partition by job, scheduled_at order by run_id desc
        ) = 1
)

select
    last_slots.job,
    counts.slots,
    counts.troubled_slots,
    last_slots.scheduled_at,
    last_slots.state,
    last_runs.elapsed_ms,
from last_slots
inner join counts on last_slots.job = counts.job
left join last_runs
    on
        last_slots.job = last_runs.job
        and last_slots.scheduled_at = last_runs.scheduled_at
order by last_slots.scheduled_at, last_slots.job
