/* SPDX-License-Identifier: MIT
 *
 * Tables of any shape: CSV, TSV, JSON Lines, JSON arrays, through a field map
 * or, without one, through usual column names.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/csvread.h"
#include "ingest/rows.h"
#include "ingest/sniff.h"

extern const struct importer imp_table;

/* ---- recognising ---- */

enum { MAX_NAMES = 256 };

struct names {
	struct str list[MAX_NAMES];
	size_t n;
};

static bool take_name(void *ctx, struct str key, struct str value)
{
	struct names *names = ctx;
	(void)value;
	names->list[names->n++] = key;
	return names->n == MAX_NAMES;
}

static bool is_text(struct str head)
{
	return head.n && !memchr(head.p, '\0', head.n);
}

static bool ends_map(const struct member *m)
{
	return str_ends(str_c(m->name), ".map.json");
}

/* NAME.map.json belongs to the table NAME beside it. */
static void claim_mapped(const struct bundle *b, void (*add)(void *ctx, const struct claim *c), void *ctx)
{
	static const char *const kinds[] = {
	        ".csv", ".tsv", ".jsonl", ".json", ".csv.gz", ".tsv.gz", ".jsonl.gz", ".csv.zst", ".tsv.zst", ".jsonl.zst"};
	for (size_t i = 0; i < b->n; i++) {
		const struct member *map = &b->members[i], *table = NULL;
		int stem = (int)(strlen(map->name) - strlen(".map.json"));
		if (!ends_map(map))
			continue;
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds && !table; k++) {
			char *name = xasprintf("%.*s%s", stem, map->name, kinds[k]);
			table = bundle_find(b, name);
			free(name);
		}
		const char *slash = strrchr(map->name, '/');
		const struct member *both[] = {table, map};
		struct claim c = {.main = table, .members = both, .n = 2, .map = map, .confidence = 100};
		snprintf(c.why, sizeof c.why, "field map beside it: %.130s", slash ? slash + 1 : map->name);
		if (table)
			add(ctx, &c);
	}
}

static int probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	(void)inside;
	struct arena a = {0};
	struct names names = {0};
	struct str *cells = names.list;
	bool json = records_sniff(m->head) != RECORDS_NONE, table = false;
	if (ends_map(m) || (json && fieldmap_is(m->head)))
		return 0;
	if (json) {
		sniff_members(m->head, take_name, &names);
		table = names.n >= 2;
	} else if (is_text(m->head) && m->container != CONTAINER_ZIP && m->container != CONTAINER_TAR) {
		table = csvread_header(&a, m->head, csvread_delimiter(m->head), &cells, &names.n);
	}
	struct fieldmap *map = table ? fieldmap_guess(cells, names.n) : NULL;
	bool model = map && map->variants[0].fields[MAP_MODEL];
	/* One document is hardly a table; without a model it is not one. */
	if (map && !model && records_sniff(m->head) == RECORDS_DOCUMENT) {
		fieldmap_free(map);
		map = NULL;
	}
	if (map)
		snprintf(why, 160, "usual names in the %s%s", json ? "records" : "header",
		        model ? "" : "; the model is not among them");
	fieldmap_free(map);
	arena_fini(&a);
	return map ? (model ? 20 : WITHOUT_MODEL) : 0;
}

/* ---- tables with a header ---- */

struct table_read {
	struct import *im;
	struct bound_map bound;
	struct fieldmap *guess;
	struct arena arena; /* of the header */
	size_t ncolumns;
	bool open;
};

static enum status start_table(struct table_read *t, const struct str *header, size_t n, struct err *err)
{
	const struct fieldmap *map = t->im->map;
	if (!map)
		map = t->guess = fieldmap_guess(header, n);
	if (!map)
		return err_fail(err, "%s: the columns do not have usual names; say with --map FILE what they are",
		        t->im->claim->main->path);
	t->ncolumns = n;
	t->open = true;
	return rows_bind(&t->bound, t->im, map, header, n, err);
}

static enum status on_row(void *ctx, const struct str *cells, size_t n, const struct record *place, struct err *err)
{
	struct table_read *t = ctx;
	if (!t->open) {
		struct str *header = arena_alloc(&t->arena, n * sizeof *header);
		for (size_t i = 0; i < n; i++)
			header[i] = arena_str(&t->arena, cells[i]);
		return start_table(t, header, n, err);
	}
	if (n == 1 && cells[0].n == 0)
		return OK; /* an empty line */
	if (n != t->ncolumns) {
		sink_skip(t->im->sink, place->line, "%zu fields where the header has %zu", n, t->ncolumns);
		return OK;
	}
	return rows_put(&t->bound, &(struct row){.cells = cells, .n = n}, place, 0, err);
}

static void on_csv_skip(void *ctx, uint64_t line, const char *why)
{
	struct table_read *t = ctx;
	sink_skip(t->im->sink, line, "%s", why);
}

static bool csv_stopped(void *ctx)
{
	struct table_read *t = ctx;
	return sink_stopped(t->im->sink);
}

static enum status read_csv(struct table_read *t, struct err *err)
{
	const struct member *m = t->im->claim->main;
	char delimiter = t->im->map && t->im->map->delimiter ? t->im->map->delimiter : csvread_delimiter(m->head);
	const struct csvread_ops ops = {.row = on_row, .skip = on_csv_skip, .stopped = csv_stopped, .ctx = t};
	return csvread_member(t->im->reader, m, delimiter, &ops, err);
}

/* ---- JSON records ---- */

static void on_json_skip(void *ctx, uint64_t line, uint64_t offset, const char *why)
{
	struct table_read *t = ctx;
	(void)offset;
	sink_skip(t->im->sink, line, "%s", why);
}

/* The names of the first record stand for all when they are guessed: but values are looked up by name, not by place. */
static enum status start_records(struct table_read *t, const struct json *first, struct err *err)
{
	const struct fieldmap *map = t->im->map;
	struct str names[MAX_NAMES];
	size_t n = 0;
	JSON_EACH(it, first)
	if (n < MAX_NAMES)
		names[n++] = it->key;
	if (!map)
		map = t->guess = fieldmap_guess(names, n);
	if (!map)
		return err_fail(err, "%s: the records do not have usual members; say with --map FILE what they are",
		        t->im->claim->main->path);
	t->open = true;
	return rows_bind(&t->bound, t->im, map, NULL, 0, err);
}

static enum status put_record(struct table_read *t, struct arena *a, const struct record *rec, struct err *err)
{
	struct json_repairs repairs = {0};
	struct err bad = {0};
	const struct json *node;
	enum status st = OK;
	if (json_read(a, rec->text, &repairs, &node, &bad) != OK)
		sink_skip(t->im->sink, rec->line, "%s", err_text(&bad));
	else if (node->type != JSON_OBJECT)
		sink_skip(t->im->sink, rec->line, "not an object");
	else if (t->open || (st = start_records(t, node, err)) == OK)
		st = rows_put(&t->bound, &(struct row){.object = node}, rec,
		        repairs.nul + repairs.surrogates + repairs.invalid_utf8, err);
	err_fini(&bad);
	return st;
}

static enum status read_json(struct table_read *t, struct err *err)
{
	struct arena a = {0};
	struct records *rs;
	struct record rec;
	char pointer[256];
	const char *arrays[] = {pointer, NULL};
	bool named = t->im->map && t->im->map->records.n && t->im->map->records.n < sizeof pointer;
	if (named)
		snprintf(pointer, sizeof pointer, "%.*s", (int)t->im->map->records.n, t->im->map->records.p);
	enum status st = records_open(t->im->reader, t->im->claim->main, named ? arrays : NULL, &rs, err);
	if (st)
		return st;
	records_on_skip(rs, on_json_skip, t);
	while (!st && !sink_stopped(t->im->sink) && (st = records_next(rs, &rec, err)) == OK) {
		arena_reset(&a);
		st = put_record(t, &a, &rec, err);
	}
	records_close(rs);
	arena_fini(&a);
	return st == END ? OK : st;
}

static enum status read(struct import *im, struct err *err)
{
	struct table_read t = {.im = im};
	bool json = records_sniff(im->claim->main->head) != RECORDS_NONE;
	enum status st = json ? read_json(&t, err) : read_csv(&t, err);
	if (t.open)
		rows_end(&t.bound);
	fieldmap_free(t.guess);
	arena_fini(&t.arena);
	return st;
}

const struct importer imp_table = {
        .name = "table",
        .title = "tables (.csv, .tsv, .jsonl, .json) with a field map",
        .version = 1,
        .maps = "--map FILE says which column is what (schemas/map.schema.json), and so does NAME.map.json beside NAME.csv. "
                "Without a map, usual names are taken, if the model is among them: prompt, "
                "response, model, "
                "item or id, category, severity, outcome, score, success, label, judge, reason, task, run, epoch; other columns "
                "become facts, meta.NAME. "
                "The model is not in many tables: --set model=NAME, or {\"file_name\": \"results_{}.csv\"} in the map.",
        .polarity = "A map's `words` say which words of the outcome column fail; without them only our own words count (pass, "
                    "fail, unsure, missing). "
                    "Columns such as score, success or label are scores without a direction: the outcome stays missing until a "
                    "rule says more.",
        .rules = "said:pass => set outcome=pass\n"
                 "said:fail => set outcome=fail\n"
                 "said:unsure => set outcome=unsure\n"
                 "said:missing => set outcome=missing\n"
                 "said:invalid => set outcome=invalid\n"
                 "error:* => set outcome=missing\n",
        .probe = probe,
        .claim = claim_mapped,
        .read = read,
};
