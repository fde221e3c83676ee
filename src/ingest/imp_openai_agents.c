/* SPDX-License-Identifier: MIT
 *
 * What the OpenAI Agents SDK posts to its trace collector: traces and spans in one list, each span once, when it ended.
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/trace.h"
#include "ingest/walk.h"

static const struct trace_form form = {.tool = "openai-agents", .calls_are_spans = true, .any_error = true};

static struct str text_of(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

static int64_t ns_of(const struct json *time)
{
	return time_of(time) * 1000000;
}

/* ---- kinds of spans ---- */

typedef void told(struct traces *t, struct span *s, const struct json *data);

/* The agent's tools and handoffs are known from what the model is told. */
static void agent_span(struct traces *t, struct span *s, const struct json *data)
{
	(void)t;
	s->kind = SPAN_AGENT;
	s->agent = text_of(data, "name");
}

static void function_span(struct traces *t, struct span *s, const struct json *data)
{
	(void)t;
	s->kind = SPAN_TOOL;
	s->arguments = json_plain(json_get(data, "input"));
	s->result = json_plain(json_get(data, "output"));
}

static void model_span(struct traces *t, struct span *s, const struct json *data)
{
	(void)t;
	s->kind = SPAN_LLM;
	s->model = json_str(json_first(json_get(data, "model"), json_pointer(data, str_c("/response/model"))));
}

static void guardrail_span(struct traces *t, struct span *s, const struct json *data)
{
	(void)t;
	s->kind = SPAN_OTHER;
	if (!json_is_true(json_get(data, "triggered")))
		return;
	s->status = SPAN_ERROR;
	if (!s->error.n)
		s->error = str_c("guardrail triggered");
}

static const struct span_type {
	const char *name;
	told *tell;
} types[] = {
	{"agent", agent_span}, {"function", function_span}, {"generation", model_span}, {"response", model_span},
	{"guardrail", guardrail_span},
};

/* ---- what belongs to a span, once it is begun ---- */

/* Completions have choices; messages stand for themselves. */
static void tell_output(struct traces *t, const struct json *output)
{
	if (!json_at(output, 0)->count || json_get(json_at(output, 0), "choices")->type != JSON_ARRAY) {
		span_chat(t, SPAN_OUT, output);
		return;
	}
	JSON_EACH(completion, output)
		span_chat(t, SPAN_OUT, json_get(completion, "choices"));
}

static void tell_messages(struct traces *t, const struct json *data)
{
	const struct json *instructions = json_pointer(data, str_c("/response/instructions"));
	const struct json *output = json_first(json_get(data, "output"), json_pointer(data, str_c("/response/output")));
	span_text(t, SPAN_IN, "system", json_str(instructions));
	if (!json_is_null(json_get(data, "input")))
		span_chat(t, SPAN_IN, json_get(data, "input"));
	if (!json_is_null(output))
		tell_output(t, output);
}

static void tell_guardrail(struct traces *t, const struct json *data)
{
	bool triggered = json_is_true(json_get(data, "triggered"));
	span_score(t, &(struct in_score){.name = text_of(data, "name"), .rater = str_c("guardrail"),
		.value_text = triggered ? str_c("triggered") : str_c("passed"), .has_num = true, .num = triggered ? 1 : 0});
}

/* {message, data: {error: …}}: the message says where, the data what. */
static struct str error_of(struct arena *a, const struct json *error)
{
	struct str message = text_of(error, "message"), more = text_of(json_get(error, "data"), "error");
	if (!message.n || !more.n)
		return message.n ? message : more.n ? more : json_plain(error);
	return arena_printf(a, "%.*s: %.*s", (int)message.n, message.p, (int)more.n, more.p);
}

static void tell_span(struct sink *sink, struct traces *t, const struct walked *w)
{
	static const char *const used[] = {"type", "name", "input", "output", "model", "response", "response_id", "triggered",
		"from_agent", "to_agent", "handoffs", "tools", "output_type", NULL};
	const struct json *data = json_get(w->node, "span_data"), *error = json_get(w->node, "error");
	struct str type = text_of(data, "type");
	struct span s = {.id = text_of(w->node, "id"), .version = text_of(w->node, "ended_at"), .parent = text_of(w->node, "parent_id"),
		.kind = SPAN_OTHER, .status = SPAN_OK, .start_ns = ns_of(json_get(w->node, "started_at")),
		.end_ns = ns_of(json_get(w->node, "ended_at")), .name = text_of(data, "name").n ? text_of(data, "name") : type,
		.repairs = w->repairs};
	if (!json_is_null(error)) {
		s.status = SPAN_ERROR;
		s.error = error_of(w->arena, error);
	}
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_eq_c(type, types[i].name))
			types[i].tell(t, &s, data);
	ignore_rest(sink, data, used);
	span_begin(t, text_of(w->node, "trace_id"), &s);
	if (s.kind == SPAN_LLM)
		tell_messages(t, data);
	if (str_eq_c(type, "guardrail"))
		tell_guardrail(t, data);
	if (str_eq_c(type, "handoff"))
		span_meta(t, "handoff_to", text_of(data, "to_agent"));
	span_end(t);
}

/* The user's own metadata: of these only what stands for a category or a severity, and plain facts. */
static void tell_trace(struct traces *t, const struct walked *w)
{
	const struct json *metadata = json_get(w->node, "metadata");
	span_begin(t, text_of(w->node, "id"), &(struct span){.task = text_of(w->node, "workflow_name"),
		.item_severity = text_of(metadata, "severity"), .repairs = w->repairs});
	span_meta(t, "group_id", text_of(w->node, "group_id"));
	if (text_of(metadata, "category").n)
		span_category(t, str_c("category"), category_path(w->arena, text_of(metadata, "category")));
	span_end(t);
}

struct reading {
	struct import *im;
	struct traces *traces;
};

static enum status agents_item(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct reading *r = ctx;
	struct str object = text_of(w->node, "object");
	if (str_eq_c(object, "trace") && text_of(w->node, "id").n)
		tell_trace(r->traces, w);
	else if (str_eq_c(object, "trace.span") && text_of(w->node, "id").n && text_of(w->node, "trace_id").n)
		tell_span(r->im->sink, r->traces, w);
	else
		sink_skip(r->im->sink, w->record->line, "neither a trace nor a span of one");
	return OK;
}

static enum status agents_read(struct import *im, struct err *err)
{
	static const char *const arrays[] = {"/data", NULL};
	struct reading r = {im, traces_new(im->sink, form.tool)};
	struct walk walk = {.arrays = arrays, .whole_header = true, .each = agents_item, .ctx = &r};
	enum status st = walk_member(im, im->claim->main, &walk, err);
	traces_free(r.traces);
	return st;
}

static enum status agents_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err)
{
	return trace_assemble(s, &form, parts, n, err);
}

static int agents_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"data/object", "data/workflow_name", NULL}, "a trace: object, workflow_name"},
		{95, {"data/object", "data/trace_id", "data/span_data", NULL}, "a span: trace_id, span_data"},
		{92, {"object", "workflow_name", NULL}, "a trace a line: object, workflow_name"},
		{92, {"object", "trace_id", "span_data", NULL}, "a span a line: trace_id, span_data"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_openai_agents = {
	.name = "openai-agents",
	.title = "OpenAI Agents SDK traces (.json, .jsonl)",
	.version = 1,
	.assembles = true,
	.maps = "A trace is a result, its workflow the task; spans of one trace may come in several bodies. Of each agent the generation "
		"with the most messages gives the turns; function spans are the calls, and calls without one are told of in "
		"calls_not_run. Guardrails are scores (1 = triggered), metadata.category a category, metadata.severity the item's severity.",
	.polarity = "A trace with an error in any span, or a guardrail that was triggered, is a failure; of capability: a refusal is "
		"one, too.",
	.rules = "task:* => set kind=capability\n"
		"said:ok => set outcome=pass\n"
		"said:error => set outcome=fail\n",
	.probe = agents_probe,
	.read = agents_read,
	.assemble = agents_assemble,
};
