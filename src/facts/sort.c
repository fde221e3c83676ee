/* SPDX-License-Identifier: MIT
 *
 * The ids of a set in order: a key of 32 bits for each, absent ones highest,
 * made small, then a stable radix sort from the set's own order, which is by id.
 */
#include "facts/internal.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum { RADIX_BITS = 11, RADIX = 1 << RADIX_BITS };

struct keyed {
	uint32_t key, id;
};

static const uint32_t absent = UINT32_MAX;

/* ---- names by their alphabetical rank ---- */

struct ranked_name {
	struct str name;
	uint32_t id;
};

static unsigned char lower(char c)
{
	unsigned char u = (unsigned char)c;
	return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

static int by_name(const void *pa, const void *pb)
{
	const struct ranked_name *a = pa, *b = pb;
	size_t n = a->name.n < b->name.n ? a->name.n : b->name.n;
	for (size_t i = 0; i < n; i++)
		if (lower(a->name.p[i]) != lower(b->name.p[i]))
			return lower(a->name.p[i]) < lower(b->name.p[i]) ? -1 : 1;
	if (a->name.n != b->name.n)
		return a->name.n < b->name.n ? -1 : 1;
	int c = str_cmp(a->name, b->name);
	return c ? c : a->id < b->id ? -1 : a->id > b->id;
}

/* By id: the place of its name; equal names share one. Frees the names. */
static uint32_t *ranks_of_names(struct ranked_name *names, size_t n)
{
	uint32_t *ranks = xcalloc(n + 1, sizeof *ranks), rank = 0;
	qsort(names, n, sizeof *names, by_name);
	for (size_t i = 0; i < n; i++) {
		if (i && !str_eq(names[i].name, names[i - 1].name))
			rank++;
		ranks[names[i].id] = names[i].name.n ? rank : absent;
	}
	free(names);
	return ranks;
}

static uint32_t *ranks_of(const struct dict *d)
{
	struct ranked_name *names = xmalloc((d->n + 1) * sizeof *names);
	for (uint32_t id = 0; id < d->n; id++)
		names[id] = (struct ranked_name){dict_name(d, id), id};
	return ranks_of_names(names, d->n);
}

/* By the names that are shown. */
static uint32_t *ranks_of_models(const struct names *n)
{
	struct ranked_name *names = xmalloc((n->model.n + 1) * sizeof *names);
	for (uint32_t id = 0; id < n->model.n; id++)
		names[id] = (struct ranked_name){names_model(n, id), id};
	return ranks_of_names(names, n->model.n);
}

/* By category set: the rank of its first category. */
static uint32_t *ranks_of_sets(const struct names *n)
{
	uint32_t *categories = ranks_of(&n->category);
	uint32_t *ranks = xcalloc(n->ncatsets + 1, sizeof *ranks);
	for (size_t i = 0; i < n->ncatsets; i++) {
		uint32_t first = n->catset[i][0];
		ranks[i] = first && first < n->category.n ? categories[first] : absent;
	}
	free(categories);
	return ranks;
}

/* ---- keys ---- */

/* Order of the bits as that of the numbers. */
static uint32_t float_key(float v)
{
	uint32_t bits;
	if (isnan(v))
		return absent;
	memcpy(&bits, &v, sizeof bits);
	if (bits == UINT32_C(0x80000000))
		bits = 0; /* -0 is 0 */
	return bits & UINT32_C(0x80000000) ? ~bits : bits | UINT32_C(0x80000000);
}

static uint32_t nonzero(uint32_t v)
{
	return v ? v : absent;
}

/* One loop a type, so that each is only a load and a store. */
static void keys_u8(const uint8_t *column, struct keyed *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		items[i].key = nonzero(column[items[i].id]);
}

static void keys_u16(const uint16_t *column, bool zero_is_absent, struct keyed *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		items[i].key = zero_is_absent ? nonzero(column[items[i].id]) : column[items[i].id];
}

static void keys_started(const uint32_t *column, struct keyed *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		items[i].key = nonzero(column[items[i].id]);
}

static void keys_score(const float *column, struct keyed *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		items[i].key = float_key(column[items[i].id]);
}

static void keys_review(const struct facts *f, struct keyed *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t k = f->review_of ? f->review_of[items[i].id] : 0;
		items[i].key = (uint32_t)review_state_of(k ? &f->reviews[k - 1] : NULL);
	}
}

static void name_keys(const uint32_t *column, uint32_t *ranks, struct keyed *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		items[i].key = ranks[column[items[i].id]];
	free(ranks);
}

static void set_keys(const struct facts *f, enum sort_key key, struct keyed *items, size_t n)
{
	switch (key) {
	case SORT_MODEL:
		name_keys(f->c.model, ranks_of_models(&f->n), items, n);
		break;
	case SORT_TASK:
		name_keys(f->c.task, ranks_of(&f->n.task), items, n);
		break;
	case SORT_RUN:
		name_keys(f->c.run, ranks_of(&f->n.run), items, n);
		break;
	case SORT_CATEGORY:
		name_keys(f->c.catset, ranks_of_sets(&f->n), items, n);
		break;
	case SORT_SEVERITY:
		keys_u8(f->severity, items, n);
		break;
	case SORT_OUTCOME:
		keys_u8(f->outcome, items, n);
		break;
	case SORT_SCORE:
		keys_score(f->c.score, items, n);
		break;
	case SORT_TURNS:
		keys_u16(f->c.turns, false, items, n);
		break;
	case SORT_CALLS:
		keys_u16(f->c.tool_calls, false, items, n);
		break;
	case SORT_FAIL_STEP:
		keys_u16(f->fail_step, true, items, n);
		break;
	case SORT_STARTED:
		keys_started(f->c.started, items, n);
		break;
	case SORT_REVIEW:
		keys_review(f, items, n);
		break;
	case SORT_ID:
	case SORT_COUNT:
		break;
	}
}

/* ---- sorting ---- */

/* Keys from 0 on, so that high digits are the same everywhere and their passes fall away: the lowest present key becomes 0,
 * absent ones come behind the highest. Turned around when descending; ties stay by id. */
static void narrow_keys(struct keyed *items, size_t n, bool descending)
{
	uint32_t low = absent, high = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t k = items[i].key;
		low = k < low ? k : low;
		high = k != absent && k > high ? k : high;
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t k = items[i].key;
		items[i].key = k == absent ? high - low + 1 : descending ? high - k : k - low;
	}
}

static void radix_pass(const struct keyed *from, struct keyed *to, size_t n, unsigned shift, const uint32_t *counts)
{
	uint32_t at[RADIX], sum = 0;
	for (size_t d = 0; d < RADIX; d++) {
		at[d] = sum;
		sum += counts[d];
	}
	for (size_t i = 0; i < n; i++)
		to[at[from[i].key >> shift & (RADIX - 1)]++] = from[i];
}

/* Stable; a digit that is the same in all keys costs nothing. */
static void radix_sort(struct keyed **items, size_t n)
{
	if (n == 0)
		return;
	static const unsigned shifts[] = {0, RADIX_BITS, 2 * RADIX_BITS};
	uint32_t counts[3][RADIX] = {{0}};
	struct keyed *spare = xmalloc(n * sizeof *spare), *from = *items;
	for (size_t i = 0; i < n; i++)
		for (unsigned p = 0; p < 3; p++)
			counts[p][from[i].key >> shifts[p] & (RADIX - 1)]++;
	for (unsigned p = 0; p < 3; p++) {
		if (counts[p][(*items)[0].key >> shifts[p] & (RADIX - 1)] == n)
			continue;
		radix_pass(*items, spare, n, shifts[p], counts[p]);
		struct keyed *t = *items;
		*items = spare;
		spare = t;
	}
	free(spare);
}

static struct keyed *members(const struct bitset *set, size_t n)
{
	struct keyed *items = xmalloc((n + 1) * sizeof *items);
	size_t k = 0;
	for (size_t w = 0, words = (set->nbits + 63) / 64; w < words; w++)
		for (uint64_t bits = set->words[w]; bits; bits &= bits - 1)
			items[k++] = (struct keyed){0, (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(bits)};
	return items;
}

uint32_t *facts_sorted(const struct facts *f, const struct bitset *set, enum sort_key key, bool descending, size_t *n)
{
	*n = bitset_count(set);
	struct keyed *items = members(set, *n);
	uint32_t *ids = xmalloc((*n + 1) * sizeof *ids);
	if (key == SORT_ID) {
		for (size_t i = 0; i < *n; i++)
			ids[i] = items[descending ? *n - 1 - i : i].id;
		free(items);
		return ids;
	}
	set_keys(f, key, items, *n);
	narrow_keys(items, *n, descending);
	radix_sort(&items, *n);
	for (size_t i = 0; i < *n; i++)
		ids[i] = items[i].id;
	free(items);
	return ids;
}
