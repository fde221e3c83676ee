/* SPDX-License-Identifier: MIT
 *
 * Was the ledger changed behind our back? Every id is the hash of its entry,
 * every parent is there, and the heads are those that were recorded.
 */
#include "store/ledger_text.h"

#include <stdlib.h>

#include "base/dict.h"

static enum status bad(struct store *s, const char *id, const char *what, struct err *err)
{
	return err_fail(err, "%s: entry %.16s of the ledger %s", s->path, id, what);
}

/* Reads an entry, checks its id, and gathers ids and parents. */
static enum status check_entry(
	struct store *s, struct str id, struct str body, struct arena *a, struct dict *ids, struct dict *parents, struct err *err)
{
	char computed[SHA256_HEX];
	struct entry e;
	struct str *list;
	size_t n;
	entry_id(body, computed);
	if (!str_eq_c(id, computed))
		return bad(s, arena_cstr(a, id), "was changed: its content does not match its id", err);
	enum status status = entry_read(a, id, body, &e, &list, &n, err);
	if (status)
		return status;
	/* What does not read back to the same bytes was not written by us. */
	struct buf again = {0};
	entry_write(&again, &e, list, n);
	bool same = str_eq(buf_str(&again), body);
	buf_fini(&again);
	if (!same)
		return bad(s, e.id, "was inserted: it is not in the spelling of the program", err);
	dict_add(ids, id);
	for (size_t i = 0; i < n; i++)
		dict_add(parents, list[i]);
	return OK;
}

static enum status check_entries(struct store *s, struct dict *ids, struct dict *parents, struct err *err)
{
	sqlite3_stmt *st;
	struct arena a = {0};
	enum status status = db_prepare(s, "SELECT id, body FROM entry ORDER BY seq", &st, err);
	while (!status && (status = db_step(s, st, err)) == OK) {
		arena_reset(&a);
		status = check_entry(s, db_str(st, 0), arena_str(&a, db_str(st, 1)), &a, ids, parents, err);
	}
	sqlite3_finalize(st);
	arena_fini(&a);
	return status == END ? OK : status;
}

static enum status check_parents(struct store *s, const struct dict *ids, const struct dict *parents, struct err *err)
{
	for (uint32_t i = 0; i < parents->n; i++)
		if (dict_find(ids, dict_name(parents, i)) == DICT_NONE)
			return bad(s, dict_name(parents, i).p, "was dropped: later entries name it", err);
	return OK;
}

static enum status check_heads(struct store *s, const struct dict *ids, const struct dict *parents, struct err *err)
{
	struct arena a = {0};
	struct dict recorded = {0};
	struct str *heads;
	size_t n;
	enum status status = ledger_heads(s, &a, &heads, &n, err);
	for (size_t i = 0; !status && i < n; i++) {
		dict_add(&recorded, heads[i]);
		if (dict_find(ids, heads[i]) == DICT_NONE)
			status = bad(s, arena_cstr(&a, heads[i]), "was dropped: it is recorded as the newest", err);
		else if (dict_find(parents, heads[i]) != DICT_NONE)
			status = bad(s, arena_cstr(&a, heads[i]), "is recorded as the newest, but a later one was inserted", err);
	}
	for (uint32_t i = 0; !status && i < ids->n; i++) {
		struct str id = dict_name(ids, i);
		if (dict_find(parents, id) == DICT_NONE && dict_find(&recorded, id) == DICT_NONE)
			status = bad(s, id.p, "was inserted: it is not recorded as the newest and no later one names it", err);
	}
	dict_fini(&recorded);
	arena_fini(&a);
	return status;
}

enum status ledger_verify(struct store *s, struct err *err)
{
	struct dict ids = {0}, parents = {0};
	bool own = sqlite3_get_autocommit(s->db) != 0;
	enum status status = own ? db_begin(s, false, err) : OK;
	if (!status)
		status = check_entries(s, &ids, &parents, err);
	if (!status)
		status = check_parents(s, &ids, &parents, err);
	if (!status)
		status = check_heads(s, &ids, &parents, err);
	if (own)
		db_rollback(s);
	dict_fini(&ids);
	dict_fini(&parents);
	return status;
}
