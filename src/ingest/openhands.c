/* SPDX-License-Identifier: MIT
 *
 * OpenHands' events become turns. An action of the agent is a turn with its call, an observation the turn that answers it:
 * its cause is the id of the action. The lists of 2024 have neither ids nor sources.
 */
#include "ingest/openhands.h"

#include <math.h>

#include "ingest/head.h"

static struct str text_at(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

static bool one_of(struct str s, const char *const *names)
{
	for (; *names; names++)
		if (str_eq_c(s, *names))
			return true;
	return false;
}

/* Harness bookkeeping, not said by anybody. */
static bool is_passed_over(struct str action, struct str observation)
{
	static const char *const actions[] = {"recall", "system", "change_agent_state", "null", NULL};
	static const char *const observations[] = {"recall", "agent_state_changed", "null", NULL};
	return action.p ? one_of(action, actions) : one_of(observation, observations);
}

static const struct json *response_message(const struct json *event)
{
	return json_pointer(event, str_c("/tool_call_metadata/model_response/choices/0/message"));
}

/* ---- the whole ---- */

static struct str answer_of(const struct json *event, struct str action)
{
	const struct json *args = json_get(event, "args"), *from = args->type == JSON_OBJECT ? args : event;
	if (str_eq_c(action, "finish"))
		return text_at(from, "final_thought").n ? text_at(from, "final_thought") : text_at(from, "thought");
	return str_eq_c(action, "message") && str_eq_c(text_at(event, "source"), "agent") ? text_at(from, "content") : (struct str){0};
}

void openhands_look(const struct json *events, struct openhands_facts *out)
{
	struct str observation = {0};
	int64_t last = 0;
	*out = (struct openhands_facts){.duration_ms = -1, .cost = NAN};
	JSON_EACH(event, events) {
		int64_t at = time_of(json_get(event, "timestamp"));
		struct str model = json_str(json_pointer(event, str_c("/tool_call_metadata/model_response/model")));
		struct str action = text_at(event, "action"), answer = action.p ? answer_of(event, action) : (struct str){0};
		double cost;
		if (!out->model.p && model.n)
			out->model = model;
		if (!out->started_ms)
			out->started_ms = at;
		if (at)
			last = at;
		if (answer.n)
			out->answer = answer;
		if (json_num(json_pointer(event, str_c("/llm_metrics/accumulated_cost")), false, &cost))
			out->cost = cost;
		observation = text_at(event, "observation");
	}
	if (out->started_ms && last >= out->started_ms)
		out->duration_ms = last - out->started_ms;
	out->broken = str_eq_c(observation, "error");
}

/* ---- calls ---- */

/* Which actions ask for something; others of the agent do when they came as a tool call. */
static bool is_call(const struct json *event, struct str action)
{
	static const char *const calls[] = {"run", "run_ipython", "read", "edit", "write", "browse", "browse_interactive", "chat", "think",
		"finish", NULL};
	return one_of(action, calls) || json_get(event, "tool_call_metadata")->type == JSON_OBJECT;
}

/* The arguments as the model wrote them. */
static struct str asked_for(const struct json *event)
{
	struct str id = json_plain(json_pointer(event, str_c("/tool_call_metadata/tool_call_id")));
	JSON_EACH(call, json_get(response_message(event), "tool_calls"))
		if (str_eq(json_plain(json_get(call, "id")), id))
			return json_plain(json_pointer(call, str_c("/function/arguments")));
	return (struct str){0};
}

/* Without args the event itself holds them. */
static void flat_arguments(struct buf *out, const struct json *event)
{
	static const char *const others[] = {"action", "action_risk", "is_confirmed", "keep_prompt", "thought", NULL};
	buf_add_ch(out, '{');
	JSON_EACH(member, event) {
		if (one_of(member->key, others))
			continue;
		if (out->n > 1)
			buf_add_ch(out, ',');
		json_write_str(out, member->key);
		buf_add_ch(out, ':');
		json_write_node(out, member);
	}
	buf_add_ch(out, '}');
}

static void add_call(struct sink *s, const struct json *event, struct str action)
{
	struct str name = json_str(json_pointer(event, str_c("/tool_call_metadata/function_name")));
	struct buf flat = {0};
	struct sink_call call = {.id = json_plain(json_get(event, "id")), .name = name.n ? name : action, .arguments = asked_for(event)};
	if (!call.arguments.p)
		call.arguments = json_plain(json_get(event, "args"));
	if (!call.arguments.p) {
		flat_arguments(&flat, event);
		call.arguments = buf_str(&flat);
	}
	sink_call(s, &call);
	buf_fini(&flat);
}

/* ---- turns ---- */

static void add_image(struct buf *out, const struct json *node, const char *kind)
{
	struct str data = json_str(node);
	if (!data.n)
		return;
	if (out->n)
		buf_add_ch(out, '\n');
	blob_mark(out, str_c(kind), (struct str){0}, data);
}

/* Calls of one response stand in events of their own, each with the whole response: what it says is said once. */
static struct str said_before_calls(const struct json *event, struct str *last)
{
	struct str id = json_str(json_pointer(event, str_c("/tool_call_metadata/model_response/id")));
	bool again = id.n && str_eq(id, *last);
	*last = id;
	return again ? (struct str){0} : json_str(json_get(response_message(event), "content"));
}

static void add_action(struct sink *s, const struct json *event, struct str action, bool first, struct str *response)
{
	const struct json *args = json_get(event, "args"), *from = args->type == JSON_OBJECT ? args : event;
	struct str source = text_at(event, "source");
	bool message = str_eq_c(action, "message");
	bool user = source.p ? !str_eq_c(source, "agent") : message && first;
	struct buf content = {0};
	struct sink_turn t = {.role = user ? ROLE_USER : ROLE_ASSISTANT, .role_text = source,
		.at_ms = time_of(json_get(event, "timestamp"))};
	struct str said = said_before_calls(event, response);
	if (!user)
		t.reasoning = text_at(from, "thought").n ? text_at(from, "thought") : said;
	if (message || user || (!is_call(event, action) && args->type == JSON_OBJECT))
		buf_add_str(&content, text_at(from, "content").p ? text_at(from, "content") : text_at(event, "message"));
	else if (str_eq_c(action, "finish"))
		buf_add_str(&content, text_at(from, "final_thought"));
	JSON_EACH(image, json_get(from, "image_urls"))
		add_image(&content, image, "image");
	t.content = buf_str(&content);
	sink_turn(s, &t);
	if (is_call(event, action))
		add_call(s, event, action);
	buf_fini(&content);
}

/* An observation says which action it answers; one that was caused by none answers none. */
static void add_observation(struct sink *s, const struct json *event, struct str observation)
{
	static const char *const shown[] = {"set_of_marks", "screenshot", NULL};
	const struct json *extras = json_get(event, "extras"), *success = json_get(event, "success");
	bool ids = json_get(event, "id")->type != JSON_ABSENT;
	struct str cause = json_plain(json_get(event, "cause"));
	struct buf content = {0};
	buf_add_str(&content, json_plain(json_get(event, "content")));
	for (const char *const *name = shown; *name; name++)
		add_image(&content, json_get(extras, *name), *name);
	struct sink_turn t = {.role = ROLE_TOOL, .name = observation, .content = buf_str(&content),
		.tool_call_id = cause, .unasked = ids && !cause.n, .at_ms = time_of(json_get(event, "timestamp"))};
	bool failed = str_eq_c(observation, "error") || (success->type == JSON_BOOL && !success->truth);
	if (failed && (cause.n || !ids)) /* only what answers a call is a call's error */
		t.error = content.n ? t.content : str_c("error");
	sink_turn(s, &t);
	JSON_EACH(extra, extras)
		if (!one_of(extra->key, shown) && !json_is_null(extra) && extra->src.n > 2)
			sink_ignore(s, extra->key, 1);
	buf_fini(&content);
}

void openhands_turns(struct sink *s, const struct json *events)
{
	bool first = true;
	struct str response = {0};
	JSON_EACH(event, events) {
		struct str action = text_at(event, "action"), observation = text_at(event, "observation");
		if (event->type != JSON_OBJECT || (!action.p && !observation.p) || is_passed_over(action, observation)) {
			sink_ignore(s, action.n ? action : observation.n ? observation : str_c("event"), 1);
			continue;
		}
		if (action.p)
			add_action(s, event, action, first, &response);
		else
			add_observation(s, event, observation);
		first = false;
	}
}

int openhands_is_events(struct str head, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"id", "timestamp", "source", "message", "action", NULL}, "events with source and action"},
		{92, {"id", "timestamp", "source", "message", "observation", NULL}, "events with source and observation"},
		{60, {"id", "timestamp", "source", "message", NULL}, "events with id, timestamp, source and message"},
	};
	size_t at = 0;
	while (at < head.n && (head.p[at] == ' ' || head.p[at] == '\n' || head.p[at] == '\r' || head.p[at] == '\t'))
		at++;
	if (at == head.n || head.p[at] != '[')
		return 0;
	return head_match(head, shapes, sizeof shapes / sizeof *shapes, why);
}
