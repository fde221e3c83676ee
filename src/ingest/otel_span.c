/* SPDX-License-Identifier: MIT
 *
 * What attributes make of a span. Each fact has a list of the names that the
 * conventions give it; the first that is there counts.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/otel.h"

enum { NAMES = 10, FACT_MAX = 4096, ROOT_FACT_MAX = 1024 };

/* ---- kinds ---- */

static const struct {
	const char *name, *value;
	enum span_kind kind;
} kinds[] = {
	{"openinference.span.kind", "LLM", SPAN_LLM}, {"openinference.span.kind", "TOOL", SPAN_TOOL},
	{"openinference.span.kind", "AGENT", SPAN_AGENT}, {"gen_ai.operation.name", "chat", SPAN_LLM},
	{"gen_ai.operation.name", "text_completion", SPAN_LLM}, {"gen_ai.operation.name", "generate_content", SPAN_LLM},
	{"gen_ai.operation.name", "execute_tool", SPAN_TOOL}, {"gen_ai.operation.name", "invoke_agent", SPAN_AGENT},
	{"ai.operationId", "ai.generateText.doGenerate", SPAN_LLM}, {"ai.operationId", "ai.streamText.doStream", SPAN_LLM},
	{"ai.operationId", "ai.generateObject.doGenerate", SPAN_LLM}, {"ai.operationId", "ai.streamObject.doStream", SPAN_LLM},
	{"ai.operationId", "ai.toolCall", SPAN_TOOL}, {"ai.operationId", "ai.generateText", SPAN_AGENT},
	{"ai.operationId", "ai.streamText", SPAN_AGENT}, {"ai.operationId", "ai.generateObject", SPAN_AGENT},
	{"ai.operationId", "ai.streamObject", SPAN_AGENT}, {"langfuse.observation.type", "generation", SPAN_LLM},
	{"langfuse.observation.type", "tool", SPAN_TOOL}, {"langfuse.observation.type", "agent", SPAN_AGENT},
	{"traceloop.span.kind", "tool", SPAN_TOOL}, {"traceloop.span.kind", "agent", SPAN_AGENT},
	{"llm.request.type", "chat", SPAN_LLM}, {"llm.request.type", "completion", SPAN_LLM},
	{"mlflow.spanType", "CHAT_MODEL", SPAN_LLM}, {"mlflow.spanType", "LLM", SPAN_LLM}, {"mlflow.spanType", "TOOL", SPAN_TOOL},
	{"mlflow.spanType", "AGENT", SPAN_AGENT}, {"nat.span.kind", "LLM", SPAN_LLM}, {"nat.span.kind", "TOOL", SPAN_TOOL},
	{"nat.span.kind", "AGENT", SPAN_AGENT}, {"aiq.span.kind", "LLM", SPAN_LLM}, {"aiq.span.kind", "TOOL", SPAN_TOOL},
	{"aiq.span.kind", "AGENT", SPAN_AGENT},
};

/* Without a word on the kind, what it has tells. */
static const struct {
	const char *name;
	enum span_kind kind;
} signs[] = {
	{"gen_ai.tool.name", SPAN_TOOL}, {"gen_ai.input.messages", SPAN_LLM}, {"gen_ai.prompt", SPAN_LLM},
	{"gen_ai.completion", SPAN_LLM}, {"llm.input_messages", SPAN_LLM}, {"gen_ai.response.id", SPAN_LLM},
};

/* ---- names of facts ---- */

static const char *const model_at[NAMES] = {"gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "ai.model.id",
	"langfuse.observation.model.name", "embedding.model_name", NULL};
static const char *const provider_at[NAMES] = {"gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system",
	"ai.model.provider", NULL};
static const char *const agent_at[NAMES] = {"gen_ai.agent.name", "ai.telemetry.functionId", "agent.name",
	"traceloop.entity.name", "graph.node.id", NULL};
static const char *const tool_at[NAMES] = {"gen_ai.tool.name", "ai.toolCall.name", "tool.name", "tool_call.function.name",
	"traceloop.entity.name", NULL};
static const char *const call_at[NAMES] = {"gen_ai.tool.call.id", "ai.toolCall.id", "tool_call.id", "tool.id",
	"langfuse.observation.metadata.tool_call_id", NULL};
static const char *const arguments_at[NAMES] = {"gen_ai.tool.call.arguments", "ai.toolCall.args", "tool_call.function.arguments",
	"langfuse.observation.input", "traceloop.entity.input", "mlflow.spanInputs", "tool_arguments", "input.value",
	"tool.parameters", NULL};
static const char *const result_at[NAMES] = {"gen_ai.tool.call.result", "ai.toolCall.result", "langfuse.observation.output",
	"traceloop.entity.output", "mlflow.spanOutputs", "tool_response", "output.value", NULL};
static const char *const service_at[NAMES] = {"service.name", "openinference.project.name", NULL};

/* Facts about a trace, of any span: the name it has here. Those that end with a dot are groups. */
static const struct {
	const char *name, *meta;
} facts[] = {
	{"session.id", "session"}, {"gen_ai.conversation.id", "session"}, {"langfuse.session.id", "session"},
	{"user.id", "user"}, {"langfuse.user.id", "user"}, {"tag.tags", "tags"}, {"langfuse.trace.tags", "tags"},
	{"langfuse.trace.name", "trace_name"}, {"langfuse.trace.public", "public"},
	{"metadata", "metadata."}, {"ai.telemetry.metadata", "metadata."}, {"langfuse.trace.metadata", "metadata."},
	{"traceloop.association.properties", "metadata."}, {"llm.prompt_template.template", "prompt_template"},
	{"gen_ai.agent.id", "agent_id"}, {"gen_ai.agent.version", "agent_version"},
};

/* What is read elsewhere, and so neither a fact nor ignored; groups too. */
static const char *const read_names[] = {"gen_ai.operation.name", "gen_ai.request.model", "gen_ai.response.model", "gen_ai.provider.name",
	"gen_ai.system", "gen_ai.agent", "gen_ai.tool.name", "gen_ai.tool.call", "gen_ai.input.messages", "gen_ai.output.messages",
	"gen_ai.system_instructions", "gen_ai.prompt", "gen_ai.completion", "gen_ai.conversation.id", "gen_ai.evaluation",
	"openinference.span.kind", "llm.model_name", "llm.provider", "llm.system", "llm.input_messages", "llm.output_messages",
	"llm.prompt_template.template", "input", "output", "ai.operationId", "ai.telemetry", "ai.model", "ai.prompt.messages", "ai.prompt",
	"ai.response.text", "ai.response.toolCalls", "ai.response.reasoning", "ai.response.object", "ai.toolCall", "langfuse.observation.type",
	"langfuse.observation.input", "langfuse.observation.output", "langfuse.observation.level", "langfuse.observation.status_message",
	"langfuse.observation.model", "langfuse.observation.metadata.tool_call_id", "langfuse.trace", "langfuse.session", "langfuse.user",
	"traceloop.span.kind", "traceloop.entity", "traceloop.association", "tool", "tool_call", "agent.name", "session.id", "user.id",
	"tag.tags", "metadata", "mlflow.spanType", "mlflow.spanInputs", "mlflow.spanOutputs", "error.type", NULL};

static const char *const input_at[NAMES] = {"input.value", "langfuse.trace.input", "traceloop.entity.input", NULL};

static const struct json *first_at(const struct json *attrs, const char *const *names)
{
	static const struct json absent;
	for (; *names; names++) {
		const struct json *v = attrs_get(attrs, *names);
		if (json_plain(v).n)
			return v;
	}
	return &absent;
}

static struct str text_at(const struct json *attrs, const char *const *names)
{
	return json_plain(first_at(attrs, names));
}

/* ---- what is left ---- */

static void learn(struct dict *d, const char *name)
{
	dict_add(d, str_c(name));
}

void otel_begin(struct otel *o, struct sink *s, const char *tool)
{
	*o = (struct otel){.sink = s, .traces = traces_new(s, tool)};
	for (const char *const *n = read_names; *n; n++)
		learn(&o->known, *n);
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		learn(&o->known, facts[i].name);
}

void otel_end(struct otel *o)
{
	for (uint32_t i = 0; i < o->ignored.n; i++)
		sink_ignore(o->sink, dict_name(&o->ignored, i), o->counts[i]);
	traces_free(o->traces);
	dict_fini(&o->known);
	dict_fini(&o->ignored);
	free(o->counts);
}

void otel_ignore(struct otel *o, struct str name)
{
	size_t before = o->ignored.n;
	uint32_t i = dict_add(&o->ignored, name);
	if (o->ignored.n > o->cap)
		o->counts = vec_grow(o->counts, &o->cap, o->ignored.n, sizeof *o->counts);
	if (o->ignored.n > before)
		o->counts[i] = 0;
	o->counts[i]++;
}

/* Numbers in names are places in lists: "llm.tools.N.tool". */
static void add_name(struct buf *path, struct str key)
{
	int64_t n;
	if (path->n)
		buf_add_ch(path, '.');
	if (str_to_i64(key, &n))
		buf_add_ch(path, 'N');
	else
		buf_add_str(path, str_sub(key, 0, 80));
}

/* Attributes that nothing is made of: facts of a root's own, the others are counted. */
static void leave(struct otel *o, const struct json *node, struct buf *path, bool root)
{
	size_t n = path->n;
	JSON_EACH(v, node) {
		add_name(path, v->key);
		struct str text = json_plain(v);
		bool scalar = v->type != JSON_OBJECT && v->type != JSON_ARRAY;
		bool known = dict_find(&o->known, buf_str(path)) != DICT_NONE;
		if (!known && v->child && (v->type != JSON_ARRAY || v->child->child))
			leave(o, v, path, root);
		else if (!known && root && scalar && text.n <= ROOT_FACT_MAX)
			span_meta(o->traces, path->p, text);
		else if (!known && !json_is_null(v))
			otel_ignore(o, buf_str(path));
		path->n = n;
	}
}

/* ---- facts ---- */

/* Scalars below a node, under their dotted names. */
static void put_group(struct otel *o, struct buf *name, const struct json *node)
{
	size_t n = name->n;
	JSON_EACH(v, node) {
		buf_add_str(name, str_sub(v->key, 0, 80));
		struct str text = json_plain(v);
		if (v->child && v->type == JSON_OBJECT) {
			buf_add_ch(name, '.');
			put_group(o, name, v);
		} else if (text.n && text.n <= FACT_MAX) {
			span_meta(o->traces, name->p, text);
		}
		name->n = n;
		name->p[n] = '\0';
	}
}

static void put_facts(struct otel *o, struct arena *a, const struct otel_span *s)
{
	struct buf name = {0};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		const struct json *v = attrs_get(s->attrs, facts[i].name), *inner;
		struct str text = json_plain(v);
		buf_clear(&name);
		buf_add_c(&name, facts[i].meta);
		if (!str_ends(buf_str(&name), ".")) {
			if (text.n && text.n <= FACT_MAX)
				span_meta(o->traces, name.p, text);
		} else if (v->child) {
			put_group(o, &name, v);
		} else if (v->type == JSON_STRING && json_read(a, v->text, NULL, &inner, NULL) == OK && inner->type == JSON_OBJECT) {
			put_group(o, &name, inner);
		}
	}
	struct str input = text_at(s->attrs, input_at);
	if (!s->parent.n && input.n && input.n <= FACT_MAX)
		span_meta(o->traces, "input", input);
	buf_clear(&name);
	leave(o, s->attrs, &name, !s->parent.n);
	buf_fini(&name);
}

/* ---- the span ---- */

static enum span_kind kind_of(const struct otel_span *s)
{
	enum span_side side;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_eq_nocase(json_str(attrs_get(s->attrs, kinds[i].name)), str_c(kinds[i].value)))
			return kinds[i].kind;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		const struct json *v = attrs_get(s->attrs, signs[i].name);
		if (v->child || json_str(v).n)
			return signs[i].kind;
	}
	for (size_t i = 0; i < s->nevents; i++)
		if (otel_is_message(s->events[i].name, &side))
			return SPAN_LLM;
	return SPAN_OTHER;
}

/* "execute_tool get_balance": the convention puts the operation first. */
static struct str bare_name(struct str name, const char *operation)
{
	return str_starts(name, operation) ? str_sub(name, strlen(operation), name.n) : name;
}

/* A text that was made JSON once more. */
static struct str unquoted(struct arena *a, struct str s)
{
	const struct json *node;
	bool quoted = s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"';
	return quoted && json_read(a, s, NULL, &node, NULL) == OK && node->type == JSON_STRING ? node->text : s;
}

static void tool_facts(struct span *out, struct arena *a, const struct otel_span *s)
{
	struct str name = text_at(s->attrs, tool_at);
	out->name = name.n ? name : bare_name(s->name, "execute_tool ");
	out->call_id = text_at(s->attrs, call_at);
	out->arguments = unquoted(a, text_at(s->attrs, arguments_at));
	out->result = unquoted(a, text_at(s->attrs, result_at));
	for (size_t i = 0; i < s->nevents; i++) {
		const struct json *e = s->events[i].attrs;
		if (!str_eq_c(s->events[i].name, "gen_ai.tool.message"))
			continue;
		if (!out->result.n)
			out->result = json_plain(json_get(e, "content"));
		if (!out->call_id.n)
			out->call_id = json_plain(json_get(e, "id"));
	}
}

static void find_error(struct span *out, const struct otel_span *s)
{
	const struct json *level = attrs_get(s->attrs, "langfuse.observation.level");
	out->status = s->status;
	if (str_eq_c(json_str(level), "ERROR"))
		out->status = SPAN_ERROR;
	if (out->status != SPAN_ERROR)
		return;
	out->error = s->message;
	if (!out->error.n)
		out->error = json_str(attrs_get(s->attrs, "langfuse.observation.status_message"));
	for (size_t i = 0; i < s->nevents && !out->error.n; i++)
		out->error = json_str(attrs_get(s->events[i].attrs, "exception.message"));
	if (!out->error.n)
		out->error = json_plain(attrs_get(s->attrs, "error.type"));
}

static bool put_events(struct otel *o, struct arena *a, const struct otel_span *s, enum span_side want)
{
	enum span_side side;
	bool any = false;
	for (size_t i = 0; i < s->nevents; i++) {
		if (!otel_is_message(s->events[i].name, &side) || side != want)
			continue;
		otel_message(o, a, s->events[i].name, s->events[i].attrs);
		any = true;
	}
	for (size_t i = 0; i < s->nevents && !any; i++) /* an event may have the attributes that spans have */
		any = str_starts(s->events[i].name, "gen_ai.") && otel_chats(o, a, want, s->events[i].attrs);
	return any;
}

static void put_messages(struct otel *o, struct arena *a, const struct otel_span *s)
{
	for (int side = SPAN_IN; side <= SPAN_OUT; side++)
		if (!otel_chats(o, a, (enum span_side)side, s->attrs))
			put_events(o, a, s, (enum span_side)side);
}

void otel_put(struct otel *o, struct arena *a, const struct otel_span *s)
{
	struct span out = {.id = s->id, .parent = s->parent.p ? s->parent : str_c(""), .kind = kind_of(s), .name = s->name,
		.start_ns = s->start_ns, .end_ns = s->end_ns, .dropped = s->dropped, .repairs = s->repairs,
		.model = text_at(s->attrs, model_at), .provider = text_at(s->attrs, provider_at)};
	if (s->resource)
		out.service = text_at(s->resource, service_at);
	if (out.kind == SPAN_TOOL)
		tool_facts(&out, a, s);
	if (out.kind == SPAN_AGENT) {
		struct str agent = text_at(s->attrs, agent_at);
		out.agent = agent.n ? agent : bare_name(s->name, "invoke_agent ");
	}
	find_error(&out, s);
	span_begin(o->traces, s->trace, &out);
	if (out.kind == SPAN_LLM || out.kind == SPAN_AGENT || (out.kind == SPAN_OTHER && !s->parent.n))
		put_messages(o, a, s);
	for (size_t i = 0; i < s->nevents; i++)
		otel_score(o, s->events[i].name, s->events[i].attrs);
	for (size_t i = 0; i < s->nscores; i++)
		span_score(o->traces, &s->scores[i]);
	put_facts(o, a, s);
	span_end(o->traces);
}
