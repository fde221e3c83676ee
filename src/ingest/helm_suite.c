/* SPDX-License-Identifier: MIT
 *
 * The files beside HELM's run directories: runs.json has the published means of every run of the suite; the tables of
 * groups/, the schema and the lists are made of the same numbers for the web view, and are recognised and passed over.
 */
#include "ingest/imp_helm.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/head.h"

/* Beside runs.json, by name and by what the first object has. */
static const struct {
	const char *name;
	const char *keys[4];
} files[] = {
	{"run_specs.json", {"name", "scenario_spec", "adapter_spec", NULL}},
	{"groups.json", {"title", "header", NULL}},
	{"groups_metadata.json", {NULL}},
	{"runs_to_run_suites.json", {NULL}},
	{"summary.json", {"date", NULL}},
	{"costs.json", {NULL}},
	{"schema.json", {"metrics", NULL}},
};

static bool is_runs(const struct member *m)
{
	static const char *const keys[] = {"run_path", "run_spec", NULL};
	return str_eq_c(path_stem(m->name, NULL), "runs.json") && head_has_all(m->head, keys);
}

static bool is_table(const struct member *m)
{
	static const char *const keys[] = {"title", "header", NULL};
	return str_ends(str_c(m->name), ".json") && head_has_all(m->head, keys);
}

/* Is the member one of the suite's other files, all in or below the folder of runs.json? */
static bool belongs(const struct member *runs, const struct member *m)
{
	size_t folder = (size_t)(path_stem(runs->name, NULL).p - runs->name);
	if (strncmp(runs->name, m->name, folder) != 0)
		return false;
	const char *rest = m->name + folder;
	if (strncmp(rest, "groups/", strlen("groups/")) == 0)
		return is_table(m);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (strcmp(rest, files[i].name) == 0)
			return head_has_all(m->head, files[i].keys);
	return false;
}

bool helm_is_suite(const struct member *m)
{
	return is_runs(m) || (is_table(m) && str_find(str_c(m->path), str_c("groups/")) >= 0);
}

void helm_claim_suite(const struct importer *importer, const struct bundle *b, void (*add)(void *ctx, const struct claim *c),
	void *ctx)
{
	const struct member **members = xcalloc(b->n + 1, sizeof *members);
	for (size_t i = 0; i < b->n; i++) {
		struct claim c = {.importer = importer, .main = &b->members[i], .members = members, .n = 1, .confidence = 95};
		if (!is_runs(c.main))
			continue;
		members[0] = c.main;
		for (size_t k = 0; k < b->n; k++)
			if (belongs(c.main, &b->members[k]))
				members[c.n++] = &b->members[k];
		snprintf(c.why, sizeof c.why, "runs.json of a HELM suite, with %zu tables made of it", c.n - 1);
		add(ctx, &c);
	}
	free(members);
}

static enum status on_run(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct helm *h = ctx;
	const struct json *spec = json_get(w->node, "run_spec");
	helm_run(h, json_str(json_get(spec, "name")), json_get(spec, "adapter_spec"), json_get(spec, "groups"));
	JSON_EACH(stat, json_get(w->node, "stats"))
		helm_publish(h, stat);
	return OK;
}

enum status helm_read_suite(struct helm *h, const struct member *m, struct err *err)
{
	bool runs = is_runs(m);
	size_t tables = h->im->claim->n - runs;
	if (tables)
		sink_ignore(h->im->sink, str_c("tables of the suite, made of its runs"), tables);
	return runs ? walk_member(h->im, m, &(struct walk){.each = on_run, .ctx = h}, err) : OK;
}
