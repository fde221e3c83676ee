/* SPDX-License-Identifier: MIT
 *
 * Claude Code: session files, the files of their sub-agents, and what the command prints as stream-json. Each file is
 * a result; a sub-agent's says which session it belongs to and which call started it.
 */
#include "ingest/imp_claude.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/head.h"
#include "ingest/sniff.h"

extern const struct importer imp_claude;

static const char *const suffixes[] = {".jsonl", ".json", NULL};

/* ---- what the session is ---- */

static void take(struct str *to, struct str value)
{
	if (!to->n)
		*to = value;
}

static void look_at_message(struct claude_session *s, const struct json *line)
{
	struct str model = text_of(json_get(line, "message"), "model");
	bool inline_agent = text_of(line, "parent_tool_use_id").n;
	if (json_is_true(json_get(line, "isSidechain")))
		s->sidechain = true;
	else
		s->main = true;
	if (!str_eq_c(model, "<synthetic>") && !inline_agent)
		take(&s->model, model);
	bool failed = json_is_true(json_get(line, "isApiErrorMessage"));
	s->api_error = failed ? json_plain(json_get(line, "error")) : (struct str){0};
	if (failed && !s->api_error.n)
		s->api_error = str_c("API error");
}

static void look_at(struct claude_session *s, const struct json *line)
{
	struct str type = text_of(line, "type");
	take(&s->id, json_str(json_first(json_get(line, "sessionId"), json_get(line, "session_id"))));
	take(&s->version, json_str(json_first(json_get(line, "version"), json_get(line, "claude_code_version"))));
	take(&s->branch, text_of(line, "gitBranch"));
	take(&s->cwd, text_of(line, "cwd"));
	take(&s->agent, text_of(line, "agentId"));
	if (!s->started_ms)
		s->started_ms = time_of(json_get(line, "timestamp"));
	if (claude_is_message(line))
		look_at_message(s, line);
	else if (str_eq_c(type, "system"))
		take(&s->model, text_of(line, "model"));
	else if (str_eq_c(type, "summary"))
		take(&s->summary, text_of(line, "summary"));
	else if (str_eq_c(type, "result"))
		s->result = line;
}

/* The last line of a stream says how it ended. */
static void set_end(struct sink_result *r, const struct json *end)
{
	struct str how = text_of(end, "subtype");
	double ms;
	r->raw_outcome = json_is_true(json_get(end, "is_error")) ? str_c("error") : str_c("success");
	if (str_starts(how, "error_max"))
		r->limit = how;
	if (str_eq_c(r->raw_outcome, "error"))
		r->error = json_plain(json_first(json_get(end, "result"), json_get(end, "subtype")));
	else
		r->answer = json_plain(json_get(end, "result"));
	if (json_num(json_get(end, "duration_ms"), false, &ms) && ms >= 0 && ms < 1e15)
		r->duration_ms = (int64_t)ms;
}

static struct str item_of(struct claude *c, const struct claude_session *s)
{
	struct str stem = path_stem(c->im->claim->main->path, suffixes), id = s->id.n ? s->id : stem;
	if (str_starts(stem, "agent-"))
		stem = str_sub(stem, 6, stem.n);
	if (!c->subagent)
		return id;
	struct str agent = s->agent.n ? s->agent : stem;
	return arena_printf(&c->lines.arena, "%.*s/%.*s", (int)id.n, id.p, (int)agent.n, agent.p);
}

static enum status claude_result(struct claude *c, const struct lines *meta, struct err *err)
{
	struct claude_session s = {0};
	struct sink *sink = c->im->sink;
	struct sink_result r = SINK_RESULT_INIT;
	for (size_t i = 0; i < c->lines.n; i++)
		look_at(&s, c->lines.list[i].node);
	c->subagent = s.sidechain && !s.main;
	sink_run(sink, &(struct in_run){.key = s.id.n ? s.id : (struct str){0}, .tool_version = s.version, .task = str_c("claude-code"),
		.created_ms = s.started_ms, .declared = -1});
	r.item = item_of(c, &s);
	r.model = s.model;
	r.error = s.api_error;
	r.started_ms = s.started_ms;
	r.place = &c->lines.place;
	r.repairs = c->lines.repairs;
	if (s.result)
		set_end(&r, s.result);
	sink_result(sink, &r);
	claude_turns(c);
	claude_facts(sink, &s, &c->lines);
	if (c->subagent)
		claude_agent(sink, &s, meta->n ? meta->list[0].node : json_get(c->lines.list[0].node, ""));
	return sink_result_end(sink, err);
}

static enum status claude_read(struct import *im, struct err *err)
{
	static const char *const loglines[] = {"loglines", NULL}, *const arrays[] = {"/loglines", NULL};
	struct claude c = {.im = im};
	struct lines meta = {0};
	const struct claim *claim = im->claim;
	enum status st = lines_read(im, claim->main, head_has_all(claim->main->head, loglines) ? arrays : NULL, &c.lines, err);
	for (size_t i = 0; i < claim->n && st == OK; i++)
		if (claim->members[i] != claim->main)
			st = lines_read(im, claim->members[i], NULL, &meta, err);
	if (st == OK && c.lines.n)
		st = claude_result(&c, &meta, err);
	lines_fini(&c.lines);
	lines_fini(&meta);
	return st;
}

/* ---- which files ---- */

static int claude_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"type", "sessionId", "message/role", NULL}, "a session: type, sessionId, message"},
		{92, {"type", "session_id", "parent_tool_use_id", "message/role", NULL}, "stream-json: session_id, parent_tool_use_id"},
		{92, {"type", "subtype", "session_id", NULL}, "stream-json: type, subtype, session_id"},
		{90, {"loglines/type", "loglines/message", NULL}, "loglines of a session"},
		{85, {"type", "summary", "leafUuid", NULL}, "a session: summary with leafUuid"},
		{85, {"type", "messageId", "snapshot", NULL}, "a session: a snapshot of files"},
		{85, {"type", "operation", "sessionId", NULL}, "a session: a queue operation"},
		{85, {"type", "sessionId", "parentUuid", NULL}, "a session: sessionId and parentUuid"},
		{85, {"type", "sessionId", "lastPrompt", NULL}, "a session: the last prompt"},
	};
	struct str type = sniff_value(m->head, "type");
	if (inside)
		return 0;
	int sure = head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (sure)
		return sure;
	/* A first line of another kind, before lines that say more. */
	if (head_has(m->head, "type") && head_has(m->head, "sessionId") && str_find(m->head, str_c("\"isSidechain\"")) >= 0) {
		snprintf(why, 160, "a session: sessionId, and lines with isSidechain");
		return 85;
	}
	if ((!str_eq_c(type, "user") && !str_eq_c(type, "assistant")) || !head_has(m->head, "message/role") || !sniff_cut(m->head))
		return 0;
	snprintf(why, 160, "a session: a line of type %.*s with a message", (int)type.n, type.p);
	return 70;
}

static void claude_claim(const struct bundle *b, void (*add)(void *ctx, const struct claim *c), void *ctx)
{
	char name[1024];
	for (size_t i = 0; i < b->n; i++) {
		const struct member *m = &b->members[i], *members[2] = {m, NULL};
		struct str stem = path_stem(m->name, suffixes);
		struct claim c = {.importer = &imp_claude, .main = m, .members = members, .n = 2};
		if (!str_starts(stem, "agent-") || !str_ends(str_c(m->name), ".jsonl"))
			continue;
		snprintf(name, sizeof name, "%.*s.meta.json", (int)(strlen(m->name) - strlen(".jsonl")), m->name);
		members[1] = bundle_find(b, name);
		c.confidence = members[1] ? claude_probe(m, NULL, c.why) : 0;
		if (c.confidence)
			add(ctx, &c);
	}
}

const struct importer imp_claude = {
	.name = "claude-code",
	.title = "Claude Code sessions, sub-agents' files, stream-json (.jsonl, .json)",
	.version = 1,
	.maps = "A file is a result: the session id is the run and the item, with /AGENT for a sub-agent's file, whose meta name the "
		"parent's session and call. Lines with one message id are one turn; each tool_result is a turn. Lines of a sub-agent "
		"within its parent's name their call. thinking is reasoning, the model that of the first answer. API errors are "
		"errors. Lines of other types are counted.",
	.polarity = "Sessions have no outcome. A stream whose last line says is_error is a failure, another one passes; both of "
		"capability: nothing is said of what the agent did.",
	.rules = "said:error => set kind=capability outcome=fail\n"
		"said:success => set kind=capability outcome=pass\n",
	.probe = claude_probe,
	.claim = claude_claim,
	.read = claude_read,
};
