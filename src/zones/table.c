/* SPDX-License-Identifier: MIT
 *
 * The board as a table, for every output format and for the record.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "zones/internal.h"

enum zone_column {
	COL_POLICY,
	COL_SHA,
	COL_AREA,
	COL_LINE,
	COL_MODEL,
	COL_METRIC,
	COL_K,
	COL_N,
	COL_MISSING,
	COL_UNSURE,
	COL_INVALID,
	COL_EXPECTED,
	COL_UNITS,
	COL_ITEMS,
	COL_NEFF,
	COL_VALUE,
	COL_LOW,
	COL_HIGH,
	COL_YELLOW,
	COL_RED,
	COL_ZONE,
	COL_VERDICT,
	COL_CONFIRMED,
	COL_TAGS,
	COL_NEEDS,
	COL_RAW,
	COL_OVERRIDE,
	COL_FILTER,
	COL_COUNT
};

static const struct column columns[COL_COUNT] = {
	[COL_POLICY] = {"policy", "policy", CELL_TEXT, 12, 1, "id of the policy"},
	[COL_SHA] = {"policy_sha256", "policy sha256", CELL_TEXT, 8, 1, "hash of its file"},
	[COL_AREA] = {"area", "area", CELL_TEXT, 24, 9, "row of the board"},
	[COL_LINE] = {"line", "line", CELL_TEXT, 16, 5, "id of the line; empty for roll-ups"},
	[COL_MODEL] = {"model", "model", CELL_TEXT, 20, 9, "column of the board"},
	[COL_METRIC] = {"metric", "metric", CELL_TEXT, 10, 3, "what is measured; worst for roll-ups"},
	[COL_K] = {"k", "k", CELL_INT, 6, 7, "events"},
	[COL_N] = {"n", "n", CELL_INT, 6, 7, "decided units"},
	[COL_MISSING] = {"missing", "missing", CELL_INT, 7, 6, "units expected, without a usable outcome"},
	[COL_UNSURE] = {"unsure", "unsure", CELL_INT, 6, 4, "units nobody could decide"},
	[COL_INVALID] = {"invalid", "invalid", CELL_INT, 7, 2, "broken items, not counted"},
	[COL_EXPECTED] = {"expected", "expected", CELL_INT, 8, 4, "decided, unsure and missing units"},
	[COL_UNITS] = {"units", "units", CELL_INT, 6, 2, "results selected"},
	[COL_ITEMS] = {"items", "items", CELL_INT, 6, 4, "clusters"},
	[COL_NEFF] = {"n_eff", "n eff", CELL_REAL, 7, 3, "effective size"},
	[COL_VALUE] = {"value", "value", CELL_REAL, 7, 8, "of the metric"},
	[COL_LOW] = {"low", "low", CELL_REAL, 7, 7, "lower end of its interval"},
	[COL_HIGH] = {"high", "high", CELL_REAL, 7, 7, "upper end"},
	[COL_YELLOW] = {"yellow", "yellow", CELL_REAL, 6, 5, "yellow line"},
	[COL_RED] = {"red", "red", CELL_TEXT, 6, 5, "red line: a number, review or none"},
	[COL_ZONE] = {"zone", "zone", CELL_ZONE, 10, 8, "the verdict alone"},
	[COL_VERDICT] = {"verdict", "verdict", CELL_TEXT, 30, 9, "the verdict in words"},
	[COL_CONFIRMED] = {"confirmed", "confirmed", CELL_BOOL, 5, 3, "the whole interval lies in the zone"},
	[COL_TAGS] = {"tags", "tags", CELL_TEXT, 16, 5, "what must be said beside it"},
	[COL_NEEDS] = {"needs_n", "needs n", CELL_INT, 7, 4, "further clean units that make it green; 0 is green, or never"},
	[COL_RAW] = {"raw", "raw", CELL_REAL, 7, 2, "by automatic outcomes only"},
	[COL_OVERRIDE] = {"override", "override", CELL_REAL, 7, 2, "with human review"},
	[COL_FILTER] = {"concerning", "concerning", CELL_TEXT, 0, 1, "filter that lists the units to look at"},
};

static struct cell copied(struct table *t, struct buf *b)
{
	struct cell c = cell_text(t, buf_str(b));
	buf_clear(b);
	return c;
}

static void put_names(struct table *t, struct cell *row, const struct board *b, const struct zone_cell *c)
{
	row[COL_POLICY] = cell_text(t, str_c(b->policy ? b->policy->id : NULL));
	row[COL_SHA] = cell_text(t, str_c(b->policy ? b->policy->sha256 : NULL));
	row[COL_AREA] = cell_text(t, str_c(c->area < b->nareas ? b->areas[c->area].name : "(all)"));
	row[COL_LINE] = cell_text(t, str_c(c->line >= 0 ? b->policy->lines[c->line].id : NULL));
	row[COL_MODEL] = cell_text(t, str_c(b->models[c->model]));
	row[COL_METRIC] = cell_text(t, str_c(row_metric(b, c)));
}

static void put_numbers(struct cell *row, const struct zone_cell *c)
{
	row[COL_K] = cell_int((int64_t)c->k);
	row[COL_N] = cell_int((int64_t)c->n);
	row[COL_MISSING] = cell_int((int64_t)c->missing);
	row[COL_UNSURE] = cell_int((int64_t)c->unsure);
	row[COL_INVALID] = cell_int((int64_t)c->invalid);
	row[COL_EXPECTED] = cell_int((int64_t)c->expected);
	row[COL_UNITS] = cell_int((int64_t)c->units);
	row[COL_ITEMS] = cell_int((int64_t)c->items);
	row[COL_NEFF] = cell_real(c->n ? c->n_eff : (double)NAN);
	row[COL_VALUE] = cell_real(c->value);
	row[COL_LOW] = cell_real(c->low);
	row[COL_HIGH] = cell_real(c->high);
	row[COL_NEEDS] = cell_int((int64_t)c->needs_n);
	row[COL_RAW] = cell_real(c->raw);
	row[COL_OVERRIDE] = cell_real(c->override);
}

static void put_red(struct table *t, struct cell *cell, const struct zone_area *a, struct buf *text)
{
	if (a->red_kind == RED_NUMBER && !isnan(a->red))
		buf_printf(text, "%.12g", a->red);
	else
		buf_add_c(text, a->red_kind == RED_REVIEW ? "review" : "none");
	*cell = copied(t, text);
}

static void put_cell(struct table *t, const struct board *b, const struct zone_cell *c)
{
	struct buf text = {0};
	struct cell *row = table_add_row(t);
	put_names(t, row, b, c);
	put_numbers(row, c);
	if (c->line >= 0) {
		row[COL_YELLOW] = cell_real(b->areas[c->area].yellow);
		put_red(t, &row[COL_RED], &b->areas[c->area], &text);
	}
	row[COL_ZONE] = (struct cell){.kind = CELL_ZONE, .integer = (int64_t)c->verdict};
	zone_words(&text, c);
	row[COL_VERDICT] = copied(t, &text);
	row[COL_CONFIRMED] = (struct cell){.kind = CELL_BOOL, .integer = c->confirmed && c->line >= 0};
	zone_tags(&text, c);
	row[COL_TAGS] = copied(t, &text);
	zone_filter(&text, b, c, true);
	row[COL_FILTER] = copied(t, &text);
	buf_fini(&text);
}

void zone_table(struct table *out, const struct board *b)
{
	table_init(out, columns, COL_COUNT);
	for (size_t i = 0; i < b->nareas * b->nmodels; i++)
		put_cell(out, b, &b->cells[i]);
	for (size_t m = 0; m < b->nmodels && b->policy; m++)
		put_cell(out, b, &b->rollups[m]);
}

static struct zone_row record_row(const struct board *b, const struct zone_cell *c, struct arena *a)
{
	struct buf words = {0};
	zone_words(&words, c);
	struct zone_row row = {.policy = str_c(b->policy ? b->policy->id : ""),
		.policy_sha256 = str_c(b->policy ? b->policy->sha256 : ""),
		.area = str_c(c->area < b->nareas ? b->areas[c->area].name : "(all)"),
		.model = str_c(b->models[c->model]),
		.metric = str_c(row_metric(b, c)),
		.k = c->k,
		.n = c->n,
		.missing = c->missing,
		.unsure = c->unsure,
		.value = c->value,
		.low = c->low,
		.high = c->high,
		.verdict = arena_str(a, buf_str(&words)),
		.confirmed = c->confirmed};
	buf_fini(&words);
	return row;
}

enum status zone_record(struct store *s, const struct board *b, struct err *err)
{
	struct arena a = {0};
	size_t cells = b->nareas * b->nmodels, n = cells + (b->policy ? b->nmodels : 0);
	struct zone_row *rows = xcalloc(n ? n : 1, sizeof *rows);
	for (size_t i = 0; i < n; i++)
		rows[i] = record_row(b, i < cells ? &b->cells[i] : &b->rollups[i - cells], &a);
	enum status st = store_zones_record(s, str_c(b->policy ? b->policy->id : ""), rows, n, err);
	arena_fini(&a);
	free(rows);
	return st;
}
