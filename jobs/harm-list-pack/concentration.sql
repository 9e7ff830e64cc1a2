-- Grain: one row per point of the curve: the share of harm held by the most
-- harmful share of suspects.
with people as (
    select
        rank,
        count(*) over () as suspects,
        cast(sum(score_days) over (order by rank) as double)
            / cast(sum(score_days) over () as double) as harm_share,
    from ledger.list_entries
    where list_id = $list_id and rank is not null
),

marked as (
    select *, cast(floor(50 * sqrt((rank - 1) / suspects)) as integer) as mark
    from people
)

select
    100.0 * max(rank) / max(suspects) as suspects_percent,
    100.0 * max(harm_share) as harm_percent,
from marked
group by mark
order by suspects_percent
