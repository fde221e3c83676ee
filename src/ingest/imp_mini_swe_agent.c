/* SPDX-License-Identifier: MIT
 *
 * mini-swe-agent trajectories (.traj.json): {info, messages, trajectory_format}, or, from older versions, the messages alone.
 * Commands stand in a fenced block, in extra.actions, or in tool calls; what they print comes as a user's or a tool's message.
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/whole.h"

struct mini {
	struct import *im;
	struct str stem;
};

static struct str text_at(const struct json *node, const char *pointer)
{
	return json_str(json_pointer(node, str_c(pointer)));
}

/* What stands in the only fenced block of commands; absent when there is none, or more than one. */
static struct str fenced_command(struct str text)
{
	static const char *const fences[] = {"```bash\n", "```mswea_bash_command\n"};
	struct str found = {0};
	for (size_t i = 0; i < 2; i++) {
		struct str rest = text;
		for (ptrdiff_t at; (at = str_find(rest, str_c(fences[i]))) >= 0;) {
			rest = str_sub(rest, (size_t)at + strlen(fences[i]), rest.n);
			ptrdiff_t end = str_find(rest, str_c("```"));
			if (end < 0 || found.p)
				return (struct str){0};
			found = str_trim(str_sub(rest, 0, (size_t)end));
			rest = str_sub(rest, (size_t)end + 3, rest.n);
		}
	}
	return found;
}

static void add_calls(struct sink *s, const struct json *m)
{
	const struct json *calls = json_get(m, "tool_calls"), *actions = json_pointer(m, str_c("/extra/actions"));
	struct str command = fenced_command(json_str(json_get(m, "content")));
	if (calls->count) {
		JSON_EACH(c, calls)
			sink_call(s, &(struct sink_call){.id = json_plain(json_get(c, "id")), .name = text_at(c, "/function/name"),
				.arguments = json_plain(json_pointer(c, str_c("/function/arguments")))});
	} else if (actions->type == JSON_ARRAY) {
		JSON_EACH(a, actions)
			sink_call(s, &(struct sink_call){.id = json_plain(json_get(a, "tool_call_id")), .name = str_c("bash"),
				.arguments = json_plain(json_get(a, "command"))});
	} else if (command.n) {
		sink_call(s, &(struct sink_call){.name = str_c("bash"), .arguments = command});
	}
}

/* The command's exit status: beside the message, or in it as <returncode>N</returncode>. false: it is no observation. */
static bool exit_status(const struct json *m, struct str content, double *out)
{
	static const char open[] = "<returncode>";
	if (json_num(json_pointer(m, str_c("/extra/returncode")), true, out))
		return true;
	if (!str_starts(content, open))
		return false;
	ptrdiff_t end = str_find(content, str_c("</returncode>"));
	return end > 0 && str_to_double(str_trim(str_sub(content, sizeof open - 1, (size_t)end - (sizeof open - 1))), out);
}

static void add_message(struct sink *s, const struct json *m)
{
	struct str role = json_str(json_get(m, "role")), content = json_plain(json_get(m, "content"));
	double status = 0, at;
	struct sink_turn t = {.role = role_parse(role), .role_text = role, .content = content,
		.reasoning = json_str(json_get(m, "reasoning_content")), .tool_call_id = json_plain(json_get(m, "tool_call_id"))};
	bool observed = (t.role == ROLE_USER || t.role == ROLE_TOOL) && exit_status(m, content, &status);
	if (json_num(json_pointer(m, str_c("/extra/timestamp")), false, &at) && at > 0 && at < 1e11)
		t.at_ms = (int64_t)(at * 1000);
	t.answers = observed;
	if (observed && status != 0)
		t.error = content;
	sink_turn(s, &t);
	if (t.role == ROLE_ASSISTANT)
		add_calls(s, m);
	JSON_EACH(other, json_get(m, "extra"))
		if (str_eq_c(other->key, "response") || str_eq_c(other->key, "raw_output"))
			sink_ignore(s, other->key, 1);
}

static enum status mini_document(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"exit_status", "submission", "model_stats", "config", NULL};
	struct mini *t = ctx;
	struct sink *s = t->im->sink;
	const struct json *doc = w->node, *info = json_get(doc, "info");
	const struct json *messages = doc->type == JSON_ARRAY ? doc : json_get(doc, "messages");
	struct str status = text_at(info, "/exit_status"), id = json_plain(json_get(doc, "instance_id"));
	struct sink_result r = SINK_RESULT_INIT;
	if (messages->type != JSON_ARRAY) {
		sink_skip(s, 1, "no mini-swe-agent trajectory: it has no messages");
		return OK;
	}
	sink_run(s, &(struct in_run){.tool = str_c("mini-swe-agent"), .tool_version = text_at(info, "/mini_version"),
		.task = setting_or(t->im, "task", str_c("mini-swe-agent")), .key = path_parent(t->im->claim->main->path), .declared = -1});
	r.model = text_at(info, "/config/model/model_name");
	r.item = id.n ? id : t->stem;
	r.answer = text_at(info, "/submission");
	r.raw_outcome = status;
	if (str_ends(status, "Exceeded")) {
		r.limit = status;
		r.truncated = true;
	} else if (str_ends(status, "Error")) {
		r.error = status;
	}
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	JSON_EACH(m, messages)
		add_message(s, m);
	sink_rest(s, "", json_get(info, "model_stats"), NULL);
	sink_rest(s, "", info, used);
	if (doc->type == JSON_OBJECT)
		sink_rest(s, "", doc, (const char *const[]){"info", "messages", "instance_id", NULL});
	return sink_result_end(s, err);
}

static enum status mini_read(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {".traj.json", ".json", NULL};
	struct mini t = {.im = im, .stem = path_stem(im->claim->main->path, suffixes)};
	return whole_member(im, im->claim->main, mini_document, &t, err);
}

static int mini_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"info/model_stats", "info/config", NULL}, "info with model_stats and config"},
		{92, {"info/mini_version", NULL}, "info with mini_version"},
		{90, {"trajectory_format", "messages", NULL}, "trajectory_format and messages"},
	};
	struct str base = path_base(m->path);
	if (inside)
		return 0;
	int sure = head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (sure || !str_starts(m->head, "[") || !head_has(m->head, "role") || !head_has(m->head, "content"))
		return sure;
	if (str_find(m->head, str_c("mswea_bash_command")) >= 0 || (str_ends(base, ".traj.json") && str_find(m->head, str_c("bash")) >= 0)) {
		snprintf(why, 160, "messages that tell the agent to answer with one command");
		return 85;
	}
	return 0;
}

const struct importer imp_mini_swe_agent = {
	.name = "mini-swe-agent",
	.title = "mini-swe-agent trajectories (.traj.json)",
	.version = 1,
	.named = true,
	.maps = "A file is a result: the item is instance_id, else the file's name, the run its folder, the model that of the "
		"configuration. The command of an assistant's message (its one fenced block, extra.actions or tool calls) is a call; the "
		"message with a returncode answers it, one other than 0 is an error. submission is the answer, exit_status the source's "
		"word for the end; one that ends in Exceeded is a limit.",
	.polarity = "Nothing in the file says whether the task was solved: the result is missing until a rule or a label says so.",
	.rules = "task:* => set kind=capability\n"
		"error:* => set outcome=missing\n",
	.probe = mini_probe,
	.read = mini_read,
};
