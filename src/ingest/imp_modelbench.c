/* SPDX-License-Identifier: MIT
 *
 * MLCommons modelbench: standards (what reference systems reach), records of benchmark runs (grades by hazard), and run
 * journals, one event a line, in which the events of all prompts lie mixed with each other.
 */
#include "ingest/imp_modelbench.h"

#include <stdio.h>

#include "ingest/head.h"

/* ---- documents ---- */

static enum status on_document(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct modelbench *b = ctx;
	if (json_get(w->node, "standards")->type == JSON_OBJECT)
		modelbench_standards(b, w->arena, w->node);
	else
		modelbench_record(b, w->arena, w->node);
	return OK;
}

/* ---- journals: lines into parts ---- */

/* Raw requests and responses say the same again in each provider's own way. */
static const char *const wanted[] = {"queuing item", "translated sut response", "translated annotation", "measured item quality",
	"sut exception", "annotation exception", "annotator exception", NULL};

static bool is_wanted(struct str message)
{
	for (const char *const *m = wanted; *m; m++)
		if (str_eq_c(message, *m))
			return true;
	return false;
}

static void put_event(struct modelbench *b, const struct walked *w)
{
	const struct json *node = w->node;
	struct str prompt = json_plain(json_get(node, "prompt_id")), sut = json_str(json_get(node, "sut"));
	struct str test = json_str(json_get(node, "test")), at = json_str(json_get(node, "timestamp"));
	const struct result_key key = {.tool = str_c("modelbench"), .run = b->run, .model = sut, .task = test, .item = prompt};
	size_t before = b->items.n;
	dict_add(&b->items, arena_printf(w->arena, "%.*s\t%.*s\t%.*s", (int)sut.n, sut.p ? sut.p : "", (int)test.n,
		test.p ? test.p : "", (int)prompt.n, prompt.p));
	if (b->items.n != before)
		sink_part(b->im->sink, &key, str_c(""), b->run);
	sink_part(b->im->sink, &key, arena_printf(w->arena, "%.*s %09llu", (int)at.n, at.p ? at.p : "",
		(unsigned long long)w->record->ordinal), w->record->text);
}

static enum status on_event(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct modelbench *b = ctx;
	struct str message = json_str(json_get(w->node, "message")), run = json_str(json_get(w->node, "run_id"));
	if (str_starts(message, "starting ") && run.n)
		b->run = arena_str(&b->keep, run);
	else if (is_wanted(message) && json_plain(json_get(w->node, "prompt_id")).n)
		put_event(b, w);
	else if (str_ends(message, " scored") || str_ends(message, " calibrated"))
		modelbench_hazard(b, w->arena, w->node);
	else
		sink_ignore(b->im->sink, message, 1);
	return OK;
}

/* ---- which files ---- */

static const struct head_shape shapes[] = {
	{93, {"standards/reference_suts", "standards/reference_standards", NULL}, "standards with reference_suts"},
	{90, {"benchmark/uid", "run_uid", NULL}, "benchmark, run_uid and scores"},
	{92, {"timestamp", "message", "class", "method", NULL}, "events with timestamp, message, class, method"},
};

static bool is_journal(const struct member *m)
{
	return str_starts(path_stem(m->path, NULL), "journal-run-") ||
		(head_has(m->head, "message") && str_find(m->head, str_c("\"starting journal\"")) >= 0);
}

static int modelbench_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	int sure = inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (sure || inside || !head_has(m->head, "timestamp") || !is_journal(m))
		return sure == 92 && !is_journal(m) ? 0 : sure;
	snprintf(why, 160, "\"starting journal\"");
	return 92;
}

static enum status modelbench_read(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {".jsonl", NULL};
	struct modelbench b = {.im = im};
	bool journal = head_has(im->claim->main->head, "message");
	if (journal) {
		b.run = path_stem(im->claim->main->path, suffixes);
		if (str_starts(b.run, "journal-"))
			b.run = str_sub(b.run, strlen("journal-"), b.run.n);
	}
	enum status st = walk_member(im, im->claim->main, &(struct walk){.each = journal ? on_event : on_document, .ctx = &b}, err);
	dict_fini(&b.items);
	arena_fini(&b.keep);
	return st;
}

const struct importer imp_modelbench = {
	.name = "modelbench",
	.title = "modelbench standards, benchmark records (.json) and run journals (.jsonl.zst)",
	.version = 1,
	.experimental = true,
	.assembles = true,
	.maps = "A prompt of a test for a system under test is a result of the journal: prompt_id the item, the test "
		"the task. Turns: the prompt and the response; measurements are scores, an annotator's is_safe is a "
		"score of it, the hazard in the test's name a category in ailuminate-1. Scores and grades of hazards "
		"and benchmarks, records and standards are published values. Journals and records are read by their "
		"description: no real ones were at hand.",
	.polarity = "is_safe 0 among the measurements is a failure, 1 a pass, between them unsure; all of it is safety.",
	.rules = "task:* => set kind=safety score=is_safe\n"
		"score.is_safe<1 => set outcome=unsure\n"
		"score.is_safe<=0 => set outcome=fail\n"
		"score.is_safe>=1 => set outcome=pass\n"
		"error:* => set outcome=missing\n",
	.probe = modelbench_probe,
	.read = modelbench_read,
	.assemble = modelbench_assemble,
};
