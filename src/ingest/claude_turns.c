/* SPDX-License-Identifier: MIT
 *
 * Lines of a Claude Code session as turns. An answer of the model is spread over a line for each of its content blocks:
 * lines with one message id are one turn, where the first of them stands. Lines of a sub-agent among those of its
 * parent name the call that started it.
 */
#include "ingest/imp_claude.h"

#include <stdlib.h>

#include "base/mem.h"

bool claude_is_message(const struct json *line)
{
	struct str type = text_of(line, "type");
	const struct json *content = json_get(json_get(line, "message"), "content");
	return (str_eq_c(type, "user") || str_eq_c(type, "assistant")) && (content->type == JSON_STRING || content->type == JSON_ARRAY);
}

static bool is_assistant(const struct json *line)
{
	return str_eq_c(text_of(line, "type"), "assistant");
}

/* ---- which lines are one message ---- */

static void merge_lines(struct claude *c)
{
	size_t *last = xcalloc(c->lines.n + 1, sizeof *last);
	c->merged = xcalloc(c->lines.n, sizeof *c->merged);
	c->continues = xcalloc(c->lines.n, sizeof *c->continues);
	for (size_t i = 0; i < c->lines.n; i++) {
		const struct json *line = c->lines.list[i].node;
		struct str id = text_of(json_get(line, "message"), "id");
		if (!id.n || !claude_is_message(line) || !is_assistant(line))
			continue;
		uint32_t key = dict_add(&c->ids, id);
		if (last[key]) {
			c->merged[last[key] - 1] = i + 1;
			c->continues[i] = true;
		}
		last[key] = i + 1;
	}
	free(last);
}

/* ---- who speaks ---- */

static bool is_call(struct str type)
{
	return str_eq_c(type, "tool_use") || str_eq_c(type, "server_tool_use") || str_eq_c(type, "mcp_tool_use");
}

static void note_call(struct claude *c, const struct json *block)
{
	const struct json *input = json_get(block, "input");
	if (c->ncalls == c->calls_cap)
		c->calls = vec_grow(c->calls, &c->calls_cap, c->ncalls + 1, sizeof *c->calls);
	c->calls[c->ncalls++] = (struct claude_call){text_of(block, "id"),
		json_str(json_first(json_get(input, "subagent_type"), json_get(input, "description"))), text_of(input, "prompt")};
}

static const struct claude_call *call_by_id(const struct claude *c, struct str id)
{
	for (size_t i = c->ncalls; i-- > 0;)
		if (str_eq(c->calls[i].id, id))
			return &c->calls[i];
	return NULL;
}

static struct str first_text(const struct json *content)
{
	return content->type == JSON_STRING ? content->text : text_of(json_at(content, 0), "text");
}

/* Old sessions hold their sub-agents' lines without naming the call: the first says what the call asked for, and each
 * further line names the one before it. */
static const struct claude_call *call_by_branch(struct claude *c, const struct json *line)
{
	size_t from = 0;
	struct str text = first_text(json_get(json_get(line, "message"), "content"));
	uint32_t parent = dict_find(&c->uuids, text_of(line, "parentUuid"));
	if (parent != DICT_NONE)
		from = c->branch[parent];
	for (size_t i = c->ncalls; !from && i-- > 0;)
		if (c->calls[i].prompt.n && str_eq(c->calls[i].prompt, text))
			from = i + 1;
	uint32_t uuid = dict_add(&c->uuids, text_of(line, "uuid"));
	if (uuid >= c->branch_cap)
		c->branch = vec_grow(c->branch, &c->branch_cap, uuid + 1, sizeof *c->branch);
	c->branch[uuid] = from;
	return from ? &c->calls[from - 1] : NULL;
}

/* Marks a turn as a sub-agent's. */
static void set_agent(struct claude *c, struct sink_turn *t, const struct json *line)
{
	struct str by = text_of(line, "parent_tool_use_id");
	const struct claude_call *call = NULL;
	bool inline_agent = json_is_true(json_get(line, "isSidechain")) && !c->subagent;
	if (by.n)
		call = call_by_id(c, by);
	else if (inline_agent)
		call = call_by_branch(c, line);
	t->parent_call = by.n ? by : call ? call->id : (struct str){0};
	if (call && call->agent.n)
		t->name = call->agent;
	else if (by.n || inline_agent)
		t->name = text_of(line, "agentId").n ? text_of(line, "agentId") : str_c("sub-agent");
}

/* ---- turns ---- */

static void add_thought(struct buf *out, const struct json *block)
{
	struct str text = text_of(block, "thinking");
	if (out->n)
		buf_add_ch(out, '\n');
	buf_add_str(out, text.n ? text : str_c("[redacted]"));
}

static void add_said(struct buf *content, struct buf *reasoning, const struct json *blocks)
{
	if (blocks->type == JSON_STRING)
		blocks_text(content, blocks);
	if (blocks->type != JSON_ARRAY)
		return;
	JSON_EACH(block, blocks) {
		struct str type = text_of(block, "type");
		if (str_eq_c(type, "thinking") || str_eq_c(type, "redacted_thinking"))
			add_thought(reasoning, block);
		else if (!is_call(type) && !str_ends(type, "tool_result"))
			blocks_text(content, block);
	}
}

static void add_calls(struct claude *c, const struct json *blocks)
{
	if (blocks->type != JSON_ARRAY)
		return;
	JSON_EACH(block, blocks) {
		if (!is_call(text_of(block, "type")))
			continue;
		note_call(c, block);
		sink_call(c->im->sink, &(struct sink_call){.id = text_of(block, "id"), .name = text_of(block, "name"),
			.arguments = json_plain(json_get(block, "input"))});
	}
}

static void add_results(struct claude *c, const struct json *line)
{
	const struct json *blocks = json_get(json_get(line, "message"), "content");
	if (blocks->type != JSON_ARRAY)
		return;
	JSON_EACH(block, blocks) {
		struct buf text = {0};
		if (!str_ends(text_of(block, "type"), "tool_result"))
			continue;
		blocks_text(&text, json_get(block, "content"));
		struct sink_turn t = {.role = ROLE_TOOL, .content = buf_str(&text), .tool_call_id = text_of(block, "tool_use_id"),
			.at_ms = time_of(json_get(line, "timestamp"))};
		if (json_is_true(json_get(block, "is_error")))
			t.error = text.n ? buf_str(&text) : str_c("error");
		set_agent(c, &t, line);
		sink_turn(c->im->sink, &t);
		buf_fini(&text);
	}
}

static void assistant_turn(struct claude *c, size_t i)
{
	struct buf content = {0}, reasoning = {0};
	const struct json *line = c->lines.list[i].node;
	struct sink_turn t = {.role = ROLE_ASSISTANT, .at_ms = time_of(json_get(line, "timestamp"))};
	for (size_t k = i + 1; k; k = c->merged[k - 1])
		add_said(&content, &reasoning, json_get(json_get(c->lines.list[k - 1].node, "message"), "content"));
	t.content = buf_str(&content);
	if (reasoning.n)
		t.reasoning = buf_str(&reasoning);
	if (json_is_true(json_get(line, "isApiErrorMessage")) || json_get(line, "error")->type == JSON_STRING)
		t.error = content.n ? buf_str(&content) : json_plain(json_get(line, "error"));
	set_agent(c, &t, line);
	sink_turn(c->im->sink, &t);
	for (size_t k = i + 1; k; k = c->merged[k - 1])
		add_calls(c, json_get(json_get(c->lines.list[k - 1].node, "message"), "content"));
	for (size_t k = i + 1; k; k = c->merged[k - 1])
		add_results(c, c->lines.list[k - 1].node); /* of tools that ran at the provider */
	buf_fini(&content);
	buf_fini(&reasoning);
}

/* What a person or the harness said; a line that only brings results is none. */
static void user_turn(struct claude *c, const struct json *line)
{
	struct buf content = {0}, reasoning = {0};
	const struct json *blocks = json_get(json_get(line, "message"), "content");
	bool only_results = blocks->type == JSON_ARRAY && blocks->count;
	JSON_EACH(block, blocks)
		only_results = only_results && str_ends(text_of(block, "type"), "tool_result");
	if (!only_results) {
		struct sink_turn t = {.role = ROLE_USER, .at_ms = time_of(json_get(line, "timestamp"))};
		add_said(&content, &reasoning, blocks);
		t.content = buf_str(&content);
		set_agent(c, &t, line);
		sink_turn(c->im->sink, &t);
	}
	add_results(c, line);
	buf_fini(&content);
	buf_fini(&reasoning);
}

void claude_turns(struct claude *c)
{
	merge_lines(c);
	for (size_t i = 0; i < c->lines.n; i++) {
		const struct json *line = c->lines.list[i].node;
		if (!claude_is_message(line) || c->continues[i])
			continue;
		if (is_assistant(line))
			assistant_turn(c, i);
		else
			user_turn(c, line);
	}
	free(c->merged);
	free(c->continues);
	free(c->calls);
	free(c->branch);
	dict_fini(&c->ids);
	dict_fini(&c->uuids);
}
