/* SPDX-License-Identifier: MIT
 *
 * An episode is a list of turns, a turn a list of [sender, receiver, text]. The environment tells each agent its situation
 * first, then what its actions gave; what agents say goes to the environment, which repeats it to the others.
 */
#include "ingest/sotopia.h"

static struct str text_at(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

struct episode {
	struct sink *s;
	struct arena *a;
	struct str agent; /* by name: whose words are the assistant's */
};

static struct str spoken(struct str text)
{
	static const char said[] = "said: \"";
	struct str s = str_trim(text);
	if (!str_starts(s, said) || s.n < sizeof said || s.p[s.n - 1] != '"')
		return text;
	return str_sub(s, sizeof said - 1, s.n - sizeof said);
}

static struct str observed(struct str text)
{
	static const char mark[] = "\nObservation:";
	ptrdiff_t at = str_find(text, str_c(mark));
	return at < 0 ? (struct str){0} : str_trim(str_sub(text, (size_t)at + sizeof mark - 1, text.n));
}

/* "[action] {json}": a tool of the agent's. */
static void add_action(const struct episode *e, struct str text)
{
	const struct json *node = NULL;
	struct str body = str_trim(str_sub(str_trim(text), strlen("[action]"), text.n));
	struct sink_turn t = {.role = ROLE_ASSISTANT};
	struct sink_call call = {.name = str_c("action"), .arguments = body};
	if (json_read(e->a, body, NULL, &node, NULL) == OK && node->type == JSON_OBJECT) {
		struct str tool = text_at(node, "tool"), input = json_plain(json_get(node, "tool_input"));
		t.reasoning = text_at(node, "log");
		call.name = tool.n ? tool : call.name;
		call.arguments = input.p ? input : call.arguments;
	}
	sink_turn(e->s, &t);
	sink_call(e->s, &call);
}

static void add_message(const struct episode *e, const struct json *message, bool first)
{
	struct str from = json_str(json_at(message, 0)), to = json_str(json_at(message, 1)), text = json_plain(json_at(message, 2));
	bool environment = str_eq_c(from, "Environment"), mine = str_eq(from, e->agent);
	if (environment) {
		struct str observation = observed(text);
		if (!str_eq(to, e->agent))
			return;
		if (first)
			sink_turn(e->s, &(struct sink_turn){.role = ROLE_SYSTEM, .content = str_trim(text)});
		else if (observation.n)
			sink_turn(e->s, &(struct sink_turn){.role = ROLE_TOOL, .content = observation});
		return;
	}
	if (!str_eq_c(to, "Environment") || str_eq_c(str_trim(text), "did nothing"))
		return;
	if (mine && str_starts(str_trim(text), "[action]"))
		add_action(e, text);
	else
		sink_turn(e->s, &(struct sink_turn){.role = mine ? ROLE_ASSISTANT : ROLE_USER, .name = from, .content = spoken(text)});
}

/* The names of the agents as messages use them: whom the environment told their situation first. */
static struct str agent_name(const struct json *messages, size_t which)
{
	size_t n = 0;
	JSON_EACH(message, json_at(messages, 0))
		if (str_eq_c(json_str(json_at(message, 0)), "Environment") && n++ == which)
			return json_str(json_at(message, 1));
	return (struct str){0};
}

void sotopia_turns(struct sink *s, struct arena *a, const struct json *messages, size_t which)
{
	struct episode e = {.s = s, .a = a, .agent = agent_name(messages, which)};
	JSON_EACH(turn, messages)
		JSON_EACH(message, turn)
			add_message(&e, message, turn == messages->child);
}
