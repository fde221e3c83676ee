/* SPDX-License-Identifier: MIT
 *
 * Lines that Codex writes, as items of a thread: response items of a rollout, the events of older ones, and what
 * `exec --json` prints.
 */
#include "ingest/imp_codex.h"

/* ---- did it fail? Only the output's words say so ---- */

static bool code_behind(struct str text, const char *words, int64_t *code)
{
	ptrdiff_t at = str_find(text, str_c(words));
	if (at < 0)
		return false;
	struct str rest = str_sub(text, (size_t)at + strlen(words), text.n), number;
	size_t n = 0;
	while (n < rest.n && ((rest.p[n] >= '0' && rest.p[n] <= '9') || (n == 0 && rest.p[n] == '-')))
		n++;
	number = str_sub(rest, 0, n);
	return str_to_i64(number, code);
}

static bool is_shell(struct str name)
{
	static const char *const names[] = {"exec_command", "write_stdin", "shell", "shell_command", "local_shell", "container.exec", NULL};
	const char *const *n = names;
	while (*n && !str_eq_c(name, *n))
		n++;
	return *n != NULL;
}

/* What a command printed stands behind words that say how it ended; output without them is the refusal to run it. */
static bool shell_failed(struct str text)
{
	int64_t code = 0;
	struct str head = str_sub(text, 0, 400);
	if (code_behind(head, "Process exited with code ", &code) || code_behind(head, "Exit code: ", &code)
		|| code_behind(str_sub(text, text.n > 300 ? text.n - 300 : 0, 300), "\"exit_code\":", &code))
		return code != 0;
	return str_find(head, str_c("Process running with session ID")) < 0;
}

static bool tool_failed(struct str text)
{
	static const char *const starts[] = {"failed to ", "unsupported ", "error", "Error", "tool call error", "apply_patch verification failed",
		"execution error", "aborted", NULL};
	const char *const *s = starts;
	while (*s && !str_starts(text, *s))
		s++;
	return *s != NULL;
}

/* ---- rollouts ---- */

static void add_output(struct codex *c, const struct json *item, int64_t at)
{
	const struct json *output = json_get(item, "output"), *inner = json_get(output, "content");
	struct str id = text_of(item, "call_id"), name = codex_name(c, id);
	struct buf b = {0};
	blocks_text(&b, inner->type == JSON_ABSENT ? output : inner);
	struct str text = arena_str(&c->lines.arena, buf_str(&b));
	buf_fini(&b);
	bool failed = is_shell(name) ? shell_failed(text) : tool_failed(text);
	const struct json *success = json_get(output, "success");
	if (success->type == JSON_BOOL)
		failed = !json_is_true(success);
	codex_output(c, id, text, failed ? (text.n ? text : str_c("error")) : (struct str){0}, at);
}

/* "function_call", "custom_tool_call", "local_shell_call", "web_search_call": all but the first two are their own name. */
static void add_call(struct codex *c, const struct json *item, struct str type)
{
	struct str id = json_str(json_first(json_get(item, "call_id"), json_get(item, "id")));
	struct sink_call call = {.id = id, .name = text_of(item, "name"), .arguments = json_plain(json_first(json_get(item, "arguments"),
		json_first(json_get(item, "input"), json_get(item, "action"))))};
	if (!call.name.n)
		call.name = str_sub(type, 0, type.n - strlen("_call"));
	call.has_result = str_eq_c(type, "web_search_call") && str_eq_c(text_of(item, "status"), "completed");
	codex_call(c, &call);
}

bool codex_rollout_line(struct codex *c, const struct json *line)
{
	const struct json *payload = json_get(line, "payload"), *item = payload->type == JSON_OBJECT ? payload : line;
	int64_t at = time_of(json_get(line, "timestamp"));
	struct str type = text_of(item, "type");
	if (item == payload && !str_eq_c(text_of(line, "type"), "response_item"))
		return false;
	if (str_eq_c(type, "message"))
		codex_message(c, text_of(item, "role"), json_get(item, "content"), at);
	else if (str_eq_c(type, "reasoning"))
		codex_thought(c, json_get(item, "content")->count ? json_get(item, "content") : json_get(item, "summary"));
	else if (str_ends(type, "_output"))
		add_output(c, item, at);
	else if (str_ends(type, "_call"))
		add_call(c, item, type);
	else
		return false;
	return true;
}

/* Events repeat the response items; files without such have them alone. */
bool codex_event_line(struct codex *c, const struct json *line)
{
	const struct json *event = json_get(line, "payload");
	int64_t at = time_of(json_get(line, "timestamp")), code = 0;
	struct str type = text_of(event, "type"), id = text_of(event, "call_id");
	if (!str_eq_c(text_of(line, "type"), "event_msg"))
		return false;
	if (str_eq_c(type, "user_message")) {
		codex_message(c, str_c("user"), json_get(event, "message"), at);
	} else if (str_eq_c(type, "agent_message")) {
		codex_message(c, str_c("assistant"), json_get(event, "message"), at);
	} else if (str_eq_c(type, "agent_reasoning")) {
		codex_thought(c, json_get(event, "text"));
	} else if (str_eq_c(type, "exec_command_begin")) {
		codex_call(c, &(struct sink_call){.id = id, .name = str_c("exec_command"), .arguments = json_plain(json_get(event, "command"))});
	} else if (str_eq_c(type, "exec_command_end")) {
		struct str text = json_plain(json_first(json_get(event, "aggregated_output"), json_get(event, "stdout")));
		bool failed = json_i64(json_get(event, "exit_code"), &code) && code != 0;
		codex_output(c, id, text, failed ? arena_printf(&c->lines.arena, "exit code %lld", (long long)code) : (struct str){0}, at);
	} else {
		return false;
	}
	return true;
}

/* ---- exec --json ---- */

static bool is_completed_later(const struct codex *c, size_t i, struct str id)
{
	for (i++; i < c->lines.n; i++) {
		const struct json *line = c->lines.list[i].node;
		if (str_eq_c(text_of(line, "type"), "item.completed") && str_eq(text_of(json_get(line, "item"), "id"), id))
			return true;
	}
	return false;
}

/* What the agent did, with the members that say what was asked for and what came of it. */
static const struct deed {
	const char *type, *name, *asked, *result;
} deeds[] = {
	{"command_execution", NULL, "command", "aggregated_output"},
	{"mcp_tool_call", "tool", "arguments", "result"},
	{"file_change", NULL, "changes", ""},
	{"web_search", NULL, "query", ""},
	{"collab_tool_call", "tool", "prompt", "agents_states"},
};

static struct str failure(struct codex *c, const struct json *item)
{
	const struct json *error = json_get(item, "error");
	int64_t code = 0;
	if (!json_is_null(error))
		return json_plain(json_first(json_get(error, "message"), error));
	if (json_i64(json_get(item, "exit_code"), &code) && code != 0)
		return arena_printf(&c->lines.arena, "exit code %lld", (long long)code);
	struct str status = text_of(item, "status");
	return str_eq_c(status, "failed") || str_eq_c(status, "declined") ? status : (struct str){0};
}

static void add_deed(struct codex *c, const struct deed *d, const struct json *item, bool done)
{
	struct sink_call call = {.id = text_of(item, "id"), .arguments = json_plain(json_get(item, d->asked))};
	const struct json *result = json_get(item, d->result), *content = json_get(result, "content");
	struct buf b = {0};
	call.name = d->name ? text_of(item, d->name) : str_c(d->type);
	codex_call(c, &call);
	if (!done)
		return;
	if (!json_is_null(result))
		blocks_text(&b, json_is_null(content) ? result : content);
	codex_output(c, call.id, arena_str(&c->lines.arena, buf_str(&b)), failure(c, item), 0);
	buf_fini(&b);
}

bool codex_exec_line(struct codex *c, size_t i)
{
	const struct json *line = c->lines.list[i].node, *item = json_get(line, "item");
	struct str type = text_of(item, "type");
	bool done = str_eq_c(text_of(line, "type"), "item.completed"), begun = str_eq_c(text_of(line, "type"), "item.started");
	if (!done && !begun)
		return false;
	for (size_t k = 0; k < sizeof deeds / sizeof *deeds; k++) {
		if (!str_eq_c(type, deeds[k].type))
			continue;
		if (done || !is_completed_later(c, i, text_of(item, "id")))
			add_deed(c, &deeds[k], item, done);
		return true;
	}
	if (str_eq_c(type, "agent_message") && done)
		codex_message(c, str_c("assistant"), json_get(item, "text"), 0);
	else if (str_eq_c(type, "reasoning") && done)
		codex_thought(c, json_get(item, "text"));
	else
		return false;
	return true;
}
