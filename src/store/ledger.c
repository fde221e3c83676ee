/* SPDX-License-Identifier: MIT
 *
 * The ledger: writing, reading and merging entries.
 */
#include "store/ledger_text.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/writer.h"

/* ---- heads ---- */

enum status ledger_heads(struct store *s, struct arena *a, struct str **heads, size_t *n, struct err *err)
{
	char *text = NULL;
	const struct json *root;
	*n = 0;
	enum status status = store_setting_get(s, "ledger_heads", &text, err);
	if (status)
		return status;
	struct str copy = arena_str(a, str_c(text ? text : "[]"));
	free(text);
	status = json_read(a, copy, NULL, &root, err);
	if (status) {
		err_prefix(err, "%s: heads of the ledger", s->path);
		return status;
	}
	*heads = arena_calloc(a, root->count + 1, sizeof **heads);
	JSON_EACH(node, root)
	(*heads)[(*n)++] = json_str(node);
	return OK;
}

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static enum status heads_set(struct store *s, struct str *heads, size_t n, struct err *err)
{
	sqlite3_stmt *st;
	struct buf json = {0};
	if (n)
		qsort(heads, n, sizeof *heads, by_bytes);
	id_list_write(&json, heads, n);
	enum status status = db_prepare(s, "UPDATE setting SET value = :value WHERE key = 'ledger_heads'", &st, err);
	if (!status) {
		db_bind_str(st, ":value", buf_str(&json));
		status = db_run(s, st, err);
	}
	sqlite3_finalize(st);
	buf_fini(&json);
	return status;
}

/* Heads that no entry names as parent any more are none. Counts what the entries say, not what was recorded. */
enum status ledger_heads_compute(struct store *s, struct arena *a, struct str **heads, size_t *n, struct err *err)
{
	sqlite3_stmt *st;
	size_t cap = 0;
	struct str *found = NULL;
	*n = 0;
	enum status status = db_prepare(s,
		"SELECT id FROM entry WHERE id NOT IN (SELECT p.value FROM entry c, json_each(c.body, '$.parents') p) ORDER BY "
		"id",
		&st, err);
	while (!status && (status = db_step(s, st, err)) == OK) {
		found = vec_grow(found, &cap, *n + 1, sizeof *found);
		found[(*n)++] = arena_str(a, db_str(st, 0));
	}
	sqlite3_finalize(st);
	*heads = arena_calloc(a, *n + 1, sizeof **heads);
	if (*n)
		memcpy(*heads, found, *n * sizeof *found);
	free(found);
	return status == END ? OK : status;
}

enum status ledger_head(struct store *s, char out[SHA256_HEX], struct err *err)
{
	struct arena a = {0};
	struct str *heads;
	size_t n;
	unsigned char sum[SHA256_SIZE];
	enum status status = ledger_heads(s, &a, &heads, &n, err);
	if (!status && n) {
		struct sha256 *h = sha256_new();
		for (size_t i = 0; i < n; i++) {
			sha256_add(h, heads[i].p, heads[i].n);
			sha256_add(h, "\n", 1);
		}
		sha256_end(h, sum);
		hex_encode(sum, sizeof sum, out);
	} else {
		memset(out, '0', SHA256_HEX - 1);
		out[SHA256_HEX - 1] = '\0';
	}
	arena_fini(&a);
	return status;
}

/* ---- what follows from entries ---- */

/* The value of the newest entry of a kind about a subject that is neither undone, superseded nor invalidated. Of several
 * heads the later by its own clock counts; equals by id. */
static enum status current_value(struct store *s, const char *kind, struct str subject, struct buf *out, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s,
		"SELECT json_extract(body, '$.value') FROM i_entry WHERE kind = :kind AND subject = :subject AND state = "
		"'current' "
		"ORDER BY json_extract(body, '$.at') DESC, id DESC LIMIT 1",
		&st, err);
	if (status)
		return status;
	db_bind_str(st, ":kind", str_c(kind));
	db_bind_str(st, ":subject", subject.p ? subject : str_n("", 0));
	status = db_step(s, st, err);
	if (status == OK)
		buf_add_str(out, db_str(st, 0));
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

enum status ledger_in_scope(struct store *s, struct str run_key, bool *in, struct err *err)
{
	struct buf value = {0};
	enum status status = current_value(s, "scope", run_key, &value, err);
	*in = !str_eq_c(buf_str(&value), "out");
	buf_fini(&value);
	return status;
}

enum status ledger_confirmed(struct store *s, struct str task, bool *confirmed, struct err *err)
{
	struct buf value = {0};
	enum status status = current_value(s, "polarity", task, &value, err);
	*confirmed = str_eq_c(buf_str(&value), "confirmed");
	buf_fini(&value);
	return status;
}

static enum status set_flag(struct store *s, const char *sql, struct str subject, bool value, struct err *err)
{
	sqlite3_stmt *st;
	int64_t version;
	enum status status = db_prepare(s, sql, &st, err);
	if (status)
		return status;
	db_bind_str(st, ":subject", subject);
	db_bind_int(st, ":value", value);
	status = db_run(s, st, err);
	sqlite3_finalize(st);
	if (!status && sqlite3_changes(s->db))
		status = setting_raise(s, "names_version", &version, err);
	return status;
}

/* Scope and direction are kept with runs and tasks, where browsing finds them. */
static enum status refresh_subject(struct store *s, struct str kind, struct str subject, struct err *err)
{
	bool value;
	enum status status = OK;
	if (str_eq_c(kind, "scope")) {
		status = ledger_in_scope(s, subject, &value, err);
		if (!status)
			status = set_flag(s, "UPDATE run SET in_scope = :value WHERE key = :subject AND in_scope <> :value",
				subject, value, err);
	} else if (str_eq_c(kind, "polarity")) {
		status = ledger_confirmed(s, subject, &value, err);
		if (!status)
			status = set_flag(s, "UPDATE task SET confirmed = :value WHERE name = :subject AND confirmed <> :value",
				subject, value, err);
	}
	return status;
}

/* An undo or invalidation changes what the entry it names stood for. */
static enum status refresh_target(struct store *s, struct str id, struct err *err)
{
	sqlite3_stmt *st;
	struct arena a = {0};
	struct str kind = {0}, subject = {0};
	enum status status = db_prepare(s, "SELECT kind, subject FROM entry WHERE id = :id AND subject IS NOT NULL", &st, err);
	if (!status) {
		db_bind_str(st, ":id", id);
		status = db_step(s, st, err);
		if (status == OK) {
			kind = arena_str(&a, db_str(st, 0));
			subject = arena_str(&a, db_str(st, 1));
		}
	}
	sqlite3_finalize(st);
	status = status == END ? OK : status;
	if (!status && subject.p)
		status = refresh_subject(s, kind, subject, err);
	arena_fini(&a);
	return status;
}

static int hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_uid(const char *hex, unsigned char uid[UID_SIZE])
{
	if (strlen(hex) != 2 * UID_SIZE)
		return false;
	for (size_t i = 0; i < UID_SIZE; i++) {
		int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		uid[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

/* Remembers that somebody spoke of this result, and which one it is here. */
static enum status link_result(struct store *s, const char *hex, struct err *err)
{
	unsigned char uid[UID_SIZE];
	int64_t id = 0;
	sqlite3_stmt *st;
	if (!parse_uid(hex, uid))
		return OK;
	enum status status = result_find(s, uid, &id, err);
	if (status == OK || status == END)
		status = db_prepare(s,
			"INSERT INTO annotated VALUES (:uid, nullif(:id, 0)) ON CONFLICT (uid) DO UPDATE SET result_id = "
			"excluded.result_id",
			&st, err);
	if (status)
		return status;
	db_bind_str(st, ":uid", str_c(hex));
	db_bind_int(st, ":id", id);
	status = db_run(s, st, err);
	sqlite3_finalize(st);
	if (s->writer && !id)
		dict_add(&s->writer->annotated, str_n((const char *)uid, UID_SIZE));
	return status;
}

static enum status insert_entry(struct store *s, const char *id, struct str body, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s, "INSERT INTO entry (id, body) VALUES (:id, :body)", &st, err);
	if (status)
		return status;
	db_bind_str(st, ":id", str_c(id));
	db_bind_str(st, ":body", body);
	status = db_run(s, st, err);
	sqlite3_finalize(st);
	return status;
}

static enum status after_insert(struct store *s, const struct entry *e, struct err *err)
{
	enum status status = link_result(s, e->uid, err);
	if (!status && e->subject.n)
		status = refresh_subject(s, e->kind, e->subject, err);
	if (!status && e->supersedes.n)
		status = refresh_target(s, e->supersedes, err);
	return status;
}

/* ---- adding ---- */

static enum status add(struct store *s, struct entry *e, struct err *err)
{
	struct arena a = {0};
	struct buf body = {0};
	struct str *heads;
	size_t n;
	enum status status = ledger_heads(s, &a, &heads, &n, err);
	if (!status) {
		entry_write(&body, e, heads, n);
		entry_id(buf_str(&body), e->id);
		status = insert_entry(s, e->id, buf_str(&body), err);
	}
	if (!status) {
		struct str id = str_c(e->id);
		status = heads_set(s, &id, 1, err);
	}
	if (!status)
		status = after_insert(s, e, err);
	buf_fini(&body);
	arena_fini(&a);
	return status;
}

/* A transaction that is on the disk when it ends, whatever else this connection does. */
static enum status begin_durable(struct store *s, struct err *err)
{
	if (s->mode == STORE_READ)
		return err_fail(err, "%s was opened for reading only", s->path);
	enum status status = s->writer ? writer_checkpoint(s->writer, true, err) : OK;
	if (!status)
		status = db_exec(s, "PRAGMA synchronous=FULL", err);
	return status ? status : db_begin(s, true, err);
}

static enum status end_durable(struct store *s, enum status status, struct err *err)
{
	if (!status)
		status = db_commit(s, err);
	db_rollback(s);
	if (s->writer)
		sqlite3_exec(s->db, "PRAGMA synchronous=NORMAL", NULL, NULL, NULL);
	return status;
}

enum status ledger_add(struct store *s, struct entry *e, struct err *err)
{
	if (!e->at_ms)
		e->at_ms = clock_wall_ms();
	enum status status = begin_durable(s, err);
	if (!status)
		status = add(s, e, err);
	return end_durable(s, status, err);
}

/* ---- reading ---- */

enum status ledger_read(struct store *s, int64_t *after, struct arena *a,
	enum status (*fn)(void *ctx, const struct entry *e, struct err *err), void *ctx, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s, "SELECT seq, id, body FROM entry WHERE seq > :after ORDER BY seq", &st, err);
	if (status)
		return status;
	db_bind_int(st, ":after", *after);
	while ((status = db_step(s, st, err)) == OK) {
		struct entry e;
		struct str *parents;
		size_t n;
		status = entry_read(a, db_str(st, 1), arena_str(a, db_str(st, 2)), &e, &parents, &n, err);
		if (!status)
			status = fn(ctx, &e, err);
		if (status)
			break;
		*after = sqlite3_column_int64(st, 0);
	}
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

/* ---- merging ---- */

static enum status has_entry(struct store *s, struct str id, bool *has, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s, "SELECT 1 FROM entry WHERE id = :id", &st, err);
	if (status)
		return status;
	db_bind_str(st, ":id", id);
	status = db_step(s, st, err);
	sqlite3_finalize(st);
	*has = status == OK;
	return status == END ? OK : status;
}

static enum status merge_one(struct store *to, struct str id, struct str body, struct arena *a, uint64_t *added, struct err *err)
{
	bool has;
	struct entry e;
	struct str *parents;
	size_t n;
	enum status status = has_entry(to, id, &has, err);
	if (status || has)
		return status;
	status = entry_read(a, id, arena_str(a, body), &e, &parents, &n, err);
	if (!status)
		status = insert_entry(to, e.id, body, err);
	if (!status)
		status = after_insert(to, &e, err);
	if (!status)
		++*added;
	return status;
}

static enum status merge_all(struct store *to, struct store *from, struct arena *a, uint64_t *added, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(from, "SELECT id, body FROM entry ORDER BY seq", &st, err);
	while (!status && (status = db_step(from, st, err)) == OK)
		status = merge_one(to, db_str(st, 0), db_str(st, 1), a, added, err);
	sqlite3_finalize(st);
	if (status != END)
		return status;
	struct str *heads;
	size_t n;
	status = ledger_heads_compute(to, a, &heads, &n, err);
	return status ? status : heads_set(to, heads, n, err);
}

enum status ledger_merge(struct store *to, struct store *from, uint64_t *added, struct err *err)
{
	struct arena a = {0};
	*added = 0;
	/* A broken ledger would spread. */
	enum status status = ledger_verify(from, err);
	if (!status)
		status = ledger_verify(to, err);
	if (!status)
		status = begin_durable(to, err);
	if (!status)
		status = merge_all(to, from, &a, added, err);
	status = end_durable(to, status, err);
	arena_fini(&a);
	return status;
}
