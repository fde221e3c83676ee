/* SPDX-License-Identifier: MIT
 *
 * Where the conventions keep messages: attributes (JSON in a text, or one
 * attribute for each member), events of spans, and log records.
 */
#include "ingest/otel.h"

/* In order of trust: the first that is there counts. */
static const struct place {
	enum span_side side;
	const char *name;
} places[] = {
	{SPAN_IN, "gen_ai.input.messages"},
	{SPAN_IN, "llm.input_messages"},
	{SPAN_IN, "gen_ai.prompt"},
	{SPAN_IN, "ai.prompt.messages"},
	{SPAN_IN, "langfuse.observation.input"},
	{SPAN_IN, "ai.prompt"},
	{SPAN_IN, "mlflow.spanInputs"},
	{SPAN_IN, "traceloop.entity.input"},
	{SPAN_IN, "input.value"},
	{SPAN_OUT, "gen_ai.output.messages"},
	{SPAN_OUT, "llm.output_messages"},
	{SPAN_OUT, "gen_ai.completion"},
	{SPAN_OUT, "ai.response"},
	{SPAN_OUT, "langfuse.observation.output"},
	{SPAN_OUT, "mlflow.spanOutputs"},
	{SPAN_OUT, "traceloop.entity.output"},
	{SPAN_OUT, "output.value"},
};

static const struct {
	const char *name, *role;
	enum span_side side;
} events[] = {
	{"gen_ai.system.message", "system", SPAN_IN},
	{"gen_ai.user.message", "user", SPAN_IN},
	{"gen_ai.assistant.message", "assistant", SPAN_IN},
	{"gen_ai.tool.message", "tool", SPAN_IN},
	{"gen_ai.choice", "assistant", SPAN_OUT},
};
enum { EVENTS = sizeof events / sizeof *events };

/* A text that is JSON as what it says; anything else as it is. */
static const struct json *read_text(struct arena *a, const struct json *v)
{
	const struct json *node;
	struct str s = str_trim(json_str(v));
	if (s.n < 2 || (s.p[0] != '{' && s.p[0] != '[' && s.p[0] != '"') || json_read(a, s, NULL, &node, NULL) != OK)
		return v;
	return node;
}

static bool put_chat(struct otel *o, struct arena *a, enum span_side side, const struct json *v)
{
	const struct json *chat = v->child ? v : read_text(a, v);
	if (json_is_null(chat) || (chat->type == JSON_STRING && !chat->text.n))
		return false;
	span_chat(o->traces, side, chat);
	return true;
}

/* {"role":…,"content":…,"reasoning":…,"tool_calls":…} of values that stand apart. */
static const struct json *compose(struct arena *a, const char *role, const struct json *const *values)
{
	static const char *const names[] = {"content", "reasoning", "tool_calls", "parts", "tool_call_id", "name"};
	struct buf b = {0};
	const struct json *node;
	buf_printf(&b, "{\"role\":\"%s\"", role);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!values[i] || json_is_null(values[i]))
			continue;
		buf_printf(&b, ",\"%s\":", names[i]);
		json_write_node(&b, values[i]);
	}
	buf_add_ch(&b, '}');
	enum status st = json_read(a, arena_str(a, buf_str(&b)), NULL, &node, NULL);
	buf_fini(&b);
	return st == OK ? node : NULL;
}

static void put_composed(
	struct otel *o, struct arena *a, enum span_side side, const char *role, const struct json *const *values)
{
	const struct json *m = compose(a, role, values);
	if (m)
		span_chat(o->traces, side, m);
}

/* The AI SDK says its answer in three attributes. */
static bool put_answer(struct otel *o, struct arena *a, const struct json *attrs)
{
	const struct json *text = attrs_get(attrs, "ai.response.text"), *calls = attrs_get(attrs, "ai.response.toolCalls");
	const struct json *object = attrs_get(attrs, "ai.response.object"), *reasoning = attrs_get(attrs, "ai.response.reasoning");
	if (json_is_null(text))
		text = object;
	if (json_is_null(text) && json_is_null(calls))
		return false;
	put_composed(o, a, SPAN_OUT, "assistant",
		(const struct json *const[]){text, reasoning, read_text(a, calls), NULL, NULL, NULL});
	return true;
}

static void put_instructions(struct otel *o, struct arena *a, const struct json *attrs)
{
	const struct json *v = read_text(a, attrs_get(attrs, "gen_ai.system_instructions"));
	if (!json_is_null(v) && (v->child || json_str(v).n))
		put_composed(o, a, SPAN_IN, "system", (const struct json *const[]){v, NULL, NULL, NULL, NULL, NULL});
}

bool otel_chats(struct otel *o, struct arena *a, enum span_side side, const struct json *attrs)
{
	if (side == SPAN_IN)
		put_instructions(o, a, attrs);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (places[i].side != side)
			continue;
		const struct json *v = attrs_get(attrs, places[i].name);
		bool apart = str_eq_c(str_c(places[i].name), "ai.response");
		if ((v->child || json_str(v).n) && (apart ? put_answer(o, a, attrs) : put_chat(o, a, side, v)))
			return true;
	}
	return false;
}

/* ---- events ---- */

static size_t event_of(struct str name)
{
	size_t i = 0;
	while (i < EVENTS && !str_eq_c(name, events[i].name))
		i++;
	return i;
}

bool otel_is_message(struct str name, enum span_side *side)
{
	size_t i = event_of(name);
	if (i < EVENTS)
		*side = events[i].side;
	return i < EVENTS;
}

static const struct json *either(const struct json *members, const char *one, const char *other)
{
	const struct json *v = json_get(members, one);
	return json_is_null(v) ? json_get(members, other) : v;
}

void otel_message(struct otel *o, struct arena *a, struct str name, const struct json *members)
{
	size_t i = event_of(name);
	const struct json *whole = attrs_get(members, "gen_ai.event.content");
	if (i == EVENTS)
		return;
	if (json_str(whole).n)
		members = read_text(a, whole);
	const struct json *message = read_text(a, json_get(members, "message"));
	if (message->type == JSON_OBJECT)
		members = message;
	else if (message->type == JSON_STRING) {
		span_text(o->traces, events[i].side, events[i].role, message->text);
		return;
	}
	const char *role = events[i].role;
	struct str own = json_str(json_get(members, "role"));
	if (own.n && role_parse(own) != ROLE_OTHER)
		role = role_name(role_parse(own));
	put_composed(o, a, events[i].side, role,
		(const struct json *const[]){json_get(members, "content"), either(members, "reasoning_content", "reasoning"),
			read_text(a, json_get(members, "tool_calls")), json_get(members, "parts"),
			either(members, "id", "tool_call_id"), json_get(members, "name")});
}

bool otel_score(struct otel *o, struct str name, const struct json *attrs)
{
	const struct json *e = attrs_get(attrs, "gen_ai.evaluation"), *value = attrs_get(e, "score.value");
	const struct json *label = attrs_get(e, "score.label"), *number = json_is_null(value) ? attrs_get(e, "score") : value;
	struct in_score score = {.name = json_str(attrs_get(e, "name"))};
	if (!str_starts(name, "gen_ai.evaluation"))
		return false;
	score.has_num = json_num(number, true, &score.num);
	score.value_text = json_str(label).n ? json_str(label) : json_plain(number);
	score.reason = json_str(attrs_get(e, "explanation"));
	score.rater = json_str(attrs_get(e, "evaluator"));
	if (!score.name.n)
		score.name = str_sub(name, strlen("gen_ai.evaluation."), name.n);
	span_score(o->traces, &score);
	return true;
}
