-- Grain: one act on record. Everything that the log, the room's record of
-- looks, the batches, the outbox and merged records say was done: all of it, or
-- what touched the people $ids; by whom, and since when, as asked.
with people as (
    select unnest(cast(cast($ids as json) as varchar[])) as nominal_id
),

-- How far down each list somebody of these people stood on it.
places as (
    select entries.list_id, min(entries.rank) as rank, any_value(lists.list_size) as list_size
    from ledger.list_entries as entries
    inner join ledger.lists as lists on lists.list_id = entries.list_id
    where entries.nominal_id in (select nominal_id from people)
    group by entries.list_id
),

packs as (
    select
        cast(json_extract_string(detail, '$.report_id') as bigint) as report_id,
        any_value(subjects) as subjects,
    from ledger.audit
    where kind = 'disclosure' and json_extract_string(detail, '$.report_id') is not null
    group by 1
),

acts as (
    select
        acted_at, kind, what, account, machine_uid, machine_user, subjects, lists,
        up_to_rank, reason, detail, 'audit ' || audit_id as reference,
        audit_id as number,
        len(subjects) = 0
            and cast(json_extract_string(detail, '$.people') as bigint) > 0
            as is_of_many,
    from ledger.audit
    union all by name
    select
        consulted_at as acted_at,
        'consultation' as kind,
        if(refusal is null, 'conduct data', 'conduct data, refused') as what,
        account, machine_uid, machine_user,
        statement as detail,
        'look ' || consultation_id as reference,
        consultation_id as number,
    from conduct_ledger.consultations
    union all by name
    select
        received_at as acted_at,
        'collection' as kind,
        if(batches.kind = 'file', 'batch', 'batch taken back') as what,
        source || ' ' || file_name || ', ' || state as detail,
        'batch ' || batch_id as reference,
        batch_id as number,
        (
            select list(distinct records.nominal_id)
            from records
            where records.batch_id = batches.batch_id
                and records.nominal_id in (select nominal_id from people)
        ) as subjects,
    from ledger.batches as batches
    union all by name
    select
        coalesce(outbox.settled_at, outbox.queued_at) as acted_at,
        'disclosure' as kind,
        'mail' as what,
        'to ' || outbox.recipient || ': ' || outbox.report || ' ' || outbox.as_of
            || ', ' || outbox.state as detail,
        'envelope ' || outbox.envelope_id as reference,
        outbox.envelope_id as number,
        packs.subjects,
    from ledger.outbox as outbox
    left join packs on packs.report_id = outbox.report_id
    where outbox.state not in ('queued', 'failed')
    union all by name
    select
        batches.received_at as acted_at,
        'combination' as kind,
        'records merged' as what,
        [records.nominal_id, records.merged_into] as subjects,
        records.nominal_id || ' into ' || records.merged_into as detail,
        'batch ' || batches.batch_id as reference,
        batches.batch_id as number,
    from records
    inner join ledger.batches as batches on batches.batch_id = records.batch_id
    where records.merged_into is not null
),

asked as (
    select *
    from acts
    where
        (cast($from as timestamp) is null or acted_at >= cast($from as timestamp))
        and (cast($until as timestamp) is null or acted_at < cast($until as timestamp))
        and (
            $account is null
            or account = $account
            or account is null
                and list_contains(cast(cast($uids as json) as uinteger[]), machine_uid)
        )
        and (
            not $of_people
            or coalesce(is_of_many, false)
            or list_has_any(coalesce(subjects, []), cast(cast($ids as json) as varchar[]))
            or exists (
                from places
                where list_contains(acts.lists, places.list_id)
                    and places.rank <= coalesce(acts.up_to_rank, places.list_size)
            )
            or exists (
                from people
                where regexp_matches(
                    coalesce(acts.detail, '') || ' ' || coalesce(acts.reason, ''),
                    '(^|\W)' || regexp_escape(nominal_id) || '(\W|$)'
                )
            )
        )
)

select
    acted_at, kind, what, account, machine_uid, machine_user,
    array_to_string(subjects, ' ') as subjects,
    array_to_string(lists, ' ') as lists,
    reason, detail, reference,
from asked
order by acted_at, number, reference
