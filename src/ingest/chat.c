/* SPDX-License-Identifier: MIT
 *
 * Chats as OpenAI-like clients, Inspect, AgentDojo, tau-bench and their kin
 * write them. Tables of member names stand for the dialects; what a message
 * holds decides, not where it comes from.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "ingest/sink.h"

/* The first member of that name that is there and not null. */
static const struct json *first_of(const struct json *o, const char *const *names)
{
	for (; *names; names++) {
		const struct json *v = json_get(o, *names);
		if (!json_is_null(v))
			return v;
	}
	return json_get(o, "");
}

static const char *const text_names[] = {"text", "content", "output_text", "refusal", NULL};
static const char *const thought_names[] = {"reasoning", "thinking", "summary", "text", "content", NULL};
static const char *const reasoning_names[] = {"reasoning", "reasoning_content", "thinking", NULL};
static const char *const call_names[] = {"tool_calls", "calls", NULL};
static const char *const argument_names[] = {"arguments", "args", "input", "kwargs", "parameters", NULL};
static const char *const tool_names[] = {"name", "function", "tool_name", "tool", NULL};
static const char *const error_names[] = {"error", "parse_error", NULL};
static const char *const time_names[] = {"timestamp", "created_at", "time", "at", NULL};

static bool is_thought(struct str type)
{
	return str_eq_c(type, "reasoning") || str_eq_c(type, "thinking") || str_eq_c(type, "redacted_thinking");
}

/* Where dialects put what an image, sound or file part holds: OpenAI, Anthropic, Inspect, MCP. */
static const char *const data_at[] = {"/source/data", "/source/url", "/image_url/url", "/image_url", "/image", "/audio", "/video",
	"/document", "/input_audio/data", "/file/file_data", "/file/url", "/data", "/blob", "/url", NULL};
static const char *const media_at[] = {"/source/media_type", "/mimeType", "/mime_type", "/media_type", "/input_audio/format",
	"/file/mime_type", NULL};

/* The first of these places that holds a text. */
static const struct json *pointed(const struct json *o, const char *const *at)
{
	for (; *at; at++)
		if (json_pointer(o, str_c(*at))->type == JSON_STRING)
			return json_pointer(o, str_c(*at));
	return json_get(o, "");
}

static void add_line(struct buf *b, struct str text)
{
	if (b->n && text.n)
		buf_add_ch(b, '\n');
	buf_add_str(b, text);
}

void chat_text(struct buf *content, struct buf *reasoning, const struct json *v)
{
	if (v->type == JSON_ARRAY) {
		JSON_EACH(part, v)
		chat_text(content, reasoning, part);
		return;
	}
	if (v->type != JSON_OBJECT) {
		add_line(content, json_plain(v));
		return;
	}
	struct str type = json_str(json_get(v, "type"));
	if (is_thought(type)) {
		const struct json *thought = first_of(v, thought_names);
		if (json_is_true(json_get(v, "redacted")) || str_eq_c(type, "redacted_thinking"))
			add_line(reasoning, str_c("[redacted]"));
		else
			chat_text(reasoning, reasoning, thought);
		return;
	}
	const struct json *text = first_of(v, text_names);
	if (text->type == JSON_STRING || text->type == JSON_ARRAY) {
		chat_text(content, reasoning, text);
		return;
	}
	if (!type.p) {
		add_line(content, json_plain(v));
		return;
	}
	if (content->n)
		buf_add_ch(content, '\n');
	blob_mark(content, type, json_str(pointed(v, media_at)), json_str(pointed(v, data_at)));
}

static struct str error_text(const struct json *e)
{
	if (e->type == JSON_BOOL)
		return json_is_true(e) ? str_c("error") : (struct str){0};
	const struct json *message = json_get(e, "message");
	struct str text = json_plain(json_is_null(message) ? e : message);
	return text.n ? text : (struct str){0};
}

static int64_t time_of(const struct json *m)
{
	const struct json *v = first_of(m, time_names);
	int64_t ms;
	bool zone;
	double num;
	if (v->type == JSON_STRING && clock_parse(v->text, &ms, &zone))
		return ms;
	if (!json_num(v, true, &num) || num < 0 || num > 1e15)
		return 0;
	return (int64_t)(num > 1e11 ? num : num * 1000);
}

static void chat_call(struct sink *s, const struct json *c)
{
	const struct json *f = json_get(c, "function"), *from = f->type == JSON_OBJECT ? f : c;
	const struct json *result = json_get(c, "result"), *id = json_get(c, "id");
	struct buf text = {0};
	struct sink_call call = {
	        .id = json_plain(json_is_null(id) ? json_get(c, "call_id") : id),
	        .name = json_plain(first_of(from, tool_names)),
	        .arguments = json_plain(first_of(from, argument_names)),
	        .error = error_text(first_of(c, error_names)),
	};
	if (!json_is_null(result)) {
		chat_text(&text, &text, result);
		call.result = buf_str(&text);
		call.has_result = true;
	}
	sink_call(s, &call);
	buf_fini(&text);
}

/* Calls and results that stand among the parts of the content (the Messages API). Calls must have arguments:
 * other "tool_use" parts are marks of what the provider ran itself. */
static bool is_call_part(const struct json *part)
{
	struct str type = json_str(json_get(part, "type"));
	return (str_eq_c(type, "tool_use") || str_eq_c(type, "tool_call")) && !json_is_null(first_of(part, argument_names));
}

static bool is_result_part(const struct json *part)
{
	return str_eq_c(json_str(json_get(part, "type")), "tool_result") && !json_is_null(json_get(part, "tool_use_id"));
}

static void chat_calls(struct sink *s, const struct json *m)
{
	const struct json *calls = first_of(m, call_names), *content = json_get(m, "content");
	if (calls->type == JSON_ARRAY) {
		JSON_EACH(c, calls)
		if (c->type == JSON_OBJECT)
			chat_call(s, c);
	} else if (json_get(m, "function_call")->type == JSON_OBJECT) {
		chat_call(s, json_get(m, "function_call"));
	}
	if (content->type == JSON_ARRAY)
		JSON_EACH(part, content)
	if (is_call_part(part))
		chat_call(s, part);
}

static void result_part(struct sink *s, const struct json *part, int64_t at)
{
	struct buf text = {0}, none = {0};
	chat_text(&text, &none, json_get(part, "content"));
	sink_turn(s, &(struct sink_turn){
	                     .role = ROLE_TOOL,
	                     .content = buf_str(&text),
	                     .tool_call_id = json_plain(json_get(part, "tool_use_id")),
	                     .at_ms = at,
	                     .error = json_is_true(json_get(part, "is_error")) ? str_c("error") : (struct str){0},
	             });
	buf_fini(&text);
	buf_fini(&none);
}

/* The message's own text, without calls and results among its parts; how many results there are. */
static size_t own_content(struct buf *content, struct buf *reasoning, const struct json *v)
{
	if (v->type != JSON_ARRAY) {
		if (!json_is_null(v))
			chat_text(content, reasoning, v);
		return 0;
	}
	size_t results = 0;
	JSON_EACH(part, v)
	{
		bool result = is_result_part(part);
		results += result;
		if (!result && !is_call_part(part))
			chat_text(content, reasoning, part);
	}
	return results;
}

static void tool_facts(struct sink_turn *t, const struct json *m)
{
	const struct json *call = json_get(m, "tool_call"), *id = json_get(m, "tool_call_id");
	if (!t->name.p)
		t->name = json_plain(first_of(call->type == JSON_OBJECT ? call : m, tool_names));
	if (id->type == JSON_ABSENT && call->type != JSON_OBJECT)
		id = json_get(m, "id"); /* tau2: a tool row's id is the call's */
	else if (json_is_null(id))
		id = json_get(call, "id");
	t->tool_call_id = json_plain(id);
}

void sink_chat_message(struct sink *s, const struct json *m)
{
	struct buf content = {0}, reasoning = {0};
	const struct json *body = json_get(m, "content");
	struct sink_turn t = {0};
	if (m->type == JSON_STRING) { /* a bare text in a list of messages */
		t.role_text = str_c("text");
		body = m;
	} else {
		const struct json *role = json_get(m, "role");
		t.role_text = json_plain(json_is_null(role) ? json_get(m, "from") : role);
		if (body->type == JSON_ABSENT)
			body = first_of(m, (const char *const[]){"value", "text", "message", NULL});
	}
	t.role = role_parse(t.role_text);
	bool plain = body->type == JSON_STRING;
	size_t results = plain ? 0 : own_content(&content, &reasoning, body);
	if (!json_is_null(first_of(m, reasoning_names)))
		chat_text(&reasoning, &reasoning, first_of(m, reasoning_names));
	t.name = json_str(json_get(m, "name"));
	t.error = error_text(json_get(m, "error"));
	t.at_ms = time_of(m);
	outcome_parse(json_str(json_get(m, "outcome")), &t.outcome); /* a label on this turn, as native files carry */
	if (t.role == ROLE_TOOL)
		tool_facts(&t, m);
	if (!json_is_null(body))
		t.content = plain ? json_plain(body) : buf_str(&content);
	if (reasoning.n)
		t.reasoning = buf_str(&reasoning);
	if (results == 0 || content.n || t.role == ROLE_ASSISTANT) {
		sink_turn(s, &t);
		chat_calls(s, m);
	}
	if (results)
		JSON_EACH(part, body)
	if (is_result_part(part))
		result_part(s, part, t.at_ms);
	buf_fini(&content);
	buf_fini(&reasoning);
}

void sink_chat(struct sink *s, const struct json *messages)
{
	if (messages->type != JSON_ARRAY)
		return;
	JSON_EACH(m, messages)
	if (m->type == JSON_OBJECT || m->type == JSON_STRING)
		sink_chat_message(s, m);
}
