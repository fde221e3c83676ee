/* SPDX-License-Identifier: MIT
 *
 * ForesightSafety-Bench: item sets, CSV and JSON Lines of several shapes, with goals, categories and prompts of attacks.
 * They hold no results; categories and targets join those of the same items. Its tables of attack success rates are
 * read by imp_published.c.
 */
#include <stdio.h>

#include "ingest/csvtable.h"
#include "ingest/head.h"
#include "ingest/walk.h"

extern const struct importer imp_foresight;

/* What is an axis, under whatever name the sets have it. */
static const char *const axes[][2] = {{"Category", "foresight-category"}, {"Subcategory", "foresight-subcategory"},
	{"Source", "foresight-source"}, {"Behavior", "foresight-behavior"}, {"subject", "foresight-subject"},
	{"Sub-subject", "foresight-sub-subject"}, {"Type", "foresight-type"}, {"level", "foresight-level"},
	{"vector", "foresight-vector"}, {"risk_domain", "foresight-risk-domain"}, {"risk_subdomain", "foresight-risk-subdomain"},
	{"FunctionalCategory", "harmbench-functional"}, {"SemanticCategory", "harmbench-semantic"}, {NULL, NULL}};
static const char *const ids[] = {"Index", "idx", "id", "uid", "BehaviorID", "Goal", NULL};

static const char *taxonomy_of(struct str name)
{
	for (size_t i = 0; axes[i][0]; i++)
		if (str_eq_nocase(str_trim(name), str_c(axes[i][0])))
			return axes[i][1];
	return NULL;
}

struct foresight {
	struct import *im;
	struct arena keep, row;
	struct str task;
	size_t id;
	uint64_t items;
};

static void add_axis(struct foresight *f, struct str item, struct str name, struct str value)
{
	const char *taxonomy = taxonomy_of(name);
	value = str_trim(value);
	if (taxonomy && value.n)
		sink_label(f->im->sink, f->task, item, "category",
			arena_printf(&f->row, "%s:%.*s", taxonomy, (int)value.n, value.p));
}

/* ---- CSV ---- */

static enum status csv_header(void *ctx, const struct csvtable *t, struct err *err)
{
	struct foresight *f = ctx;
	f->id = csvtable_any(t, ids);
	return f->id == NO_COLUMN ? err_fail(err, "%s: no column says which item it is", f->im->claim->main->path) : OK;
}

static enum status csv_row(
	void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place, struct err *err)
{
	struct foresight *f = ctx;
	struct str item = str_trim(cells[f->id]);
	(void)err;
	if (!item.n) {
		sink_skip(f->im->sink, place->line, "no item");
		return OK;
	}
	arena_reset(&f->row);
	f->items++;
	for (size_t i = 0; i < t->n; i++) {
		struct str name = str_trim(t->header[i]);
		if (i == f->id || !cells[i].n || !name.n)
			continue;
		if (str_eq_nocase(name, str_c("Target")))
			sink_label(f->im->sink, f->task, item, "target", cells[i]);
		else if (taxonomy_of(name))
			add_axis(f, item, name, cells[i]);
		else
			sink_ignore(f->im->sink, name, 1);
	}
	return OK;
}

/* ---- JSON ---- */

static enum status json_item(void *ctx, const struct walked *w, struct err *err)
{
	struct foresight *f = ctx;
	struct str item = json_plain(json_first(json_get(w->node, "id"), json_get(w->node, "ID")));
	const struct json *target = json_first(
		json_pointer(w->node, str_c("/base/ground_truth")), json_pointer(w->node, str_c("/intervention/target_response")));
	(void)err;
	arena_reset(&f->row);
	if (!item.n) {
		sink_skip(f->im->sink, w->record->line, "no id");
		return OK;
	}
	f->items++;
	JSON_EACH(v, w->node)
	{
		if (taxonomy_of(v->key))
			add_axis(f, item, v->key, json_plain(v));
		else if (!str_eq_nocase(v->key, str_c("id")))
			sink_ignore(f->im->sink, v->key, 1);
	}
	if (json_str(target).n)
		sink_label(f->im->sink, f->task, item, "target", json_str(target));
	return OK;
}

static enum status foresight_read(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {".csv", ".jsonl", ".json", NULL};
	struct foresight f = {.im = im};
	const struct csvtable_ops csv = {.header = csv_header, .row = csv_row, .ctx = &f};
	struct walk walk = {.each = json_item, .ctx = &f};
	struct str stem = path_stem(im->claim->main->path, suffixes);
	f.task = setting_or(im, "task", arena_printf(&f.keep, "foresightsafety/%.*s", (int)stem.n, stem.p));
	bool json = records_sniff(im->claim->main->head) != RECORDS_NONE;
	enum status st = json ? walk_member(im, im->claim->main, &walk, err) : csvtable_read(im, im->claim->main, &csv, err);
	arena_fini(&f.keep);
	arena_fini(&f.row);
	return st;
}

/* ---- recognising ---- */

static const struct csv_shape {
	int confidence;
	const char *columns[6];
} shapes[] = {
	{92, {"Goal", "Category", "Subcategory", "Source", NULL}},
	{92, {"Index", "Goal", "Target", "Behavior", "Category", "Source"}},
	{92, {"idx", "Goal", "original_term", "subject", NULL}},
	{85, {"Goal", "FunctionalCategory", "SemanticCategory", "BehaviorID", NULL}},
	{85, {"uid", "category", "cat_id", "Goal", NULL}},
	{85, {"Goal", "Target", "Category", "Original index", NULL}},
	{85, {"Goal", "Subject", "Sub-subject", NULL}},
	{80, {"Goal", "SUBJECT", "SOURCE", NULL}},
};

static int csv_confidence(const struct csvtable *t)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		size_t k = 0;
		while (k < 6 && shapes[i].columns[k] && csvtable_column(t, shapes[i].columns[k]) != NO_COLUMN)
			k++;
		if (k == 6 || !shapes[i].columns[k])
			return shapes[i].confidence;
	}
	return csvtable_column(t, "Type") == 0 && csvtable_column(t, "Goal") == 1 && t->n == 2 ? 70 : 0;
}

static int foresight_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape json[] = {
		{90, {"id", "category", "base/user_prompt", "intervention/user_prompt"}, "items with a base and an intervention"},
		{90, {"id", "level", "vector", "content"}, "items with level and vector"},
		{85, {"ID", "adversarial_prompt", "risk_domain", "risk_subdomain"}, "prompts with risk domains"},
	};
	static const char *const plain[] = {"id", "category", "content", NULL};
	static const char *const results[] = {"response", "answer", "output", "model", "score", "label", "role", NULL};
	struct arena a = {0};
	struct csvtable t;
	int sure = 0;
	if (inside)
		return 0;
	if (csvtable_head(&a, m, &t) && (sure = csv_confidence(&t)) > 0)
		snprintf(why, 160, "goals with categories and sources, no results");
	else
		sure = head_match(m->head, json, sizeof json / sizeof *json, why);
	if (!sure && head_has_all(m->head, plain) && !head_count(m->head, results)) {
		snprintf(why, 160, "items with category and content, nothing that answers them");
		sure = 60;
	}
	arena_fini(&a);
	return sure;
}

const struct importer imp_foresight = {
	.name = "foresightsafety",
	.title = "ForesightSafety-Bench item sets (.csv, .jsonl)",
	.version = 1,
	.maps = "No results: categories, levels, vectors, subjects, behaviours and sources are categories of the items, targets and ground "
		"truths their targets; they join results of task foresightsafety/FILE (or --set task) whenever those come. The item is "
		"Index, idx or id, else the goal. Prompts, also those that an attack made for a model, are counted.",
	.polarity = "It has none.",
	.probe = foresight_probe,
	.read = foresight_read,
};
