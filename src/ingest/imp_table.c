/* SPDX-License-Identifier: MIT
 *
 * Tables of any shape: CSV, TSV, JSON Lines, JSON arrays, through a field map
 * or, without one, through usual column names.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/csvread.h"
#include "ingest/map.h"
#include "ingest/shape.h"
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

static enum status read(struct import *im, struct err *err)
{
	return table_read(im, im->map, err);
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
