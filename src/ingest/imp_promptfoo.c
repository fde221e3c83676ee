/* SPDX-License-Identifier: MIT
 *
 * promptfoo results: the JSON export in its three generations (version 2, version 3, and the rows of its database),
 * each also inside "data" as it is shared, JSON Lines of bare rows, which have no header at all, and CSV (imp_promptfoo_csv.c).
 * A row is read in imp_promptfoo_row.c, its conversation in imp_promptfoo_chat.c.
 */
#include "ingest/imp_promptfoo.h"

#include <stdio.h>

#include "base/dict.h"
#include "ingest/head.h"

static const char *const result_arrays[] = {"/results/results", "/results", "/data/results/results", "/data/results", NULL};

/* ---- the header ---- */

static const struct json *header_body(const struct json *doc)
{
	const struct json *data = json_get(doc, "data");
	const struct json *top = data->type == JSON_OBJECT ? data : doc;
	const struct json *results = json_get(top, "results");
	return results->type == JSON_OBJECT ? results : top;
}

static void declare_totals(struct promptfoo *foo, const struct json *stats, struct in_run *run)
{
	static const char *const names[][2] = {{"successes", "pass"}, {"failures", "fail"}, {"errors", "errors"}};
	int64_t total = 0, n;
	for (size_t i = 0; i < 3; i++) {
		if (!json_i64(json_get(stats, names[i][0]), &n))
			continue;
		total += n;
		if (i < 2)
			sink_declare(foo->im->sink, names[i][1], (double)n);
	}
	if (json_get(stats, "successes")->type == JSON_NUMBER) {
		run->declared = total;
		sink_declare(foo->im->sink, "results", (double)total);
	}
}

/* Does a provider answer more than one prompt? */
static bool several_prompts(const struct json *prompts)
{
	struct dict providers = {0};
	JSON_EACH(p, prompts)
		dict_add(&providers, json_plain(json_get(p, "provider")));
	bool several = providers.n < prompts->count;
	dict_fini(&providers);
	return several;
}

static enum status foo_header(void *ctx, const struct json *doc, struct err *err)
{
	(void)err;
	struct promptfoo *foo = ctx;
	const struct json *body = header_body(doc), *data = json_get(doc, "data");
	const struct json *top = data->type == JSON_OBJECT ? data : doc;
	const struct json *config = json_get(top, "config"), *meta = json_get(top, "metadata");
	const struct json *created = json_first(json_get(meta, "evaluationCreatedAt"),
		json_first(json_get(body, "timestamp"), json_get(top, "createdAt")));
	struct str description = json_str(json_get(config, "description"));
	struct buf key = {0};
	struct in_run run = {.tool = str_c("promptfoo"), .declared = -1,
		.key = json_str(json_first(json_get(top, "evalId"), json_get(top, "id"))),
		.tool_version = json_str(json_get(meta, "promptfooVersion")), .created_ms = time_of(created)};
	if (!run.key.p && json_str(created).p) {
		buf_printf(&key, "%s ", foo->im->claim->main->path);
		buf_add_str(&key, json_str(created));
		run.key = buf_str(&key);
	}
	if (description.n)
		foo->task = description;
	run.name = description.n ? description : path_stem(foo->im->claim->main->path, NULL);
	run.task = foo->task;
	foo->prompts = json_first(json_get(body, "prompts"), json_pointer(body, str_c("/table/head/prompts")));
	foo->variants = several_prompts(foo->prompts);
	if (json_get(config, "providers")->count == 1)
		foo->only_provider = json_str(json_at(json_get(config, "providers"), 0));
	declare_totals(foo, json_get(body, "stats"), &run);
	sink_run(foo->im->sink, &run);
	buf_fini(&key);
	return OK;
}

/* Rows without anything around them, as JSON Lines have them. */
static size_t row_members(struct str head)
{
	static const char *const row[] = {"testIdx", "promptIdx", "promptId", "failureReason", "gradingResult", "namedScores",
		"latencyMs", "provider", "testCase", NULL};
	return head_has(head, "gradingResult") || head_has(head, "testIdx") ? head_count(head, row) : 0;
}

static enum status foo_read(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {".results.jsonl", ".results.json", ".results.csv", ".jsonl", ".json", ".csv", NULL};
	static const struct json absent;
	struct promptfoo foo = {.im = im, .prompts = &absent};
	struct walk walk = {.arrays = result_arrays, .header = foo_header, .each = promptfoo_row, .ctx = &foo, .whole_header = true};
	foo.task = setting_or(im, "task", path_stem(im->claim->main->path, suffixes));
	if (records_sniff(im->claim->main->head) == RECORDS_NONE)
		return promptfoo_csv_read(im, foo.task, err);
	if (row_members(im->claim->main->head) >= 3) {
		walk.arrays = NULL;
		foo.variants = true;
		sink_run(im->sink, &(struct in_run){.tool = str_c("promptfoo"), .name = foo.task, .task = foo.task, .declared = -1});
	}
	return walk_member(im, im->claim->main, &walk, err);
}

static int foo_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"evalId", "results", NULL}, "evalId and results"},
		{90, {"results/version", "results/results", NULL}, "results with version and rows"},
		{90, {"data/results", NULL}, "a shared evaluation"},
		{85, {"version", "results/prompt", "results/vars", NULL}, "version 2 rows"},
		{85, {"createdAt", "results/testIdx", NULL}, "database rows"},
		{80, {"id", "createdAt", "results", NULL}, "a database record with results"},
		{80, {"id", "createdAt", "config/prompts", NULL}, "a database record with its configuration"},
	};
	if (inside)
		return 0;
	int sure = head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (sure)
		return sure;
	if (records_sniff(m->head) == RECORDS_NONE)
		return promptfoo_csv_probe(m, why);
	size_t members = row_members(m->head);
	snprintf(why, 160, "rows with %zu of a result's members", members);
	return members >= 3 ? 85 : 0;
}

const struct importer imp_promptfoo = {
	.name = "promptfoo",
	.title = "promptfoo results (.json, .jsonl, .csv)",
	.version = 2,
	.maps = "A row is a result: the item is its test number (a hash of the variables where it has none), the epoch its "
		"prompt where a provider answers several. The model is the provider's id with its label. Assertions are scores. "
		"pluginId is the category, strategyId the attack (promptfoo-strategy), harmCategory promptfoo-harm, severity the "
		"item's severity. Turns are the messages of an attack loop, else its history, else prompt and output. An error is "
		"failureReason 2 or a missing output. A CSV export gives a result for each block of a provider; its metrics are "
		"scores, and the prompt is the label with the variables filled in, or the variables.",
	.polarity = "success false is a failure, unless the provider broke (missing); rows of a red-team plugin are safety.",
	.rules = "said:pass => set outcome=pass\n"
		"said:fail => set outcome=fail\n"
		"said:error => set outcome=missing\n"
		"meta.plugin:* => set kind=safety\n"
		"meta.severity:info => set item_severity=none\n",
	.probe = foo_probe,
	.read = foo_read,
};
