-- Grain: one row per list date, the last list made for it, up to $as_of.
-- Purpose: which lists are judged, and by which weights their people's harm is
-- reckoned.
with words as (
    select
        list_id,
        as_of,
        list_size,
        reserve_size,
        edition,
        settings,
        row_number() over (partition by as_of order by list_id desc) as place,
    from ledger.lists
    where as_of <= $as_of
),

-- People whose record is held no more cannot be followed.
lost as (
    select
        entries.list_id,
        count(*) as people,
    from ledger.list_entries as entries
    inner join words on words.list_id = entries.list_id
    left join core.identities as identities
        on identities.nominal_id = entries.nominal_id
    where
        entries.rank <= words.list_size + words.reserve_size
        and identities.person_key is null
    group by entries.list_id
)

select
    words.list_id,
    words.as_of,
    words.list_size,
    words.reserve_size,
    words.edition,
    words.settings,
    coalesce(lost.people, 0) as not_followed,
    words.edition in (select edition from staging.harm_index) as has_weights,
from words
left join lost on lost.list_id = words.list_id
where words.place = 1
order by words.as_of
