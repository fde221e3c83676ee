/* SPDX-License-Identifier: MIT
 *
 * Counting a set by one or two dimensions. The loop adds each result to one
 * small table of outcome by severity; sums, and what several categories of one
 * result need, are made of those tables at the end.
 */
#include "facts/internal.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	BATCH = 4096,          /* ids handled together, so that their keys stay in the cache */
	DENSE_MAX = 4u << 20,  /* combinations of keys that are looked up in an array */
	RESERVE_MAX = 16384,   /* of which so many have their room at once */
};

static const uint32_t no_key = UINT32_MAX;

/* ---- dimensions ---- */

/* One dimension of the loop: index = map[column[id]], or the column itself, below `size`. Index 0 is "none" unless the map
 * says otherwise; `keys` gives the group keys of an index. */
struct axis {
	enum dimension dim;
	const uint32_t *u32;
	const uint16_t *u16;
	const uint8_t *u8;
	const uint32_t *map; /* by name id; NULL = the value itself */
	size_t size;
	bool zero_is_none;
	uint8_t *owned;      /* review states */
	/* Categories by set. */
	uint32_t *keys;
	uint32_t *key_at; /* by set: first of its keys; one more at the end */
};

static uint8_t *review_states(const struct facts *f)
{
	uint8_t *states = xcalloc(f->c.n + 1, 1);
	for (size_t i = 0; i < f->nreviews; i++)
		states[f->review_ids[i]] = (uint8_t)review_state_of(&f->reviews[i]);
	return states;
}

static uint32_t highest_item(const struct facts *f)
{
	uint32_t max = 0;
	for (size_t i = 0; i < f->c.n; i++)
		max = f->c.item[i] > max ? f->c.item[i] : max;
	return max;
}

static void axis_init(struct axis *x, const struct facts *f, enum dimension dim)
{
	const struct columns *c = &f->c;
	const struct names *n = &f->n;
	*x = (struct axis){.dim = dim};
	switch (dim) {
	case DIM_MODEL:
		*x = (struct axis){.dim = dim, .u32 = c->model, .size = n->model.n};
		break;
	case DIM_TASK:
		*x = (struct axis){.dim = dim, .u32 = c->task, .size = n->task.n};
		break;
	case DIM_RUN:
		*x = (struct axis){.dim = dim, .u32 = c->run, .size = n->run.n};
		break;
	case DIM_SOURCE:
		*x = (struct axis){.dim = dim, .u32 = c->source, .size = n->source.n};
		break;
	case DIM_EPOCH:
		*x = (struct axis){.dim = dim, .u32 = c->epoch, .size = n->epoch.n};
		break;
	case DIM_CATEGORY:
		*x = (struct axis){.dim = dim, .u32 = c->catset, .size = n->ncatsets};
		break;
	case DIM_PROVIDER:
		*x = (struct axis){.dim = dim, .u32 = c->model, .map = n->model_provider, .size = n->provider.n, .zero_is_none = true};
		break;
	case DIM_FORMAT:
		*x = (struct axis){.dim = dim, .u32 = c->source, .map = n->source_format, .size = n->format.n, .zero_is_none = true};
		break;
	case DIM_ITEM:
		*x = (struct axis){.dim = dim, .u32 = c->item, .size = (size_t)highest_item(f) + 1, .zero_is_none = true};
		break;
	case DIM_KIND:
		*x = (struct axis){.dim = dim, .u32 = c->task, .size = KIND_COUNT};
		break;
	case DIM_SEVERITY:
		*x = (struct axis){.dim = dim, .u8 = f->severity, .size = SEVERITY_COUNT};
		break;
	case DIM_ITEM_SEVERITY:
		*x = (struct axis){.dim = dim, .u8 = c->item_severity, .size = SEVERITY_COUNT};
		break;
	case DIM_OUTCOME:
		*x = (struct axis){.dim = dim, .u8 = f->outcome, .size = OUTCOME_COUNT};
		break;
	case DIM_REVIEW_STATE:
		x->owned = review_states(f);
		x->u8 = x->owned;
		x->size = REVIEW_STATE_COUNT;
		break;
	case DIM_FAIL_STEP:
		*x = (struct axis){.dim = dim, .u16 = f->fail_step, .size = UINT16_MAX + 1, .zero_is_none = true};
		break;
	case DIM_FAIL_TURN:
		*x = (struct axis){.dim = dim, .u16 = f->fail_turn, .size = UINT16_MAX + 1, .zero_is_none = true};
		break;
	case DIM_COUNT:
		break;
	}
}

static void axis_fini(struct axis *x)
{
	free(x->owned);
	free(x->keys);
	free(x->key_at);
	if (x->dim == DIM_KIND)
		free((uint32_t *)(uintptr_t)x->map);
}

/* Kinds are bytes in the names; the loop wants numbers. */
static void axis_kinds(struct axis *x, const struct facts *f)
{
	uint32_t *map = xcalloc(f->n.task.n + 1, sizeof *map);
	for (size_t i = 0; i < f->n.task.n; i++)
		map[i] = f->n.task_kind[i] < KIND_COUNT ? f->n.task_kind[i] : KIND_NONE;
	x->map = map;
}

/* ---- categories of a set ---- */

/* "tax:a/b/c" cut to depth steps; absent when it is of another taxonomy. */
static struct str cut_category(struct str category, struct str taxonomy, int depth)
{
	size_t colon = 0;
	while (colon < category.n && category.p[colon] != ':')
		colon++;
	if (taxonomy.n && !str_eq_nocase(str_sub(category, 0, colon), taxonomy))
		return str_n(NULL, 0);
	for (size_t i = colon + 1; depth > 0 && i < category.n; i++)
		if (category.p[i] == '/' && --depth == 0)
			return str_sub(category, 0, i);
	return category;
}

/* For each category: the lowest id with the same steps, or no_key when it does not count. */
static uint32_t *category_keys(const struct names *n, struct str taxonomy, int depth)
{
	struct dict seen = {0};
	uint32_t *first = xcalloc(n->category.n + 1, sizeof *first);
	uint32_t *keys = xcalloc(n->category.n + 1, sizeof *keys);
	for (uint32_t id = 0; id < n->category.n; id++) {
		struct str cut = id ? cut_category(dict_name(&n->category, id), taxonomy, depth) : str_n(NULL, 0);
		keys[id] = no_key;
		if (!cut.p)
			continue;
		size_t before = seen.n;
		uint32_t k = dict_add(&seen, cut);
		if (k == before)
			first[k] = id;
		keys[id] = first[k];
	}
	dict_fini(&seen);
	free(first);
	return keys;
}

/* Each set's keys, every key once; a set without any has no_key. */
static void axis_categories(struct axis *x, const struct names *n, struct str taxonomy, int depth)
{
	uint32_t *key_of = category_keys(n, taxonomy, depth);
	size_t cap = 0, count = 0;
	x->key_at = xcalloc(n->ncatsets + 1, sizeof *x->key_at);
	for (size_t set = 0; set < n->ncatsets; set++) {
		size_t from = x->key_at[set] = (uint32_t)count;
		for (const uint32_t *id = n->catset[set]; *id; id++) {
			uint32_t key = *id < n->category.n ? key_of[*id] : no_key;
			size_t i = from;
			while (i < count && x->keys[i] != key)
				i++;
			if (key == no_key || i < count)
				continue;
			x->keys = vec_grow(x->keys, &cap, count + 1, sizeof *x->keys);
			x->keys[count++] = key;
		}
		x->keys = vec_grow(x->keys, &cap, count + 1, sizeof *x->keys);
		if (count == from)
			x->keys[count++] = no_key;
	}
	x->key_at[n->ncatsets] = (uint32_t)count;
	free(key_of);
}

/* The group keys behind an index of the loop. */
static size_t axis_keys(const struct axis *x, uint32_t index, const uint32_t **keys, uint32_t *one)
{
	if (x->key_at) {
		*keys = x->keys + x->key_at[index];
		return x->key_at[index + 1] - x->key_at[index];
	}
	*one = x->zero_is_none && !index ? no_key : index;
	*keys = one;
	return 1;
}

/* indices[i] = indices[i] * size + the axis's index of ids[i] */
static void axis_add(const struct axis *x, const uint32_t *ids, size_t n, uint64_t *indices)
{
	uint64_t size = x->size;
	if (x->u8)
		for (size_t i = 0; i < n; i++)
			indices[i] = indices[i] * size + x->u8[ids[i]];
	else if (x->u16)
		for (size_t i = 0; i < n; i++)
			indices[i] = indices[i] * size + x->u16[ids[i]];
	else if (x->map)
		for (size_t i = 0; i < n; i++)
			indices[i] = indices[i] * size + x->map[x->u32[ids[i]]];
	else
		for (size_t i = 0; i < n; i++)
			indices[i] = indices[i] * size + x->u32[ids[i]];
}

/* ---- counting ---- */

enum { CELLS = OUTCOME_COUNT * SEVERITY_COUNT };

/* What the loop adds up for one combination of indices, without the cells: those lie in an array of their own, because both
 * together would not stay in the cache. */
struct tally {
	uint64_t turns, calls;
	uint64_t index;
	uint32_t reviewed, human;
};

struct counting {
	const struct facts *f;
	struct axis axes[2];
	size_t naxes;
	struct tally *tallies;
	uint32_t *cells; /* CELLS a tally: results by outcome and severity */
	size_t ntallies, cap, cells_cap;
	/* Index to tally + 1: an array when the indices are few, else open addressing. */
	uint32_t *slots;
	uint64_t *indices; /* by slot, when not dense */
	size_t nslots;
	bool dense;
};

static size_t spread(uint64_t v)
{
	v *= UINT64_C(0x9e3779b97f4a7c15);
	v ^= v >> 32;
	v *= UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(v >> 32);
}

static uint32_t new_tally(struct counting *c, uint64_t index)
{
	c->tallies = vec_grow(c->tallies, &c->cap, c->ntallies + 1, sizeof *c->tallies);
	c->cells = vec_grow(c->cells, &c->cells_cap, (c->ntallies + 1) * CELLS, sizeof *c->cells);
	c->tallies[c->ntallies] = (struct tally){.index = index};
	memset(c->cells + c->ntallies * CELLS, 0, CELLS * sizeof *c->cells);
	return (uint32_t)++c->ntallies;
}

/* Room for as many tallies, so that they need not move. */
static void reserve(struct counting *c, size_t n)
{
	c->tallies = vec_grow(c->tallies, &c->cap, n, sizeof *c->tallies);
	c->cells = vec_grow(c->cells, &c->cells_cap, n * CELLS, sizeof *c->cells);
}

static size_t hash_slot(const struct counting *c, uint64_t index)
{
	size_t i = spread(index) & (c->nslots - 1);
	while (c->slots[i] && c->indices[i] != index)
		i = (i + 1) & (c->nslots - 1);
	return i;
}

static void grow_slots(struct counting *c)
{
	free(c->slots);
	free(c->indices);
	c->nslots *= 4;
	c->slots = xcalloc(c->nslots, sizeof *c->slots);
	c->indices = xcalloc(c->nslots, sizeof *c->indices);
	for (size_t i = 0; i < c->ntallies; i++) {
		size_t slot = hash_slot(c, c->tallies[i].index);
		c->slots[slot] = (uint32_t)i + 1;
		c->indices[slot] = c->tallies[i].index;
	}
}

/* The number of the tally. */
static uint32_t tally_of(struct counting *c, uint64_t index)
{
	size_t slot = (size_t)index;
	if (!c->dense) {
		if (2 * c->ntallies >= c->nslots)
			grow_slots(c);
		slot = hash_slot(c, index);
		c->indices[slot] = index;
	}
	if (!c->slots[slot])
		c->slots[slot] = new_tally(c, index);
	return c->slots[slot] - 1;
}

static void add_results(struct counting *c, const uint32_t *ids, const uint32_t *tallies, size_t n)
{
	const uint8_t *outcome = c->f->outcome, *severity = c->f->severity;
	const uint16_t *turns = c->f->c.turns, *calls = c->f->c.tool_calls;
	struct tally *all = c->tallies;
	uint32_t *cells = c->cells;
	for (size_t i = 0; i < n; i++) {
		uint32_t id = ids[i], t = tallies[i];
		cells[(size_t)t * CELLS + outcome[id] * SEVERITY_COUNT + severity[id]]++;
		all[t].turns += turns[id];
		all[t].calls += calls[id];
	}
}

static void count_batch(struct counting *c, const uint32_t *ids, size_t n)
{
	uint64_t indices[BATCH];
	uint32_t tallies[BATCH];
	memset(indices, 0, n * sizeof *indices);
	for (size_t k = 0; k < c->naxes; k++)
		axis_add(&c->axes[k], ids, n, indices);
	for (size_t i = 0; i < n; i++)
		tallies[i] = tally_of(c, indices[i]);
	add_results(c, ids, tallies, n);
}

static void count_reviews(struct counting *c, const struct bitset *set)
{
	for (size_t i = 0; i < c->f->nreviews; i++) {
		uint32_t id = c->f->review_ids[i];
		uint64_t index = 0;
		enum decider who;
		if (!bitset_test(set, id))
			continue;
		for (size_t k = 0; k < c->naxes; k++)
			axis_add(&c->axes[k], &id, 1, &index);
		struct tally *t = &c->tallies[tally_of(c, index)];
		t->reviewed++;
		t->human += review_outcome(&c->f->reviews[i], &decide_shipped, &who) != OUTCOME_NONE;
	}
}

static size_t add_ids(uint32_t *ids, size_t n, uint32_t first, uint64_t bits)
{
	if (bits == UINT64_MAX) {
		for (uint32_t i = 0; i < 64; i++)
			ids[n++] = first + i;
		return n;
	}
	for (; bits; bits &= bits - 1)
		ids[n++] = first + (uint32_t)__builtin_ctzll(bits);
	return n;
}

static void count_set(struct counting *c, const struct bitset *set)
{
	uint32_t ids[BATCH];
	size_t n = 0;
	for (size_t w = 0, words = (set->nbits + 63) / 64; w < words; w++) {
		if (n + 64 > BATCH) {
			count_batch(c, ids, n);
			n = 0;
		}
		n = add_ids(ids, n, (uint32_t)(w * 64), set->words[w]);
	}
	count_batch(c, ids, n);
	count_reviews(c, set);
}

/* ---- groups ---- */

struct groups {
	struct group_counts *items;
	size_t n, cap;
	uint32_t *slots; /* group + 1, open addressing */
	size_t nslots;
};

static size_t group_slot(const struct groups *g, const uint32_t key[2])
{
	size_t i = spread((uint64_t)key[0] << 32 | key[1]) & (g->nslots - 1);
	while (g->slots[i] && memcmp(g->items[g->slots[i] - 1].key, key, sizeof g->items->key) != 0)
		i = (i + 1) & (g->nslots - 1);
	return i;
}

static struct group_counts *group_of(struct groups *g, const uint32_t key[2])
{
	if (2 * g->n >= g->nslots) {
		free(g->slots);
		g->nslots = g->nslots ? 2 * g->nslots : 64;
		g->slots = xcalloc(g->nslots, sizeof *g->slots);
		for (size_t i = 0; i < g->n; i++)
			g->slots[group_slot(g, g->items[i].key)] = (uint32_t)i + 1;
	}
	size_t slot = group_slot(g, key);
	if (!g->slots[slot]) {
		g->items = vec_grow(g->items, &g->cap, g->n + 1, sizeof *g->items);
		g->items[g->n] = (struct group_counts){.key = {key[0], key[1]}};
		g->slots[slot] = (uint32_t)++g->n;
	}
	return &g->items[g->slots[slot] - 1];
}

static void add_cell(struct group_counts *g, enum outcome outcome, enum severity severity, uint32_t n)
{
	g->results += n;
	g->by_severity[severity] += n;
	if (n && severity > g->worst_severity)
		g->worst_severity = (uint8_t)severity;
	switch (outcome) {
	case OUTCOME_PASS:
		g->pass += n;
		break;
	case OUTCOME_FAIL:
		g->fail += n;
		break;
	case OUTCOME_UNSURE:
		g->unsure += n;
		break;
	case OUTCOME_INVALID:
		g->invalid += n;
		break;
	default: /* not decided is missing */
		g->missing += n;
		break;
	}
}

static struct group_counts counts_of(const struct tally *t, const uint32_t *cells)
{
	struct group_counts g = {.turns = t->turns, .tool_calls = t->calls, .reviewed = t->reviewed, .human = t->human};
	for (unsigned o = 0; o < OUTCOME_COUNT; o++)
		for (unsigned s = 0; s < SEVERITY_COUNT; s++)
			add_cell(&g, (enum outcome)o, (enum severity)s, cells[o * SEVERITY_COUNT + s]);
	return g;
}

static void add_counts(struct group_counts *g, const struct group_counts *more)
{
	g->results += more->results;
	g->pass += more->pass;
	g->fail += more->fail;
	g->unsure += more->unsure;
	g->missing += more->missing;
	g->invalid += more->invalid;
	g->reviewed += more->reviewed;
	g->human += more->human;
	g->turns += more->turns;
	g->tool_calls += more->tool_calls;
	if (more->worst_severity > g->worst_severity)
		g->worst_severity = more->worst_severity;
	for (unsigned s = 0; s < SEVERITY_COUNT; s++)
		g->by_severity[s] += more->by_severity[s];
}

/* Without categories each tally is a group. */
static void append(const struct counting *c, const struct tally *t, struct groups *g)
{
	const uint32_t *keys;
	uint64_t rest = t->index;
	struct group_counts counts = counts_of(t, c->cells + (size_t)(t - c->tallies) * CELLS);
	for (size_t k = c->naxes; k > 0; k--) {
		axis_keys(&c->axes[k - 1], (uint32_t)(rest % c->axes[k - 1].size), &keys, &counts.key[k - 1]);
		rest /= c->axes[k - 1].size;
	}
	g->items = vec_grow(g->items, &g->cap, g->n + 1, sizeof *g->items);
	g->items[g->n++] = counts;
}

static void expand(const struct counting *c, const struct tally *t, struct groups *g)
{
	uint64_t second = c->naxes > 1 ? t->index % c->axes[1].size : 0;
	uint64_t first = c->naxes > 1 ? t->index / c->axes[1].size : t->index;
	const uint32_t zero = 0, *keys[2] = {&zero, &zero};
	uint32_t one[2];
	size_t n[2] = {1, 1};
	if (c->naxes > 0)
		n[0] = axis_keys(&c->axes[0], (uint32_t)first, &keys[0], &one[0]);
	if (c->naxes > 1)
		n[1] = axis_keys(&c->axes[1], (uint32_t)second, &keys[1], &one[1]);
	struct group_counts counts = counts_of(t, c->cells + (size_t)(t - c->tallies) * CELLS);
	for (size_t i = 0; i < n[0]; i++)
		for (size_t k = 0; k < n[1]; k++)
			add_counts(group_of(g, (uint32_t[2]){keys[0][i], keys[1][k]}), &counts);
}

static int by_key(const void *pa, const void *pb)
{
	const struct group_counts *a = pa, *b = pb;
	for (int k = 0; k < 2; k++)
		if (a->key[k] != b->key[k])
			return a->key[k] < b->key[k] ? -1 : 1;
	return 0;
}

enum status facts_group(const struct facts *f, const struct bitset *set, const enum dimension *dims, size_t ndims,
	struct str taxonomy, int depth,
	struct group_counts **out, size_t *n)
{
	struct counting c = {.f = f, .naxes = ndims};
	struct groups g = {0};
	size_t size = 1;
	for (size_t i = 0; i < ndims; i++) {
		axis_init(&c.axes[i], f, dims[i]);
		if (dims[i] == DIM_KIND)
			axis_kinds(&c.axes[i], f);
		if (dims[i] == DIM_CATEGORY)
			axis_categories(&c.axes[i], &f->n, taxonomy, depth);
		size *= c.axes[i].size ? c.axes[i].size : 1;
	}
	c.dense = size <= DENSE_MAX;
	c.nslots = c.dense ? size : 1024;
	c.slots = xcalloc(c.nslots + 1, sizeof *c.slots);
	c.indices = c.dense ? NULL : xcalloc(c.nslots, sizeof *c.indices);
	reserve(&c, size < RESERVE_MAX ? size : RESERVE_MAX);
	count_set(&c, set);
	bool categories = c.axes[0].key_at || c.axes[1].key_at;
	for (size_t i = 0; i < c.ntallies; i++)
		(categories ? expand : append)(&c, &c.tallies[i], &g);
	if (ndims == 0 && g.n == 0)
		group_of(&g, (uint32_t[2]){0, 0});
	if (g.n)
		qsort(g.items, g.n, sizeof *g.items, by_key);
	for (size_t i = 0; i < ndims; i++)
		axis_fini(&c.axes[i]);
	free(c.tallies);
	free(c.cells);
	free(c.slots);
	free(c.indices);
	free(g.slots);
	*out = g.items;
	*n = g.n;
	return OK;
}
