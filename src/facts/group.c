/* SPDX-License-Identifier: MIT
 *
 * Counting a set by one or two dimensions. The loop adds each result to one
 * tally of its combination of keys; what several categories of one result
 * need is made of those at the end.
 */
#include "facts/internal.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	BATCH = 4096,          /* ids handled together, so that their keys stay in the cache */
	DIRECT_MAX = 64 << 10, /* combinations of keys that have a tally each */
	SLOTS_MAX = 4 << 20,   /* that are looked up in an array */
	HASH_MIN = 1024,
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
	uint32_t *names;     /* the map, when it was made for this */
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

static size_t size_u16(const struct facts *f, const uint16_t *column)
{
	uint16_t max = 0;
	for (size_t i = 0; i < f->c.n; i++)
		max = column[i] > max ? column[i] : max;
	return (size_t)max + 1;
}

static void axis_init(struct axis *x, const struct facts *f, enum dimension dim)
{
	const struct columns *c = &f->c;
	const struct names *n = &f->n;
	*x = (struct axis){.dim = dim};
	switch (dim) {
	case DIM_MODEL:
		x->names = names_same_models(n);
		x->u32 = c->model;
		x->map = x->names;
		x->size = n->model.n;
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
		*x = (struct axis){.dim = dim, .u16 = f->fail_step, .size = size_u16(f, f->fail_step), .zero_is_none = true};
		break;
	case DIM_FAIL_TURN:
		*x = (struct axis){.dim = dim, .u16 = f->fail_turn, .size = size_u16(f, f->fail_turn), .zero_is_none = true};
		break;
	case DIM_COUNT:
		break;
	}
}

static void axis_fini(struct axis *x)
{
	free(x->owned);
	free(x->names);
	free(x->keys);
	free(x->key_at);
}

/* Kinds are bytes in the names; the loop wants numbers. */
static void axis_kinds(struct axis *x, const struct facts *f)
{
	uint32_t *map = xcalloc(f->n.task.n + 1, sizeof *map);
	for (size_t i = 0; i < f->n.task.n; i++)
		map[i] = f->n.task_kind[i] < KIND_COUNT ? f->n.task_kind[i] : KIND_NONE;
	x->map = x->names = map;
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

/* What the loop adds up for one combination of indices: one line of the cache. */
struct tally {
	uint64_t turns, calls;
	uint32_t outcome[OUTCOME_COUNT], severity[SEVERITY_COUNT];
};

/* What it does not touch. */
struct tally_note {
	uint64_t index;
	uint32_t reviewed, human;
};

/* How an index finds its tally. */
enum finding {
	FIND_DIRECT, /* it is its number */
	FIND_SLOT,   /* through an array of numbers */
	FIND_HASH,   /* open addressing */
};

struct counting {
	const struct facts *f;
	struct axis axes[2];
	size_t naxes;
	struct tally *tallies;
	struct tally_note *notes;
	size_t ntallies, cap, notes_cap;
	enum finding finding;
	uint32_t *slots;   /* tally + 1 */
	uint64_t *indices; /* by slot of the hash */
	size_t nslots;
	bool has_categories;
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
	c->notes = vec_grow(c->notes, &c->notes_cap, c->ntallies + 1, sizeof *c->notes);
	c->tallies[c->ntallies] = (struct tally){0};
	c->notes[c->ntallies] = (struct tally_note){.index = index};
	return (uint32_t)++c->ntallies;
}

/* size: how many indices there can be. */
static void find_init(struct counting *c, size_t size)
{
	c->finding = size <= DIRECT_MAX ? FIND_DIRECT : size <= SLOTS_MAX ? FIND_SLOT : FIND_HASH;
	if (c->finding == FIND_DIRECT) {
		c->ntallies = size;
		c->tallies = xcalloc(size, sizeof *c->tallies);
		c->notes = xcalloc(size, sizeof *c->notes);
		for (size_t i = 0; i < size; i++)
			c->notes[i].index = i;
		return;
	}
	c->nslots = c->finding == FIND_SLOT ? size : HASH_MIN;
	c->slots = xcalloc(c->nslots, sizeof *c->slots);
	c->indices = c->finding == FIND_HASH ? xcalloc(c->nslots, sizeof *c->indices) : NULL;
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
		size_t slot = hash_slot(c, c->notes[i].index);
		c->slots[slot] = (uint32_t)i + 1;
		c->indices[slot] = c->notes[i].index;
	}
}

/* The number of the tally. */
static uint32_t tally_of(struct counting *c, uint64_t index)
{
	size_t slot = (size_t)index;
	if (c->finding == FIND_DIRECT)
		return (uint32_t)index;
	if (c->finding == FIND_HASH) {
		if (2 * c->ntallies >= c->nslots)
			grow_slots(c);
		slot = hash_slot(c, index);
		c->indices[slot] = index;
	}
	if (!c->slots[slot])
		c->slots[slot] = new_tally(c, index);
	return c->slots[slot] - 1;
}

static void add_results(struct counting *c, const uint32_t *ids, const uint64_t *tallies, size_t n)
{
	const uint8_t *outcome = c->f->outcome, *severity = c->f->severity;
	const uint16_t *turns = c->f->c.turns, *calls = c->f->c.tool_calls;
	struct tally *all = c->tallies;
	for (size_t i = 0; i < n; i++) {
		struct tally *t = &all[tallies[i]];
		uint32_t id = ids[i];
		t->outcome[outcome[id]]++;
		t->severity[severity[id]]++;
		t->turns += turns[id];
		t->calls += calls[id];
	}
}

static void count_batch(struct counting *c, const uint32_t *ids, size_t n)
{
	uint64_t indices[BATCH];
	memset(indices, 0, n * sizeof *indices);
	for (size_t k = 0; k < c->naxes; k++)
		axis_add(&c->axes[k], ids, n, indices);
	if (c->finding != FIND_DIRECT)
		for (size_t i = 0; i < n; i++)
			indices[i] = tally_of(c, indices[i]);
	add_results(c, ids, indices, n);
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
		struct tally_note *t = &c->notes[tally_of(c, index)];
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

static struct group_counts counts_of(const struct counting *c, size_t i)
{
	const struct tally *t = &c->tallies[i];
	struct group_counts g = {
		.pass = t->outcome[OUTCOME_PASS],
		.fail = t->outcome[OUTCOME_FAIL],
		.unsure = t->outcome[OUTCOME_UNSURE],
		.missing = (uint64_t)t->outcome[OUTCOME_MISSING] + t->outcome[OUTCOME_NONE], /* not decided is missing */
		.invalid = t->outcome[OUTCOME_INVALID],
		.reviewed = c->notes[i].reviewed,
		.human = c->notes[i].human,
		.turns = t->turns,
		.tool_calls = t->calls,
	};
	for (unsigned s = 0; s < SEVERITY_COUNT; s++) {
		g.results += t->severity[s];
		g.by_severity[s] = t->severity[s];
		if (t->severity[s])
			g.worst_severity = (uint8_t)s;
	}
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

/* How many tallies have results: about as many groups will there be. */
static size_t filled(const struct counting *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->ntallies; i++)
		n += counts_of(c, i).results > 0;
	return n;
}

/* The groups of one tally: one, but for results with several categories. */
static void expand(const struct counting *c, size_t i, struct groups *g)
{
	struct group_counts counts = counts_of(c, i);
	const uint32_t zero = 0, *keys[2] = {&zero, &zero};
	uint32_t one[2];
	uint64_t rest = c->notes[i].index;
	size_t n[2] = {1, 1};
	if (!counts.results)
		return;
	for (size_t k = c->naxes; k > 0; k--) {
		n[k - 1] = axis_keys(&c->axes[k - 1], (uint32_t)(rest % c->axes[k - 1].size), &keys[k - 1], &one[k - 1]);
		rest /= c->axes[k - 1].size;
	}
	if (n[0] == 1 && n[1] == 1 && !c->has_categories) {
		counts.key[0] = *keys[0];
		counts.key[1] = *keys[1];
		g->items = vec_grow(g->items, &g->cap, g->n + 1, sizeof *g->items);
		g->items[g->n++] = counts;
		return;
	}
	for (size_t a = 0; a < n[0]; a++)
		for (size_t b = 0; b < n[1]; b++)
			add_counts(group_of(g, (uint32_t[2]){keys[0][a], keys[1][b]}), &counts);
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
		c.has_categories |= dims[i] == DIM_CATEGORY;
		size *= c.axes[i].size ? c.axes[i].size : 1;
	}
	find_init(&c, size);
	count_set(&c, set);
	g.items = vec_grow(NULL, &g.cap, filled(&c) + 1, sizeof *g.items);
	for (size_t i = 0; i < c.ntallies; i++)
		expand(&c, i, &g);
	if (ndims == 0 && g.n == 0)
		group_of(&g, (uint32_t[2]){0, 0});
	if (g.n)
		qsort(g.items, g.n, sizeof *g.items, by_key);
	for (size_t i = 0; i < ndims; i++)
		axis_fini(&c.axes[i]);
	free(c.tallies);
	free(c.notes);
	free(c.slots);
	free(c.indices);
	free(g.slots);
	*out = g.items;
	*n = g.n;
	return OK;
}
