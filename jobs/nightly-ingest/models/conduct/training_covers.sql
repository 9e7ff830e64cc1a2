-- Grain: one row per completion of a course.
-- Purpose: the months from that of the completion to before that in which it is
-- no longer in date at the end. It is in date up to the day it expires, that day
-- included, and for good without one. What an earlier completion covers still
-- is not covered again, so that nobody holds a course twice.
with completions as (
    select
        staff_id,
        course,
        renewal,
        completed_on,
        date_trunc('month', completed_on) as begins_in,
        coalesce(
            date_trunc('month', expires_on + 1), timestamp 'infinity'
        ) as ends_in,
    from conduct.training
    where completed_on is not null
)

select
    staff_id,
    course,
    greatest(begins_in, max(ends_in) over before_it) as begins_in,
    ends_in,
from completions
window before_it as (
    partition by staff_id, course
    order by completed_on, renewal
    rows between unbounded preceding and 1 preceding
)
