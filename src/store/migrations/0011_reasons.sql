-- A reason is told in words of daybook's own, with a code that outlives it. The
-- table is made anew, because a column added beside a default cannot be replayed.
create table ledger.rejects_anew (
    batch_id bigint not null,
    line bigint not null,
    column_name varchar,
    value varchar,
    reason varchar not null,
    is_warning boolean default false,
    row_key varchar,
    corrected_by bigint,
    aged_out_on date,
    -- One word; `earlier` for what was rejected before there were any.
    code varchar not null
);

-- A reason given for a whole line could quote it.
insert into ledger.rejects_anew
select
    batch_id,
    line,
    column_name,
    value,
    case
        when aged_out_on is not null then 'earlier'
        when column_name is not null then left(reason, 200)
        when regexp_full_match(reason, '[0-9]+ cells where the header has [0-9]+') then reason
        else 'a line that cannot be read'
    end as reason,
    is_warning,
    row_key,
    corrected_by,
    aged_out_on,
    'earlier' as code
from ledger.rejects
order by rowid;

drop table ledger.rejects;
alter table ledger.rejects_anew rename to rejects;

update conduct_ledger.rejected_values
set reason = case
    when column_name is not null then left(reason, 200)
    when regexp_full_match(reason, '[0-9]+ cells where the header has [0-9]+') then reason
    else 'a line that cannot be read'
end;

-- So could a refusal, and what was noted of a file that was taken in.
update ledger.batches
set reason = 'refused by an earlier version; its code says why'
where state = 'refused' and refusal in ('unreadable', 'rejects', 'value', 'manifest');

update ledger.batches
set reason = regexp_replace(
    reason, 'columns not in the contract, not read: [^;]*', 'columns that the contract does not know, not read'
)
where kind = 'file' and state = 'accepted' and contains(reason, 'columns not in the contract');

-- So could the database's own words for a measure or a run that failed.
update ledger.measure_sets set reason = 'could not be worked out'
where contains(reason, 'its SQL failed');

update ledger.runs set story = 'failed, as an earlier version told it in the log'
where state = 'failed' and regexp_matches(story, '[A-Za-z]+ Error: ');

update ledger.slots set reason = 'failed, as an earlier version told it in the log'
where state = 'failed' and regexp_matches(reason, '[A-Za-z]+ Error: ');
