/* SPDX-License-Identifier: MIT
 *
 * Which lines of OpenClaw telemetry belong together. Nothing has an id: a tool.end ends the first open tool.start of its
 * session and tool, and messages of a channel name no session at all.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/imp_openclaw.h"

static struct str text_at(const struct openclaw *c, size_t i, const char *key)
{
	return json_str(json_get(c->lines.list[i].node, key));
}

struct str claw_type(const struct openclaw *c, size_t i)
{
	return text_at(c, i, "type");
}

static bool is_message(const struct openclaw *c, size_t i)
{
	return str_starts(claw_type(c, i), "message.");
}

/* ---- sessions ---- */

static uint32_t session_of(struct openclaw *c, size_t i)
{
	struct str key = text_at(c, i, "sessionKey");
	if (!key.n)
		return DICT_NONE;
	uint32_t id = dict_find(&c->keys, key);
	if (id != DICT_NONE)
		return id;
	id = dict_add(&c->keys, key);
	if (id >= c->sessions_cap)
		c->sessions = vec_grow(c->sessions, &c->sessions_cap, id + 1, sizeof *c->sessions);
	c->sessions[id] = (struct claw_session){.key = key, .agent = text_at(c, i, "agentId"), .sub = str_find(key, str_c(":subagent:")) >= 0};
	return id;
}

/* The session that starts an agent with this very prompt, before the next message comes in. */
static uint32_t prompted_by(const struct openclaw *c, size_t i)
{
	struct str content = text_at(c, i, "content");
	for (size_t k = i + 1; k < c->lines.n && !str_eq_c(claw_type(c, k), "message.in"); k++)
		if (str_eq_c(claw_type(c, k), "agent.start") && str_eq(text_at(c, k, "prompt"), content))
			return c->owner[k];
	return DICT_NONE;
}

/* The first session that is nobody's sub-agent, else the first. */
static uint32_t main_session(const struct openclaw *c)
{
	for (uint32_t i = 0; i < c->keys.n; i++)
		if (!c->sessions[i].sub)
			return i;
	return c->keys.n ? 0 : DICT_NONE;
}

static void own_messages(struct openclaw *c)
{
	uint32_t talking = main_session(c);
	for (size_t i = 0; i < c->lines.n; i++) {
		if (!is_message(c, i) || c->owner[i] != DICT_NONE)
			continue;
		uint32_t by = str_eq_c(claw_type(c, i), "message.in") ? prompted_by(c, i) : DICT_NONE;
		if (by != DICT_NONE)
			talking = by;
		c->owner[i] = talking;
	}
}

/* ---- starts and ends ---- */

static void pair_tools(struct openclaw *c)
{
	struct dict tools = {0};
	size_t *first = xcalloc(c->lines.n + 1, sizeof *first), *last = xcalloc(c->lines.n + 1, sizeof *last);
	size_t *next = xcalloc(c->lines.n + 1, sizeof *next);
	for (size_t i = 0; i < c->lines.n; i++) {
		struct str type = claw_type(c, i), name = text_at(c, i, "toolName"), session = text_at(c, i, "sessionKey");
		bool begin = str_eq_c(type, "tool.start");
		if (!begin && !str_eq_c(type, "tool.end"))
			continue;
		struct str both = arena_printf(&c->lines.arena, "%.*s\n%.*s", (int)session.n, session.p ? session.p : "", (int)name.n,
			name.p ? name.p : "");
		uint32_t key = dict_add(&tools, both);
		if (begin) {
			if (first[key])
				next[last[key] - 1] = i + 1;
			else
				first[key] = i + 1;
			last[key] = i + 1;
		} else if (first[key]) {
			size_t start = first[key] - 1;
			c->other[start] = i + 1;
			c->other[i] = i + 1;
			first[key] = next[start];
		}
	}
	free(first);
	free(last);
	free(next);
	dict_fini(&tools);
}

void openclaw_index(struct openclaw *c)
{
	c->owner = xcalloc(c->lines.n, sizeof *c->owner);
	c->other = xcalloc(c->lines.n, sizeof *c->other);
	for (size_t i = 0; i < c->lines.n; i++)
		c->owner[i] = session_of(c, i);
	own_messages(c);
	pair_tools(c);
}

/* ---- copies of conversations ---- */

static void know_call(struct openclaw *c, const struct json *block, uint32_t session)
{
	struct str id = json_str(json_get(block, "id"));
	if (!id.n || dict_find(&c->ids, id) != DICT_NONE)
		return;
	uint32_t at = dict_add(&c->ids, id);
	if (at >= c->known_cap)
		c->known = vec_grow(c->known, &c->known_cap, at + 1, sizeof *c->known);
	c->known[at] = (struct claw_call){.id = id, .name = json_str(json_get(block, "name")), .session = session,
		.arguments = json_plain(json_get(block, "arguments"))};
}

static void know_result(struct openclaw *c, const struct json *message)
{
	uint32_t at = dict_find(&c->ids, json_str(json_get(message, "toolCallId")));
	struct buf text = {0};
	if (at == DICT_NONE || c->known[at].result.p)
		return;
	blocks_text(&text, json_get(message, "content"));
	c->known[at].result = arena_str(&c->lines.arena, buf_str(&text));
	buf_fini(&text);
}

static void know_message(struct openclaw *c, const struct json *message, uint32_t session)
{
	struct str role = json_str(json_get(message, "role")), model = json_str(json_get(message, "model"));
	const struct json *content = json_get(message, "content");
	if (str_eq_c(role, "toolResult"))
		know_result(c, message);
	if (!str_eq_c(role, "assistant"))
		return;
	if (model.n)
		c->sessions[session].model = model;
	if (content->type != JSON_ARRAY)
		return;
	JSON_EACH(block, content)
		if (str_eq_c(json_str(json_get(block, "type")), "toolCall"))
			know_call(c, block, session);
}

void openclaw_known(struct openclaw *c)
{
	for (size_t i = 0; i < c->lines.n; i++) {
		const struct json *messages = json_get(c->lines.list[i].node, "messages");
		if (messages->type != JSON_ARRAY || c->owner[i] == DICT_NONE)
			continue;
		JSON_EACH(message, messages)
			know_message(c, message, c->owner[i]);
	}
}

struct claw_call *openclaw_take(struct openclaw *c, struct str name, struct str arguments)
{
	for (size_t i = 0; i < c->ids.n; i++) {
		struct claw_call *k = &c->known[i];
		if (k->used || !str_eq(k->arguments, arguments) || !str_eq(k->name, name))
			continue;
		k->used = true;
		return k;
	}
	return NULL;
}

const struct claw_call *openclaw_spawn(const struct openclaw *c, struct str key)
{
	for (size_t i = 0; i < c->ids.n; i++)
		if (str_eq_c(c->known[i].name, "sessions_spawn") && str_find(c->known[i].result, key) >= 0)
			return &c->known[i];
	return NULL;
}
