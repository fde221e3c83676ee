/* SPDX-License-Identifier: MIT
 *
 * Messages in one spelling. Tables of names stand for the dialects: what a
 * message holds decides, not who wrote it.
 */
#include "ingest/trace_chat.h"

#include "ingest/sink.h"

static const char *const list_names[] = {"messages", "choices", "generations", "input", "prompt", "output", NULL};
static const char *const body_names[] = {"content", "parts", "contents", "text", "value", NULL};
static const char *const call_list_names[] = {"tool_calls", "toolCalls", "calls", NULL};
static const char *const id_names[] = {"id", "toolCallId", "call_id", NULL};
static const char *const answered_names[] = {"tool_call_id", "toolCallId", "tool_use_id", "call_id", "id", NULL};
static const char *const name_names[] = {"name", "toolName", "tool_name", "function", NULL};
static const char *const argument_names[] = {"arguments", "args", "input", NULL};
static const char *const result_names[] = {"response", "output", "result", "content", NULL};
static const char *const reasoning_names[] = {"reasoning_content", "reasoning", "thinking", NULL};
static const char *const call_types[] = {"tool_call", "tool-call", "tool_use", "function_call", NULL};
static const char *const result_types[] = {"tool_call_response", "tool-result", "tool_result", "function_call_output", NULL};

struct normal {
	struct buf content, reasoning, calls, results;
	bool said; /* there is a content, if an empty one */
};

struct chat {
	const char *role;
	void (*each)(void *ctx, struct str message);
	void *ctx;
};

static const struct json *first_of(const struct json *o, const char *const *names)
{
	for (; *names; names++)
		if (!json_is_null(json_get(o, *names)))
			return json_get(o, *names);
	return json_get(o, "");
}

static bool is_one_of(const struct json *type, const char *const *words)
{
	while (*words && !str_eq_c(json_str(type), *words))
		words++;
	return *words != NULL;
}

/* What a list element is wrapped in: OpenInference's {"message":…} and {"tool_call":…}, choices of a completion. */
static const struct json *unwrap(const struct json *v, const char *name)
{
	const struct json *inner = json_get(v, name);
	return inner->type == JSON_OBJECT ? inner : v;
}

void member_put(struct buf *out, const char *name, struct str value)
{
	if (!value.p)
		return;
	if (out->n && out->p[out->n - 1] != '{')
		buf_add_ch(out, ',');
	json_write_str(out, str_c(name));
	buf_add_ch(out, ':');
	json_write_str(out, value);
}

/* ---- calls and results ---- */

static void add_call(struct normal *n, const struct json *call)
{
	call = unwrap(call, "tool_call");
	const struct json *f = unwrap(call, "function");
	buf_add_c(&n->calls, n->calls.n ? ",{" : "{");
	member_put(&n->calls, "id", json_plain(first_of(call, id_names)));
	member_put(&n->calls, "name", json_plain(first_of(f, name_names)));
	member_put(&n->calls, "arguments", json_plain(first_of(f, argument_names)));
	buf_add_ch(&n->calls, '}');
}

static bool is_failure(const struct json *result, const struct json *output)
{
	return json_is_true(json_get(result, "is_error")) || json_is_true(json_get(result, "isError")) ||
		str_eq_c(json_str(json_get(result, "status")), "error") || str_starts(json_str(json_get(output, "type")), "error");
}

static void add_result(struct normal *n, const struct json *result)
{
	const struct json *output = first_of(result, result_names), *value = json_get(output, "value");
	struct buf text = {0}, none = {0};
	if (json_str(json_get(output, "type")).p && value->type != JSON_ABSENT) /* AI SDK: {"type":"error-text","value":…} */
		chat_text(&text, &none, value);
	else if (output->type == JSON_ARRAY)
		chat_text(&text, &none, output);
	else
		buf_add_str(&text, json_plain(output));
	buf_add_c(&n->results, n->results.n ? ",{" : "{");
	member_put(&n->results, "id", json_plain(first_of(result, answered_names)));
	member_put(&n->results, "content", buf_str(&text));
	if (is_failure(result, output))
		member_put(&n->results, "error", text.n ? buf_str(&text) : str_c("error"));
	buf_add_ch(&n->results, '}');
	buf_fini(&text);
	buf_fini(&none);
}

/* ---- one message ---- */

static void add_part(struct normal *n, const struct json *part)
{
	const struct json *type;
	part = unwrap(part, "message_content");
	type = json_get(part, "type");
	if (is_one_of(type, result_types)) {
		add_result(n, part);
	} else if (is_one_of(type, call_types)) {
		add_call(n, part);
	} else {
		chat_text(&n->content, &n->reasoning, part);
		n->said = true;
	}
}

static void add_body(struct normal *n, const struct json *body)
{
	if (body->type == JSON_ARRAY && body->child) {
		JSON_EACH(part, body)
			add_part(n, part);
	} else if (!json_is_null(body)) {
		chat_text(&n->content, &n->reasoning, body);
		n->said = true;
	}
}

/* "HumanMessage" of LangChain is "Human". */
static struct str role_of(const struct json *m, const struct json *outer, const char *otherwise)
{
	struct str role = json_str(json_get(m, "role"));
	const struct json *id = json_get(outer, "id"), *last = json_at(id, id->count ? id->count - 1 : 0);
	if (role.n)
		return role;
	role = id->type == JSON_ARRAY ? json_str(last) : json_str(first_of(m, (const char *const[]){"type", "from", NULL}));
	for (const char *const *end = (const char *const[]){"MessageChunk", "Message", NULL}; *end; end++)
		if (str_ends(role, *end))
			return str_sub(role, 0, role.n - strlen(*end));
	return role_parse(role) == ROLE_OTHER ? str_c(otherwise) : role;
}

static void give(const struct chat *c, const struct normal *n, struct str role, struct str name, bool results)
{
	struct buf out = {0};
	bool reasons = n->reasoning.n > 0;
	buf_add_ch(&out, '{');
	member_put(&out, "role", results && role_parse(role) != ROLE_TOOL ? str_c("tool") : role);
	member_put(&out, "name", name);
	if (results) {
		buf_printf(&out, ",\"results\":[%.*s]", (int)n->results.n, n->results.p);
	} else {
		member_put(&out, "content", n->said ? buf_str(&n->content) : (struct str){0});
		member_put(&out, "reasoning", reasons ? buf_str(&n->reasoning) : (struct str){0});
		if (n->calls.n)
			buf_printf(&out, ",\"calls\":[%.*s]", (int)n->calls.n, n->calls.p);
	}
	buf_add_ch(&out, '}');
	c->each(c->ctx, buf_str(&out));
	buf_fini(&out);
}

/* Items of OpenAI's responses that are no messages. */
static bool add_item(struct normal *n, const struct json *m)
{
	const struct json *type = json_get(m, "type");
	if (is_one_of(type, result_types))
		add_result(n, m);
	else if (is_one_of(type, call_types))
		add_call(n, m);
	else if (str_eq_c(json_str(type), "reasoning"))
		chat_text(&n->content, &n->reasoning, m);
	else
		return false;
	return true;
}

static bool is_message(const struct json *v)
{
	return json_get(v, "role")->type == JSON_STRING || json_get(v, "kwargs")->type == JSON_OBJECT ||
		json_get(v, "message")->type == JSON_OBJECT;
}

static void one_message(const struct chat *c, const struct json *outer)
{
	struct normal n = {0};
	const struct json *m = unwrap(unwrap(outer, "kwargs"), "message");
	struct str role = m->type == JSON_STRING ? str_c(c->role) : role_of(m, outer, c->role);
	if (m->type == JSON_STRING) {
		add_body(&n, m);
	} else if (json_get(m, "role")->type == JSON_ABSENT && add_item(&n, m)) {
		role = str_c("assistant");
	} else if (role_parse(role) == ROLE_TOOL && !is_one_of(json_get(json_at(first_of(m, body_names), 0), "type"), result_types)) {
		add_result(&n, m);
	} else {
		const struct json *body = first_of(m, body_names);
		bool foreign = !is_message(outer) && body->type == JSON_ABSENT && json_is_null(first_of(m, call_list_names));
		add_body(&n, foreign ? m : body);
		if (!json_is_null(first_of(m, reasoning_names)))
			chat_text(&n.reasoning, &n.reasoning, first_of(m, reasoning_names));
		JSON_EACH(call, first_of(m, call_list_names))
			add_call(&n, call);
		if (json_get(m, "function_call")->type == JSON_OBJECT)
			add_call(&n, json_get(m, "function_call"));
	}
	struct str name = json_str(json_get(m, "name"));
	if (n.results.n)
		give(c, &n, role, name, true);
	if (!n.results.n || n.content.n || n.calls.n)
		give(c, &n, role, name, false);
	buf_fini(&n.content);
	buf_fini(&n.reasoning);
	buf_fini(&n.calls);
	buf_fini(&n.results);
}

void trace_chat(const struct json *chat, const char *role, void (*each)(void *ctx, struct str message), void *ctx)
{
	struct chat c = {role, each, ctx};
	const struct json *list = chat;
	if (chat->type == JSON_OBJECT && !is_message(chat)) {
		const struct json *inner = first_of(chat, list_names);
		list = inner->type == JSON_ARRAY ? inner : chat;
	}
	if (list->type != JSON_ARRAY) {
		if (list->type == JSON_OBJECT || list->type == JSON_STRING)
			one_message(&c, list);
		return;
	}
	JSON_EACH(m, list) {
		if (m->type == JSON_ARRAY) /* LangChain: a batch of one chat */
			trace_chat(m, role, each, ctx);
		else if (m->type == JSON_OBJECT || m->type == JSON_STRING)
			one_message(&c, m);
	}
}
