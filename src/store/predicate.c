/* SPDX-License-Identifier: MIT
 *
 * Predicates that columns can not answer, as sets of results. Each is one
 * fragment of ours with bound values; nothing is pasted.
 */
#include "store/block.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/compare.h"

/* -1, 0, 1; text ignores ASCII case, as globs and names do. */
static int text_order(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)a.p[i], y = (unsigned char)b.p[i];
		x = x >= 'A' && x <= 'Z' ? (unsigned char)(x + 32) : x;
		y = y >= 'A' && y <= 'Z' ? (unsigned char)(y + 32) : y;
		if (x != y)
			return x < y ? -1 : 1;
	}
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

static bool holds(enum compare op, int order)
{
	switch (op) {
	case COMPARE_EQ:
		return order == 0;
	case COMPARE_NE:
		return order != 0;
	case COMPARE_LT:
		return order < 0;
	case COMPARE_LE:
		return order <= 0;
	case COMPARE_GT:
		return order > 0;
	case COMPARE_GE:
		return order >= 0;
	case COMPARE_GLOB:
	case COMPARE_EXISTS:
		break;
	}
	return false;
}

bool value_compare(enum compare op, struct str stored, bool has_num, double num, struct str value)
{
	double wanted;
	if (!stored.p && !has_num)
		return false;
	if (op == COMPARE_EXISTS)
		return true;
	if (op == COMPARE_GLOB)
		return stored.p && str_glob(value, stored);
	bool number = str_to_double(value, &wanted);
	if (number && (has_num || str_to_double(stored, &num)))
		return holds(op, num < wanted ? -1 : num > wanted);
	/* "C" is not above 0.7, nor below it. */
	if (number && op != COMPARE_EQ && op != COMPARE_NE)
		return false;
	return stored.p && holds(op, text_order(stored, value));
}

static const struct {
	const char *sql; /* gives result ids */
	bool sub;        /* has a name: score.NAME, meta.KEY */
} predicates[] = {
	[PREDICATE_ITEM] = {"SELECT item_id FROM item WHERE compare_value(:op, :value, key, NULL)", false},
	[PREDICATE_SCORE] = {"SELECT score_id >> 16 FROM score WHERE name = :sub COLLATE NOCASE AND compare_value(:op, :value, "
			     "value_text, value_num)",
		true},
	[PREDICATE_SCORE_TEXT] = {"SELECT score_id >> 16 FROM score WHERE name = :sub COLLATE NOCASE AND compare_value(:op, "
				  ":value, value_text, NULL)",
		true},
	[PREDICATE_META] = {"SELECT result_id FROM result WHERE meta IS NOT NULL AND compare_value(:op, :value, "
			    "json_extract(meta, :sub), NULL)",
		true},
	[PREDICATE_TARGET] = {"SELECT result_id FROM result WHERE compare_value(:op, :value, target, NULL)", false},
	[PREDICATE_ANSWER] = {"SELECT result_id FROM result WHERE compare_value(:op, :value, answer, NULL)", false},
	[PREDICATE_ERROR] = {"SELECT result_id FROM result WHERE compare_value(:op, :value, error, NULL)", false},
	[PREDICATE_LIMIT] = {"SELECT result_id FROM result WHERE compare_value(:op, :value, limited, NULL)", false},
	[PREDICATE_RAW_OUTCOME] =
		{"SELECT result_id FROM result WHERE compare_value(:op, :value, coalesce(late_outcome, raw_outcome), NULL)",
			false},
	[PREDICATE_RAW_SEVERITY] = {"SELECT result_id FROM result WHERE compare_value(:op, :value, raw_severity, NULL)", false},
	[PREDICATE_UID] = {"SELECT result_id FROM result WHERE compare_value(:op, :value, lower(hex(uid)), NULL)", false},
	[PREDICATE_RATER] = {"SELECT score_id >> 16 FROM score WHERE compare_value(:op, :value, rater, NULL)", false},
	[PREDICATE_METRIC] = {"SELECT 0 WHERE compare_value(:op, :value, NULL, NULL)", false},
};

/* '$."key"'; keys are lower-case letters, digits, dot, dash and underscore, so a quote means that there is none. */
static bool meta_path(struct buf *out, struct str key)
{
	buf_add_c(out, "$.\"");
	for (size_t i = 0; i < key.n; i++) {
		char c = key.p[i];
		if (c == '"' || c == '\\')
			return false;
		buf_add_ch(out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
	}
	buf_add_ch(out, '"');
	return true;
}

static void set_bit(struct bitset *set, int64_t id)
{
	if (id > 0 && (uint64_t)id < set->nbits)
		bitset_set(set, (size_t)id);
}

/* Runs the fragment; the ids it gives are those of `what`. */
static enum status run(struct store *s, enum store_predicate what, struct str sub, enum compare op, struct str value,
	struct bitset *ids, struct err *err)
{
	sqlite3_stmt *st;
	struct buf path = {0}, pattern = {0};
	if (what == PREDICATE_META && !meta_path(&path, sub)) {
		buf_fini(&path);
		return OK;
	}
	if (what == PREDICATE_UID && op == COMPARE_EQ) {
		op = COMPARE_GLOB;
		buf_add_str(&pattern, value);
		buf_add_ch(&pattern, '*');
		value = buf_str(&pattern);
	}
	enum status status = db_prepare(s, predicates[what].sql, &st, err);
	if (!status) {
		db_bind_int(st, ":op", op);
		db_bind_str(st, ":value", value);
		if (predicates[what].sub)
			db_bind_str(st, ":sub", what == PREDICATE_META ? buf_str(&path) : sub);
		while ((status = db_step(s, st, err)) == OK)
			set_bit(ids, sqlite3_column_int64(st, 0));
	}
	sqlite3_finalize(st);
	buf_fini(&path);
	buf_fini(&pattern);
	return status == END ? OK : status;
}

/* Items to results, through the column of items: no join over all rows. */
static enum status results_of_items(struct store *s, const struct bitset *items, struct bitset *set, struct err *err)
{
	sqlite3_stmt *st;
	uint32_t *column = xcalloc(BLOCK_SIZE, sizeof *column);
	uint8_t *flags = xcalloc(BLOCK_SIZE, 1);
	enum status status = db_prepare(s, "SELECT block, n FROM colblk ORDER BY block", &st, err);
	while (!status && (status = db_step(s, st, err)) == OK) {
		int64_t block = sqlite3_column_int64(st, 0);
		size_t n = (size_t)sqlite3_column_int64(st, 1);
		if (n > BLOCK_SIZE)
			status = err_fail(err, "%s: column block %lld is damaged", s->path, (long long)block);
		if (!status)
			status = block_read_column(s, block, offsetof(struct columns, item), column, n, err);
		if (!status)
			status = block_read_column(s, block, offsetof(struct columns, flags), flags, n, err);
		for (size_t i = 0; !status && i < n; i++)
			if (!(flags[i] & COLUMN_GONE) && bitset_test(items, column[i]))
				set_bit(set, block << BLOCK_BITS | (int64_t)i);
	}
	sqlite3_finalize(st);
	free(column);
	free(flags);
	return status == END ? OK : status;
}

static enum status item_predicate(struct store *s, enum compare op, struct str value, struct bitset *set, struct err *err)
{
	int64_t last;
	struct bitset items;
	enum status status = db_int(s, "SELECT max(item_id) FROM item", 0, &last, err);
	if (status)
		return status;
	bitset_init(&items, (size_t)last + 1);
	status = run(s, PREDICATE_ITEM, str_n("", 0), op, value, &items, err);
	if (!status)
		status = results_of_items(s, &items, set, err);
	bitset_fini(&items);
	return status;
}

enum status store_predicate(struct store *s, enum store_predicate what, struct str sub, enum compare op, struct str value,
	struct bitset *set, struct err *err)
{
	if (!value.p)
		value = str_n("", 0);
	bool own = sqlite3_get_autocommit(s->db) != 0;
	enum status status = own ? db_begin(s, false, err) : OK;
	if (!status)
		status = what == PREDICATE_ITEM ? item_predicate(s, op, value, set, err) : run(s, what, sub, op, value, set, err);
	if (own)
		db_rollback(s);
	return status;
}

enum status store_score_numbers(struct store *s, struct str name, double *out, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (double)NAN;
	sqlite3_stmt *st;
	enum status status = db_prepare(s,
		"SELECT score_id >> 16, avg(value_num) FROM score WHERE name = :name COLLATE NOCASE AND turn = 0 "
		"AND value_num IS NOT NULL GROUP BY 1",
		&st, err);
	if (status)
		return status;
	db_bind_str(st, ":name", name);
	while ((status = db_step(s, st, err)) == OK) {
		int64_t id = sqlite3_column_int64(st, 0);
		if (id > 0 && (uint64_t)id < n)
			out[id] = sqlite3_column_double(st, 1);
	}
	sqlite3_finalize(st);
	return status == END ? OK : status;
}
