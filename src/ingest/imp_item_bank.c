/* SPDX-License-Identifier: MIT
 *
 * Item banks that are CSV tables: AILuminate prompt sets, HarmBench behaviors, XSTest prompts, and the annotations of
 * SWE-bench items that METR uses. They hold no results; what they say of an item is joined onto its results whenever those
 * come.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/csvread.h"
#include "ingest/walk.h"

/* What a column says of the item. */
struct bank_label {
	const char *column, *field;
	const char *taxonomy; /* of a category; NULL: the cell as it is */
	bool list;            /* several, by commas */
};

static const struct bank {
	const char *why;
	const char *columns[4]; /* that tell it from other tables */
	const char *key;
	const char *kind; /* of all its items, or NULL */
	const char *prefix; /* of the ids in results, where the bank leaves it out; or NULL */
	struct bank_label labels[6];
} banks[] = {
	{"AILuminate prompts: release_prompt_id, hazard, persona", {"release_prompt_id", "hazard", NULL},
		"release_prompt_id", "safety", NULL,
		{{"hazard", "category", "ailuminate-1", false}, {"persona", "category", "ailuminate-persona", false},
			{"locale", "category", "locale", false}}},
	{"annotations of SWE-bench items: instance_id, difficulty, filter_out", {"instance_id", "difficulty", "filter_out", NULL},
		"instance_id", NULL, NULL,
		{{"difficulty", "category", "swe-bench-difficulty", false}, {"underspecified", "category", "swe-bench-underspecified", false},
			{"false_negative", "category", "swe-bench-false-negative", false},
			{"filter_out", "category", "swe-bench-filter-out", false}}},
	{"HarmBench behaviors: BehaviorID, SemanticCategory", {"Behavior", "SemanticCategory", "BehaviorID", NULL},
		"BehaviorID", NULL, NULL,
		{{"SemanticCategory", "category", "harmbench-semantic", false},
			{"FunctionalCategory", "category", "harmbench-functional", false}, {"Tags", "category", "harmbench-tag", true}}},
	{"XSTest prompts: id, label, focus", {"id", "label", "focus", NULL}, "id", NULL, "v2-",
		{{"type", "category", "xstest-type", false}, {"focus", "category", "xstest-focus", false},
			{"note", "category", "xstest-note", false}, {"label", "category", "xstest-label", false}}},
};

enum { MAX_COLUMNS = 256 };

struct bank_read {
	struct import *im;
	const struct bank *bank;
	struct arena arena; /* of the header */
	struct str header[MAX_COLUMNS];
	size_t n;
	uint64_t items;
};

static size_t column_of(const struct str *header, size_t n, const char *name)
{
	size_t i = 0;
	while (i < n && !str_eq_nocase(str_trim(header[i]), str_c(name)))
		i++;
	return i;
}

static const struct bank *bank_of(const struct str *header, size_t n)
{
	for (size_t i = 0; i < sizeof banks / sizeof *banks; i++) {
		const char *const *c = banks[i].columns;
		while (*c && column_of(header, n, *c) < n)
			c++;
		if (!*c)
			return &banks[i];
	}
	return NULL;
}

/* ---- reading ---- */

static void take_header(struct bank_read *b, const struct str *cells, size_t n)
{
	b->n = n < MAX_COLUMNS ? n : MAX_COLUMNS;
	for (size_t i = 0; i < b->n; i++)
		b->header[i] = arena_str(&b->arena, cells[i]);
	b->bank = bank_of(b->header, b->n);
}

static const struct bank_label *label_of(const struct bank *bank, struct str column)
{
	for (const struct bank_label *l = bank->labels; l->column; l++)
		if (str_eq_nocase(str_trim(column), str_c(l->column)))
			return l;
	return NULL;
}

static void put_label(struct sink *s, struct arena *a, const struct bank_label *l, struct str item, struct str value)
{
	value = str_trim(value);
	if (value.n && value.n <= 200)
		sink_label(s, (struct str){0}, item, l->field, arena_printf(a, "%s%s%.*s", l->taxonomy ? l->taxonomy : "",
			l->taxonomy ? ":" : "", (int)value.n, value.p));
}

static void put_row(struct bank_read *b, const struct str *cells, struct str item)
{
	struct sink *s = b->im->sink;
	const char *prefix = b->bank->prefix;
	struct arena a = {0};
	if (prefix && !str_starts(item, prefix))
		item = arena_printf(&a, "%s%.*s", prefix, (int)item.n, item.p);
	if (b->bank->kind)
		sink_label(s, (struct str){0}, item, "kind", str_c(b->bank->kind));
	for (size_t i = 0; i < b->n; i++) {
		const struct bank_label *l = label_of(b->bank, b->header[i]);
		struct str rest = cells[i], one;
		while (l && l->list && str_cut(&rest, ',', &one))
			put_label(s, &a, l, item, one);
		if (l && !l->list)
			put_label(s, &a, l, item, cells[i]);
	}
	b->items++;
	arena_fini(&a);
}

static enum status on_row(void *ctx, const struct str *cells, size_t n, const struct record *place, struct err *err)
{
	struct bank_read *b = ctx;
	if (!b->n) {
		take_header(b, cells, n);
		return b->bank ? OK : err_fail(err, "%s: the columns are not those of an item bank", b->im->claim->main->path);
	}
	if (n == 1 && cells[0].n == 0)
		return OK;
	size_t key = column_of(b->header, b->n, b->bank->key);
	if (n != b->n)
		sink_skip(b->im->sink, place->line, "%zu fields where the header has %zu", n, b->n);
	else if (!str_trim(cells[key]).n)
		sink_skip(b->im->sink, place->line, "no id under %s", b->bank->key);
	else
		put_row(b, cells, str_trim(cells[key]));
	return OK;
}

static void on_skip(void *ctx, uint64_t line, const char *why)
{
	struct bank_read *b = ctx;
	sink_skip(b->im->sink, line, "%s", why);
}

static void on_unended(void *ctx)
{
	struct bank_read *b = ctx;
	sink_warn(b->im->sink, CSV_UNENDED);
}

static bool is_stopped(void *ctx)
{
	struct bank_read *b = ctx;
	return sink_stopped(b->im->sink);
}

static enum status bank_read(struct import *im, struct err *err)
{
	struct bank_read *b = xcalloc(1, sizeof *b);
	const struct member *m = im->claim->main;
	const struct csvread_ops ops = {.row = on_row, .skip = on_skip, .unended = on_unended, .stopped = is_stopped, .ctx = b};
	b->im = im;
	enum status st = csvread_member(im->reader, m, csvread_delimiter(m->head), &ops, err);
	for (size_t i = 0; b->bank && i < b->n; i++)
		if (!label_of(b->bank, b->header[i]) && !str_eq_nocase(str_trim(b->header[i]), str_c(b->bank->key)))
			sink_ignore(im->sink, b->header[i], b->items);
	arena_fini(&b->arena);
	free(b);
	return st;
}

static int bank_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	struct arena a = {0};
	struct str *header;
	size_t n;
	const struct bank *bank = NULL;
	if (!inside && m->container != CONTAINER_ZIP && m->container != CONTAINER_TAR && records_sniff(m->head) == RECORDS_NONE &&
		csvread_header(&a, m->head, csvread_delimiter(m->head), &header, &n))
		bank = bank_of(header, n);
	snprintf(why, 160, "%s", bank ? bank->why : "");
	arena_fini(&a);
	return bank ? 90 : 0;
}

const struct importer imp_item_bank = {
	.name = "item-bank",
	.title = "AILuminate prompt sets, HarmBench behaviors, XSTest prompts, SWE-bench annotations (.csv)",
	.version = 1,
	.maps = "No results: what a row says of an item is joined onto that item's results, whenever they come. AILuminate: hazard is a "
		"category in ailuminate-1, persona in ailuminate-persona, locale in locale; kind safety. SWE-bench annotations: difficulty, "
		"underspecified, false_negative and filter_out are categories of their own. HarmBench: BehaviorID the item; "
		"harmbench-semantic, harmbench-functional, harmbench-tag. XSTest: v2-ID the item; xstest-type, xstest-focus, "
		"xstest-note, xstest-label.",
	.polarity = "None: there is nothing to judge.",
	.rules = "",
	.probe = bank_probe,
	.read = bank_read,
};
