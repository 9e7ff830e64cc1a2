-- Harm indexes that were imported: what was read, word for word, who decided
-- what about its conflicts, and the edition that came of it. The row is
-- written before the edition's file; a file that is still what the import
-- found has not been written, and the next import writes it.

create table ledger.index_imports (
    import_id bigint primary key,
    -- The edition's name: a file in jobs/harm-list/index/.
    edition varchar not null,
    -- cchi for the official workbook, table for a CSV file.
    kind varchar not null,
    file_name varchar not null,
    sha256 varchar not null,
    bytes blob not null,
    -- refuse, highest, lowest or by-title; and for by-title the CSV text that
    -- names the row of each conflicting code.
    policy varchar not null,
    titles varchar,
    rows_read integer not null,
    rows_without_code integer not null,
    rows_without_score integer not null,
    codes integer not null,
    conflicts_solved integer not null,
    -- The edition's text, in ledger.texts, and the one that its file held
    -- before; null when there was none.
    csv_sha256 varchar not null,
    found_sha256 varchar,
    imported_by varchar not null,
    imported_at timestamp not null
);
create sequence ledger.index_import_ids;
