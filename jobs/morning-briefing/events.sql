-- Grain: one row: what else happened on $day.
with listed as (
    select people.person_key
    from ledger.list_entries as entries
    inner join ledger.lists as lists on lists.list_id = entries.list_id
    inner join core.people as people on people.person_id = entries.nominal_id
    where entries.list_id = $list_id and entries.rank <= lists.list_size
)

select
    (select count(*) from core.arrests where arrested_on = $day and is_vawg)
        as arrests,
    (
        select count(*) from core.arrests
        where arrested_on = $day and is_vawg
            and person_key in (select person_key from listed)
    ) as arrests_on_list,
    (select count(*) from core.charges where charged_on = $day and is_vawg)
        as charges,
    (
        select count(*) from core.charges
        where charged_on = $day and is_vawg
            and person_key in (select person_key from listed)
    ) as charges_on_list,
    (
        select count(*) from core.orders
        where decided_on = $day and decision = 'granted'
    ) as orders_granted,
    (
        select count(*) from core.crimes
        where is_vawg and status = 'cancelled' and status_on = $day
    ) as cancelled,
