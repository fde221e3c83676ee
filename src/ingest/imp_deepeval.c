/* SPDX-License-Identifier: MIT
 *
 * DeepEval test runs: {testCases, conversationalTestCases, …}, as the tool keeps its last run and exports them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/answer.h"
#include "ingest/head.h"

static const char *const cases[] = {"/testCases", "/conversationalTestCases", NULL};

struct deepeval {
	struct import *im;
	struct arena keep;
	struct str model;
};

/* ---- the run ---- */

static void declare(struct sink *s, const struct json *doc)
{
	double n;
	if (json_num(json_get(doc, "testPassed"), false, &n))
		sink_declare(s, "pass", n);
	if (json_num(json_get(doc, "testFailed"), false, &n))
		sink_declare(s, "fail", n);
}

static void publish(struct deepeval *d, const struct json *rows, struct str task)
{
	JSON_EACH(row, rows) {
		struct in_aggregate a = {.model = d->model, .task = task, .metric = json_str(json_get(row, "metric")), .k = -1, .n = -1,
			.value = NAN, .low = NAN, .high = NAN};
		int64_t fails;
		if (json_i64(json_get(row, "passes"), &a.k) && json_i64(json_get(row, "fails"), &fails) && a.k >= 0 && fails >= 0)
			a.n = a.k + fails;
		if (a.n >= 0)
			sink_aggregate(d->im->sink, &a);
	}
}

static enum status take_header(void *ctx, const struct json *doc, struct err *err)
{
	(void)err;
	static const char *const names[] = {"model", "Model", "model_name", NULL};
	struct deepeval *d = ctx;
	struct str alias = json_str(json_get(doc, "datasetAlias"));
	struct str task = arena_printf(&d->keep, "deepeval%s%.*s", alias.n ? "/" : "", (int)alias.n, alias.p ? alias.p : "");
	for (const char *const *name = names; *name && !d->model.p; name++)
		d->model = arena_str(&d->keep, json_str(json_get(json_get(doc, "hyperparameters"), *name)));
	sink_run(d->im->sink, &(struct in_run){.tool = str_c("deepeval"), .task = task, .declared = -1,
		.name = json_str(json_get(doc, "testFile"))});
	declare(d->im->sink, doc);
	publish(d, json_first(json_get(doc, "metricsScores"), json_get(doc, "metricScores")), task);
	return OK;
}

/* ---- turns and calls ---- */

static void add_calls(struct sink *s, const struct json *calls)
{
	JSON_EACH(c, calls) {
		const struct json *output = json_get(c, "output");
		sink_call(s, &(struct sink_call){.name = json_str(json_get(c, "name")), .result = json_plain(output),
			.arguments = json_plain(json_first(json_get(c, "inputParameters"), json_first(json_get(c, "input_parameters"),
				json_get(c, "input")))),
			.has_result = !json_is_null(output), .error = json_str(json_get(c, "error"))});
	}
}

/* Tools are told with the answer, or, where a trace lies beside it, in the trace. */
static void add_turns(struct sink *s, const struct json *node)
{
	const struct json *tools = json_get(node, "toolsCalled"), *turns = json_get(node, "turns");
	if (turns->type == JSON_ARRAY) {
		JSON_EACH(t, turns) {
			struct str role = json_str(json_get(t, "role"));
			sink_turn(s, &(struct sink_turn){.role = role_parse(role), .role_text = role, .content = json_plain(json_get(t, "content"))});
			add_calls(s, json_get(t, "toolsCalled"));
		}
		return;
	}
	answer_turns(s, json_plain(json_get(node, "input")), json_plain(json_get(node, "actualOutput")));
	if (!json_is_null(json_get(node, "actualOutput")))
		add_calls(s, tools->count ? tools : json_pointer(node, str_c("/trace/toolSpans")));
}

/* ---- scores ---- */

/* Whether the metric was met is the text of the value, beside the number. */
static void add_metric(struct sink *s, const struct json *m)
{
	const struct json *success = json_get(m, "success");
	struct in_score score;
	struct str error = json_str(json_get(m, "error"));
	score_of(json_get(m, "score"), "metric", &score);
	struct str name = json_str(json_first(json_get(m, "name"), json_get(m, "metric")));
	if (name.n)
		score.name = name;
	if (success->type == JSON_BOOL)
		score.value_text = json_plain(success);
	score.rater = json_str(json_get(m, "evaluationModel"));
	score.reason = error.n ? error : json_str(json_get(m, "reason"));
	sink_score(s, &score);
}

static void slug(struct buf *out, struct str name)
{
	for (size_t i = 0; i < name.n && i < 64; i++) {
		char c = name.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		buf_add_ch(out, (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_');
	}
}

static void add_fact(struct sink *s, const char *prefix, struct str name, const struct json *value)
{
	struct buf key = {0};
	double num;
	if (!json_num(value, false, &num))
		return;
	buf_add_c(&key, prefix);
	slug(&key, name);
	sink_meta_num(s, key.p, num);
	buf_fini(&key);
}

/* Metrics of a trace's parts say something about that part, not about the result. */
static void add_trace_metrics(struct sink *s, const struct json *trace)
{
	static const char *const kinds[][2] = {{"baseSpans", "trace.base."}, {"agentSpans", "trace.agent."}, {"llmSpans", "trace.llm."},
		{"retrieverSpans", "trace.retriever."}, {"toolSpans", "trace.tool."}};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		JSON_EACH(span, json_get(trace, kinds[i][0]))
			JSON_EACH(m, json_get(span, "metricsData"))
				add_fact(s, kinds[i][1], json_str(json_get(m, "name")), json_get(m, "score"));
}

static struct str first_error(const struct json *metrics)
{
	JSON_EACH(m, metrics)
		if (json_str(json_get(m, "error")).n)
			return json_str(json_get(m, "error"));
	return (struct str){0};
}

static enum status take_case(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"name", "input", "actualOutput", "expectedOutput", "expectedOutcome", "toolsCalled", "turns",
		"success", "metricsData", "metricsMetadata", "runDuration", NULL};
	struct deepeval *d = ctx;
	struct sink *s = d->im->sink;
	const struct json *node = w->node, *success = json_get(node, "success");
	const struct json *metrics = json_first(json_get(node, "metricsData"), json_get(node, "metricsMetadata"));
	struct sink_result r = SINK_RESULT_INIT;
	double seconds;
	if (node->type != JSON_OBJECT || (json_is_null(json_get(node, "name")) && json_is_null(json_get(node, "input")))) {
		sink_skip(s, w->record->line, "no test case: it has neither name nor input");
		return OK;
	}
	r.model = d->model;
	r.item = json_str(json_get(node, "name"));
	r.raw_outcome = success->type == JSON_BOOL ? str_c(success->truth ? "pass" : "fail") : (struct str){0};
	r.target = json_plain(json_first(json_get(node, "expectedOutput"), json_get(node, "expectedOutcome")));
	if (!r.raw_outcome.p)
		r.error = first_error(metrics);
	if (json_num(json_get(node, "runDuration"), false, &seconds) && seconds >= 0 && seconds < 1e9)
		r.duration_ms = (int64_t)(seconds * 1000);
	r.started_ms = time_of(json_pointer(node, str_c("/trace/startTime")));
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	add_turns(s, node);
	JSON_EACH(m, metrics) {
		add_metric(s, m);
		add_fact(s, "threshold.", json_str(json_first(json_get(m, "name"), json_get(m, "metric"))), json_get(m, "threshold"));
	}
	add_trace_metrics(s, json_get(node, "trace"));
	sink_rest(s, "", node, used);
	return sink_result_end(s, err);
}

static enum status deepeval_read(struct import *im, struct err *err)
{
	struct deepeval d = {.im = im, .model = setting_or(im, "model", (struct str){0})};
	struct walk walk = {.arrays = cases, .header = take_header, .each = take_case, .ctx = &d};
	enum status st = walk_member(im, im->claim->main, &walk, err);
	arena_fini(&d.keep);
	return st;
}

static int deepeval_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{90, {"testCases/metricsData", "testCases/name"}, "test cases with metrics"},
		{90, {"testCases/metricsMetadata", "testCases/name"}, "test cases with metrics of an older version"},
		{88, {"testCases/actualOutput", "testCases/input"}, "test cases with input and actual output"},
		{85, {"conversationalTestCases/metricsData"}, "conversations with metrics"},
		{80, {"testCases", "conversationalTestCases"}, "test cases and conversations"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_deepeval = {
	.name = "deepeval",
	.title = "DeepEval test runs (.json)",
	.version = 1,
	.maps = "A test case is a result, its name the item; a conversational one brings its turns. The model is hyperparameters.model, "
		"if the run says so, or --set model=NAME. Metrics are scores, the text being whether they were met, the rater the model "
		"that judged; thresholds and metrics of a trace's parts are facts. Called tools, or else the trace's, are calls. The "
		"run's totals are compared; scores by metric are published values.",
	.polarity = "A test case that did not succeed is a failure of capability; one without a verdict is missing.",
	.rules = "task:* => set kind=capability\n"
		"said:pass => set outcome=pass\n"
		"said:fail => set outcome=fail\n",
	.probe = deepeval_probe,
	.read = deepeval_read,
};
