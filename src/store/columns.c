/* SPDX-License-Identifier: MIT
 *
 * Loading the columns of all results and the names behind their ids, whole or
 * what moved since the last time.
 */
#include "store/block.h"

#include <stdlib.h>

#include "base/mem.h"

enum status setting_int(struct store *s, const char *key, int64_t *out, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s, "SELECT CAST(value AS INTEGER) FROM setting WHERE key = :key", &st, err);
	*out = 0;
	if (status)
		return status;
	db_bind_str(st, ":key", str_c(key));
	status = db_step(s, st, err);
	if (status == OK)
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

enum status setting_raise(struct store *s, const char *key, int64_t *out, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s, "UPDATE setting SET value = CAST(value AS INTEGER) + 1 WHERE key = :key", &st, err);
	if (status)
		return status;
	db_bind_str(st, ":key", str_c(key));
	status = db_run(s, st, err);
	sqlite3_finalize(st);
	return status ? status : setting_int(s, key, out, err);
}

static enum status load_blocks(struct store *s, struct columns *c, int64_t version, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s, "SELECT block, data FROM colblk WHERE version > :seen ORDER BY block", &st, err);
	if (status)
		return status;
	db_bind_int(st, ":seen", c->version);
	while ((status = db_step(s, st, err)) == OK) {
		size_t n, at = (size_t)sqlite3_column_int64(st, 0) << BLOCK_BITS;
		struct str data = db_str(st, 1);
		status = block_count(data, &n, err);
		if (!status) {
			columns_reserve(c, at + n);
			status = block_decode(c, at, data, err);
		}
		if (status) {
			err_prefix(err, "%s", s->path);
			break;
		}
	}
	sqlite3_finalize(st);
	if (status == END)
		c->version = version;
	return status == END ? OK : status;
}

/* Appends a name with the next id, also when it is there already: ids come from tables. */
static void dict_push(struct dict *d, struct str name)
{
	size_t before = d->n;
	if (dict_add(d, name) == before)
		return;
	d->names = vec_grow(d->names, &d->cap, d->n + 1, sizeof *d->names);
	d->names[d->n++] = arena_str(&d->text, name);
}

/* Ids are dense, but nothing breaks when one is not: what is skipped has no name. */
static void dict_put(struct dict *d, size_t id, struct str name)
{
	while (d->n < id)
		dict_push(d, str_n("", 0));
	if (d->n == id)
		dict_push(d, name);
}

static void grow_u32(uint32_t **p, size_t from, size_t to)
{
	*p = xreallocarray(*p, to, sizeof **p);
	memset(*p + from, 0, (to - from) * sizeof **p);
}

static void grow_u8(uint8_t **p, size_t from, size_t to)
{
	*p = xreallocarray(*p, to, 1);
	memset(*p + from, 0, to - from);
}

static void grow_i64(int64_t **p, size_t from, size_t to)
{
	*p = xreallocarray(*p, to, sizeof **p);
	memset(*p + from, 0, (to - from) * sizeof **p);
}

static void put_model(struct names *n, size_t id, sqlite3_stmt *st)
{
	dict_put(&n->model, id, db_str(st, 1));
	if (id >= n->nmodels) {
		grow_u32(&n->model_provider, n->nmodels, id + 1);
		grow_u32(&n->model_alias_of, n->nmodels, id + 1);
		n->nmodels = id + 1;
	}
	struct str alias = db_str(st, 3);
	n->model_provider[id] = dict_add(&n->provider, db_str(st, 2));
	n->model_alias_of[id] = alias.n ? dict_add(&n->model_alias, alias) : 0;
}

static void put_task(struct names *n, size_t id, sqlite3_stmt *st)
{
	dict_put(&n->task, id, db_str(st, 1));
	if (id >= n->ntasks) {
		grow_u8(&n->task_kind, n->ntasks, id + 1);
		grow_u8(&n->task_confirmed, n->ntasks, id + 1);
		n->ntasks = id + 1;
	}
	n->task_kind[id] = (uint8_t)sqlite3_column_int(st, 2);
	n->task_confirmed[id] = (uint8_t)sqlite3_column_int(st, 3);
}

static void put_run(struct names *n, size_t id, sqlite3_stmt *st)
{
	dict_put(&n->run, id, db_str(st, 1));
	if (id >= n->nruns) {
		grow_u32(&n->run_task, n->nruns, id + 1);
		grow_u8(&n->run_in_scope, n->nruns, id + 1);
		grow_i64(&n->run_declared, n->nruns, id + 1);
		n->nruns = id + 1;
	}
	n->run_task[id] = (uint32_t)sqlite3_column_int64(st, 2);
	n->run_in_scope[id] = (uint8_t)sqlite3_column_int(st, 3);
	n->run_declared[id] = sqlite3_column_int64(st, 4);
}

static void put_source(struct names *n, size_t id, sqlite3_stmt *st)
{
	dict_put(&n->source, id, db_str(st, 1));
	if (id >= n->nsources) {
		grow_u32(&n->source_format, n->nsources, id + 1);
		n->nsources = id + 1;
	}
	n->source_format[id] = dict_add(&n->format, db_str(st, 2));
}

static void put_epoch(struct names *n, size_t id, sqlite3_stmt *st)
{
	dict_put(&n->epoch, id, db_str(st, 1));
}

static void put_category(struct names *n, size_t id, sqlite3_stmt *st)
{
	dict_put(&n->category, id, db_str(st, 1));
}

/* One row a member, in order. */
static void put_member(struct names *n, size_t id, sqlite3_stmt *st)
{
	if (id >= n->ncatsets) {
		n->catset = xreallocarray(n->catset, id + 1, sizeof *n->catset);
		for (size_t i = n->ncatsets; i <= id; i++)
			n->catset[i] = xcalloc(1, sizeof **n->catset);
		n->ncatsets = id + 1;
	}
	size_t count = 0, ordinal = (size_t)sqlite3_column_int64(st, 2);
	while (n->catset[id][count])
		count++;
	if (ordinal < count)
		return;
	n->catset[id] = xreallocarray(n->catset[id], count + 2, sizeof **n->catset);
	n->catset[id][count] = (uint32_t)sqlite3_column_int64(st, 1);
	n->catset[id][count + 1] = 0;
}

static const struct name_table {
	const char *sql; /* rows from :from on; attributes of earlier ones may change unless `fixed` */
	bool fixed;
	void (*put)(struct names *n, size_t id, sqlite3_stmt *st);
} name_tables[] = {
	{"SELECT model_id, name, provider, alias FROM model WHERE model_id >= :from ORDER BY 1", false, put_model},
	{"SELECT task_id, name, kind, confirmed FROM task WHERE task_id >= :from ORDER BY 1", false, put_task},
	{"SELECT run_id, name, task_id, in_scope, declared FROM run WHERE run_id >= :from ORDER BY 1", false, put_run},
	{"SELECT source_id, path, format FROM source WHERE source_id >= :from ORDER BY 1", false, put_source},
	{"SELECT epoch_id, name FROM epoch WHERE epoch_id >= :from ORDER BY 1", false, put_epoch},
	{"SELECT category_id, taxonomy || ':' || path FROM category WHERE category_id >= :from ORDER BY 1", false, put_category},
	{"SELECT catset_id, category_id, ordinal FROM catset_member WHERE catset_id >= :from ORDER BY catset_id, ordinal", true,
		put_member},
};

static void names_init(struct names *n)
{
	struct dict *const all[] = {
		&n->model, &n->task, &n->run, &n->source, &n->epoch, &n->provider, &n->model_alias, &n->category, &n->format};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		dict_add(all[i], str_n("", 0));
	grow_u32(&n->model_provider, 0, 1);
	grow_u32(&n->model_alias_of, 0, 1);
	grow_u32(&n->run_task, 0, 1);
	grow_u8(&n->run_in_scope, 0, 1);
	grow_i64(&n->run_declared, 0, 1);
	grow_u8(&n->task_kind, 0, 1);
	grow_u8(&n->task_confirmed, 0, 1);
	grow_u32(&n->source_format, 0, 1);
	n->nmodels = n->ntasks = n->nruns = n->nsources = 1;
	n->catset = xcalloc(1, sizeof *n->catset);
	n->catset[0] = xcalloc(1, sizeof **n->catset);
	n->ncatsets = 1;
}

static enum status load_names(struct store *s, struct names *n, int64_t version, struct err *err)
{
	if (!n->model.n)
		names_init(n);
	enum status status = OK;
	for (size_t i = 0; !status && i < sizeof name_tables / sizeof *name_tables; i++) {
		const struct name_table *t = &name_tables[i];
		sqlite3_stmt *st;
		status = db_prepare(s, t->sql, &st, err);
		if (status)
			break;
		db_bind_int(st, ":from", t->fixed ? (int64_t)n->ncatsets : 1);
		while ((status = db_step(s, st, err)) == OK)
			t->put(n, (size_t)sqlite3_column_int64(st, 0), st);
		sqlite3_finalize(st);
		status = status == END ? OK : status;
	}
	if (!status)
		n->version = version;
	return status;
}

enum status columns_load(struct store *s, struct columns *c, struct names *names, bool *changed, struct err *err)
{
	int64_t columns_version = 0, names_version = 0;
	bool own = sqlite3_get_autocommit(s->db) != 0; /* else the caller's transaction serves */
	bool moved = false;
	enum status status = own ? db_begin(s, false, err) : OK;
	if (!status)
		status = setting_int(s, "columns_version", &columns_version, err);
	if (!status)
		status = setting_int(s, "names_version", &names_version, err);
	if (!status && (names_version != names->version || !names->model.n)) {
		moved = true;
		status = load_names(s, names, names_version, err);
	}
	if (!status && columns_version != c->version) {
		moved = true;
		status = load_blocks(s, c, columns_version, err);
	}
	if (!c->n)
		columns_reserve(c, 1); /* index 0 is nobody */
	if (own)
		db_rollback(s);
	if (changed)
		*changed = moved && !status;
	return status;
}

struct str names_model(const struct names *n, uint32_t model)
{
	uint32_t alias = n->model_alias_of && model < n->model.n ? n->model_alias_of[model] : 0;
	return alias && alias < n->model_alias.n ? dict_name(&n->model_alias, alias) : dict_name(&n->model, model);
}

uint32_t *names_same_models(const struct names *n)
{
	struct dict seen = {0};
	uint32_t *first = xcalloc(n->model.n + 1, sizeof *first), *same = xcalloc(n->model.n + 1, sizeof *same);
	for (uint32_t id = 0; id < n->model.n; id++) {
		size_t before = seen.n;
		uint32_t k = dict_add(&seen, names_model(n, id));
		if (seen.n > before)
			first[k] = id;
		same[id] = first[k];
	}
	dict_fini(&seen);
	free(first);
	return same;
}

void names_fini(struct names *n)
{
	struct dict *const all[] = {
		&n->model, &n->task, &n->run, &n->source, &n->epoch, &n->provider, &n->model_alias, &n->category, &n->format};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		dict_fini(all[i]);
	free(n->run_task);
	free(n->run_in_scope);
	free(n->run_declared);
	free(n->task_kind);
	free(n->task_confirmed);
	free(n->model_provider);
	free(n->model_alias_of);
	for (size_t i = 0; i < n->ncatsets; i++)
		free(n->catset[i]);
	free(n->catset);
	free(n->source_format);
	memset(n, 0, sizeof *n);
}
