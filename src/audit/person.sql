-- Grain: one entry of the ledgers about the people $ids: each list that held
-- one of them, each decision and each mark; with the user of the machine from
-- the act that the log has of it.
with people as (
    select unnest(cast(cast($ids as json) as varchar[])) as nominal_id
),

entries as (
    select
        lists.made_at as acted_at,
        'combination' as kind,
        'on a list' as what,
        entries.nominal_id,
        entries.list_id,
        entries.standing || coalesce(', rank ' || entries.rank, '') || ', '
            || entries.score_days || ' days, list as of ' || lists.as_of as detail,
        'list ' || entries.list_id as reference,
    from ledger.list_entries as entries
    inner join ledger.lists as lists on lists.list_id = entries.list_id
    union all by name
    select
        decided_at as acted_at,
        'alteration' as kind,
        'list decide' as what,
        nominal_id,
        list_id,
        decided_by as account,
        decision as detail,
        reason,
        'decision ' || decision_id as reference,
    from ledger.list_decisions
    union all by name
    select
        marked_at as acted_at,
        'alteration' as kind,
        'list mark' as what,
        nominal_id,
        marked_by as account,
        mark as detail,
        reason,
        'mark ' || mark_id as reference,
    from ledger.person_marks
),

asked as (
    select *
    from entries
    where nominal_id in (select nominal_id from people)
        and (cast($from as timestamp) is null or acted_at >= cast($from as timestamp))
        and (cast($until as timestamp) is null or acted_at < cast($until as timestamp))
        and ($account is null or account = $account)
)

select
    asked.acted_at, asked.kind, asked.what, asked.account,
    acts.machine_uid, acts.machine_user,
    asked.nominal_id as subjects,
    cast(asked.list_id as varchar) as lists,
    asked.reason, asked.detail, asked.reference,
from asked
left join ledger.audit as acts
    on acts.acted_at = asked.acted_at
    and acts.account = asked.account
    and acts.what = asked.what
    and list_contains(acts.subjects, asked.nominal_id)
order by asked.acted_at, asked.reference
