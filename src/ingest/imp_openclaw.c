/* SPDX-License-Identifier: MIT
 *
 * OpenClaw telemetry: a line an event, of several sessions at once. A session is a result. What the lines leave out
 * (ids, answers, the model) is taken from the copies of conversations that some of them carry; the copies themselves
 * are no turns.
 */
#include "ingest/imp_openclaw.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/head.h"
#include "ingest/sniff.h"

/* Milliseconds since 1970, under one of two names. */
static int64_t when(const struct json *line)
{
	double ms;
	const struct json *at = json_first(json_get(line, "ts"), json_get(line, "timestamp"));
	return json_num(at, true, &ms) && ms > 0 && ms < 1e15 ? (int64_t)ms : time_of(at);
}

/* ---- turns ---- */

/* A tool's turn holds its own call: no turn of the model's is reported. Where an answer is not known the text stays absent. */
static void add_tool(struct openclaw *c, size_t i)
{
	const struct json *line = c->lines.list[i].node, *end = c->other[i] ? c->lines.list[c->other[i] - 1].node : NULL;
	bool only_end = str_eq_c(claw_type(c, i), "tool.end");
	struct sink_call call = {.name = text_of(line, "toolName"), .arguments = json_plain(json_get(line, "params"))};
	struct claw_call *known = only_end ? NULL : openclaw_take(c, call.name, call.arguments);
	struct sink_turn t = {.role = ROLE_TOOL, .name = call.name, .at_ms = when(line)};
	if (only_end)
		end = line;
	call.id = known ? known->id : arena_printf(&c->lines.arena, "L%llu", (unsigned long long)c->lines.list[i].number);
	call.result = known && end ? known->result : (struct str){0};
	call.has_result = end != NULL;
	t.tool_call_id = call.id;
	if (end && json_get(end, "success")->type == JSON_BOOL && !json_is_true(json_get(end, "success")))
		t.error = text_of(end, "error").n ? text_of(end, "error") : call.result.n ? call.result : str_c("error");
	sink_turn(c->im->sink, &t);
	if (!only_end)
		sink_call(c->im->sink, &call);
}

/* message.sending, then message.out once it went: one turn. */
static bool was_sending(const struct openclaw *c, size_t i)
{
	struct str content = text_of(c->lines.list[i].node, "content");
	for (size_t k = i; k-- > 0;) {
		struct str type = claw_type(c, k);
		if (str_eq_c(type, "message.in") || str_eq_c(type, "message.out"))
			return false;
		if (str_eq_c(type, "message.sending") && str_eq(text_of(c->lines.list[k].node, "content"), content))
			return true;
	}
	return false;
}

static void add_message(struct openclaw *c, size_t i)
{
	const struct json *line = c->lines.list[i].node;
	struct str type = claw_type(c, i);
	struct sink_turn t = {.role = str_eq_c(type, "message.in") ? ROLE_USER : ROLE_ASSISTANT, .name = text_of(line, "channel"),
		.content = text_of(line, "content"), .at_ms = when(line)};
	if (str_eq_c(type, "message.out") && was_sending(c, i))
		return;
	if (json_get(line, "success")->type == JSON_BOOL && !json_is_true(json_get(line, "success")))
		t.error = text_of(line, "error").n ? text_of(line, "error") : str_c("error");
	sink_turn(c->im->sink, &t);
}

static void add_line(struct openclaw *c, size_t i)
{
	struct str type = claw_type(c, i);
	if (str_starts(type, "message."))
		add_message(c, i);
	else if (str_eq_c(type, "tool.start") || (str_eq_c(type, "tool.end") && !c->other[i]))
		add_tool(c, i);
}

/* ---- results ---- */

/* How the agent was started, and how it ended. */
static void look_at(const struct openclaw *c, struct claw_session *s, struct sink_result *r, size_t i)
{
	const struct json *line = c->lines.list[i].node;
	struct str type = claw_type(c, i);
	double ms;
	if (!r->started_ms)
		r->started_ms = when(line);
	if (str_eq_c(type, "agent.start") && !s->prompt.n)
		s->prompt = text_of(line, "prompt");
	if (!str_eq_c(type, "agent.end"))
		return;
	if (json_get(line, "success")->type == JSON_BOOL && !json_is_true(json_get(line, "success")))
		r->error = text_of(line, "error").n ? text_of(line, "error") : str_c("agent.end without success");
	if (json_num(json_get(line, "durationMs"), false, &ms) && ms >= 0 && ms < 1e15)
		r->duration_ms = (int64_t)ms;
}

/* A session without a copy of its conversation has the model of its agent's other sessions; a sub-agent may have its own. */
static struct str model_of(const struct openclaw *c, const struct claw_session *s)
{
	for (uint32_t i = 0; i < c->keys.n && !s->model.n && !s->sub; i++)
		if (c->sessions[i].model.n && !c->sessions[i].sub && str_eq(c->sessions[i].agent, s->agent))
			return c->sessions[i].model;
	return s->model;
}

static void add_facts(struct openclaw *c, const struct claw_session *s)
{
	struct sink *sink = c->im->sink;
	const struct claw_call *by = s->sub ? openclaw_spawn(c, s->key) : NULL;
	sink_meta(sink, "agent", s->agent);
	if (s->sub)
		sink_meta(sink, "prompt", s->prompt);
	if (!by)
		return;
	sink_meta(sink, "parent_session", c->sessions[by->session].key);
	sink_meta(sink, "parent_call", by->id);
}

static enum status add_session(struct openclaw *c, uint32_t id, struct err *err)
{
	struct claw_session *s = &c->sessions[id];
	struct sink_result r = SINK_RESULT_INIT;
	for (size_t i = 0; i < c->lines.n; i++)
		if (c->owner[i] == id)
			look_at(c, s, &r, i);
	r.item = s->key;
	r.model = model_of(c, s);
	r.place = &c->lines.place;
	r.repairs = c->lines.repairs;
	sink_result(c->im->sink, &r);
	for (size_t i = 0; i < c->lines.n; i++)
		if (c->owner[i] == id)
			add_line(c, i);
	add_facts(c, s);
	return sink_result_end(c->im->sink, err);
}

static void count_ignored(struct openclaw *c)
{
	for (size_t i = 0; i < c->lines.n; i++) {
		struct str type = claw_type(c, i);
		bool known = str_starts(type, "message.") || str_starts(type, "tool.") || str_starts(type, "agent.");
		size_t copies = json_get(c->lines.list[i].node, "messages")->count;
		if (!known || c->owner[i] == DICT_NONE)
			sink_skip(c->im->sink, c->lines.list[i].number, "an event of no session: type \"%.*s\"", (int)(type.n < 40 ? type.n : 40),
				type.p ? type.p : "");
		if (copies)
			sink_ignore(c->im->sink, str_c("messages in copies of conversations"), copies);
	}
}

static enum status openclaw_read(struct import *im, struct err *err)
{
	struct openclaw c = {.im = im};
	enum status st = lines_read(im, im->claim->main, NULL, &c.lines, err);
	if (st == OK && c.lines.n) {
		openclaw_index(&c);
		openclaw_known(&c);
		sink_run(im->sink, &(struct in_run){.task = str_c("openclaw"), .created_ms = when(c.lines.list[0].node), .declared = -1});
		for (uint32_t i = 0; i < c.keys.n && st == OK; i++)
			st = add_session(&c, i, err);
		count_ignored(&c);
	}
	free(c.owner);
	free(c.other);
	free(c.sessions);
	free(c.known);
	dict_fini(&c.keys);
	dict_fini(&c.ids);
	lines_fini(&c.lines);
	return st;
}

static int openclaw_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const char *const types[] = {"message.in", "message.sending", "message.out", "agent.start", "agent.end", "tool.start",
		"tool.end", NULL};
	static const char *const marks[] = {"sessionKey", "channel", "toolName", NULL};
	struct str type = sniff_value(m->head, "type");
	if (inside || !head_count(m->head, marks))
		return 0;
	for (const char *const *t = types; *t; t++) {
		if (str_eq_c(type, *t)) {
			snprintf(why, 160, "telemetry: a line of type %s", *t);
			return 90;
		}
	}
	return 0;
}

const struct importer imp_openclaw = {
	.name = "openclaw",
	.title = "OpenClaw telemetry (.jsonl)",
	.version = 1,
	.maps = "A session key is a result and its item. Messages in and out are turns, of the session whose agent they start; a tool's "
		"start and end, paired in order by session and tool, are one turn with its call. Ids, answers and the model come from the "
		"copies of conversations where there are any, else a call's id is L and its line. A sub-agent's meta name the session and "
		"the call that spawned it.",
	.polarity = "None: telemetry has no outcome. success false of a tool.end is an error.",
	.probe = openclaw_probe,
	.read = openclaw_read,
};
