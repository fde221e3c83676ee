/* SPDX-License-Identifier: MIT
 *
 * Comparisons that the columns answer: the predicate is decided once for each
 * name, then a loop over one column sets bits, 64 at a time.
 */
#include "facts/internal.h"

#include <math.h>
#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/mem.h"

enum { POLL_WORDS = 1024 }; /* 65,536 results between two looks at the cancel flag */

bool facts_cancelled(atomic_bool *cancel)
{
	return cancel && atomic_load_explicit(cancel, memory_order_relaxed);
}

/* ---- loops ---- */

/* 64 bytes of 0 or 1 as bits. */
static uint64_t pack(const uint8_t hits[static 64])
{
	uint64_t bits = 0;
#ifdef __SSE2__
	for (unsigned k = 0; k < 4; k++) {
		__m128i block;
		memcpy(&block, hits + 16 * k, sizeof block);
		bits |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_slli_epi16(block, 7)) << (16 * k);
	}
#else
	for (unsigned i = 0; i < 64; i++)
		bits |= (uint64_t)hits[i] << i;
#endif
	return bits;
}

/* The words [from, to) of out get `within` where TEST says so of the column's values. The last word may be short. */
#define COLUMN_LOOP(TYPE, TEST) \
	do { \
		for (size_t w = from; w < to; w++) { \
			uint8_t hits[64]; \
			uint64_t keep = within->words[w]; \
			const TYPE *v = column + w * 64; \
			size_t n = out->nbits - w * 64; \
			if (!keep) \
				continue; \
			if (n >= 64) { \
				for (size_t i = 0; i < 64; i++) \
					hits[i] = (uint8_t)(TEST); \
			} else { \
				memset(hits, 0, sizeof hits); \
				for (size_t i = 0; i < n; i++) \
					hits[i] = (uint8_t)(TEST); \
			} \
			out->words[w] |= pack(hits) & keep; \
		} \
	} while (0)

#define TABLE_LOOP(NAME, TYPE) \
	static void NAME(const TYPE *column, const uint8_t *table, const struct bitset *within, struct bitset *out, size_t from, \
		size_t to) \
	{ \
		COLUMN_LOOP(TYPE, table[v[i]]); \
	}
TABLE_LOOP(table_u32, uint32_t)
TABLE_LOOP(table_u8, uint8_t)

/* The same for values between low and high, both included. */
#define RANGE_LOOP(NAME, TYPE) \
	static void NAME(const TYPE *column, TYPE low, TYPE high, const struct bitset *within, struct bitset *out, size_t from, \
		size_t to) \
	{ \
		COLUMN_LOOP(TYPE, (v[i] >= low) & (v[i] <= high)); \
	}
RANGE_LOOP(range_u16, uint16_t)
RANGE_LOOP(range_u32, uint32_t)
RANGE_LOOP(range_float, float)

/* Walks the words in blocks. */
#define IN_BLOCKS(LEAF, OUT, CALL) \
	do { \
		size_t words = ((OUT)->nbits + 63) / 64; \
		for (size_t from = 0; from < words; from += POLL_WORDS) { \
			size_t to = from + POLL_WORDS < words ? from + POLL_WORDS : words; \
			if (facts_cancelled((LEAF)->cancel)) \
				return CANCELLED; \
			CALL; \
		} \
		return OK; \
	} while (0)

enum status leaf_table_u32(const struct leaf *l, const uint32_t *column, const uint8_t *table,
	const struct bitset *within, struct bitset *out)
{
	IN_BLOCKS(l, out, table_u32(column, table, within, out, from, to));
}

static enum status leaf_table_u8(const struct leaf *l, const uint8_t *column, const uint8_t *table,
	const struct bitset *within, struct bitset *out)
{
	IN_BLOCKS(l, out, table_u8(column, table, within, out, from, to));
}

static enum status leaf_range_u16(const struct leaf *l, const uint16_t *column, uint16_t low, uint16_t high,
	const struct bitset *within,
	struct bitset *out)
{
	IN_BLOCKS(l, out, range_u16(column, low, high, within, out, from, to));
}

static enum status leaf_range_u32(const struct leaf *l, const uint32_t *column, uint32_t low, uint32_t high,
	const struct bitset *within,
	struct bitset *out)
{
	IN_BLOCKS(l, out, range_u32(column, low, high, within, out, from, to));
}

static enum status leaf_range_float(const struct leaf *l, const float *column, float low, float high,
	const struct bitset *within,
	struct bitset *out)
{
	IN_BLOCKS(l, out, range_float(column, low, high, within, out, from, to));
}

/* ---- numbers as ranges ---- */

struct range {
	double low, high; /* both included */
};

/* The whole numbers that satisfy `op value`, as one or two ranges. */
static size_t whole_ranges(enum filter_op op, double v, double until, struct range out[static 2])
{
	double first = ceil(v), last = until > v ? until - 1 : floor(v); /* the value itself */
	switch (op) {
	case OP_NE:
		out[0] = (struct range){-(double)INFINITY, (until > v ? v : ceil(v)) - 1};
		out[1] = (struct range){(until > v ? until : floor(v) + 1), (double)INFINITY};
		return 2;
	case OP_LT:
		out[0] = (struct range){-(double)INFINITY, ceil(v) - 1};
		return 1;
	case OP_LE:
		out[0] = (struct range){-(double)INFINITY, last};
		return 1;
	case OP_GT:
		out[0] = (struct range){until > v ? until : floor(v) + 1, (double)INFINITY};
		return 1;
	case OP_GE:
		out[0] = (struct range){first, (double)INFINITY};
		return 1;
	case OP_IS:
	case OP_EQ:
		break;
	}
	out[0] = (struct range){first, last};
	return 1;
}

/* Cuts to what the column can hold; false when nothing is left. */
static bool clamp(struct range *r, double low, double high)
{
	r->low = r->low < low ? low : r->low;
	r->high = r->high > high ? high : r->high;
	return r->low <= r->high;
}

/* Columns where 0 says "unknown" start at 1. */
struct whole_column {
	const uint16_t *u16;
	const uint32_t *u32;
	bool zero_is_absent;
	bool seconds; /* of values in ms */
};

static enum status whole_range(const struct leaf *l, const struct whole_column *c, struct range r,
	const struct bitset *within, struct bitset *out)
{
	double max = c->u16 ? UINT16_MAX : UINT32_MAX;
	if (!clamp(&r, c->zero_is_absent ? 1 : 0, max))
		return OK;
	return c->u16 ? leaf_range_u16(l, c->u16, (uint16_t)r.low, (uint16_t)r.high, within, out)
		      : leaf_range_u32(l, c->u32, (uint32_t)r.low, (uint32_t)r.high, within, out);
}

static enum status whole_absent(const struct leaf *l, const struct whole_column *c, const struct bitset *within,
	struct bitset *out)
{
	return c->u16 ? leaf_range_u16(l, c->u16, 0, 0, within, out) : leaf_range_u32(l, c->u32, 0, 0, within, out);
}

static enum status select_whole(const struct leaf *l, const struct whole_column *c, const struct node *node,
	const struct bitset *within,
	struct bitset *out)
{
	enum status st = OK;
	if (c->zero_is_absent && filter_wants_absent(node))
		st = whole_absent(l, c, within, out);
	for (size_t i = 0; st == OK && i < node->nvalues; i++) {
		struct range r[2];
		double scale = c->seconds ? 1e3 : 1;
		if (isnan(node->numbers[i]))
			continue;
		double until = c->seconds ? node->until[i] / scale : -(double)INFINITY;
		size_t n = whole_ranges(node->op, node->numbers[i] / scale, until, r);
		for (size_t k = 0; st == OK && k < n; k++)
			st = whole_range(l, c, r[k], within, out);
	}
	return st;
}

/* Ids need no column. */
static void select_ids(const struct node *node, const struct bitset *within, struct bitset *out)
{
	for (size_t i = 0; i < node->nvalues; i++) {
		struct range r[2];
		if (isnan(node->numbers[i]))
			continue;
		size_t n = whole_ranges(node->op, node->numbers[i], -(double)INFINITY, r);
		for (size_t k = 0; k < n; k++)
			if (clamp(&r[k], 1, (double)out->nbits - 1))
				for (size_t id = (size_t)r[k].low; id <= (size_t)r[k].high; id++)
					if (bitset_test(within, id))
						bitset_set(out, id);
	}
}

static enum status score_value(const struct leaf *l, enum filter_op op, float v, const struct bitset *within,
	struct bitset *out)
{
	const float *c = l->f->c.score;
	const float inf = INFINITY;
	enum status st;
	switch (op) {
	case OP_LT:
		return leaf_range_float(l, c, -inf, nextafterf(v, -inf), within, out);
	case OP_LE:
		return leaf_range_float(l, c, -inf, v, within, out);
	case OP_GT:
		return leaf_range_float(l, c, nextafterf(v, inf), inf, within, out);
	case OP_GE:
		return leaf_range_float(l, c, v, inf, within, out);
	case OP_NE:
		st = leaf_range_float(l, c, -inf, nextafterf(v, -inf), within, out);
		return st == OK ? leaf_range_float(l, c, nextafterf(v, inf), inf, within, out) : st;
	case OP_IS:
	case OP_EQ:
		break;
	}
	return leaf_range_float(l, c, v, v, within, out);
}

static enum status select_score(const struct leaf *l, const struct node *node, const struct bitset *within, struct bitset *out)
{
	enum status st = OK;
	for (size_t i = 0; st == OK && i < node->nvalues; i++)
		if (!isnan(node->numbers[i]))
			st = score_value(l, node->op, (float)node->numbers[i], within, out);
	if (filter_wants_absent(node))
		for (size_t id = bitset_next(within, 0); id != SIZE_MAX; id = bitset_next(within, id + 1))
			if (isnan(l->f->c.score[id]))
				bitset_set(out, id);
	return st;
}

/* ---- names, decided once each ---- */

static bool matches_text(const struct node *node, struct str s)
{
	struct match_value v = {.text = s};
	return filter_value_matches(node, &v);
}

static bool matches_num(const struct node *node, unsigned value)
{
	struct match_value v = {.has_num = true, .num = value};
	return value ? filter_value_matches(node, &v) : filter_wants_absent(node);
}

/* A name that may be missing: "" is no name. */
static bool matches_name(const struct node *node, struct str s)
{
	return s.n ? matches_text(node, s) : filter_wants_absent(node);
}

static bool matches_model(const struct names *n, const struct node *node, uint32_t id)
{
	struct str name = dict_name(&n->model, id), alias = dict_name(&n->model_alias, n->model_alias_of[id]);
	if (!alias.n)
		return matches_name(node, name);
	return (name.n && matches_text(node, name)) || matches_text(node, alias);
}

static bool matches_id(const struct facts *f, const struct node *node, uint32_t id)
{
	const struct names *n = &f->n;
	switch (node->field->id) {
	case F_SOURCE:
		return matches_name(node, dict_name(&n->source, id));
	case F_FORMAT:
		return matches_name(node, dict_name(&n->format, n->source_format[id]));
	case F_RUN:
		return matches_name(node, dict_name(&n->run, id));
	case F_SCOPE:
		return matches_text(node, str_c(n->run_in_scope[id] ? "in" : "out"));
	case F_TASK:
		return matches_name(node, dict_name(&n->task, id));
	case F_KIND:
		return matches_num(node, n->task_kind[id]);
	case F_MODEL:
		return matches_model(n, node, id);
	case F_PROVIDER:
		return matches_name(node, dict_name(&n->provider, n->model_provider[id]));
	case F_EPOCH:
		return matches_name(node, dict_name(&n->epoch, id));
	default:
		return false;
	}
}

static const struct name_column {
	enum field_id field;
	size_t column;     /* offset in struct columns */
	size_t dictionary; /* offset in struct names: how many ids there are */
} name_columns[] = {
	{F_SOURCE, offsetof(struct columns, source), offsetof(struct names, source)},
	{F_FORMAT, offsetof(struct columns, source), offsetof(struct names, source)},
	{F_RUN, offsetof(struct columns, run), offsetof(struct names, run)},
	{F_SCOPE, offsetof(struct columns, run), offsetof(struct names, run)},
	{F_TASK, offsetof(struct columns, task), offsetof(struct names, task)},
	{F_KIND, offsetof(struct columns, task), offsetof(struct names, task)},
	{F_MODEL, offsetof(struct columns, model), offsetof(struct names, model)},
	{F_PROVIDER, offsetof(struct columns, model), offsetof(struct names, model)},
	{F_EPOCH, offsetof(struct columns, epoch), offsetof(struct names, epoch)},
};

static const struct name_column *name_column_of(enum field_id id)
{
	for (size_t i = 0; i < sizeof name_columns / sizeof *name_columns; i++)
		if (name_columns[i].field == id)
			return &name_columns[i];
	return NULL;
}

static enum status select_name(const struct leaf *l, const struct name_column *nc, const struct node *node,
	const struct bitset *within,
	struct bitset *out)
{
	const uint32_t *column = *(uint32_t *const *)(const void *)((const char *)&l->f->c + nc->column);
	const struct dict *d = (const void *)((const char *)&l->f->n + nc->dictionary);
	uint8_t *table = xcalloc(d->n + 1, 1);
	for (uint32_t id = 0; id < d->n; id++)
		table[id] = matches_id(l->f, node, id);
	enum status st = leaf_table_u32(l, column, table, within, out);
	free(table);
	return st;
}

/* ---- categories, decided once for each set ---- */

static bool matches_category(const struct node *node, struct str category, bool *present)
{
	struct str rest = category, taxonomy;
	if (node->field->id == F_CATEGORY) {
		*present = true;
		return matches_text(node, category);
	}
	if (!str_cut(&rest, ':', &taxonomy))
		return false;
	if (node->field->id == F_AXIS) {
		*present = true;
		return matches_text(node, taxonomy);
	}
	if (!str_eq_nocase(taxonomy, node->sub))
		return false;
	*present = true;
	return matches_text(node, rest);
}

static bool matches_catset(const struct names *n, const struct node *node, size_t set)
{
	bool present = false;
	for (const uint32_t *id = n->catset[set]; *id; id++)
		if (matches_category(node, dict_name(&n->category, *id), &present))
			return true;
	return !present && filter_wants_absent(node);
}

static enum status select_category(const struct leaf *l, const struct node *node, const struct bitset *within,
	struct bitset *out)
{
	const struct names *n = &l->f->n;
	uint8_t *table = xcalloc(n->ncatsets + 1, 1);
	for (size_t i = 0; i < n->ncatsets; i++)
		table[i] = matches_catset(n, node, i);
	enum status st = leaf_table_u32(l, l->f->c.catset, table, within, out);
	free(table);
	return st;
}

/* ---- enumerations and flags ---- */

static enum status select_enum(const struct leaf *l, const uint8_t *column, const struct node *node,
	const struct bitset *within, struct bitset *out)
{
	uint8_t table[256] = {0};
	for (unsigned i = 0; i < 16; i++)
		table[i] = matches_num(node, i);
	return leaf_table_u8(l, column, table, within, out);
}

static const struct {
	const char *word;
	uint8_t flag;
} flag_words[] = {
	{"error", COLUMN_ERROR}, {"limit", COLUMN_LIMIT}, {"truncated", COLUMN_TRUNCATED}, {"invisible", COLUMN_INVISIBLE},
		{"repaired", COLUMN_REPAIRED},
};

static enum status select_has(const struct leaf *l, const struct node *node, const struct bitset *within, struct bitset *out)
{
	uint8_t table[256], mask = 0;
	for (size_t i = 0; i < sizeof flag_words / sizeof *flag_words; i++)
		if (matches_text(node, str_c(flag_words[i].word)))
			mask |= flag_words[i].flag;
	for (unsigned i = 0; i < 256; i++)
		table[i] = (i & mask) != 0;
	enum status st = leaf_table_u8(l, l->f->c.flags, table, within, out);
	if (st == OK && matches_text(node, str_c("calls")))
		st = leaf_range_u16(l, l->f->c.tool_calls, 1, UINT16_MAX, within, out);
	if (st == OK)
		leaf_review(l, node, within, out);
	return st;
}

/* ---- */

bool leaf_in_columns(const struct node *node)
{
	switch (node->field->id) {
	case F_ITEM:
	case F_UID:
	case F_TARGET:
	case F_ANSWER:
	case F_ERROR:
	case F_LIMIT:
	case F_SCORE_NAME:
	case F_META:
	case F_SAID:
	case F_SAID_SEVERITY:
	case F_RATER:
	case F_TOOL:
	case F_TOOL_ARG:
	case F_ROLE:
	case F_IN:
		return false;
	case F_HAS:
		return !matches_text(node, str_c("reasoning"));
	default:
		return true;
	}
}

enum status leaf_select(const struct leaf *l, const struct node *node, const struct bitset *within, struct bitset *out)
{
	const struct facts *f = l->f;
	const struct name_column *nc = name_column_of(node->field->id);
	if (nc)
		return select_name(l, nc, node, within, out);
	switch (node->field->id) {
	case F_RESULT:
		select_ids(node, within, out);
		return OK;
	case F_CATEGORY:
	case F_AXIS:
	case F_TAXONOMY:
		return select_category(l, node, within, out);
	case F_ITEM_SEVERITY:
		return select_enum(l, f->c.item_severity, node, within, out);
	case F_SEVERITY:
		return select_enum(l, f->severity, node, within, out);
	case F_OUTCOME:
		return select_enum(l, l->outcome, node, within, out);
	case F_AUTO:
		return select_enum(l, f->c.outcome, node, within, out);
	case F_SCORE:
		return select_score(l, node, within, out);
	case F_TURNS:
		return select_whole(l, &(struct whole_column){.u16 = f->c.turns}, node, within, out);
	case F_CALLS:
		return select_whole(l, &(struct whole_column){.u16 = f->c.tool_calls}, node, within, out);
	case F_TURN:
		return select_whole(l, &(struct whole_column){.u16 = f->fail_turn, .zero_is_absent = true}, node, within, out);
	case F_STEP:
		return select_whole(l, &(struct whole_column){.u16 = f->fail_step, .zero_is_absent = true}, node, within, out);
	case F_STARTED:
		return select_whole(l, &(struct whole_column){.u32 = f->c.started, .zero_is_absent = true, .seconds = true}, node,
			within, out);
	case F_HAS:
		return select_has(l, node, within, out);
	case F_METRIC: /* of published values; no result has one */
		if (filter_wants_absent(node))
			bitset_or(out, within);
		return OK;
	default:
		leaf_review(l, node, within, out);
		return OK;
	}
}
