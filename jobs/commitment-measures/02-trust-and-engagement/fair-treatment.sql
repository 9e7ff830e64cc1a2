-- Grain: one row per answer and group; an answer by a woman or a man stands in
-- "All" too.
-- Purpose: trust in fair treatment, in the public attitude survey.
-- Answers of people whose sex is another or not known are in "All" only. An
-- answer without a weight above zero cannot be weighed and is left out.
with answers as (
    select
        sex,
        cast(response = 'agree' as integer) as agrees,
        weight,
        month as period,
    from staging.surveys
    where survey = 'pas' and question = 'fair_treatment' and weight > 0
),

grouped as (
    select
        period,
        'All' as "group",
        agrees,
        weight,
    from answers
    union all
    select
        period,
        case sex when 'F' then 'Women' else 'Men' end as "group",
        agrees,
        weight,
    from answers
    where sex in ('F', 'M')
)

select
    cast(period as date) as period,
    'Force' as area,
    "group",
    agrees as numerator,
    weight,
from grouped
where period >= $from and period < $until
