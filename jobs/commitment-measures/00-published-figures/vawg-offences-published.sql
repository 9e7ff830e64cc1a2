-- Grain: one row per month and borough, and one for London.
-- Source: the Met's VAWG dashboard data. The whole published series, not only
-- the last 24 months, so that it adds up to the published total.
select
    month as period,
    area,
    'All' as "group",
    offences as numerator,
    null as denominator,
from core.published_vawg
where month < $until
