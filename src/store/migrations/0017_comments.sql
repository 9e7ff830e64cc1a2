-- The same for what was decided, measured, released, shown and kept as proof.

comment on table ledger.list_verifications is
    'Each time a list was made again from what was known when it was made.';
comment on column ledger.list_verifications.is_identical is
    'Every row was the same.';
comment on column ledger.list_verifications.differing_people is
    'People with a row that was not.';

comment on table ledger.account_roles is
    'Who may do what; the newest row of an account and role holds.';
comment on column ledger.account_roles.is_granted is
    'False where the role was taken away.';
comment on column ledger.account_roles.changed_by is
    'The account that changed it.';

comment on table ledger.account_bindings is
    'Which users of the machine may act under an account; the newest row of an account and uid holds.';
comment on column ledger.account_bindings.uid is
    'Number of the machine''s user.';
comment on column ledger.account_bindings.is_bound is
    'False where the user was unbound.';
comment on column ledger.account_bindings.changed_by is
    'The account that changed it.';

comment on table ledger.list_decisions is
    'One decision per list and person, never changed.';
comment on column ledger.list_decisions.decision is 'accept, defer or reject.';
comment on column ledger.list_decisions.decided_by is
    'The account that decided.';

comment on table ledger.list_closes is
    'Lists that were closed with people left undecided.';
comment on column ledger.list_closes.undecided is 'Their nominal ids.';

comment on table ledger.person_marks is
    'Marks on a person, across lists; the newest of its kind holds.';
comment on column ledger.person_marks.mark is
    'contested, settled, restricted, unrestricted or counter_reviewed.';
comment on column ledger.person_marks.covers is
    'Crimes that a review of counter-allegations covered.';

comment on table ledger.audit is
    'The log of what was done with personal data, and by whom.';
comment on column ledger.audit.kind is
    'collection, alteration, consultation, disclosure, combination, erasure, or administration: what touches nobody.';
comment on column ledger.audit.account is
    'As told with --by or --as; null when none was.';
comment on column ledger.audit.machine_uid is
    'The operating system''s account, by the kernel''s word.';
comment on column ledger.audit.machine_user is 'Its name.';
comment on column ledger.audit.what is 'The command, job or report.';
comment on column ledger.audit.subjects is 'Nominal ids of the people touched.';
comment on column ledger.audit.lists is 'Lists whose people were touched.';
comment on column ledger.audit.up_to_rank is
    'As far down as this rank; null is the list''s own size.';
comment on column ledger.audit.detail is
    'JSON; never a copy of what was erased.';

comment on table ledger.index_imports is
    'Harm indexes that were imported: what was read, word for word, and who decided what about its conflicts.';
comment on column ledger.index_imports.edition is
    'The edition''s name: a file in jobs/harm-list/index/.';
comment on column ledger.index_imports.kind is
    'cchi for the official workbook, table for a CSV file.';
comment on column ledger.index_imports.sha256 is 'Of the file.';
comment on column ledger.index_imports.bytes is 'The file itself.';
comment on column ledger.index_imports.policy is
    'How a code with several scores is decided: refuse, highest, lowest or by-title.';
comment on column ledger.index_imports.titles is
    'For by-title, the CSV text that names the row of each conflicting code.';
comment on column ledger.index_imports.csv_sha256 is
    'The edition''s text, in ledger.texts.';
comment on column ledger.index_imports.found_sha256 is
    'The text that its file held before; null when there was none.';

comment on table ledger.measure_sets is
    'A measure''s figures under one definition and one state of knowledge.';
comment on column ledger.measure_sets.measure_id is 'Such as 6.4.';
comment on column ledger.measure_sets.known_at is
    'The newest batch that was known.';
comment on column ledger.measure_sets.lists_known_at is
    'The newest list that was known.';
comment on column ledger.measure_sets.decisions_known_at is
    'The newest decision that was known.';
comment on column ledger.measure_sets.verifications_known_at is
    'The newest verification that was known.';
comment on column ledger.measure_sets.fingerprint is
    'Hash over everything that decides the figures.';
comment on column ledger.measure_sets.definition_sha256 is
    'The definition as JSON, in ledger.texts.';
comment on column ledger.measure_sets.months is 'Months shown.';
comment on column ledger.measure_sets.nightly is
    'Sources of which a file was due every night, with spaces between; null where nobody asked.';
comment on column ledger.measure_sets.state is 'available or unavailable.';
comment on column ledger.measure_sets.reason is 'Why it is unavailable.';
comment on column ledger.measure_sets.cells_of is
    'The set whose cells these are: its own, or an earlier one''s that are the same.';

comment on table ledger.measure_cells is
    'One row per figure of a measure: reading, span, period, area and group.';
comment on column ledger.measure_cells.cells_of is
    'The set that it was stored with.';
comment on column ledger.measure_cells.basis is
    'Which reading; empty where a measure has only one.';
comment on column ledger.measure_cells.span is
    'month, or year: the twelve months that end with it.';
comment on column ledger.measure_cells.period is
    'First day of the month, or of the last month of the year.';
comment on column ledger.measure_cells.area is 'Force, a borough or a ward.';
comment on column ledger.measure_cells."group" is
    'All, or a group that the definition names.';
comment on column ledger.measure_cells.cases is
    'Cases or responses behind the cell, where its SQL gave one row for each.';
comment on column ledger.measure_cells.value is 'In the measure''s unit.';
comment on column ledger.measure_cells.low is 'Lower end of the 95% interval.';
comment on column ledger.measure_cells.high is 'Upper end of the 95% interval.';
comment on column ledger.measure_cells.state is
    'shown, few, empty, immature, stale or crossing.';

comment on table ledger.releases is
    'Public releases that are due, and when each was issued.';
comment on column ledger.releases.issued_at is 'Null until then.';

comment on table ledger.release_issues is
    'Who issued each release, from which figures, and what it says word for word.';
comment on column ledger.release_issues.page_sha256 is
    'The page, in ledger.texts.';
comment on column ledger.release_issues.figures_sha256 is
    'Its figures, in ledger.texts.';

comment on table ledger.release_tables is
    'One row per table of a release, with the counts that later releases are held against.';
comment on column ledger.release_tables.place is 'Its place in the release.';
comment on column ledger.release_tables.release_json is
    'JSON with exact counts of what is shown: it stays in the house.';
comment on column ledger.release_tables.withheld is
    'Cells withheld because with earlier releases they would have revealed a count.';

comment on table ledger.reports is
    'Rendered reports; the bytes are kept so that what was shown can always be shown again.';
comment on column ledger.reports.version is
    'A report that was corrected has a further version.';
comment on column ledger.reports.sha256 is 'Of the page.';
comment on column ledger.reports.path is 'Where its file was written.';

comment on table ledger.outbox is
    'One envelope per report, date and recipient.';
comment on column ledger.outbox.state is
    'queued, sending, sent, failed or uncertain.';
comment on column ledger.outbox.message is 'The whole mail.';
comment on column ledger.outbox.detail is
    'What the server or the folder said, in daybook''s words.';
comment on column ledger.outbox.queued_at is 'UTC.';
comment on column ledger.outbox.settled_at is 'When it was sent or given up.';
comment on column ledger.outbox.attempts is 'Times that sending was begun.';
comment on column ledger.outbox.attempted_at is 'When it was last begun.';
comment on column ledger.outbox.handed_over_at is 'Before the message left.';

comment on table ledger.verifications is
    'Each time the whole record was verified.';
comment on column ledger.verifications.as_of is
    'The morning it was for; null when somebody asked.';
comment on column ledger.verifications.entries is 'Entries of all chains.';
comment on column ledger.verifications.findings is 'What was found altered.';
comment on column ledger.verifications.ledgers is
    'Ledgers in which something was found.';

comment on table conduct_ledger.rejected_values is
    'Values and keys of a room''s rejected rows; what was wrong, and where, stands in ledger.rejects.';

comment on table conduct_ledger.consultations is
    'Each time somebody asked for what lies in the room, whether they got it or not.';
comment on column conduct_ledger.consultations.account is
    'As told with --as; null when none was.';
comment on column conduct_ledger.consultations.statement is
    'What was asked; it may name a person.';
comment on column conduct_ledger.consultations.refusal is
    'Why it was refused; null when it was allowed.';
comment on column conduct_ledger.consultations.machine_uid is
    'The machine''s user by number; null for looks before it was kept.';

comment on table conduct_ledger.chain is
    'What each row of the record held when it was sealed, and the hash of the entry before.';
comment on column conduct_ledger.chain.ledger is
    'The table, and for some which part of it.';
comment on column conduct_ledger.chain.entry is
    '1, 2, 3 and so on within the ledger.';
comment on column conduct_ledger.chain.content_sha256 is
    'Null when the row was rightly taken away.';
comment on column conduct_ledger.chain.marks is
    'Of rows that share a key, the first eight letters of each one''s hash.';
comment on column conduct_ledger.chain.note is
    'How rows came to be sealed otherwise than with the write that made them.';

comment on table conduct_ledger.anchors is
    'Moments at which the heads of all chains went outside: into a receipt, a mail, the log beside the database.';
comment on column conduct_ledger.anchors.sha256 is
    'Over the heads and the anchor before.';

comment on table conduct_ledger.anchor_heads is
    'The chains that had grown since the anchor before.';
comment on column conduct_ledger.anchor_heads.entries is
    'Entries of the chain.';
comment on column conduct_ledger.anchor_heads.head is 'Hash of its last entry.';

comment on view ledger.standing_files is
    'The files whose rows count: accepted, and not taken back.';
comment on view ledger.measure_values is 'The cells of every set of figures.';
comment on view ledger.list_states is
    'What is decided of each list; a list is decided when each of its people is, or when it was closed.';
