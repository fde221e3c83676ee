/* SPDX-License-Identifier: MIT
 *
 * Petri's transcripts: an auditor probes a target, a judge scores what happened on many dimensions. (Runs under Inspect are
 * read from their .eval log as well.)
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/petri.h"
#include "ingest/whole.h"

static struct str text_at(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

static void add_scores(struct sink *s, const struct json *judged)
{
	JSON_EACH(value, json_get(judged, "scores")) {
		struct in_score score;
		if (!score_of(value, "", &score))
			continue;
		score.name = value->key;
		score.rater = str_c("llm-judge");
		sink_score(s, &score);
	}
	sink_meta(s, "summary", text_at(judged, "summary"));
	sink_meta(s, "justification", text_at(judged, "justification"));
}

static void add_tags(struct sink *s, const struct json *metadata)
{
	JSON_EACH(tag, json_get(metadata, "tags"))
		sink_category(s, str_c("petri-tag"), json_str(tag));
}

/* The same seed for two models is one item; the transcript tells repeats apart. */
static void name_item(struct sink_result *r, const struct json *metadata, struct arena *a)
{
	char hash[SHORT_HASH];
	struct str seed = text_at(metadata, "seed_instruction"), id = text_at(metadata, "transcript_id");
	if (!seed.n)
		seed = text_at(metadata, "description");
	r->item = id;
	if (!seed.n)
		return;
	short_hash(seed, hash);
	r->item = arena_printf(a, "seed-%s", hash);
	r->epoch = id;
}

static enum status petri_document(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"transcript_id", "target_model", "created_at", "judge_output", "tags", "version", NULL};
	struct import *im = ctx;
	struct sink *s = im->sink;
	const struct json *metadata = json_get(w->node, "metadata"), *judged = json_get(metadata, "judge_output");
	struct sink_result r = SINK_RESULT_INIT;
	struct petri_view view;
	petri_view_of(w->arena, w->node, &view);
	if (metadata->type != JSON_OBJECT || (!view.n && json_get(w->node, "events")->type != JSON_ARRAY)) {
		sink_skip(s, 1, "no Petri transcript: it has no metadata or no events");
		return OK;
	}
	sink_run(s, &(struct in_run){.tool = str_c("petri"), .task = setting_or(im, "task", str_c("petri")),
		.key = path_folder(im->claim->main->path), .declared = -1});
	name_item(&r, metadata, w->arena);
	if (!r.item.n)
		r.item = path_base(im->claim->main->path);
	r.model = text_at(metadata, "target_model");
	r.started_ms = time_of(json_get(metadata, "created_at"));
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	petri_turns(s, &view, (struct str){0});
	add_scores(s, judged);
	petri_highlights(s, &view, json_get(judged, "highlights"), 1);
	add_tags(s, metadata);
	sink_rest(s, "", metadata, used);
	JSON_EACH(event, json_get(w->node, "events"))
		if (!str_eq_c(text_at(event, "type"), "transcript_event"))
			sink_ignore(s, text_at(event, "type"), 1);
	return sink_result_end(s, err);
}

static enum status petri_read(struct import *im, struct err *err)
{
	return whole_member(im, im->claim->main, petri_document, im, err);
}

static int petri_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"metadata/transcript_id", "metadata/auditor_model", NULL}, "metadata with transcript_id and auditor_model"},
		{90, {"metadata/transcript_id", "metadata/target_model", NULL}, "metadata with transcript_id and target_model"},
		{85, {"metadata/auditor_model", "metadata/target_model", NULL}, "metadata with auditor_model and target_model"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_petri = {
	.name = "petri",
	.title = "Petri transcripts (.json)",
	.version = 1,
	.experimental = true,
	.named = true,
	.maps = "A transcript is a result: the item is its seed instruction (by hash) and the epoch its id, the run the folder, the "
		"model the target. The turns are the conversation as the target saw it in the end; what was rolled back is counted. The "
		"judge's scores are scores, its highlights scores of the turns they point to, tags a category (petri-tag).",
	.polarity = "A judge's dimension says how much of something there was, not whether that is a failure: the result is missing until "
		"a rule says so, such as: format:petri score.concerning>=7 => set outcome=fail",
	.rules = "task:* => set kind=safety score=concerning\n",
	.probe = petri_probe,
	.read = petri_read,
};
