/* SPDX-License-Identifier: MIT
 *
 * The conversation of a promptfoo row, wherever the row keeps it.
 */
#include "ingest/imp_promptfoo.h"

static bool is_call(const struct json *part)
{
	struct str type = json_str(json_get(part, "type"));
	return json_get(part, "function")->type == JSON_OBJECT || str_eq_c(type, "tool_use") || str_eq_c(type, "function_call");
}

static void add_call(struct sink *s, const struct json *part)
{
	const struct json *fn = json_get(part, "function");
	const struct json *body = fn->type == JSON_OBJECT ? fn : part;
	sink_call(s, &(struct sink_call){
		.id = json_str(json_first(json_get(part, "call_id"), json_get(part, "id"))),
		.name = json_str(json_get(body, "name")),
		.arguments = json_plain(json_first(json_get(body, "arguments"), json_get(body, "input")))});
}

void promptfoo_output(struct sink *s, const struct json *output)
{
	size_t calls = 0;
	if (output->type == JSON_ARRAY)
		JSON_EACH(part, output)
			calls += is_call(part);
	bool only_calls = calls && calls == output->count;
	sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = only_calls ? (struct str){0} : json_plain(output)});
	if (calls)
		JSON_EACH(part, output)
			if (is_call(part))
				add_call(s, part);
}

static bool is_chat(const struct json *node)
{
	if (node->type != JSON_ARRAY || !node->count)
		return false;
	JSON_EACH(m, node)
		if (!json_str(json_get(m, "role")).p)
			return false;
	return true;
}

static void add_prompt(struct sink *s, const struct json *prompt, struct arena *a)
{
	struct str raw = json_plain(prompt->type == JSON_OBJECT ? json_get(prompt, "raw") : prompt);
	const struct json *chat;
	if (str_starts(str_trim(raw), "[") && json_read(a, raw, NULL, &chat, NULL) == OK && is_chat(chat))
		sink_chat(s, chat);
	else
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = raw});
}

static enum outcome graded(const struct json *entry)
{
	const struct json *passed = json_get(entry, "graderPassed");
	if (passed->type != JSON_BOOL)
		return OUTCOME_NONE;
	return passed->truth ? OUTCOME_PASS : OUTCOME_FAIL;
}

/* Attack loops keep their conversation in the metadata, and the prompt is then only its start. */
void promptfoo_turns(struct sink *s, const struct json *row, const struct json *meta, struct arena *a)
{
	const struct json *messages = json_get(meta, "messages"), *history = json_get(meta, "redteamHistory");
	const struct json *output = json_get(json_first(json_get(row, "response"), json_get(row, "providerResponse")), "output");
	if (messages->type == JSON_ARRAY && messages->count) {
		sink_chat(s, messages);
		return;
	}
	JSON_EACH(h, history) {
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = json_plain(json_get(h, "prompt"))});
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = json_plain(json_get(h, "output")), .outcome = graded(h)});
	}
	if (history->count)
		return;
	add_prompt(s, json_get(row, "prompt"), a);
	if (!json_is_null(output))
		promptfoo_output(s, output);
}
