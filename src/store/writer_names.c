/* SPDX-License-Identifier: MIT
 *
 * Names to ids while loading: dictionaries in memory, each new name appended
 * to its table at once.
 */
#include "store/writer.h"

#include <stdlib.h>

#include "base/mem.h"

/* Room for attributes by id. */
static void grow(void *items, size_t *n, size_t need, size_t size)
{
	void **p = items;
	if (need <= *n)
		return;
	size_t to = need + need / 2 + 16;
	*p = xreallocarray(*p, to, size);
	memset((char *)*p + *n * size, 0, (to - *n) * size);
	*n = to;
}

static void grow_models(struct writer_names *m, size_t need)
{
	size_t n = m->nmodels;
	grow(&m->model_alias, &n, need, sizeof *m->model_alias);
	grow(&m->model_known, &m->nmodels, need, sizeof *m->model_known);
}

/* The id of a name that needs nothing but a row; *fresh tells whether it needs one. */
static uint32_t intern(struct dict *d, struct str name, bool *fresh)
{
	size_t before = d->n;
	uint32_t id = dict_add(d, name);
	*fresh = d->n != before;
	return id;
}

enum { KNOWN_PROVIDER = 1, KNOWN_LABEL = 2 };

static uint8_t knows(const struct in_result *r)
{
	return (uint8_t)((r->provider.n ? KNOWN_PROVIDER : 0) | (r->model_label.n ? KNOWN_LABEL : 0));
}

enum status writer_model(struct writer *w, const struct in_result *r, uint32_t *id, struct err *err)
{
	struct writer_names *m = &w->names;
	bool fresh;
	*id = intern(&m->model, r->model, &fresh);
	if (*id == 0)
		return OK;
	grow_models(m, *id + 1);
	uint8_t known = knows(r);
	if (!fresh && (known & ~m->model_known[*id]) == 0)
		return OK;
	sqlite3_stmt *st = writer_sql(w, fresh ? SQL_MODEL : SQL_MODEL_SET, err);
	if (!st)
		return FAIL;
	m->model_known[*id] |= known;
	m->dirty = true;
	sqlite3_bind_int64(st, 1, *id);
	bind_text(st, 2, r->provider);
	bind_str(st, 3, r->model_label.n ? r->model_label : str_n(NULL, 0));
	if (fresh)
		bind_text(st, 4, r->model);
	return writer_run(w, st, err);
}

enum status writer_alias(struct writer *w, uint32_t model, struct str alias, struct err *err)
{
	struct writer_names *m = &w->names;
	if (!alias.n || !model)
		return OK;
	uint32_t id = dict_add(&m->alias, alias);
	if (m->model_alias[model] == id)
		return OK;
	m->model_alias[model] = id;
	m->dirty = true;
	sqlite3_stmt *st = writer_sql(w, SQL_MODEL_SET, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, model);
	bind_text(st, 2, str_n(NULL, 0));
	bind_str(st, 3, str_n(NULL, 0));
	bind_str(st, 4, alias);
	return writer_run(w, st, err);
}

enum status writer_task(struct writer *w, struct str name, uint32_t *id, struct err *err)
{
	bool fresh, confirmed = false;
	*id = intern(&w->names.task, name, &fresh);
	if (!fresh || *id == 0)
		return OK;
	grow(&w->names.task_kind, &w->names.ntasks, *id + 1, 1);
	enum status status = ledger_confirmed(w->s, name, &confirmed, err);
	sqlite3_stmt *st = status ? NULL : writer_sql(w, SQL_TASK, err);
	if (!st)
		return writer_broke(w, FAIL);
	w->names.dirty = true;
	sqlite3_bind_int64(st, 1, *id);
	bind_text(st, 2, name);
	sqlite3_bind_int(st, 3, confirmed);
	return writer_run(w, st, err);
}

enum status writer_kind(struct writer *w, uint32_t task, enum task_kind kind, struct err *err)
{
	if (kind == KIND_NONE || !task || w->names.task_kind[task] == kind)
		return OK;
	w->names.task_kind[task] = (uint8_t)kind;
	w->names.dirty = true;
	sqlite3_stmt *st = writer_sql(w, SQL_TASK_SET, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, task);
	sqlite3_bind_int(st, 2, (int)kind);
	return writer_run(w, st, err);
}

enum status writer_forget_kinds(struct writer *w, struct err *err)
{
	enum status status = writer_work(w, err);
	if (!status)
		status = db_exec(w->s,
			"UPDATE task SET kind = 0 WHERE kind <> 0; UPDATE model SET alias = NULL WHERE alias IS NOT NULL", err);
	if (status)
		return writer_broke(w, status);
	memset(w->names.task_kind, 0, w->names.ntasks);
	memset(w->names.model_alias, 0, w->names.nmodels * sizeof *w->names.model_alias);
	w->names.dirty = true;
	return OK;
}

/* tool, NUL, key: what a run is known by. */
static struct str run_identity(struct writer *w, const struct in_run *run)
{
	buf_clear(&w->scratch);
	buf_add_str(&w->scratch, run->tool);
	buf_add_ch(&w->scratch, '\0');
	buf_add_str(&w->scratch, run->key);
	return buf_str(&w->scratch);
}

static uint64_t run_hash(const struct in_run *run)
{
	const struct str all[] = {run->name, run->tool_version, run->task, run->status, run->meta};
	uint64_t h = (uint64_t)run->created_ms * 31 + (uint64_t)run->declared;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		h = h * 1000003 + str_hash(all[i].p ? all[i] : str_n("", 0));
	return h ? h : 1;
}

/* A name that no other run has: the one given, the key, or these with a number behind. */
static struct str free_run_name(struct writer *w, const struct in_run *run, struct buf *out)
{
	struct str base = run->name.n ? run->name : run->key;
	struct str name = base;
	for (unsigned i = 2; dict_find(&w->names.run_name, name) != DICT_NONE; i++) {
		buf_clear(out);
		buf_add_str(out, base);
		buf_printf(out, " #%u", i);
		name = buf_str(out);
	}
	return name;
}

static void bind_run(sqlite3_stmt *st, uint32_t id, uint32_t task, const struct in_run *run)
{
	sqlite3_bind_int64(st, 1, id);
	bind_text(st, 2, run->tool_version);
	sqlite3_bind_int64(st, 3, task);
	bind_text(st, 4, run->status);
	sqlite3_bind_int64(st, 5, run->created_ms);
	sqlite3_bind_int64(st, 6, run->declared);
	bind_str(st, 7, run->meta);
}

static enum status insert_run(struct writer *w, uint32_t id, uint32_t task, const struct in_run *run, struct err *err)
{
	unsigned char sum[SHA256_SIZE];
	char uid[SHA256_HEX];
	bool in_scope = true;
	sha256_of(run_identity(w, run), sum);
	hex_encode(sum, UID_SIZE, uid);
	struct buf name = {0};
	enum status status = ledger_in_scope(w->s, run->key, &in_scope, err);
	sqlite3_stmt *st = status ? NULL : writer_sql(w, SQL_RUN, err);
	if (st) {
		struct str free_name = free_run_name(w, run, &name);
		dict_add(&w->names.run_name, free_name);
		bind_run(st, id, task, run);
		bind_text(st, 8, str_c(uid));
		bind_text(st, 9, run->key);
		bind_text(st, 10, free_name);
		bind_text(st, 11, run->tool);
		sqlite3_bind_int(st, 12, in_scope);
		status = writer_run(w, st, err);
	}
	buf_fini(&name);
	return st ? status : writer_broke(w, FAIL);
}

enum status writer_run_id(struct writer *w, const struct in_run *run, uint32_t *id, struct err *err)
{
	bool fresh;
	uint32_t task;
	*id = intern(&w->names.run, run_identity(w, run), &fresh);
	grow(&w->names.run_seen, &w->names.nruns, *id + 1, sizeof *w->names.run_seen);
	uint64_t hash = run_hash(run);
	if (!fresh && w->names.run_seen[*id] == hash)
		return OK;
	enum status status = writer_task(w, run->task, &task, err);
	if (status)
		return status;
	w->names.run_seen[*id] = hash;
	w->names.dirty = true;
	if (fresh)
		return insert_run(w, *id, task, run, err);
	sqlite3_stmt *st = writer_sql(w, SQL_RUN_SET, err);
	if (!st)
		return FAIL;
	bind_run(st, *id, task, run);
	return writer_run(w, st, err);
}

enum status writer_epoch(struct writer *w, struct str name, uint32_t *id, struct err *err)
{
	bool fresh;
	*id = intern(&w->names.epoch, name, &fresh);
	if (!fresh || *id == 0)
		return OK;
	sqlite3_stmt *st = writer_sql(w, SQL_EPOCH, err);
	if (!st)
		return FAIL;
	w->names.dirty = true;
	sqlite3_bind_int64(st, 1, *id);
	bind_text(st, 2, name);
	return writer_run(w, st, err);
}

static struct str item_identity(struct writer *w, uint32_t task, struct str key)
{
	buf_clear(&w->scratch);
	buf_add(&w->scratch, &task, sizeof task);
	buf_add_str(&w->scratch, key);
	return buf_str(&w->scratch);
}

/* Items are many: they are loaded when the first result comes, not when a load begins. */
static enum status load_items(struct writer *w, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(w->s, "SELECT item_id, task_id, key FROM item ORDER BY item_id", &st, err);
	if (status)
		return status;
	dict_add(&w->names.item, str_n("", 0));
	while ((status = db_step(w->s, st, err)) == OK)
		dict_add(&w->names.item, item_identity(w, (uint32_t)sqlite3_column_int64(st, 1), db_str(st, 2)));
	sqlite3_finalize(st);
	w->names.items_loaded = true;
	return status == END ? OK : status;
}

enum status writer_item(struct writer *w, uint32_t task, struct str key, uint32_t *id, struct err *err)
{
	bool fresh;
	if (!w->names.items_loaded && load_items(w, err))
		return writer_broke(w, FAIL);
	*id = intern(&w->names.item, item_identity(w, task, key), &fresh);
	if (!fresh)
		return OK;
	sqlite3_stmt *st = writer_sql(w, SQL_ITEM, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, *id);
	sqlite3_bind_int64(st, 2, task);
	bind_text(st, 3, key);
	return writer_run(w, st, err);
}

enum status writer_category(struct writer *w, struct str taxonomy, struct str path, uint32_t *id, struct err *err)
{
	bool fresh;
	buf_clear(&w->scratch);
	buf_add_str(&w->scratch, taxonomy);
	buf_add_ch(&w->scratch, ':');
	buf_add_str(&w->scratch, path);
	*id = intern(&w->names.category, buf_str(&w->scratch), &fresh);
	if (!fresh)
		return OK;
	sqlite3_stmt *st = writer_sql(w, SQL_CATEGORY, err);
	if (!st)
		return FAIL;
	w->names.dirty = true;
	sqlite3_bind_int64(st, 1, *id);
	bind_text(st, 2, taxonomy);
	bind_text(st, 3, path);
	return writer_run(w, st, err);
}

static enum status insert_catset(struct writer *w, uint32_t id, const uint32_t *members, size_t n, struct err *err)
{
	w->names.dirty = true;
	sqlite3_stmt *st = writer_sql(w, SQL_CATSET, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, members[0]);
	enum status status = writer_run(w, st, err);
	for (size_t i = 0; !status && i < n; i++) {
		st = writer_sql(w, SQL_MEMBER, err);
		if (!st)
			return FAIL;
		sqlite3_bind_int64(st, 1, id);
		sqlite3_bind_int64(st, 2, (int64_t)i);
		sqlite3_bind_int64(st, 3, members[i]);
		status = writer_run(w, st, err);
	}
	return status;
}

static bool holds(const uint32_t *members, size_t n, uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (members[i] == id)
			return true;
	return false;
}

enum status writer_catset(struct writer *w, const struct in_category *c, size_t n, uint32_t *id, struct err *err)
{
	uint32_t few[32], *members = n <= 32 ? few : xreallocarray(NULL, n, sizeof *members);
	size_t count = 0;
	bool fresh = false;
	enum status status = OK;
	for (size_t i = 0; !status && i < n; i++) {
		uint32_t category;
		if (c[i].turn || c[i].call)
			continue;
		status = writer_category(w, c[i].taxonomy, c[i].path, &category, err);
		if (!status && !holds(members, count, category))
			members[count++] = category;
	}
	*id = 0;
	if (!status && count)
		*id = intern(&w->names.catset, str_n((const char *)members, count * sizeof *members), &fresh);
	if (!status && fresh)
		status = insert_catset(w, *id, members, count, err);
	if (members != few)
		free(members);
	return status;
}

/* ---- loading what the database holds ---- */

static void load_model(struct writer *w, sqlite3_stmt *st)
{
	struct writer_names *m = &w->names;
	uint32_t id = dict_add(&m->model, db_str(st, 0));
	grow_models(m, id + 1);
	m->model_known[id] = (uint8_t)((db_str(st, 1).n ? KNOWN_PROVIDER : 0) | (db_str(st, 2).n ? KNOWN_LABEL : 0));
	m->model_alias[id] = dict_add(&m->alias, db_str(st, 3));
}

static void load_task(struct writer *w, sqlite3_stmt *st)
{
	uint32_t id = dict_add(&w->names.task, db_str(st, 0));
	grow(&w->names.task_kind, &w->names.ntasks, id + 1, 1);
	w->names.task_kind[id] = (uint8_t)sqlite3_column_int(st, 1);
}

static void load_run(struct writer *w, sqlite3_stmt *st)
{
	struct in_run run = {.tool = db_str(st, 0), .key = db_str(st, 1)};
	dict_add(&w->names.run, run_identity(w, &run));
	dict_add(&w->names.run_name, db_str(st, 2));
}

static void load_epoch(struct writer *w, sqlite3_stmt *st)
{
	dict_add(&w->names.epoch, db_str(st, 0));
}

static void load_category(struct writer *w, sqlite3_stmt *st)
{
	dict_add(&w->names.category, db_str(st, 0));
}

/* Members come in order, the set's last one with a mark. */
static void load_member(struct writer *w, sqlite3_stmt *st)
{
	uint32_t member = (uint32_t)sqlite3_column_int64(st, 0);
	buf_add(&w->scratch, &member, sizeof member);
	if (!sqlite3_column_int(st, 1))
		return;
	dict_add(&w->names.catset, buf_str(&w->scratch));
	buf_clear(&w->scratch);
}

static const struct {
	const char *sql; /* in the order of ids */
	void (*row)(struct writer *w, sqlite3_stmt *st);
} loads[] = {
	{"SELECT name, provider, label, alias FROM model ORDER BY model_id", load_model},
	{"SELECT name, kind FROM task ORDER BY task_id", load_task},
	{"SELECT tool, key, name FROM run ORDER BY run_id", load_run},
	{"SELECT name FROM epoch ORDER BY epoch_id", load_epoch},
	{"SELECT taxonomy || ':' || path FROM category ORDER BY category_id", load_category},
	{"SELECT category_id, lead(catset_id) OVER (ORDER BY catset_id, ordinal) IS NOT catset_id FROM catset_member "
	 "ORDER BY catset_id, ordinal",
		load_member},
};

enum status writer_names_load(struct writer *w, struct err *err)
{
	struct writer_names *m = &w->names;
	struct dict *const all[] = {&m->model, &m->task, &m->run, &m->epoch, &m->category, &m->catset, &m->run_name, &m->alias};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		dict_add(all[i], str_n("", 0));
	grow_models(m, 1);
	grow(&m->task_kind, &m->ntasks, 1, 1);
	buf_clear(&w->scratch);
	enum status status = OK;
	for (size_t i = 0; !status && i < sizeof loads / sizeof *loads; i++) {
		sqlite3_stmt *st;
		status = db_prepare(w->s, loads[i].sql, &st, err);
		if (status)
			break;
		while ((status = db_step(w->s, st, err)) == OK)
			loads[i].row(w, st);
		sqlite3_finalize(st);
		status = status == END ? OK : status;
	}
	return status;
}

void writer_names_fini(struct writer *w)
{
	struct writer_names *m = &w->names;
	struct dict *const all[] = {
		&m->model, &m->task, &m->run, &m->item, &m->epoch, &m->category, &m->catset, &m->run_name, &m->alias};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		dict_fini(all[i]);
	free(m->model_alias);
	free(m->model_known);
	free(m->task_kind);
	free(m->run_seen);
	memset(m, 0, sizeof *m);
}
