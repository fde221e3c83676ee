/* SPDX-License-Identifier: MIT
 *
 * A load from begin to end: journal, transactions, and the state in memory.
 */
#include "store/writer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

static const char *const statements[SQL_COUNT] = {
	[SQL_RESULT] = "INSERT INTO result VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, "
		       "?18, ?19, "
		       "?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36)",
	[SQL_TRANSCRIPT] = "INSERT INTO transcript VALUES (?1, ?2)",
	[SQL_DERIVED] = "INSERT INTO derived VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[SQL_SCORE] = "INSERT INTO score VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[SQL_LABEL] = "INSERT INTO label VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[SQL_FIND] = "SELECT uid, digest, authority, revision, source_id FROM result WHERE result_id = ?1",
	[SQL_REVISION] =
		"INSERT INTO revision (result_id, revision, digest, source_id, replaced_ms, row, scores, labels, body) "
		"SELECT r.result_id, r.revision, lower(hex(r.digest)), r.source_id, ?2, "
		"json_object('authority', authority, 'offset', offset, 'length', length, 'line', line, 'member', member, "
		"'run_id', run_id, 'task_id', task_id, 'model_id', model_id, 'item_id', item_id, 'epoch_id', epoch_id, "
		"'raw_outcome', raw_outcome, 'raw_severity', raw_severity, 'raw_item_severity', raw_item_severity, "
		"'raw_catset_id', raw_catset_id, 'raw_fail_turn', raw_fail_turn, 'target', target, 'answer', answer, 'error', "
		"error, "
		"'limited', limited, 'started_ms', started_ms, 'duration_ms', duration_ms, 'turns', turns, 'steps', steps, "
		"'tool_calls', tool_calls, 'answered', answered, 'call_errors', call_errors, 'repairs', repairs, 'flags', flags, "
		"'meta', meta, 'outcome', d.outcome, 'why', d.why, 'severity', d.severity, 'item_severity', d.item_severity, "
		"'catset_id', d.catset_id, 'fail_turn', d.fail_turn, 'fail_step', d.fail_step, 'score', d.score), "
		"(SELECT json_group_array(json_object('turn', turn, 'name', name, 'rater', rater, 'value_text', value_text, "
		"'value_num', value_num, 'reason', reason)) FROM score WHERE NOT attached "
		"AND score_id BETWEEN ?1 << 16 AND (?1 << 16) + 65535), "
		"(SELECT json_group_array(json_object('turn', turn, 'call', call, 'category_id', category_id)) FROM label "
		"WHERE NOT attached AND label_id BETWEEN ?1 << 16 AND (?1 << 16) + 65535), t.body "
		"FROM result r JOIN derived d USING (result_id) JOIN transcript t USING (result_id) WHERE r.result_id = ?1",
	[SQL_DROP_RESULT] = "DELETE FROM result WHERE result_id = ?1 RETURNING late_outcome, late_source_id",
	[SQL_DROP_TRANSCRIPT] = "DELETE FROM transcript WHERE result_id = ?1",
	[SQL_DROP_DERIVED] = "DELETE FROM derived WHERE result_id = ?1",
	[SQL_DROP_SCORES] = "DELETE FROM score WHERE score_id BETWEEN ?1 << 16 AND (?1 << 16) + 65535 AND NOT attached",
	[SQL_DROP_LABELS] = "DELETE FROM label WHERE label_id BETWEEN ?1 << 16 AND (?1 << 16) + 65535 AND NOT attached",
	[SQL_PROMOTE] = "UPDATE result SET authority = ?2, source_id = ?3, offset = ?4, length = ?5, line = ?6, member = ?7 "
			"WHERE result_id = ?1",
	[SQL_RESULT_MODEL] = "UPDATE result SET model_id = ?2 WHERE result_id = ?1",
	[SQL_SET_DERIVED] =
		"UPDATE derived SET outcome = ?2, why = ?3, severity = ?4, item_severity = ?5, catset_id = ?6, fail_turn = ?7, "
		"fail_step = ?8, score = ?9 WHERE result_id = ?1",
	[SQL_BLOCK_READ] = "SELECT data FROM colblk WHERE block = ?1",
	[SQL_BLOCK_WRITE] = "INSERT OR REPLACE INTO colblk VALUES (?1, ?2, ?3, ?4)",
	[SQL_SETTING] = "UPDATE setting SET value = ?2 WHERE key = ?1",
	[SQL_MODEL] = "INSERT INTO model (model_id, name, provider, label) VALUES (?1, ?4, ?2, ?3)",
	[SQL_MODEL_SET] = "UPDATE model SET provider = iif(provider = '', ?2, provider), label = coalesce(label, ?3), "
			  "alias = coalesce(?4, alias) WHERE model_id = ?1",
	[SQL_TASK] = "INSERT INTO task VALUES (?1, ?2, 0, ?3)",
	[SQL_TASK_SET] = "UPDATE task SET kind = ?2 WHERE task_id = ?1",
	[SQL_RUN] = "INSERT INTO run (run_id, tool_version, task_id, status, created_ms, declared, meta, uid, key, name, tool, "
		    "in_scope) "
		    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	[SQL_RUN_SET] = "UPDATE run SET tool_version = coalesce(nullif(?2, ''), tool_version), task_id = coalesce(nullif(?3, 0), "
			"task_id), "
			"status = coalesce(nullif(?4, ''), status), created_ms = coalesce(nullif(?5, 0), created_ms), "
			"declared = coalesce(nullif(?6, -1), declared), meta = coalesce(?7, meta) WHERE run_id = ?1",
	[SQL_ITEM] = "INSERT INTO item VALUES (?1, ?2, ?3)",
	[SQL_EPOCH] = "INSERT INTO epoch VALUES (?1, ?2)",
	[SQL_CATEGORY] = "INSERT INTO category VALUES (?1, ?2, ?3)",
	[SQL_CATSET] = "INSERT INTO catset VALUES (?1, ?2)",
	[SQL_MEMBER] = "INSERT INTO catset_member VALUES (?1, ?2, ?3)",
	[SQL_SOURCE] = "INSERT INTO source VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'partial', 0, 0, 0, 0, 0, NULL, ?9, NULL, NULL)",
	[SQL_SOURCE_AGAIN] = "UPDATE source SET status = 'partial', ingested_ms = ?2 WHERE source_id = ?1",
	[SQL_SOURCE_END] =
		"UPDATE source SET status = ?2, results = ?3, turns = ?4, tool_calls = ?5, skipped = ?6, warnings = ?7, "
		"declared = ?8, mismatch = ?9, ignored = ?10 WHERE source_id = ?1",
	[SQL_SOURCE_RECOUNT] = "UPDATE source SET results = ?2, turns = ?3, tool_calls = ?4 WHERE source_id = ?1",
	[SQL_SOURCE_CLEAR_NOTES] = "DELETE FROM source_note WHERE source_id = ?1",
	[SQL_SOURCE_CLEAR_AGGREGATES] = "DELETE FROM aggregate WHERE source_id = ?1",
	[SQL_SOURCE_CLEAR_PARTS] = "DELETE FROM part WHERE source_id = ?1",
	[SQL_NOTE] = "INSERT INTO source_note VALUES (?1, ?2, ?3, ?4, ?5, 1)",
	[SQL_NOTE_AGAIN] = "UPDATE source_note SET count = count + 1 WHERE note_id = ?1",
	[SQL_AGGREGATE] = "INSERT INTO aggregate VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[SQL_RATER] = "INSERT OR IGNORE INTO rater VALUES (?1, ?2, ?3)",
	[SQL_PART] = "INSERT INTO part VALUES (NULL, ?1, ?2, ?3, ?4)",
	[SQL_WAIT] = "INSERT INTO waiting VALUES (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[SQL_WAIT_FIND] = "SELECT source_id, kind, turn, call, name, path, rater, value_text, value_num, reason FROM waiting "
			  "WHERE waiting_id = ?1",
	[SQL_WAIT_DROP] = "DELETE FROM waiting WHERE waiting_id = ?1",
	[SQL_ATTACHED_SCORES] =
		"SELECT score_id, source_id, value_text, value_num, reason, attached FROM score "
		"WHERE score_id BETWEEN ?1 << 16 AND (?1 << 16) + 65535 AND turn = ?2 AND name = ?3 AND rater IS ?4",
	[SQL_ATTACHED_LABELS] = "SELECT label_id FROM label WHERE label_id BETWEEN ?1 << 16 AND (?1 << 16) + 65535 "
				"AND turn = ?2 AND call = ?3 AND category_id = ?4",
	[SQL_ATTACH_SCORE_SET] =
		"UPDATE score SET value_text = ?2, value_num = ?3, reason = ?4, source_id = ?5 WHERE score_id = ?1",
	[SQL_ATTACH_SCORE_FILL] = "UPDATE score SET value_text = coalesce(value_text, ?2), value_num = coalesce(value_num, ?3), "
				  "reason = coalesce(reason, ?4) WHERE score_id = ?1",
	[SQL_LAST_SCORE] = "SELECT min(score_id) FROM score WHERE score_id BETWEEN ?1 << 16 AND (?1 << 16) + 65535 AND attached",
	[SQL_LAST_LABEL] = "SELECT min(label_id) FROM label WHERE label_id BETWEEN ?1 << 16 AND (?1 << 16) + 65535 AND attached",
	[SQL_LATE_OUTCOME] = "UPDATE result SET late_outcome = ?2, late_source_id = ?3 WHERE result_id = ?1 "
			     "AND (late_outcome, late_source_id) IS NOT (?2, ?3) "
			     "AND (late_source_id IS NULL OR (SELECT path FROM source WHERE source_id = ?3) "
			     ">= (SELECT path FROM source WHERE source_id = late_source_id))",
	[SQL_HAS_ATTACHED] =
		"SELECT EXISTS (SELECT 1 FROM score WHERE score_id BETWEEN ?1 << 16 AND (?1 << 16) + 65535 AND attached) "
		"OR EXISTS (SELECT 1 FROM label WHERE label_id BETWEEN ?1 << 16 AND (?1 << 16) + 65535 AND attached)",
	[SQL_ANNOTATED] = "UPDATE annotated SET result_id = ?2 WHERE uid = ?1",
};

sqlite3_stmt *writer_sql(struct writer *w, enum writer_sql which, struct err *err)
{
	if (!w->sql[which] && db_prepare(w->s, statements[which], &w->sql[which], err)) {
		writer_broke(w, FAIL);
		return NULL;
	}
	return w->sql[which];
}

enum status writer_broke(struct writer *w, enum status status)
{
	w->broken = true;
	return status;
}

enum status writer_run(struct writer *w, sqlite3_stmt *st, struct err *err)
{
	int rc = sqlite3_step(st);
	if (rc == SQLITE_DONE) {
		sqlite3_reset(st);
		return OK;
	}
	enum status status = db_fail(w->s, "writing", err);
	sqlite3_reset(st);
	return writer_broke(w, status);
}

/* ---- state in memory ---- */

static enum status load_uids(struct writer *w, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(w->s, "SELECT block, n FROM colblk ORDER BY block", &st, err);
	uint64_t *uid = xcalloc(BLOCK_SIZE, sizeof *uid);
	uint8_t *flags = xcalloc(BLOCK_SIZE, 1);
	w->next_id = 1;
	while (!status && (status = db_step(w->s, st, err)) == OK) {
		int64_t block = sqlite3_column_int64(st, 0);
		size_t n = (size_t)sqlite3_column_int64(st, 1);
		if (n > BLOCK_SIZE)
			status = err_fail(err, "%s: column block %lld is damaged", w->s->path, (long long)block);
		if (!status)
			status = block_read_column(w->s, block, offsetof(struct columns, uid), uid, n, err);
		if (!status)
			status = block_read_column(w->s, block, offsetof(struct columns, flags), flags, n, err);
		for (size_t i = 0; !status && i < n; i++)
			if (!(flags[i] & COLUMN_GONE))
				uidmap_add(&w->uids, uid[i], (uint32_t)(block << BLOCK_BITS | (int64_t)i));
		w->next_id = (uint64_t)block << BLOCK_BITS | n;
	}
	sqlite3_finalize(st);
	free(uid);
	free(flags);
	if (w->next_id == 0)
		w->next_id = 1;
	return status == END ? OK : status;
}

static enum status load_waiting(struct writer *w, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(w->s, "SELECT waiting_id, uid FROM waiting ORDER BY waiting_id", &st, err);
	while (!status && (status = db_step(w->s, st, err)) == OK)
		if (sqlite3_column_bytes(st, 1) == UID_SIZE)
			writer_await(w, sqlite3_column_blob(st, 1), sqlite3_column_int64(st, 0));
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

static enum status load_annotated(struct writer *w, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(w->s, "SELECT uid FROM annotated WHERE result_id IS NULL", &st, err);
	while (!status && (status = db_step(w->s, st, err)) == OK) {
		struct str hex = db_str(st, 0);
		char uid[UID_SIZE];
		for (size_t i = 0; i < UID_SIZE && hex.n == 2 * UID_SIZE; i++)
			uid[i] = (char)(hex_digit(hex.p[2 * i]) << 4 | hex_digit(hex.p[2 * i + 1]));
		if (hex.n == 2 * UID_SIZE)
			dict_add(&w->annotated, str_n(uid, UID_SIZE));
	}
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

/* Annotations that came (by merging) while another process loaded the results they speak of. */
static enum status link_annotated(struct writer *w, struct err *err)
{
	enum status status = OK;
	for (uint32_t i = 0; !status && i < w->annotated.n; i++) {
		struct stored stored;
		const unsigned char *uid = (const unsigned char *)dict_name(&w->annotated, i).p;
		status = writer_find(w, uid, &stored, err);
		if (!status && stored.id)
			status = writer_link(w, stored.id, uid, err);
	}
	return status;
}

/* `touched` and `parted` stay: they belong to the whole load. */
static void forget(struct writer *w)
{
	writer_names_fini(w);
	writer_sources_fini(w);
	writer_blocks_forget(w);
	uidmap_fini(&w->uids);
	dict_fini(&w->awaited);
	dict_fini(&w->annotated);
	dict_fini(&w->notes);
	free(w->waiting);
	free(w->awaited_first);
	free(w->notes_of);
	w->waiting = NULL;
	w->awaited_first = NULL;
	w->notes_of = NULL;
	w->nwaiting = w->waiting_cap = w->awaited_cap = w->nnotes_of = 0;
}

static enum status load(struct writer *w, struct err *err)
{
	forget(w);
	w->linked = false;
	enum status status = setting_int(w->s, "columns_version", &w->columns_version, err);
	if (!status)
		status = setting_int(w->s, "names_version", &w->names_version, err);
	if (!status)
		status = writer_names_load(w, err);
	if (!status)
		status = writer_sources_load(w, err);
	if (!status)
		status = load_uids(w, err);
	if (!status)
		status = load_waiting(w, err);
	if (!status)
		status = load_annotated(w, err);
	if (!status)
		status = db_int(w->s, "SELECT coalesce(max(note_id), 0) + 1 FROM source_note", 1, &w->first_note, err);
	return status;
}

/* ---- transactions ---- */

enum status writer_work(struct writer *w, struct err *err)
{
	if (w->broken)
		return err_fail(err, "writing %s: an earlier failure ended this load", w->s->path);
	if (w->working)
		return OK;
	int64_t columns = 0, names = 0;
	enum status status = db_begin(w->s, true, err);
	if (!status)
		status = setting_int(w->s, "columns_version", &columns, err);
	if (!status)
		status = setting_int(w->s, "names_version", &names, err);
	if (!status && (columns != w->columns_version || names != w->names_version))
		status = load(w, err);
	if (!status && !w->linked)
		status = link_annotated(w, err);
	if (status)
		return writer_broke(w, status);
	w->working = w->linked = true;
	w->bytes = 0;
	w->since_ms = clock_monotonic_ms();
	return OK;
}

static enum status set_version(struct writer *w, const char *key, int64_t *version, struct err *err)
{
	char text[24];
	sqlite3_stmt *st = writer_sql(w, SQL_SETTING, err);
	if (!st)
		return FAIL;
	snprintf(text, sizeof text, "%lld", (long long)(*version + 1));
	bind_text(st, 1, str_c(key));
	bind_text(st, 2, str_c(text));
	enum status status = writer_run(w, st, err);
	if (!status)
		++*version;
	return status;
}

/* While results have to be made anew the database says so: a load that dies before it did is made good by the next one. */
static enum status note_debt(struct writer *w, struct err *err)
{
	bool owes = w->owed || w->touched.n || w->parted.n;
	if (owes == w->debt_noted)
		return OK;
	enum status status = db_exec(w->s,
		owes ? "INSERT OR REPLACE INTO setting VALUES ('rebuild', '1')" : "DELETE FROM setting WHERE key = 'rebuild'", err);
	if (!status)
		w->debt_noted = owes;
	return status;
}

static enum status commit(struct writer *w, struct err *err)
{
	enum status status = writer_blocks_flush(w, err);
	if (!status)
		status = note_debt(w, err);
	if (!status && w->columns_moved)
		status = set_version(w, "columns_version", &w->columns_version, err);
	if (!status && w->names.dirty)
		status = set_version(w, "names_version", &w->names_version, err);
	if (!status)
		status = db_commit(w->s, err);
	if (status)
		return writer_broke(w, status);
	w->columns_moved = w->names.dirty = w->working = false;
	return OK;
}

enum status writer_checkpoint(struct writer *w, bool now, struct err *err)
{
	if (w->broken)
		return writer_work(w, err);
	if (!w->working)
		return OK;
	if (!now && w->bytes < COMMIT_BYTES && (w->fill || clock_monotonic_ms() - w->since_ms < COMMIT_MS))
		return OK;
	return commit(w, err);
}

/* ---- begin and end ---- */

/* A new database is filled under an exclusive lock with a rollback journal; anything else grows in WAL. */
static enum status choose_journal(struct writer *w, struct err *err)
{
	struct store *s = w->s;
	int64_t blocks, wal;
	enum status status = db_int(s, "SELECT count(*) FROM colblk", 0, &blocks, err);
	if (!status)
		status = db_int(s, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", 0, &wal, err);
	if (status)
		return status;
	w->fill = !blocks && !wal && !s->shared;
	if (w->fill)
		return db_exec(s, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=NORMAL", err);
	if (!s->network)
		status = db_exec(s, "PRAGMA journal_mode=WAL", err);
	return status ? status : db_exec(s, "PRAGMA synchronous=NORMAL", err);
}

enum status writer_begin(struct store *s, struct writer **out, struct err *err)
{
	*out = NULL;
	if (s->mode == STORE_READ)
		return err_fail(err, "%s was opened for reading only", s->path);
	struct writer *w = xcalloc(1, sizeof *w);
	w->s = s;
	enum status status = choose_journal(w, err);
	if (!status)
		status = db_begin(s, false, err);
	if (!status)
		status = load(w, err);
	int64_t debts = 0;
	if (!status)
		status = db_int(s, "SELECT count(*) FROM setting WHERE key = 'rebuild'", 0, &debts, err);
	w->owed = w->debt_noted = debts > 0;
	db_rollback(s);
	s->writer = w;
	if (!status) {
		*out = w;
		return OK;
	}
	w->broken = true;
	writer_end(w, NULL);
	return status;
}

/* After filling: others may come in again, and from now on in WAL. Whoever has the file open keeps it from changing its
 * journal; that is no failure, the next load tries again. */
static enum status open_doors(struct writer *w, struct err *err)
{
	int64_t ignored;
	enum status status = OK;
	if (w->fill)
		status = db_exec(w->s, "PRAGMA locking_mode=NORMAL", err);
	if (!status)
		status = db_int(w->s, "SELECT count(*) FROM setting", 0, &ignored, err);
	if (!status && !w->s->network && w->fill)
		sqlite3_exec(w->s->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
	if (!status && !w->s->network)
		sqlite3_wal_checkpoint_v2(w->s->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return status;
}

enum status writer_end(struct writer *w, struct err *err)
{
	enum status status = w->broken || !w->working ? OK : commit(w, err);
	for (size_t i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(w->sql[i]);
	db_rollback(w->s);
	enum status doors = open_doors(w, status ? NULL : err);
	forget(w);
	dict_fini(&w->touched);
	dict_fini(&w->parted);
	buf_fini(&w->scratch);
	w->s->writer = NULL;
	free(w);
	return status ? status : doors;
}
