/* SPDX-License-Identifier: MIT
 *
 * All results in scope, sorted once by column of the board and item, so that
 * every row is counted in one pass over the results it selects.
 */
#include "zones/internal.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* ---- scope ---- */

/* For `runs: latest`: of each model and task only the run that started last; names with one alias are one model. */
static void keep_latest(struct units *u)
{
	const struct columns *c = u->cols;
	size_t pairs = u->names->model.n * u->ntasks;
	uint32_t *started = xcalloc(u->nruns, sizeof *started), *latest = xcalloc(pairs ? pairs : 1, sizeof *latest);
	uint32_t *same = names_same_models(u->names);
	for (size_t i = bitset_next(&u->scope, 0); i != SIZE_MAX; i = bitset_next(&u->scope, i + 1))
		if (c->started[i] > started[c->run[i]])
			started[c->run[i]] = c->started[i];
	for (size_t i = bitset_next(&u->scope, 0); i != SIZE_MAX; i = bitset_next(&u->scope, i + 1)) {
		uint32_t run = c->run[i], *best = &latest[same[c->model[i]] * u->ntasks + c->task[i]];
		if (*best == 0 || started[run] > started[*best] || (started[run] == started[*best] && run > *best))
			*best = run;
	}
	for (size_t i = bitset_next(&u->scope, 0); i != SIZE_MAX; i = bitset_next(&u->scope, i + 1))
		if (latest[same[c->model[i]] * u->ntasks + c->task[i]] != c->run[i])
			bitset_clear(&u->scope, i);
	free(started);
	free(latest);
	free(same);
}

/* Ids come from a file; one that no dictionary knows is left out rather than followed. */
static bool known(const struct units *u, size_t i)
{
	const struct columns *c = u->cols;
	return c->model[i] < u->names->model.n && c->task[i] < u->ntasks && c->run[i] < u->nruns;
}

static void find_scope(struct units *u)
{
	const struct columns *c = u->cols;
	bitset_init(&u->scope, u->n);
	u->run_total = xcalloc(u->nruns ? u->nruns : 1, sizeof *u->run_total);
	for (size_t i = 0; i < u->n; i++) {
		if ((c->flags[i] & COLUMN_GONE) || !known(u, i))
			continue;
		u->run_total[c->run[i]]++;
		if (u->names->run_in_scope[c->run[i]])
			bitset_set(&u->scope, i);
		if (c->item[i] >= u->nitems)
			u->nitems = (size_t)c->item[i] + 1;
	}
	if (u->policy && u->policy->latest_runs)
		keep_latest(u);
}

static void find_outcomes(struct units *u, struct facts *f)
{
	struct decide_order order = decide_shipped;
	if (u->policy) {
		order = (struct decide_order){.n = u->policy->norder, .min_reviewers = u->policy->min_reviewers};
		for (size_t i = 0; i < order.n; i++)
			order.order[i] = (enum decider)u->policy->order[i];
	}
	u->outcome = xcalloc(u->n ? u->n : 1, 1);
	u->who = xcalloc(u->n ? u->n : 1, 1);
	for (size_t i = bitset_next(&u->scope, 0); i != SIZE_MAX; i = bitset_next(&u->scope, i + 1)) {
		enum decider who = DECIDER_AUTO;
		u->outcome[i] = (uint8_t)facts_outcome(f, (int64_t)i, &order, &who);
		u->who[i] = (uint8_t)who;
	}
}

/* ---- columns of the board ---- */

struct named {
	struct str name;
	uint32_t model;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = str_cmp(x->name, y->name);
	return order ? order : (x->model > y->model) - (x->model < y->model);
}

/* Models in scope by name; those with one alias share a column. */
static void find_columns(struct units *u, struct board *b)
{
	size_t nmodels = u->names->model.n, n = 0;
	bool *used = xcalloc(nmodels ? nmodels : 1, sizeof *used);
	struct named *list = xcalloc(nmodels ? nmodels : 1, sizeof *list);
	for (size_t i = bitset_next(&u->scope, 0); i != SIZE_MAX; i = bitset_next(&u->scope, i + 1))
		used[u->cols->model[i]] = true;
	for (uint32_t m = 0; m < nmodels; m++)
		if (used[m])
			list[n++] = (struct named){names_model(u->names, m), m};
	qsort(list, n, sizeof *list, by_name);
	u->column_of = xcalloc(nmodels ? nmodels : 1, sizeof *u->column_of);
	b->models = arena_calloc(&b->arena, n + 1, sizeof *b->models);
	b->model_ids = arena_calloc(&b->arena, n + 1, sizeof *b->model_ids);
	const char *const **raw = arena_calloc(&b->arena, n + 1, sizeof *raw);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && str_eq(list[end].name, list[i].name);)
			end++;
		const char **names = arena_calloc(&b->arena, end - i + 1, sizeof *names);
		for (size_t j = i; j < end; j++) {
			names[j - i] = arena_cstr(&b->arena, dict_name(&u->names->model, list[j].model));
			u->column_of[list[j].model] = (uint32_t)b->nmodels;
		}
		raw[b->nmodels] = names;
		b->models[b->nmodels] = arena_cstr(&b->arena, list[i].name);
		b->model_ids[b->nmodels++] = list[i].model;
	}
	b->raw_models = raw;
	u->ncolumns = b->nmodels;
	free(used);
	free(list);
}

/* ---- order ---- */

/* One stable pass of a counting sort by key(id). */
static void sort_pass(const struct units *u, const uint32_t *from, uint32_t *to, size_t n, bool by_column, size_t nkeys)
{
	size_t *start = xcalloc(nkeys + 1, sizeof *start);
	for (size_t i = 0; i < n; i++)
		start[(by_column ? u->column_of[u->cols->model[from[i]]] : u->cols->item[from[i]]) + 1]++;
	for (size_t k = 1; k <= nkeys; k++)
		start[k] += start[k - 1];
	for (size_t i = 0; i < n; i++)
		to[start[by_column ? u->column_of[u->cols->model[from[i]]] : u->cols->item[from[i]]]++] = from[i];
	free(start);
}

static void sort_units(struct units *u)
{
	size_t n = bitset_count(&u->scope);
	uint32_t *ids = xcalloc(n ? n : 1, sizeof *ids), *half = xcalloc(n ? n : 1, sizeof *half);
	for (size_t i = bitset_next(&u->scope, 0), k = 0; i != SIZE_MAX; i = bitset_next(&u->scope, i + 1))
		ids[k++] = (uint32_t)i;
	sort_pass(u, ids, half, n, false, u->nitems);
	sort_pass(u, half, ids, n, true, u->ncolumns);
	free(half);
	u->order = ids;
	u->norder = n;
	u->rank = xcalloc(u->n ? u->n : 1, sizeof *u->rank);
	for (size_t i = 0; i < n; i++)
		u->rank[ids[i]] = (uint32_t)i;
}

static void find_groups(struct units *u)
{
	size_t cap = 0;
	u->group_at = xcalloc(u->norder ? u->norder : 1, sizeof *u->group_at);
	u->column_first = xcalloc(u->ncolumns + 1, sizeof *u->column_first);
	for (size_t i = 0; i < u->norder; i++) {
		uint32_t id = u->order[i], column = u->column_of[u->cols->model[id]], item = u->cols->item[id];
		struct group *last = u->ngroups ? &u->groups[u->ngroups - 1] : NULL;
		if (!last || last->column != column || last->item != item) {
			u->groups = vec_grow(u->groups, &cap, u->ngroups + 1, sizeof *u->groups);
			last = &u->groups[u->ngroups++];
			*last = (struct group){column, item, u->cols->task[id], (uint32_t)i, 0};
			u->column_first[column + 1] = u->ngroups;
		}
		last->n++;
		u->group_at[i] = (uint32_t)(u->ngroups - 1);
	}
	u->task_of_item = xcalloc(u->nitems ? u->nitems : 1, sizeof *u->task_of_item);
	for (size_t g = 0; g < u->ngroups; g++)
		u->task_of_item[u->groups[g].item] = u->groups[g].task;
	for (size_t c = 1; c <= u->ncolumns; c++)
		if (u->column_first[c] == 0)
			u->column_first[c] = u->column_first[c - 1];
}

/* One group's results by run; the most that one run has. */
static uint32_t most_of_one_run(const struct units *u, const struct group *g, uint32_t *of_run)
{
	uint32_t most = 0;
	for (uint32_t i = 0; i < g->n; i++) {
		uint32_t n = ++of_run[u->cols->run[u->order[g->first + i]]];
		most = n > most ? n : most;
	}
	for (uint32_t i = 0; i < g->n; i++)
		of_run[u->cols->run[u->order[g->first + i]]] = 0;
	return most;
}

struct repeat {
	size_t pair;
	uint32_t n;
};

static int by_pair_and_n(const void *a, const void *b)
{
	const struct repeat *x = a, *y = b;
	return x->pair != y->pair ? (x->pair > y->pair) - (x->pair < y->pair) : (x->n > y->n) - (x->n < y->n);
}

/* How many results a model should have of each item of a task: what at least half of its items have in one run. Not the
 * most of any, for a single item that was tried once more would make all others incomplete. */
static void find_repeats(struct units *u)
{
	size_t pairs = u->ncolumns * u->ntasks;
	u->repeats = xcalloc(pairs ? pairs : 1, sizeof *u->repeats);
	uint32_t *of_run = xcalloc(u->nruns ? u->nruns : 1, sizeof *of_run);
	struct repeat *list = xcalloc(u->ngroups ? u->ngroups : 1, sizeof *list);
	for (size_t i = 0; i < u->ngroups; i++) {
		const struct group *g = &u->groups[i];
		list[i] = (struct repeat){g->column * u->ntasks + g->task, most_of_one_run(u, g, of_run)};
	}
	qsort(list, u->ngroups, sizeof *list, by_pair_and_n);
	for (size_t i = 0, end; i < u->ngroups; i = end) {
		for (end = i + 1; end < u->ngroups && list[end].pair == list[i].pair;)
			end++;
		u->repeats[list[i].pair] = list[i + (end - i) / 2].n;
	}
	free(list);
	free(of_run);
}

/* Terms that pick models or runs are taken out of a conjunction; true when there were some. */
static bool widen(struct node *n)
{
	static const enum field_id fields[] = {F_MODEL, F_PROVIDER, F_RUN, F_SOURCE, F_FORMAT};
	const struct node *term = n->kind == NODE_NOT && n->nchildren == 1 ? n->children[0] : n;
	bool changed = false;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (term->kind == NODE_COMPARE && term->field->id == fields[i]) {
			n->kind = NODE_ALL;
			n->nchildren = 0;
			return true;
		}
	for (size_t i = 0; n->kind == NODE_AND && i < n->nchildren; i++)
		changed = widen(n->children[i]) || changed;
	return changed;
}

static enum status narrow(
	struct bitset *set, const struct filter *filter, struct facts *f, struct store *s, atomic_bool *cancel, struct err *err)
{
	struct bitset matching = {0};
	enum status st = facts_select(f, s, filter, &decide_shipped, cancel, &matching, err);
	if (!st)
		bitset_and(set, &matching);
	bitset_fini(&matching);
	return st;
}

static enum status find_chosen(
	struct units *u, struct str text, struct facts *f, struct store *s, atomic_bool *cancel, struct err *err)
{
	bitset_copy(&u->chosen, &u->scope);
	bitset_copy(&u->wide, &u->scope);
	if (!str_trim(text).n)
		return OK;
	struct filter *filter = NULL;
	struct filter_env env = facts_filter_env(f);
	enum status st = filter_parse(text, &env, &filter, NULL, err);
	if (!st)
		st = narrow(&u->chosen, filter, f, s, cancel, err);
	if (!st && widen(filter->root))
		st = narrow(&u->wide, filter, f, s, cancel, err);
	else if (!st)
		bitset_and(&u->wide, &u->chosen);
	filter_free(filter);
	return st;
}

enum status units_open(struct units *u, struct board *b, struct facts *f, struct store *s, atomic_bool *cancel, struct err *err)
{
	*u = (struct units){.cols = facts_columns(f), .names = facts_names(f), .policy = b->policy};
	u->n = u->cols->n;
	u->ntasks = u->names->task.n;
	u->nruns = u->names->run.n;
	find_scope(u);
	find_columns(u, b);
	enum status st = find_chosen(u, b->filter, f, s, cancel, err);
	if (st)
		return st;
	find_outcomes(u, f);
	sort_units(u);
	find_groups(u);
	find_repeats(u);
	return OK;
}

void units_close(struct units *u)
{
	line_sets_free(u->sets);
	bitset_fini(&u->scope);
	bitset_fini(&u->chosen);
	bitset_fini(&u->wide);
	void *owned[] = {u->outcome, u->who, u->column_of, u->order, u->rank, u->group_at, u->groups, u->column_first, u->repeats,
		u->run_total, u->task_of_item};
	for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
		free(owned[i]);
}
