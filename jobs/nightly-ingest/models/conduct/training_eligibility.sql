-- Grain: one row per member of staff and course.
-- Purpose: who needs a course, since when and until which day, as the row of
-- their newest completion says it; nothing about a day that it does not give.
select
    staff_id,
    course,
    arg_max(role, renewal) as role,
    arg_max_null(eligible, renewal) as eligible,
    arg_max_null(eligible_from, renewal) as eligible_from,
    arg_max_null(eligible_until, renewal) as eligible_until,
from conduct.training
group by staff_id, course
