-- Grain: one row per response and group it belongs to.
-- Purpose: women who agree that they were satisfied with the service they had
-- as victims. The user satisfaction survey and the survey of victims of
-- domestic abuse are taken together in "All" and by ethnicity, each response
-- with the weight of its own survey; each survey stands by itself as well,
-- since the two ask different victims. Those who did not know are left out, and
-- so are responses without a weight above zero, which cannot be weighed.
-- The wave says when people were asked: a quarter or a half year stands in its
-- last month, so that a year to that month holds whole waves.
with responses as (
    select
        month as period,
        survey,
        ethnicity,
        response,
        weight,
    from staging.surveys
    where
        survey in ('uss', 'da_victim')
        and question = 'satisfied'
        and sex = 'F'
        and weight > 0
        and response in ('agree', 'neither', 'disagree')
),

grouped as (
    select
        period,
        unnest([
            'All',
            case survey
                when 'uss' then 'User satisfaction survey'
                else 'Domestic abuse survey'
            end,
            case ethnicity
                when 'white' then 'White'
                when 'black' then 'Black'
                when 'asian' then 'Asian'
                when 'mixed' then 'Mixed'
                when 'other' then 'Other ethnic group'
                else 'Ethnicity not stated'
            end
        ]) as "group",
        cast(response = 'agree' as integer) as numerator,
        weight,
    from responses
    where period >= $from and period < $until
)

select
    cast(period as date) as period,
    'Force' as area,
    "group",
    numerator,
    weight,
from grouped
