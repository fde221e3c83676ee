/* SPDX-License-Identifier: MIT
 *
 * The every_eval_ever schema: one document a model and source with published values, and beside it lines of single
 * samples; the oldest version has the samples inside the document.
 */
#include <math.h>
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/walk.h"

struct every_eval {
	struct import *im;
	struct arena keep;
	struct str run, model, task;
	int64_t created_ms;
};

/* Seconds since 1970, as a string. */
static int64_t epoch_of(const struct json *node)
{
	double seconds;
	return json_num(node, true, &seconds) && seconds > 0 && seconds < 1e11 ? (int64_t)(seconds * 1000) : time_of(node);
}

static void set_run(struct every_eval *e)
{
	sink_run(e->im->sink, &(struct in_run){.tool = str_c("every-eval-ever"), .key = e->run, .task = e->task,
		.created_ms = e->created_ms, .declared = -1});
}

/* ---- published values ---- */

static const struct json *either(const struct json *node, const char *a, const char *b)
{
	return json_first(json_pointer(node, str_c(a)), json_pointer(node, str_c(b)));
}

static double number_or_nan(const struct json *node)
{
	double v;
	return json_num(node, true, &v) ? v : NAN;
}

static struct str metric_of(struct arena *a, const struct json *config)
{
	struct str name = json_str(json_first(json_get(config, "metric_name"), json_get(config, "metric_id")));
	if (!name.n)
		name = str_sub(json_str(json_get(config, "evaluation_description")), 0, 80);
	if (!name.n)
		name = str_c("score");
	if (!json_is_true(json_get(config, "lower_is_better")))
		return name;
	return arena_printf(a, "%.*s (lower is better)", (int)name.n, name.p);
}

static void publish(struct every_eval *e, const struct json *doc, const struct json *result, struct arena *a)
{
	const struct json *score = json_get(result, "score_details");
	const struct json *n = either(result, "/score_details/uncertainty/num_samples", "/source_data/samples_number");
	struct in_aggregate v = {.run = e->run, .model = e->model, .task = json_str(json_get(result, "evaluation_name")), .k = -1,
		.metric = metric_of(a, json_get(result, "metric_config")), .value = number_or_nan(json_get(score, "score"))};
	v.low = number_or_nan(either(score, "/confidence_interval/lower", "/uncertainty/confidence_interval/lower"));
	v.high = number_or_nan(either(score, "/confidence_interval/upper", "/uncertainty/confidence_interval/upper"));
	if (!json_i64(json_first(n, json_pointer(doc, str_c("/source_data/samples_number"))), &v.n))
		v.n = -1;
	if (!v.task.n)
		v.task = json_str(json_pointer(result, str_c("/source_data/dataset_name")));
	sink_aggregate(e->im->sink, &v);
	if (json_get(result, "generation_config")->count)
		sink_ignore(e->im->sink, str_c("generation_config"), 1);
}

static enum status on_document(void *ctx, const struct json *doc, struct err *err)
{
	(void)err;
	struct every_eval *e = ctx;
	struct arena a = {0};
	const struct json *dataset = json_pointer(doc, str_c("/source_data/dataset_name"));
	const struct json *info = json_get(doc, "model_info");
	e->run = arena_str(&e->keep, json_str(json_get(doc, "evaluation_id")));
	e->model = arena_str(&e->keep, json_str(json_first(json_get(info, "id"), json_get(info, "name"))));
	e->created_ms = epoch_of(json_first(json_get(doc, "evaluation_timestamp"), json_get(doc, "retrieved_timestamp")));
	e->task = arena_str(&e->keep, json_str(json_first(dataset, json_pointer(doc, str_c("/evaluation_results/0/evaluation_name")))));
	set_run(e);
	JSON_EACH(result, json_get(doc, "evaluation_results"))
		publish(e, doc, result, &a);
	arena_fini(&a);
	return OK;
}

/* ---- samples inside a document (0.0.1) ---- */

static enum status on_inner_sample(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"sample_id", "input", "prompt", "ground_truth", "response", "choices", NULL};
	struct every_eval *e = ctx;
	struct sink *s = e->im->sink;
	const struct json *prompt = json_first(json_get(w->node, "prompt"), json_get(w->node, "input"));
	struct sink_result r = SINK_RESULT_INIT;
	r.model = e->model;
	r.item = json_plain(json_get(w->node, "sample_id"));
	r.target = json_plain(json_get(w->node, "ground_truth"));
	r.answer = json_plain(json_get(w->node, "response"));
	r.raw_outcome = r.target.n && r.answer.p ? str_c(str_eq(r.target, r.answer) ? "equal" : "different") : (struct str){0};
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = json_plain(prompt)});
	sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = r.answer});
	if (json_get(w->node, "choices")->count)
		sink_meta(s, "choices", json_plain(json_get(w->node, "choices")));
	sink_rest(s, "", w->node, used);
	return sink_result_end(s, err);
}

/* ---- lines of single samples ---- */

static void add_texts(struct sink *s, const struct json *texts, struct str reasoning)
{
	if (texts->type != JSON_ARRAY) {
		if (!json_is_null(texts))
			sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = json_plain(texts), .reasoning = reasoning});
		return;
	}
	JSON_EACH(text, texts)
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = json_plain(text),
			.reasoning = text == texts->child ? reasoning : (struct str){0}});
}

static void add_conversation(struct sink *s, const struct json *node)
{
	const struct json *turns = json_first(json_get(node, "interactions"), json_get(node, "messages"));
	const struct json *input = json_get(node, "input"), *output = json_get(node, "output");
	const struct json *trace = json_get(output, "reasoning_trace");
	if (turns->type == JSON_ARRAY && turns->count) {
		sink_chat(s, turns);
		return;
	}
	sink_turn(s, &(struct sink_turn){.role = ROLE_USER,
		.content = json_plain(json_first(json_get(input, "formatted"), json_get(input, "raw")))});
	add_texts(s, json_get(output, "raw"), json_plain(trace->type == JSON_ARRAY ? json_at(trace, 0) : trace));
}

/* What the scorer took as the answer: the last of the values marked as such, else the last. */
static struct str answer_of(const struct json *attribution)
{
	struct str answer = {0};
	bool terminal = false;
	JSON_EACH(a, attribution) {
		bool last = json_is_true(json_get(a, "is_terminal"));
		if (terminal && !last)
			continue;
		terminal |= last;
		answer = json_plain(json_get(a, "extracted_value"));
	}
	return answer;
}

static struct str reference_of(const struct json *reference)
{
	return json_plain(reference->type == JSON_ARRAY && reference->count == 1 ? reference->child : reference);
}

static enum status on_sample(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"evaluation_id", "model_id", "evaluation_name", "sample_id", "input", "output",
		"interactions", "messages", "answer_attribution", "evaluation", "token_usage", "metadata", "error", "schema_version", NULL};
	struct every_eval *e = ctx;
	struct sink *s = e->im->sink;
	struct in_score score;
	struct sink_result r = SINK_RESULT_INIT;
	e->run = json_str(json_get(w->node, "evaluation_id"));
	e->task = json_str(json_get(w->node, "evaluation_name"));
	set_run(e);
	r.model = json_str(json_get(w->node, "model_id"));
	r.item = json_plain(json_get(w->node, "sample_id"));
	r.target = reference_of(json_pointer(w->node, str_c("/input/reference")));
	r.answer = answer_of(json_get(w->node, "answer_attribution"));
	r.error = json_plain(json_get(w->node, "error"));
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	add_conversation(s, w->node);
	JSON_EACH(value, json_get(w->node, "evaluation")) {
		if (!score_of(value, "", &score))
			continue;
		score.name = value->key;
		sink_score(s, &score);
	}
	sink_rest(s, "", w->node, used);
	sink_rest(s, "tokens.", json_get(w->node, "token_usage"), NULL);
	sink_rest(s, "metadata.", json_get(w->node, "metadata"), NULL);
	return sink_result_end(s, err);
}

/* ---- which files ---- */

static const struct head_shape shapes[] = {
	{96, {"schema_version", "evaluation_id", "sample_id", "interaction_type", NULL}, "samples of the every_eval_ever schema"},
	{92, {"schema_version", "evaluation_id", "retrieved_timestamp", NULL}, "schema_version, evaluation_id, retrieved_timestamp"},
};

static int every_eval_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

static enum status every_eval_read(struct import *im, struct err *err)
{
	static const char *const samples[] = {"/detailed_evaluation_results_per_samples", NULL};
	struct every_eval e = {.im = im};
	struct walk lines = {.each = on_sample, .ctx = &e};
	struct walk document = {.arrays = samples, .header = on_document, .each = on_inner_sample, .ctx = &e};
	bool single = head_has(im->claim->main->head, "sample_id");
	enum status st = walk_member(im, im->claim->main, single ? &lines : &document, err);
	arena_fini(&e.keep);
	return st;
}

const struct importer imp_every_eval = {
	.name = "every-eval-ever",
	.title = "every_eval_ever records (.json) and samples (_samples.jsonl)",
	.version = 1,
	.maps = "evaluation_results are published values of the model (model_info.id): evaluation_name the task, the metric's name or "
		"description the metric, with its interval and number of samples. A line of a samples file is a result: sample_id the item, "
		"evaluation_id the run, evaluation's members scores; so is a sample inside a document of schema 0.0.1.",
	.polarity = "is_correct false is a failure of capability. Samples without it are compared: a response that is not the "
		"ground truth is a failure. A metric of which less is better says so in its name.",
	.rules = "task:* => set kind=capability score=score\n"
		"said:different => set outcome=fail\n"
		"said:equal => set outcome=pass\n"
		"score.is_correct<1 => set outcome=fail\n"
		"score.is_correct>=1 => set outcome=pass\n",
	.probe = every_eval_probe,
	.read = every_eval_read,
};
