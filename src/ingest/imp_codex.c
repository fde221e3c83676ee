/* SPDX-License-Identifier: MIT
 *
 * Codex CLI: rollout files (a thread as it is kept, resumed threads are appended to), and the stream that `exec --json`
 * prints, which has neither the prompt nor the model.
 */
#include "ingest/imp_codex.h"

#include <stdio.h>

#include "ingest/head.h"

/* What the lines say about the thread. */
struct thread {
	struct str id, model, version, provider, error, limit;
	const struct json *meta; /* payload of session_meta, or the bare first line of old files */
	struct str outcome;
	int64_t started_ms;
	bool items, exec; /* has response items; is a stream of exec */
};

static void look_at_event(struct thread *t, const struct json *event)
{
	struct str type = text_of(event, "type");
	const struct json *error = json_get(event, "error");
	if (str_eq_c(type, "task_started"))
		t->limit = (struct str){0};
	if (str_eq_c(type, "task_complete"))
		t->error = json_plain(json_first(json_get(error, "message"), error));
	else if (str_eq_c(type, "error") || str_eq_c(type, "stream_error"))
		t->error = text_of(event, "message");
	else if (str_eq_c(type, "turn_aborted"))
		t->limit = text_of(event, "reason").n ? text_of(event, "reason") : type;
}

static void look_at_exec(struct thread *t, const struct json *line, struct str type)
{
	if (str_eq_c(type, "thread.started")) {
		t->id = text_of(line, "thread_id");
	} else if (str_eq_c(type, "turn.completed")) {
		t->outcome = str_c("completed");
		t->error = (struct str){0};
	} else if (str_eq_c(type, "turn.failed")) {
		t->outcome = str_c("failed");
		t->error = json_plain(json_first(json_get(json_get(line, "error"), "message"), json_get(line, "error")));
	}
}

static void look_at(struct thread *t, const struct json *line)
{
	const struct json *payload = json_get(line, "payload"), *item = payload->type == JSON_OBJECT ? payload : line;
	struct str type = text_of(line, "type");
	if (!t->started_ms)
		t->started_ms = time_of(json_get(line, "timestamp"));
	if (str_eq_c(type, "session_meta") || (!t->meta && !type.n && text_of(line, "id").n)) {
		if (!t->meta)
			t->meta = item;
	} else if (str_eq_c(type, "turn_context")) {
		if (!t->model.n)
			t->model = text_of(item, "model");
	} else if (str_eq_c(type, "event_msg")) {
		look_at_event(t, item);
	} else if (t->exec) {
		look_at_exec(t, line, type);
	}
	t->items |= str_eq_c(type, "response_item") || str_eq_c(type, "message");
}

/* Lines that are neither turns nor looked at above, counted by their kind. */
static void ignore_line(struct sink *s, const struct json *line)
{
	static const char *const known[] = {"session_meta", "turn_context", "thread.started", "turn.started", "turn.completed",
		"turn.failed", "item.started", "item.updated", NULL};
	const struct json *inner = json_first(json_get(line, "payload"), json_get(line, "item"));
	struct str type = text_of(line, "type"), kind = text_of(inner, "type");
	char what[128];
	for (const char *const *k = known; *k; k++)
		if (str_eq_c(type, *k))
			return;
	snprintf(what, sizeof what, "lines of type %.*s%s%.*s", (int)(type.n < 40 ? type.n : 40), type.n ? type.p : "", kind.n ? " " : "",
		(int)(kind.n < 40 ? kind.n : 40), kind.n ? kind.p : "");
	if (type.n)
		sink_ignore(s, str_c(what), 1);
}

static void add_turns(struct codex *c, const struct thread *t)
{
	for (size_t i = 0; i < c->lines.n; i++) {
		const struct json *line = c->lines.list[i].node;
		bool taken = t->exec ? codex_exec_line(c, i) : t->items ? codex_rollout_line(c, line) : codex_event_line(c, line);
		if (!taken)
			ignore_line(c->im->sink, line);
	}
}

/* Of the session's facts only these: instructions are long, and others may hold what is private. */
static void add_meta(struct sink *s, const struct thread *t)
{
	static const char *const names[] = {"cwd", "originator", "source", "model_provider", "thread_source", "forked_from_id", NULL};
	const struct json *spawn = json_pointer(t->meta, str_c("/source/subagent/thread_spawn"));
	for (const char *const *n = names; *n; n++)
		sink_meta(s, *n, text_of(t->meta, *n));
	sink_meta(s, "git_branch", text_of(json_get(t->meta, "git"), "branch"));
	sink_meta(s, "git_commit", text_of(json_get(t->meta, "git"), "commit_hash"));
	sink_meta(s, "parent_session", text_of(spawn, "parent_thread_id"));
	sink_meta(s, "agent_type", text_of(spawn, "agent_role"));
}

/* Warnings stand among the items of a stream. */
static void add_warnings(struct codex *c)
{
	struct buf all = {0};
	for (size_t i = 0; i < c->lines.n; i++) {
		const struct json *item = json_get(c->lines.list[i].node, "item");
		if (!str_eq_c(text_of(item, "type"), "error"))
			continue;
		if (all.n)
			buf_add_ch(&all, '\n');
		buf_add_str(&all, text_of(item, "message"));
	}
	if (all.n)
		sink_meta(c->im->sink, "warnings", buf_str(&all));
	buf_fini(&all);
}

static enum status codex_result(struct codex *c, struct err *err)
{
	static const char *const suffixes[] = {".jsonl", ".json", NULL};
	static const struct json none;
	struct sink *s = c->im->sink;
	struct thread t = {.exec = str_find(c->im->claim->main->head, str_c("\"thread.started\"")) >= 0};
	struct sink_result r = SINK_RESULT_INIT;
	for (size_t i = 0; i < c->lines.n; i++)
		look_at(&t, c->lines.list[i].node);
	if (!t.meta)
		t.meta = &none;
	if (!t.exec)
		t.id = json_str(json_first(json_get(t.meta, "id"), json_get(t.meta, "session_id")));
	add_turns(c, &t);
	/* A stream's run is its file: a thread that is resumed has the same id in several of them. */
	sink_run(s, &(struct in_run){.key = t.exec || !t.id.n ? (struct str){0} : t.id, .task = str_c("codex"),
		.tool_version = text_of(t.meta, "cli_version"), .created_ms = t.started_ms, .declared = -1});
	r.item = t.id.n ? t.id : path_stem(c->im->claim->main->path, suffixes);
	r.model = t.model;
	r.provider = text_of(t.meta, "model_provider");
	r.error = t.error;
	r.limit = t.limit;
	r.raw_outcome = t.outcome;
	r.started_ms = t.started_ms;
	r.truncated = c->truncated;
	r.place = &c->lines.place;
	r.repairs = c->lines.repairs;
	sink_result(s, &r);
	codex_turns(c);
	add_meta(s, &t);
	if (t.exec)
		add_warnings(c);
	return sink_result_end(s, err);
}

static enum status codex_read(struct import *im, struct err *err)
{
	struct codex c;
	codex_init(&c, im);
	enum status st = lines_read(im, im->claim->main, NULL, &c.lines, err);
	if (st == OK && c.lines.n)
		st = codex_result(&c, err);
	lines_fini(&c.lines);
	return st;
}

static int codex_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape rollout[] = {
		{95, {"timestamp", "type", "payload/cli_version", NULL}, "a rollout: payload with cli_version"},
		{90, {"timestamp", "type", "payload/originator", NULL}, "a rollout: payload with originator"},
		{85, {"timestamp", "type", "payload/type", NULL}, "a rollout: timestamp, type, payload"},
		{75, {"id", "timestamp", "instructions", "git", NULL}, "an old rollout: id, timestamp, instructions, git"},
	}, exec[] = {{92, {"type", "thread_id", NULL}, "exec --json: thread.started"}};
	if (inside)
		return 0;
	if (str_find(m->head, str_c("\"thread.started\"")) >= 0)
		return head_match(m->head, exec, 1, why);
	return head_match(m->head, rollout, sizeof rollout / sizeof *rollout, why);
}

const struct importer imp_codex = {
	.name = "codex",
	.title = "Codex CLI rollouts and exec --json streams (.jsonl)",
	.version = 1,
	.maps = "A file is a result, the thread its item; a rollout's run is the thread too, a stream's its file. Turns are messages and "
		"outputs of tools; a call belongs to the turn before it, or to that of its output when nobody spoke since the user. "
		"Summaries of reasoning belong to what follows them. Events repeat the response items and are read only where a file has "
		"no others. A command's exit code other than 0, or an output that is a refusal to run, is an error.",
	.polarity = "Rollouts have no outcome. A stream that ends with turn.failed is a failure, one with turn.completed passes; both "
		"of capability: nothing is said of what the agent did.",
	.rules = "said:failed => set kind=capability outcome=fail\n"
		"said:completed => set kind=capability outcome=pass\n",
	.probe = codex_probe,
	.read = codex_read,
};
