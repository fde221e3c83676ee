/* SPDX-License-Identifier: MIT
 *
 * Counting a row: every unit it selects, by column and cluster, with what is
 * undecided, and what should be there and is not (ZONES 5.12).
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "zones/internal.h"

/* What a unit is to the row's metric. */
enum class { CLASS_CLEAR, CLASS_EVENT, CLASS_UNSURE, CLASS_MISSING, CLASS_INVALID };

/* One row while it is counted. */
struct counting {
	const struct units *u;
	const struct board *b;
	const struct board_row *row;
	const struct policy_line *line; /* NULL without policy */
	const struct line_sets *sets;
	struct tallies *out;
	uint32_t *stamp;   /* by item: 1 = some column has it selected */
	uint32_t *in_task; /* by task: how many such items */
	uint32_t *items;   /* those items */
	size_t nitems, items_cap;
	uint32_t *visited; /* by column × task: how many of them the column has */
	uint32_t *of_run;  /* by run: units of the present column */
};

/* ---- which units ---- */

static bool *sets_below(const struct units *u, const char *category)
{
	bool *in = xcalloc(u->names->ncatsets ? u->names->ncatsets : 1, sizeof *in);
	for (size_t s = 0; s < u->names->ncatsets; s++)
		for (const uint32_t *c = u->names->catset[s]; c && *c && !in[s]; c++)
			in[s] = category_under(dict_name(&u->names->category, *c), category);
	return in;
}

static bool has_category(const struct units *u, size_t id)
{
	uint32_t set = u->cols->catset[id];
	return set < u->names->ncatsets && u->names->catset[set] && u->names->catset[set][0];
}

static enum task_kind kind_of(const struct units *u, size_t id)
{
	uint8_t kind = u->names->task_kind[u->cols->task[id]];
	return kind < KIND_COUNT ? (enum task_kind)kind : KIND_NONE;
}

/* Tasks of different kinds are never pooled. A line that selects by category takes the safety tasks among them; one that
 * selects by a filter must say which it means. Tasks of no known kind go with any. */
static void keep_one_kind(const struct units *u, struct board_row *row, const struct line_sets *sets, struct bitset *set)
{
	uint64_t n[KIND_COUNT] = {0};
	for (size_t i = bitset_next(set, 0); i != SIZE_MAX; i = bitset_next(set, i + 1))
		n[kind_of(u, i)]++;
	int kinds = 0, keep = KIND_NONE;
	for (int k = KIND_COUNT - 1; k > KIND_NONE; k--)
		if (n[k]) {
			kinds++;
			keep = k;
		}
	if (kinds < 2 || sets->says_kind)
		return;
	if (row->where) {
		row->mixed = true;
		return;
	}
	row->one_kind = true;
	row->kind = (enum task_kind)keep;
	for (size_t i = bitset_next(set, 0); i != SIZE_MAX; i = bitset_next(set, i + 1))
		if (kind_of(u, i) != row->kind && kind_of(u, i) != KIND_NONE) {
			bitset_clear(set, i);
			row->other_kinds++;
		}
}

static void row_set(const struct units *u, struct board_row *row, const struct line_sets *sets, struct bitset *set)
{
	bitset_copy(set, &sets->where);
	bool *below = row->category ? sets_below(u, row->category) : NULL;
	for (size_t i = bitset_next(set, 0); i != SIZE_MAX; i = bitset_next(set, i + 1)) {
		uint32_t catset = u->cols->catset[i];
		if ((below && !(catset < u->names->ncatsets && below[catset])) || (row->task && u->cols->task[i] != row->task) ||
			(row->bare && has_category(u, i)) || (row->line < 0 && row->one_kind && kind_of(u, i) != row->kind))
			bitset_clear(set, i);
	}
	free(below);
	if (row->line >= 0)
		keep_one_kind(u, row, sets, set);
}

/* ---- what each unit is ---- */

static double scaled_score(const struct counting *c, size_t id)
{
	double v = c->sets->scores ? c->sets->scores[id] : (double)c->u->cols->score[id];
	if (!c->sets->scores && !isnan(v)) {
		/* Columns hold single precision; the decimal fraction that was meant is the one that gives the same float. */
		double round6 = round(v * 1e6) / 1e6;
		v = (float)round6 == c->u->cols->score[id] ? round6 : v;
	}
	double x = (v - c->line->lo) / (c->line->hi - c->line->lo);
	return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* By outcome alone: fail_rate, pass_rate, and events that speak of outcomes. */
static enum class by_outcome(const struct counting *c, enum outcome o, bool event_is_pass) {
	if (o == OUTCOME_UNSURE) o = c->b->policy && c->b->policy->unsure_fail ? OUTCOME_FAIL : OUTCOME_UNSURE;
	if (o == OUTCOME_PASS || o == OUTCOME_FAIL) return (o == OUTCOME_PASS) == event_is_pass ? CLASS_EVENT : CLASS_CLEAR;
	return o == OUTCOME_UNSURE ? CLASS_UNSURE : CLASS_MISSING;
}

static enum class by_event(const struct counting *c, size_t id, enum outcome o, const struct bitset *event) {
	if (bitset_test(event, id)) return CLASS_EVENT;
	if (c->sets->needs_outcome) return o == OUTCOME_PASS || o == OUTCOME_FAIL ? CLASS_CLEAR
	: o == OUTCOME_UNSURE							  ? CLASS_UNSURE
										  : CLASS_MISSING;
	return bitset_test(&c->sets->lacking, id) || (c->u->cols->flags[id] & COLUMN_ERROR) ? CLASS_MISSING : CLASS_CLEAR;
}

static enum class classify(const struct counting *c, size_t id, enum outcome o, const struct bitset *event) {
	if (o == OUTCOME_INVALID) return CLASS_INVALID;
	if (c->line && c->line->metric == METRIC_MEAN_SCORE) return isnan(
		c->sets->scores ? c->sets->scores[id] : (double)c->u->cols->score[id])
		? CLASS_MISSING
		: CLASS_CLEAR;
	if (c->sets->has_event) return by_event(c, id, o, event);
	return by_outcome(c, o, c->line && c->line->metric == METRIC_PASS_RATE);
}

/* ---- clusters ---- */

struct cluster {
	double sum;
	uint64_t n, missing, unsure;
};

static void cluster_unit(const struct counting *c, struct cluster *cl, size_t id, enum class class, uint64_t *invalid)
{
	bool mean = c->line && c->line->metric == METRIC_MEAN_SCORE;
	switch (class) {
	case CLASS_CLEAR:
	case CLASS_EVENT:
		cl->n++;
		cl->sum += mean ? scaled_score(c, id) : class == CLASS_EVENT;
		break;
	case CLASS_UNSURE:
		cl->unsure++;
		break;
	case CLASS_MISSING:
		cl->missing++;
		break;
	case CLASS_INVALID:
		++*invalid;
		break;
	}
}

static void flush_cluster(struct counts *to, struct cluster *cl)
{
	if (cl->n || cl->missing || cl->unsure)
		counts_add(to, cl->sum, cl->n, cl->missing, cl->unsure);
	*cl = (struct cluster){0};
}

static void note_decider(struct tallies *t, const struct units *u, size_t id, enum class class)
{
	enum outcome raw = (enum outcome)u->cols->outcome[id], human = (enum outcome)u->outcome[id];
	if (class != CLASS_MISSING && class != CLASS_UNSURE && u->who[id] < 3)
		t->decided[u->who[id]]++;
	t->to_pass += human == OUTCOME_PASS && raw == OUTCOME_FAIL;
	t->to_fail += human == OUTCOME_FAIL && raw == OUTCOME_PASS;
}

static void see_item(struct counting *c, uint32_t item, uint32_t task)
{
	if (c->stamp[item])
		return;
	c->stamp[item] = 1;
	c->items = vec_grow(c->items, &c->items_cap, c->nitems + 1, sizeof *c->items);
	c->items[c->nitems++] = item;
	c->in_task[task]++;
}

/* The units of one group. Those that the board's filter takes out only tell that there is such an item. */
static void count_group(struct counting *c, const struct bitset *ranked, const struct group *g)
{
	const struct units *u = c->u;
	struct tallies *t = &c->out[g->column];
	struct cluster raw = {0}, human = {0};
	bool alone = c->b->policy && c->b->policy->cluster == CLUSTER_SAMPLE, any = false;
	see_item(c, g->item, g->task);
	c->visited[g->column * u->ntasks + g->task]++;
	for (size_t place = bitset_next(ranked, g->first); place < (size_t)g->first + g->n;
		place = bitset_next(ranked, place + 1)) {
		size_t id = u->order[place];
		if (!bitset_test(&u->chosen, id))
			continue;
		any = true;
		enum outcome automatic = (enum outcome)u->cols->outcome[id], effective = (enum outcome)u->outcome[id];
		enum class class = classify(c, id, effective, &c->sets->event);
		cluster_unit(c, &raw, id, classify(c, id, automatic, &c->sets->raw_event), &t->raw_invalid);
		cluster_unit(c, &human, id, class, &t->invalid);
		note_decider(t, u, id, class);
		t->units++;
		t->unconfirmed = t->unconfirmed || !u->names->task_confirmed[u->cols->task[id]];
		c->of_run[u->cols->run[id]]++;
		if (alone) {
			flush_cluster(&t->raw, &raw);
			flush_cluster(&t->human, &human);
		}
	}
	if (!any)
		return;
	uint32_t should = u->repeats[g->column * u->ntasks + g->task];
	if (should > g->n) {
		t->absent += should - g->n;
		raw.missing += should - g->n;
		human.missing += should - g->n;
	}
	flush_cluster(&t->raw, &raw);
	flush_cluster(&t->human, &human);
	t->items++;
}

/* ---- what is not there ---- */

/* Absent units as clusters of `size`. */
static void add_absent(struct tallies *t, uint64_t clusters, uint64_t size, bool alone)
{
	t->absent += clusters * size;
	for (uint64_t i = 0; i < (alone ? clusters * size : clusters); i++) {
		counts_add(&t->raw, 0, 0, alone ? 1 : size, 0);
		counts_add(&t->human, 0, 0, alone ? 1 : size, 0);
	}
}

static bool column_has(const struct units *u, uint32_t column, uint32_t item)
{
	size_t low = u->column_first[column], high = u->column_first[column + 1];
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (u->groups[middle].item < item)
			low = middle + 1;
		else
			high = middle;
	}
	return low < u->column_first[column + 1] && u->groups[low].item == item;
}

/* Items of one task that other columns have and this one has not at all. */
static void absent_items(struct counting *c, uint32_t column, uint32_t task)
{
	const struct units *u = c->u;
	uint64_t gone = 0;
	uint32_t should = u->repeats[column * u->ntasks + task];
	if (should == 0 && !c->line)
		return; /* without a policy nobody said that this model should have run that task */
	for (size_t i = 0; i < c->nitems; i++)
		if (u->task_of_item[c->items[i]] == task && !column_has(u, column, c->items[i]))
			gone++;
	add_absent(&c->out[column], gone, should ? should : 1, c->b->policy && c->b->policy->cluster == CLUSTER_SAMPLE);
}

/* Units that nobody can name: declared totals and `expect` know of more than was found. In clusters as large as the
 * others are on average. */
static void absent_unnamed(struct counting *c, uint32_t column)
{
	struct tallies *t = &c->out[column];
	uint64_t want = t->by_declared, present = t->units + t->absent;
	bool whole = c->line && !c->row->expanded && !str_trim(c->b->filter).n;
	uint64_t expect = whole && c->line->expect > 0 ? (uint64_t)c->line->expect : 0;
	uint64_t more = want > t->absent ? want - t->absent : 0;
	if (expect > present + more)
		more = expect - present;
	uint64_t size = t->items ? (t->units + t->items - 1) / t->items : 1;
	bool alone = c->b->policy && c->b->policy->cluster == CLUSTER_SAMPLE;
	add_absent(t, more / size, size, alone);
	if (more % size)
		add_absent(t, 1, more % size, alone);
}

/* What the declared totals of the runs of one column miss, in proportion to what the row selects of each run. */
static void declared_gap(struct counting *c, uint32_t column)
{
	const struct units *u = c->u;
	for (size_t r = 0; r < u->nruns; r++) {
		int64_t declared = u->names->run_declared ? u->names->run_declared[r] : -1;
		if (c->of_run[r] && declared > 0 && (uint64_t)declared > u->run_total[r]) {
			double share = (double)c->of_run[r] / (double)u->run_total[r];
			c->out[column].by_declared +=
				(uint64_t)ceil(share * (double)((uint64_t)declared - u->run_total[r]) - 1e-9);
		}
		c->of_run[r] = 0;
	}
}

static void count_present(struct counting *c, const struct bitset *ranked)
{
	const struct units *u = c->u;
	uint32_t column = UINT32_MAX;
	for (size_t place = bitset_next(ranked, 0); place != SIZE_MAX;) {
		const struct group *g = &u->groups[u->group_at[place]];
		if (column != g->column && column != UINT32_MAX)
			declared_gap(c, column);
		column = g->column;
		count_group(c, ranked, g);
		place = bitset_next(ranked, (size_t)g->first + g->n);
	}
	if (column != UINT32_MAX)
		declared_gap(c, column);
}

static void count_absent(struct counting *c)
{
	const struct units *u = c->u;
	for (uint32_t column = 0; column < u->ncolumns; column++) {
		if (c->out[column].units == 0)
			continue;
		for (uint32_t task = 0; task < u->ntasks; task++)
			if (c->visited[column * u->ntasks + task] < c->in_task[task])
				absent_items(c, column, task);
		absent_unnamed(c, column);
	}
}

enum status row_count(struct units *u, struct board *b, size_t row, struct facts *f, struct store *s, atomic_bool *cancel,
	struct tallies *out, struct err *err)
{
	struct board_row *r = &b->rows[row];
	enum status st = line_sets_load(u, b, r->line, f, s, cancel, err);
	if (st)
		return st;
	struct bitset set = {0}, ranked = {0};
	row_set(u, r, u->sets, &set);
	bitset_init(&ranked, u->norder);
	for (size_t i = bitset_next(&set, 0); i != SIZE_MAX; i = bitset_next(&set, i + 1))
		bitset_set(&ranked, u->rank[i]);
	bitset_fini(&set);
	size_t pairs = u->ncolumns * u->ntasks;
	struct counting c = {.u = u,
		.b = b,
		.row = r,
		.line = r->line >= 0 ? &b->policy->lines[r->line] : NULL,
		.sets = u->sets,
		.out = out,
		.stamp = xcalloc(u->nitems ? u->nitems : 1, sizeof *c.stamp),
		.in_task = xcalloc(u->ntasks ? u->ntasks : 1, sizeof *c.in_task),
		.visited = xcalloc(pairs ? pairs : 1, sizeof *c.visited),
		.of_run = xcalloc(u->nruns ? u->nruns : 1, sizeof *c.of_run)};
	count_present(&c, &ranked);
	count_absent(&c);
	bitset_fini(&ranked);
	void *owned[] = {c.stamp, c.in_task, c.items, c.visited, c.of_run};
	for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
		free(owned[i]);
	return OK;
}
