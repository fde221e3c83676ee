/* SPDX-License-Identifier: MIT
 *
 * AISafetyLab: what an attack made of each example, ATTACK_MODEL….jsonl, and the same rows scored, ATTACK_MODEL…_SCORER.json.
 * Attack, model and scorer stand in the file's name only. The scored file and the attack's share a run.
 */
#include <stdio.h>

#include "ingest/answer.h"
#include "ingest/head.h"

enum { ATTACKED, SCORED };

struct lab {
	struct import *im;
	struct arena keep;
	struct str attack, model, scorer;
	bool scored;
};

/* Long queries may stand before the first score, far behind the head. */
static bool wants_score(void *ctx, struct str text)
{
	struct lab *lab = ctx;
	return !lab->scored && str_find(text, str_c("\"final_score\"")) >= 0;
}

static enum status see_score(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct lab *lab = ctx;
	lab->scored |= !json_is_null(json_get(w->node, "final_score"));
	return OK;
}

/* "ica_vicuna-7b_10shot_LlamaGuard3": attack, model, settings, scorer. */
static struct str take_names(struct lab *lab, const struct member *m)
{
	static const char *const suffixes[] = {".jsonl", ".json", NULL};
	struct str stem = path_stem(m->path, suffixes), rest, run;
	if (lab->scored)
		lab->scorer = str_cut_last(&stem, '_');
	rest = run = stem;
	str_cut(&rest, '_', &lab->attack);
	if (!str_cut(&rest, '_', &lab->model) || !lab->model.n)
		lab->model = (struct str){0};
	return run;
}

static enum status take_row(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"example_idx", "method", "final_query", "final_response", "final_score", NULL};
	static const char *const used_attack[] = {"example_idx", "method", "final_query", "response", "success", "attack_success", NULL};
	struct lab *lab = ctx;
	struct sink *s = lab->im->sink;
	const struct json *node = w->node, *final = json_get(node, "final_response");
	struct str method = json_plain(json_get(node, "method"));
	struct sink_result r = SINK_RESULT_INIT;
	if (json_is_null(json_get(node, "example_idx")) || json_is_null(json_get(node, "final_query"))) {
		sink_skip(s, w->record->line, "no attacked example: it has no example_idx or no final_query");
		return OK;
	}
	r.model = lab->model;
	r.item = json_plain(json_get(node, "example_idx"));
	r.epoch = method;
	r.authority = json_is_null(json_get(node, "final_score")) ? ATTACKED : SCORED;
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	answer_turns(s, json_plain(json_get(node, "final_query")), json_plain(json_first(final, json_get(node, "response"))));
	answer_score(s, json_get(node, "final_score"), "final_score", lab->scorer);
	answer_score(s, json_get(node, "success"), "success", lab->attack);
	answer_score(s, json_get(node, "attack_success"), "attack_success", lab->attack);
	if (lab->attack.n || method.n)
		sink_category(s, str_c("aisafetylab-attack"), arena_printf(w->arena, "%.*s%s%.*s", (int)lab->attack.n, lab->attack.p,
			method.n ? "/" : "", (int)method.n, method.p ? method.p : ""));
	sink_rest(s, "", node, r.authority == SCORED ? used : used_attack);
	return sink_result_end(s, err);
}

static enum status lab_read(struct import *im, struct err *err)
{
	const struct member *m = im->claim->main;
	struct lab lab = {.im = im};
	struct walk scores = {.quiet = true, .wants = wants_score, .each = see_score, .ctx = &lab};
	struct walk walk = {.each = take_row, .ctx = &lab};
	enum status st = walk_member(im, m, &scores, err);
	if (st != OK && st != FAIL) /* of a file that breaks off, its whole rows are taken */
		return st;
	struct str run = take_names(&lab, m);
	lab.model = setting_or(im, "model", lab.model);
	sink_run(im->sink, &(struct in_run){.tool = str_c("aisafetylab"), .task = str_c("aisafetylab"), .declared = -1,
		.key = answer_run(&lab.keep, m->path, run)});
	st = walk_member(im, m, &walk, err);
	arena_fini(&lab.keep);
	return st;
}

static int lab_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"example_idx", "final_query", "final_score"}, "attacked examples with a final score"},
		{90, {"example_idx", "final_query", "query"}, "attacked examples"},
		{85, {"example_idx", "final_template", "success"}, "attacked examples"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_aisafetylab = {
	.name = "aisafetylab",
	.title = "AISafetyLab attack results, scored or not (ATTACK_MODEL….jsonl, ATTACK_MODEL…_SCORER.json)",
	.version = 1,
	.maps = "A row is a result: example_idx the item, the attack's method the epoch, for an example comes once a method. Attack, "
		"model and scorer are those of the file's name, --set model says otherwise. final_score is a score of the scorer, success and "
		"attack_success are the attack's own. Attack and method are aisafetylab-attack:. The turns are the final query and the "
		"final response. A scored file and its attack's file are the same results.",
	.polarity = "final_score 1 is the failure: the attack worked. What the attack says of itself (success) decides nothing: "
		"without a final score the result is missing.",
	.rules = "task:* => set kind=safety score=final_score\n"
		"score.final_score=1 => set outcome=fail\n"
		"score.final_score=0 => set outcome=pass\n",
	.probe = lab_probe,
	.read = lab_read,
};
