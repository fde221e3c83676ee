/* SPDX-License-Identifier: MIT
 *
 * A LangSmith run as a span. Where the root's own state has messages (LangGraph) they are the turns; otherwise the
 * model calls tell. Metadata can hold the environment of the process, so that only named members are taken.
 */
#include "ingest/imp_langsmith.h"

static struct str text_of(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

/* ISO in any spelling, or milliseconds since 1970: one run can have both. */
static int64_t ns_of(const struct json *time)
{
	double ms;
	if (json_num(time, false, &ms) && ms > 0 && ms < 9e12)
		return (int64_t)ms * 1000000;
	return time_of(time) * 1000000;
}

/* "START+ID.START+ID…": the trace is the first of them, for runs that do not say it. */
static struct str trace_of(const struct json *run)
{
	struct str trace = text_of(run, "trace_id"), order = text_of(run, "dotted_order"), first;
	if (trace.n)
		return trace;
	if (!order.n || !str_cut(&order, '.', &first))
		return text_of(run, "parent_run_id").n ? (struct str){0} : text_of(run, "id");
	return str_sub(first, first.n > 36 ? first.n - 36 : 0, 36);
}

static enum span_kind kind_of(struct str type, bool root)
{
	if (str_eq_c(type, "llm"))
		return SPAN_LLM;
	if (str_eq_c(type, "tool"))
		return SPAN_TOOL;
	if (root)
		return SPAN_AGENT;
	return type.n ? SPAN_OTHER : SPAN_UNSAID;
}

static struct str first_str(const struct json *const *nodes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (json_str(nodes[i]).n)
			return json_str(nodes[i]);
	return (struct str){0};
}

static struct str model_of(const struct json *run)
{
	const struct json *extra = json_get(run, "extra"), *params = json_get(extra, "invocation_params");
	const struct json *metadata = json_get(extra, "metadata");
	const struct json *const nodes[] = {json_get(metadata, "ls_model_name"), json_get(params, "model"), json_get(params, "model_name"),
		json_get(json_get(run, "inputs"), "model"), json_get(metadata, "model")};
	return first_str(nodes, sizeof nodes / sizeof *nodes);
}

/* ---- tools ---- */

static struct str text_in(struct arena *a, const struct json *value)
{
	struct buf text = {0};
	const struct json *kwargs = json_get(value, "kwargs"), *content = json_get(kwargs->type == JSON_OBJECT ? kwargs : value, "content");
	if (value->type == JSON_STRING || json_is_null(content))
		return json_plain(value);
	chat_text(&text, &text, content);
	struct str out = arena_str(a, buf_str(&text));
	buf_fini(&text);
	return out;
}

/* {"input": "…"}, {"output": a message}: the only member, or all of them. */
static struct str only(struct arena *a, const struct json *values, const char *name)
{
	const struct json *one = json_get(values, name);
	if (json_is_null(values))
		return (struct str){0};
	return values->count == 1 && one->type != JSON_ABSENT ? text_in(a, one) : json_plain(values);
}

/* ---- messages ---- */

static bool is_assistant(const struct json *message)
{
	const struct json *id = json_get(message, "id"), *kwargs = json_get(message, "kwargs");
	struct str role = text_of(message, "role"), type = text_of(message, "type"), class = json_str(json_at(id, id->count - 1));
	if (kwargs->type == JSON_OBJECT)
		return str_starts(class, "AIMessage");
	return role_parse(role.n ? role : type) == ROLE_ASSISTANT;
}

/* The state of a graph at its end holds all that went in, too: what stands before the first answer. */
static void tell_state(struct traces *t, const struct json *run)
{
	const struct json *in = json_get(json_get(run, "inputs"), "messages"), *out = json_get(json_get(run, "outputs"), "messages");
	enum span_side side = SPAN_IN;
	if (out->type != JSON_ARRAY) {
		if (in->type == JSON_ARRAY)
			span_chat(t, SPAN_IN, in);
		return;
	}
	JSON_EACH(message, out) {
		if (is_assistant(message))
			side = SPAN_OUT;
		span_chat(t, side, message);
	}
}

static void tell_generations(struct traces *t, const struct json *generations)
{
	JSON_EACH(g, generations) {
		const struct json *message = json_get(g, "message");
		if (g->type == JSON_ARRAY)
			tell_generations(t, g);
		else if (message->type == JSON_OBJECT)
			span_chat(t, SPAN_OUT, message);
		else
			span_text(t, SPAN_OUT, "assistant", text_of(g, "text"));
	}
}

static void tell_model_call(struct traces *t, const struct json *run)
{
	const struct json *in = json_get(run, "inputs"), *out = json_get(run, "outputs"), *prompts = json_get(in, "prompts");
	const struct json *generations = json_get(out, "generations"), *message = json_get(out, "message");
	JSON_EACH(prompt, prompts)
		span_text(t, SPAN_IN, "user", json_str(prompt));
	if (in->count && prompts->type == JSON_ABSENT)
		span_chat(t, SPAN_IN, in);
	if (generations->type == JSON_ARRAY)
		tell_generations(t, generations);
	else if (message->type == JSON_OBJECT)
		span_chat(t, SPAN_OUT, message);
	else if (out->count)
		span_chat(t, SPAN_OUT, out);
}

/* ---- facts of the root ---- */

static void tell_metadata(struct langsmith *l, struct arena *a, const struct json *metadata)
{
	static const char *const names[] = {"thread_id", "session_id", "conversation_id", "revision_id", "ls_integration", NULL};
	struct traces *t = l->traces;
	size_t taken = 0;
	for (const char *const *n = names; *n; n++) {
		taken += text_of(metadata, *n).n > 0;
		span_meta(t, *n, text_of(metadata, *n));
	}
	if (text_of(metadata, "category").n)
		span_category(t, str_c("category"), category_path(a, text_of(metadata, "category")));
	taken += text_of(metadata, "severity").n > 0;
	taken += text_of(metadata, "category").n > 0;
	l->unused += metadata->count > taken ? metadata->count - taken : 0;
}

/* {"correctness": {"n": 2, "avg": 0.5}}: as exports have it, without who said it. */
static void tell_feedback(struct traces *t, const struct json *stats)
{
	JSON_EACH(key, stats) {
		struct in_score score;
		if (!score_of(json_get(key, "avg"), "", &score))
			continue;
		score.name = key->key;
		score.rater = str_c("feedback");
		span_score(t, &score);
	}
}

static void tell_root(struct langsmith *l, struct arena *a, const struct json *run)
{
	span_meta(l->traces, "project", text_of(run, "session_name"));
	span_meta(l->traces, "tags", joined_texts(a, json_get(run, "tags")));
	tell_metadata(l, a, json_pointer(run, str_c("/extra/metadata")));
	tell_feedback(l->traces, json_get(run, "feedback_stats"));
}

/* ---- the run ---- */

bool langsmith_run(struct langsmith *l, struct arena *a, const struct json *run, enum langsmith_op op, uint32_t repairs)
{
	static const char *const used[] = {"id", "trace_id", "dotted_order", "parent_run_id", "parent_run_ids", "name", "run_type",
		"start_time", "end_time", "inputs", "outputs", "error", "extra", "tags", "session_name", "feedback_stats", "status", NULL};
	struct str trace = trace_of(run), type = text_of(run, "run_type"), error = json_plain(json_get(run, "error"));
	bool root = str_eq(text_of(run, "id"), trace);
	struct span s = {.id = text_of(run, "id"), .parent = text_of(run, "parent_run_id"), .kind = kind_of(type, root),
		.start_ns = ns_of(json_get(run, "start_time")), .end_ns = ns_of(json_get(run, "end_time")), .name = text_of(run, "name"),
		.repairs = repairs};
	if (!trace.n || !s.id.n)
		return false;
	s.version = arena_printf(a, "%d %020lld", (int)op, (long long)s.end_ns);
	if (error.n) {
		s.status = SPAN_ERROR;
		s.error = error;
	} else if (s.end_ns) {
		s.status = SPAN_OK;
	}
	if (root)
		s.item_severity = json_str(json_pointer(run, str_c("/extra/metadata/severity")));
	if (s.kind == SPAN_LLM || root)
		s.model = model_of(run);
	if (s.kind == SPAN_LLM) {
		s.provider = json_str(json_pointer(run, str_c("/extra/metadata/ls_provider")));
	} else if (s.kind == SPAN_TOOL) {
		s.call_id = json_str(json_first(json_pointer(run, str_c("/extra/tool_call_id")),
			json_pointer(run, str_c("/outputs/output/kwargs/tool_call_id"))));
		s.arguments = only(a, json_get(run, "inputs"), "input");
		s.result = only(a, json_get(run, "outputs"), "output");
	}
	ignore_rest(l->im->sink, run, used);
	span_begin(l->traces, trace, &s);
	if (s.kind == SPAN_LLM)
		tell_model_call(l->traces, run);
	else if (s.kind == SPAN_AGENT)
		tell_state(l->traces, run);
	if (root)
		tell_root(l, a, run);
	span_end(l->traces);
	return true;
}

bool langsmith_feedback(struct langsmith *l, struct arena *a, const struct json *feedback)
{
	struct in_score score;
	struct str trace = text_of(feedback, "trace_id"), run = text_of(feedback, "run_id"), id = text_of(feedback, "id");
	const struct json *value = json_first(json_get(feedback, "score"), json_get(feedback, "value"));
	if (!id.n || !(trace.n || run.n))
		return false;
	score_of(value, "", &score);
	score.name = text_of(feedback, "key");
	score.reason = text_of(feedback, "comment");
	score.rater = json_str(json_pointer(feedback, str_c("/feedback_source/type")));
	span_begin(l->traces, trace.n ? trace : run, &(struct span){.id = id, .parent = run, .kind = SPAN_NOTE,
		.version = arena_printf(a, "%020lld", (long long)ns_of(json_get(feedback, "modified_at")))});
	span_score(l->traces, &score);
	span_end(l->traces);
	return true;
}
