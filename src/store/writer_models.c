/* SPDX-License-Identifier: MIT
 *
 * Results whose file does not name the model, of a run whose published values do: they are of that model, whichever of
 * the two files comes first. The natural key of such a result stays without a model.
 */
#include "store/writer.h"

#include <stdlib.h>

#include "base/mem.h"

struct nameless {
	int64_t result_id;
	unsigned char uid[UID_SIZE];
	struct str model;
};

struct nameless_list {
	struct arena arena;
	struct nameless *list;
	size_t n, cap;
};

/* A run of several models says nothing about one result. */
static enum status find_nameless(struct writer *w, struct nameless_list *out, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(w->s,
		"WITH named AS (SELECT run, min(model) AS model FROM aggregate WHERE model <> '' GROUP BY run "
		"HAVING count(DISTINCT model) = 1) "
		"SELECT r.result_id, r.uid, n.model FROM named n CROSS JOIN run u ON u.key = n.run "
		"CROSS JOIN result r ON r.run_id = u.run_id AND r.model_id = 0 ORDER BY r.result_id",
		&st, err);
	while (!status && (status = db_step(w->s, st, err)) == OK) {
		struct str uid = db_str(st, 1);
		out->list = vec_grow(out->list, &out->cap, out->n + 1, sizeof *out->list);
		struct nameless *f = &out->list[out->n++];
		*f = (struct nameless){.result_id = sqlite3_column_int64(st, 0), .model = arena_str(&out->arena, db_str(st, 2))};
		memcpy(f->uid, uid.p, uid.n < UID_SIZE ? uid.n : UID_SIZE);
	}
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

static enum status name_one(struct writer *w, const struct nameless *f, struct err *err)
{
	const struct in_result of = {.model = f->model};
	struct columns *c;
	size_t i;
	uint32_t model;
	enum status status = writer_model(w, &of, &model, err);
	sqlite3_stmt *st = status ? NULL : writer_sql(w, SQL_RESULT_MODEL, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, f->result_id);
	sqlite3_bind_int64(st, 2, model);
	status = writer_run(w, st, err);
	if (!status)
		status = writer_block(w, (uint64_t)f->result_id, &c, &i, err);
	if (status)
		return status;
	c->model[i] = model;
	w->bytes += 64;
	writer_touch(w, f->uid); /* rules may ask for the model */
	return OK;
}

enum status writer_name_models(struct writer *w, struct err *err)
{
	struct nameless_list found = {0};
	if (!w->nameless)
		return OK;
	enum status status = find_nameless(w, &found, err);
	for (size_t i = 0; !status && i < found.n; i++)
		status = name_one(w, &found.list[i], err);
	w->nameless = false;
	free(found.list);
	arena_fini(&found.arena);
	return writer_broke_if(w, status);
}
