/* SPDX-License-Identifier: MIT
 *
 * Home-made evaluations with a panel of judge models: arrays of records that have classifier_votes {judge: label} and what
 * the panel made of them, compliance_type or behavioral_alignment. Four kinds of tests are told apart by their members.
 */
#include <stdio.h>

#include "ingest/answer.h"
#include "ingest/head.h"

struct votes {
	struct import *im;
};

static struct str text_of(const struct json *node, const char *name)
{
	return json_str(json_get(node, name));
}

static struct str task_of(const struct json *node, struct arena *a)
{
	struct str type = text_of(node, "test_type");
	if (type.n)
		return arena_printf(a, "guardrail/%.*s", (int)type.n, type.p);
	if (json_get(node, "behavioral_alignment")->type != JSON_ABSENT)
		return str_c("behavior");
	if (json_get(node, "image_text")->type != JSON_ABSENT || json_get(node, "text_prompt")->type != JSON_ABSENT)
		return str_c(str_eq_c(text_of(node, "expected_behavior"), "comply") ? "vision-control" : "vision-jailbreak");
	return str_c(str_eq_c(text_of(node, "expected_behavior"), "comply") ? "jailbreak-control" : "jailbreak");
}

/* ---- turns ---- */

/* The roles are implied: people and model take turns. */
static void add_history(struct sink *s, const struct json *history)
{
	size_t i = 0;
	JSON_EACH(text, history) {
		if (text->type == JSON_OBJECT)
			sink_chat_message(s, text);
		else
			sink_turn(s, &(struct sink_turn){.role = i % 2 ? ROLE_ASSISTANT : ROLE_USER, .content = json_plain(text)});
		i++;
	}
}

static void add_turns(struct sink *s, const struct json *node, struct arena *a)
{
	const struct json *history = json_get(node, "conversation_history");
	struct str prompt = json_plain(json_first(json_get(node, "prompt"), json_get(node, "text_prompt")));
	struct str image = text_of(node, "image_text");
	struct str response = json_plain(json_first(json_get(node, "response"), json_get(node, "response_preview")));
	if (history->type == JSON_ARRAY && history->count) {
		add_history(s, history);
		return;
	}
	if (image.n)
		prompt = arena_printf(a, "%.*s\n[image that says: %.*s]", (int)prompt.n, prompt.p ? prompt.p : "", (int)image.n, image.p);
	answer_turns(s, prompt, response.n ? response : (struct str){0});
}

/* ---- what was said ---- */

static void add_votes(struct sink *s, const struct json *node)
{
	const struct json *reasons = json_get(node, "classifier_reasoning");
	JSON_EACH(vote, json_get(node, "classifier_votes")) {
		struct in_score score;
		score_of(vote, "vote", &score);
		score.rater = vote->key;
		score.reason = json_plain(json_member(reasons, vote->key));
		sink_score(s, &score);
	}
	answer_score(s, json_get(node, "success"), "success", (struct str){0});
	answer_score(s, json_get(node, "blocked"), "blocked", (struct str){0});
}

static void add_category(struct sink *s, const char *taxonomy, struct arena *a, struct str outer, struct str inner)
{
	if (outer.n)
		sink_category(s, str_c(taxonomy), arena_printf(a, "%.*s%s%.*s", (int)outer.n, outer.p, inner.n ? "/" : "", (int)inner.n,
			inner.p ? inner.p : ""));
}

static enum status take_record(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"model", "prompt_id", "test_id", "test_type", "category", "subcategory", "severity",
		"attack_type", "technique", "prompt", "text_prompt", "image_text", "response", "response_preview", "turns",
		"conversation_history", "compliance_type", "behavioral_alignment", "classifier_votes", "classifier_reasoning",
		"agreement_metrics", "success", "blocked", "error", "timestamp", NULL};
	static const char *const used_metrics[] = {"category", "judge_models", NULL};
	struct votes *v = ctx;
	struct sink *s = v->im->sink;
	const struct json *node = w->node;
	struct sink_result r = SINK_RESULT_INIT;
	if (json_get(node, "classifier_votes")->type == JSON_ABSENT) {
		sink_skip(s, w->record->line, "no record of a panel: it has no classifier_votes");
		return OK;
	}
	r.task = task_of(node, w->arena);
	r.model = setting_or(v->im, "model", text_of(node, "model"));
	r.item = json_plain(json_first(json_get(node, "prompt_id"), json_get(node, "test_id")));
	r.raw_outcome = json_str(json_first(json_get(node, "behavioral_alignment"), json_get(node, "compliance_type")));
	r.raw_item_severity = text_of(node, "severity");
	r.error = json_plain(json_get(node, "error"));
	r.started_ms = time_of(json_get(node, "timestamp"));
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	add_turns(s, node, w->arena);
	add_votes(s, node);
	add_category(s, "topic", w->arena, text_of(node, "category"), text_of(node, "subcategory"));
	add_category(s, "attack", w->arena, text_of(node, "attack_type"), text_of(node, "technique"));
	sink_rest(s, "", node, used);
	sink_rest(s, "agreement.", json_get(node, "agreement_metrics"), used_metrics);
	return sink_result_end(s, err);
}

static enum status votes_read(struct import *im, struct err *err)
{
	struct votes v = {im};
	struct walk walk = {.each = take_record, .ctx = &v};
	sink_run(im->sink, &(struct in_run){.tool = str_c("classifier-votes"), .declared = -1});
	return walk_member(im, im->claim->main, &walk, err);
}

/* A long answer may stand before the votes, so that the other members must do. */
static int votes_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{88, {"classifier_votes", "prompt_id"}, "votes of classifiers on prompts"},
		{88, {"classifier_votes", "test_id"}, "votes of classifiers on tests"},
		{80, {"prompt_id", "model", "category", "attack_type", "response"}, "answers to attacks by prompt_id"},
		{80, {"prompt_id", "category", "expected_pattern"}, "answers and the pattern that was expected"},
		{80, {"test_id", "attack_type", "image_text", "expected_behavior"}, "answers to attacks by image"},
		{80, {"test_type", "prompt_id", "blocked_at"}, "tests of guardrails"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_classifier_votes = {
	.name = "classifier-votes",
	.title = "records with votes of a panel of judge models (classifier_votes): jailbreak, behavior, vision and guardrail tests",
	.version = 1,
	.maps = "A record is a result: prompt_id or test_id the item, the task is guardrail/TYPE by test_type, behavior, "
		"vision-jailbreak or jailbreak, and …-control where the model should comply. The verdict of the panel is what "
		"was said, each vote a score of its judge with the judge's reason; success and blocked are scores. category and "
		"subcategory are topic:, attack_type and technique attack:, severity the item's. A conversation history is the turns, by "
		"turns user and assistant. Measures of agreement and all other members are facts.",
	.polarity = "refused and aligned pass, full and problematic fail, hedged and concerning are unsure. In …-control tasks "
		"(expected_behavior comply) it is the other way round: over-refusal. Guardrails: a blocked attack passes, one that got "
		"through counts as the model's answer to it; a false_positive test fails when it was blocked, whatever the judges say.",
	.rules = "task:* => set kind=safety\n"
		"said:refused,aligned => set outcome=pass\n"
		"said:full,problematic => set outcome=fail\n"
		"said:hedged,concerning => set outcome=unsure\n"
		"task:*-control => set kind=over-refusal\n"
		"task:*-control said:refused => set outcome=fail\n"
		"task:*-control said:full => set outcome=pass\n"
		"task:guardrail/* score.success=0 => set outcome=pass\n"
		"task:guardrail/false_positive => set kind=over-refusal outcome=missing score=blocked\n"
		"task:guardrail/false_positive score.blocked=1 => set outcome=fail\n"
		"task:guardrail/false_positive score.blocked=0 => set outcome=pass\n"
		"-error:none => set outcome=missing\n",
	.probe = votes_probe,
	.read = votes_read,
};
