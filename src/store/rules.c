/* SPDX-License-Identifier: MIT
 *
 * Tables rule and item_label. Each change is one transaction.
 */
#include "store/rules.h"

#include "base/clock.h"
#include "base/mem.h"
#include "store/db.h"

enum status store_rules(struct store *s, struct arena *a, struct stored_rule **out, size_t *n, struct err *err)
{
	sqlite3_stmt *st;
	int64_t count = 0;
	*out = NULL;
	*n = 0;
	enum status status = db_int(s, "SELECT count(*) FROM rule", 0, &count, err);
	if (!status)
		status = db_prepare(s, "SELECT rule_id, origin, text, added_ms FROM rule ORDER BY rule_id", &st, err);
	if (status)
		return status;
	*out = arena_alloc(a, ((size_t)count + 1) * sizeof **out);
	while (*n < (size_t)count && (status = db_step(s, st, err)) == OK)
		(*out)[(*n)++] = (struct stored_rule){
		        sqlite3_column_int64(st, 0),
		        arena_str(a, db_str(st, 1)),
		        arena_str(a, db_str(st, 2)),
		        sqlite3_column_int64(st, 3),
		};
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

static enum status insert_rule(struct store *s, struct str origin, struct str text, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s, "INSERT INTO rule (origin, text, added_ms) VALUES (:origin, :text, :now)", &st, err);
	if (status)
		return status;
	db_bind_str(st, ":origin", origin);
	db_bind_str(st, ":text", text);
	db_bind_int(st, ":now", clock_wall_ms());
	status = db_run(s, st, err);
	sqlite3_finalize(st);
	return status;
}

/* Runs with a transaction of its own, unless a load has one open. */
static enum status end_write(struct store *s, bool own, enum status status, struct err *err)
{
	if (!own)
		return status;
	if (!status)
		return db_commit(s, err);
	db_rollback(s);
	return status;
}

static enum status begin_write(struct store *s, bool *own, struct err *err)
{
	*own = sqlite3_get_autocommit(s->db) != 0;
	return *own ? db_begin(s, true, err) : OK;
}

enum status store_rule_add(struct store *s, struct str origin, struct str text, struct err *err)
{
	bool own;
	enum status status = begin_write(s, &own, err);
	return status ? status : end_write(s, own, insert_rule(s, origin, text, err), err);
}

enum status store_rule_remove(struct store *s, int64_t rule_id, struct err *err)
{
	bool own;
	sqlite3_stmt *st;
	enum status status = begin_write(s, &own, err);
	if (status)
		return status;
	status = db_prepare(s, "DELETE FROM rule WHERE rule_id = :id", &st, err);
	if (!status) {
		db_bind_int(st, ":id", rule_id);
		status = db_run(s, st, err);
		sqlite3_finalize(st);
	}
	bool gone = !status && sqlite3_changes(s->db) > 0;
	status = end_write(s, own, status, err);
	return status || gone ? status : END;
}

static bool next_rule(struct str *rest, struct str *line)
{
	while (str_cut(rest, '\n', line)) {
		*line = str_trim(*line);
		if (line->n && line->p[0] != '#')
			return true;
	}
	return false;
}

static bool same_rules(const struct stored_rule *rules, size_t n, struct str origin, struct str text)
{
	struct str line;
	for (size_t i = 0; i < n; i++)
		if (str_eq(rules[i].origin, origin) && !(next_rule(&text, &line) && str_eq(rules[i].text, line)))
			return false;
	return !next_rule(&text, &line);
}

static enum status replace(struct store *s, struct str origin, struct str text, struct err *err)
{
	sqlite3_stmt *st;
	struct str line;
	enum status status = db_prepare(s, "DELETE FROM rule WHERE origin = :origin", &st, err);
	if (status)
		return status;
	db_bind_str(st, ":origin", origin);
	status = db_run(s, st, err);
	sqlite3_finalize(st);
	while (!status && next_rule(&text, &line))
		status = insert_rule(s, origin, line, err);
	return status;
}

enum status store_rules_replace(struct store *s, struct str origin, struct str text, bool *changed, struct err *err)
{
	struct arena a = {0};
	struct stored_rule *rules;
	size_t n;
	bool own;
	enum status status = store_rules(s, &a, &rules, &n, err);
	*changed = !status && !same_rules(rules, n, origin, text);
	arena_fini(&a);
	if (status || !*changed)
		return status;
	status = begin_write(s, &own, err);
	return status ? status : end_write(s, own, replace(s, origin, text, err), err);
}

enum status store_labels(
        struct store *s, enum status (*fn)(void *ctx, const struct stored_label *l, struct err *err), void *ctx, struct err *err)
{
	sqlite3_stmt *st;
	enum status status =
	        db_prepare(s, "SELECT task, item, field, value FROM item_label ORDER BY task, item, field, value", &st, err);
	if (status)
		return status;
	while ((status = db_step(s, st, err)) == OK) {
		status = fn(ctx, &(struct stored_label){db_str(st, 0), db_str(st, 1), db_str(st, 2), db_str(st, 3)}, err);
		if (status)
			break;
	}
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

static enum status add_labels(struct store *s, const struct stored_label *labels, size_t n, struct err *err)
{
	sqlite3_stmt *drop = NULL, *add = NULL;
	enum status status = db_prepare(s,
	        "DELETE FROM item_label WHERE task = :task AND item = :item AND field = :field AND field <> 'category'", &drop,
	        err);
	if (!status)
		status = db_prepare(s,
		        "INSERT OR IGNORE INTO item_label (task, item, field, value) VALUES (:task, :item, :field, :value)", &add,
		        err);
	for (size_t i = 0; i < n && !status; i++) {
		sqlite3_stmt *const both[] = {drop, add};
		struct str task = labels[i].task.p ? labels[i].task : str_c("");
		for (size_t k = 0; k < 2 && !status; k++) {
			db_bind_str(both[k], ":task", task);
			db_bind_str(both[k], ":item", labels[i].item);
			db_bind_str(both[k], ":field", labels[i].field);
			if (k)
				db_bind_str(both[k], ":value", labels[i].value);
			status = db_run(s, both[k], err);
		}
	}
	sqlite3_finalize(drop);
	sqlite3_finalize(add);
	return status;
}

enum status store_labels_add(struct store *s, const struct stored_label *labels, size_t n, struct err *err)
{
	bool own;
	enum status status = begin_write(s, &own, err);
	return status ? status : end_write(s, own, add_labels(s, labels, n, err), err);
}
