/* SPDX-License-Identifier: MIT
 *
 * Looking up single entries of the ledger.
 */
#include "store/ledger_text.h"

/* The first row of a statement that gives id and body; finalises it. */
static enum status first_entry(struct store *s, sqlite3_stmt *st, struct arena *a, struct entry *out, struct err *err)
{
	struct str *parents;
	size_t n;
	enum status status = db_step(s, st, err);
	if (status == OK)
		status = entry_read(a, db_str(st, 0), arena_str(a, db_str(st, 1)), out, &parents, &n, err);
	sqlite3_finalize(st);
	return status;
}

static void bind_or_null(sqlite3_stmt *st, const char *name, struct str v)
{
	db_bind_str(st, name, v.n ? v : str_n(NULL, 0));
}

enum status ledger_current(struct store *s, const struct entry *like, struct arena *a, struct entry *out, struct err *err)
{
	/* uid IS :uid finds by the index, also when it is absent; then the subject does. */
	sqlite3_stmt *st;
	enum status status = db_prepare(s,
		"SELECT id, body FROM i_entry WHERE kind = :kind AND uid IS :uid AND subject IS :subject AND state = 'current' "
		"AND (:reviewer IS NULL OR reviewer = :reviewer) AND coalesce(json_extract(body, '$.turn'), 0) = :turn "
		"AND coalesce(json_extract(body, '$.start'), 0) = :start AND coalesce(json_extract(body, '$.end'), 0) = :end "
		"ORDER BY json_extract(body, '$.at') DESC, seq DESC LIMIT 1",
		&st, err);
	if (status)
		return status;
	db_bind_str(st, ":kind", like->kind);
	bind_or_null(st, ":uid", str_c(like->uid));
	bind_or_null(st, ":subject", like->subject);
	bind_or_null(st, ":reviewer", like->reviewer);
	db_bind_int(st, ":turn", like->turn);
	db_bind_int(st, ":start", (int64_t)like->start);
	db_bind_int(st, ":end", (int64_t)like->end);
	return first_entry(s, st, a, out, err);
}

enum status ledger_newest(struct store *s, struct str reviewer, struct arena *a, struct entry *out, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s,
		"SELECT id, body FROM i_entry WHERE reviewer = :reviewer AND kind <> 'undo' AND state <> 'undone' "
		"ORDER BY json_extract(body, '$.at') DESC, seq DESC LIMIT 1",
		&st, err);
	if (status)
		return status;
	db_bind_str(st, ":reviewer", reviewer);
	return first_entry(s, st, a, out, err);
}

enum status ledger_entry(struct store *s, struct str id, struct arena *a, struct entry *out, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s, "SELECT id, body FROM entry WHERE id = :id", &st, err);
	if (status)
		return status;
	db_bind_str(st, ":id", id);
	return first_entry(s, st, a, out, err);
}
