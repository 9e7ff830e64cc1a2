-- What the tables of the ledger are and what their columns hold, on the tables
-- themselves: docs/reference/data.md is made from these. A migration that makes
-- a table, or makes one anew, says it again for that table. Columns of
-- ledger.batches are told with the table: DuckDB 1.5.6 cannot replay a comment
-- on a column of a table whose check calls a function, such as an addition.

comment on table ledger.migrations is
    'One row per step by which this database came to its schema.';
comment on column ledger.migrations.version is 'Number of the step.';
comment on column ledger.migrations.sha256 is
    'Of the SQL that made it; a step is never edited.';

comment on table ledger.batches is
    'One row per file content that ingest has judged, and one per act that took a batch back (kind is file or revert; undoes and reverted_by lead from one to the other). batch_id follows the order of judging: what was known after a batch is told by it. as_at is the local moment that the file speaks of, sha256 that of its bytes, contract_sha256 that of the contract it was judged by. state is accepted or refused, refusal the code of why, which docs/ingest.md lists, reason the same in words. rows_read is accepted, rejected and duplicate rows together. Of the accepted rows rows_new were not held, rows_changed differ from what was held under their key, rows_unchanged were held already, rows_superseded stand behind a later file, and rows_warned have a fault that only warns. rows_ended counts rows of history that the file ended.';

comment on table ledger.rejects is
    'One row per fault of a row: a row with two faults stands here twice.';
comment on column ledger.rejects.line is 'Line of the file, counted from 1.';
comment on column ledger.rejects.column_name is
    'Null when the whole line is at fault.';
comment on column ledger.rejects.value is
    'What stood there, until it is forgotten; null for sources in a room.';
comment on column ledger.rejects.reason is
    'What was wrong, in daybook''s own words.';
comment on column ledger.rejects.is_warning is
    'The row was accepted all the same.';
comment on column ledger.rejects.row_key is
    'Key of the row, until it is forgotten; null for sources in a room.';
comment on column ledger.rejects.corrected_by is
    'The batch that brought the row right.';
comment on column ledger.rejects.aged_out_on is
    'The day its value, key and reason were forgotten.';
comment on column ledger.rejects.code is
    'One word for the fault; earlier for what was rejected before there were any.';

comment on table ledger.batch_scopes is
    'The parts of a snapshot source that a batch covered.';
comment on column ledger.batch_scopes.scope is 'Empty for the whole.';
comment on column ledger.batch_scopes.is_whole is
    'No row of the part was rejected.';
comment on column ledger.batch_scopes.is_standing is
    'No newer snapshot of the part had come before.';

comment on table ledger.confirmations is
    'One row per row of a delta that said again what history held already.';
comment on column ledger.confirmations.batch_id is
    'The batch that said it again.';
comment on column ledger.confirmations.said_by is
    'The batch that said it first.';
comment on column ledger.confirmations.file_line is 'Its line there.';

comment on table ledger.hashing is
    'What the rows of each source were hashed with, so that a new database or column does not make all seem changed.';
comment on column ledger.hashing.proof is
    'Columns, and a probe of the hash function.';

comment on table ledger.relation_checks is
    'Rows that name a row of another source which is not held, after each ingest.';
comment on column ledger.relation_checks.known_at is
    'The newest batch at that moment.';
comment on column ledger.relation_checks.columns is 'The columns that name it.';
comment on column ledger.relation_checks.rows_missing is
    'Rows whose other row is not held.';
comment on column ledger.relation_checks.rows_overdue is
    'Of these, those that have waited longer than they may.';
comment on column ledger.relation_checks.within_days is
    'Days that the other source may take.';
comment on column ledger.relation_checks.example is
    'One of the missing keys; null for sources in a room.';

comment on table ledger.ending_confirmations is
    'A person''s word that a snapshot may end as many rows as it does.';
comment on column ledger.ending_confirmations.sha256 is 'Of the file.';

comment on table ledger.ingest_failures is
    'Files that could not be judged, by their content; one that fails twice is set aside.';
comment on column ledger.ingest_failures.reason is
    'In words of daybook; nothing that the file holds.';

comment on table ledger.slots is
    'One row per job and scheduled instant, with its one final state.';
comment on column ledger.slots.scheduled_at is 'The instant.';
comment on column ledger.slots.as_of is
    'The force''s own date that it speaks of.';
comment on column ledger.slots.state is
    'running, succeeded, failed, skipped, missed or interrupted.';
comment on column ledger.slots.reason is
    'Why it was skipped, missed or failed.';

comment on table ledger.runs is 'One row per attempt at a slot.';
comment on column ledger.runs.scheduled_at is 'The instant of its slot.';
comment on column ledger.runs.as_of is
    'The force''s own date that it speaks of.';
comment on column ledger.runs.trigger is 'schedule or command.';
comment on column ledger.runs.ended_at is 'Null while it runs.';
comment on column ledger.runs.state is
    'running, succeeded, failed or interrupted.';
comment on column ledger.runs.story is 'What it did, in a sentence.';

comment on table ledger.rebuilds is
    'One row per attempt to rebuild the warehouse; the newest says whether the tables are those of the newest batch.';
comment on column ledger.rebuilds.known_at is
    'The newest batch at that moment.';
comment on column ledger.rebuilds.recipe is
    'Hashes of the SQL and reference tables that were tried.';
comment on column ledger.rebuilds.state is 'built, or blocked by a check.';

comment on table ledger.check_results is
    'What every check of every rebuild found.';
comment on column ledger.check_results.name is
    'File of the check, without its ending.';
comment on column ledger.check_results.title is
    'The sentence that should hold.';
comment on column ledger.check_results.severity is 'block or warn.';
comment on column ledger.check_results.failing_rows is
    'Rows for which it does not hold.';
comment on column ledger.check_results.examples is
    'JSON: up to five of the rows, identifiers only.';

comment on table ledger.lists is
    'One row per harm list, with everything that decided it.';
comment on column ledger.lists.as_of is 'The date of the list.';
comment on column ledger.lists.known_at is
    'The newest batch that it was made from.';
comment on column ledger.lists.marks_known_at is
    'The newest mark on a person that was known.';
comment on column ledger.lists.decisions_known_at is
    'The newest decision that was known.';
comment on column ledger.lists.fingerprint is
    'Hash over everything that decides the list.';
comment on column ledger.lists.edition is 'Edition of the harm index.';
comment on column ledger.lists.index_sha256 is
    'Of the texts of its editions and of retired codes.';
comment on column ledger.lists.basket_sha256 is 'Of the text of its basket.';
comment on column ledger.lists.sql_sha256 is
    'Of its statements and the models they read.';
comment on column ledger.lists.settings is
    'The rules of [list] in its job.toml, as JSON.';
comment on column ledger.lists.window_from is 'First day that counts.';
comment on column ledger.lists.window_to is 'Last day that counts.';
comment on column ledger.lists.counts is
    'What was left out, marked or unscored, by rule, as JSON.';
comment on column ledger.lists.previous_id is
    'The list that movement is told against; null on the first.';

comment on table ledger.list_entries is
    'One row per list and person with a scored allegation in its window, listed or not.';
comment on column ledger.list_entries.standing is
    'ranked, under_18, deceased or in_custody: why someone is not ranked.';
comment on column ledger.list_entries.rank is
    'Null for people who are not ranked.';
comment on column ledger.list_entries.rank_at_liberty is
    'Among ranked people who are not in custody.';
comment on column ledger.list_entries.rank_without_nfa is
    'With allegations that ended in no further action left out.';
comment on column ledger.list_entries.score_days is
    'Harm in days: the sum over counted allegations.';
comment on column ledger.list_entries.score_without_nfa_days is
    'The same without allegations that ended in no further action.';
comment on column ledger.list_entries.allegations is 'Counted allegations.';
comment on column ledger.list_entries.offences is
    'Offences that they speak of.';
comment on column ledger.list_entries.victims is 'Different victims of them.';
comment on column ledger.list_entries.women is
    'Of the victims, female and of age.';
comment on column ledger.list_entries.girls is
    'Of the victims, female and under age.';
comment on column ledger.list_entries.worst_days is
    'Harm of the worst allegation.';
comment on column ledger.list_entries.worst_crime_ref is 'That allegation.';
comment on column ledger.list_entries.is_in_custody is
    'On the date of the list.';
comment on column ledger.list_entries.has_counter_allegation is
    'Someone who accuses this person is accused by them.';
comment on column ledger.list_entries.is_blocked is
    'A counter-allegation that no specialist has reviewed.';
comment on column ledger.list_entries.is_restricted is
    'Accuracy contested and unsettled, or restricted: not disclosed.';
comment on column ledger.list_entries.was_under_18 is
    'Some counted allegation is of an act under that age.';
comment on column ledger.list_entries.age is
    'Completed years on the date of the list; null when the birth is not known.';
comment on column ledger.list_entries.identities is
    'All identifiers of the person, merged ones too.';

comment on table ledger.list_contributions is
    'One row per list and allegation of everyone on it or its reserve, counted or not.';
comment on column ledger.list_contributions.named_as is
    'The identifier that the crime names.';
comment on column ledger.list_contributions.ho_code is
    'Home Office code as recorded.';
comment on column ledger.list_contributions.index_code is
    'The code that it is weighed under.';
comment on column ledger.list_contributions.weight_days is
    'Days of harm of one offence; null when unscored.';
comment on column ledger.list_contributions.harm_days is
    'Weight times offence count.';
comment on column ledger.list_contributions.basis is
    'How the weight came about, as its edition says.';
comment on column ledger.list_contributions.source is
    'Where the weight is published.';
comment on column ledger.list_contributions.is_counted is
    'Whether it is part of the score.';
comment on column ledger.list_contributions.not_counted_because is
    'The rule that leaves it out.';
comment on column ledger.list_contributions.rank_without is
    'The person''s rank had this allegation not counted; null when it is not counted anyway, or nothing would be left.';

comment on table ledger.texts is
    'Texts by their hash, each kept once: editions, baskets, SQL, definitions, release files.';

comment on table ledger.list_inputs is
    'The texts that a list was made from, so that it can be made again.';
comment on column ledger.list_inputs.role is
    'edition, aliases, basket, model or list.';
comment on column ledger.list_inputs.file is 'Path from the deployment folder.';
comment on column ledger.list_inputs.place is
    'In the order in which they were read.';
comment on column ledger.list_inputs.sha256 is 'Of the text, in ledger.texts.';

comment on table ledger.measure_inputs is
    'The texts that a set of figures was made from, so that it can be made again.';
comment on column ledger.measure_inputs.role is
    'edition, aliases, basket, model or measure.';
comment on column ledger.measure_inputs.file is
    'Path from the deployment folder.';
comment on column ledger.measure_inputs.place is
    'In the order in which they were read.';
comment on column ledger.measure_inputs.sha256 is
    'Of the text, in ledger.texts.';

comment on table ledger.list_variants is
    'A list under another rule, and how much of it would stay.';
comment on column ledger.list_variants.variant is 'Short name of the rule.';
comment on column ledger.list_variants.title is 'The rule in words.';
comment on column ledger.list_variants.ranked is 'People who would be ranked.';
comment on column ledger.list_variants.overlap is
    'How many of the people listed would be listed.';

comment on table ledger.list_variant_ranks is
    'Where people of a list would stand under another rule.';
comment on column ledger.list_variant_ranks.rank is
    'Null when they would not be ranked.';

comment on table ledger.list_moves is
    'One row per person on a list or the one before, and why their place differs.';
comment on column ledger.list_moves.movement is
    'new, returned, stayed or left.';
comment on column ledger.list_moves.reason is 'The causes in words.';
comment on column ledger.list_moves.causes is
    'JSON: days of score by cause of the change.';
comment on column ledger.list_moves.last_list is
    'The newest list before the previous one that held the person.';
comment on column ledger.list_moves.times_listed is
    'On how many of the twelve lists before this one.';
comment on column ledger.list_moves.previous_decision is
    'What an officer had decided on the list before.';
