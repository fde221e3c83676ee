/* SPDX-License-Identifier: MIT
 *
 * SWE-agent trajectories (.traj): 0.x, whose observations are user messages, and 1.x with tool calls. The history is the
 * conversation; the trajectory, a step an action, holds the last observation, which the history may lack. A file
 * may be a history alone.
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/whole.h"

struct swe {
	struct import *im;
	struct str model, item;
};

static struct str text_at(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

/* "gpt4__data__config__t-0.00…" names the model first (0.x), "config__model__t-0.00…" second (1.x); others do not name it. */
static struct str model_in_name(struct str folder)
{
	struct str first = {0}, second = {0};
	for (unsigned i = 0; folder.n; i++) {
		ptrdiff_t at = str_find(folder, str_c("__"));
		struct str part = at < 0 ? folder : str_sub(folder, 0, (size_t)at);
		folder = at < 0 ? (struct str){0} : str_sub(folder, (size_t)at + 2, folder.n);
		if (i >= 2 && str_starts(part, "t-"))
			return i == 2 ? second : first;
		if (i < 2)
			*(i ? &second : &first) = part;
	}
	return (struct str){0};
}

/* 1.x writes RUN/INSTANCE/INSTANCE.traj, 0.x RUN/INSTANCE.traj. */
static struct str run_folder(const char *path, struct str item, struct arena *a)
{
	struct str folder = path_folder(path), parent = path_parent(path);
	return str_eq(folder, item) ? path_parent(arena_cstr(a, parent)) : parent;
}

/* replay_config is JSON in a string; of it only the model's name is read. */
static struct str configured_model(const struct json *doc, struct arena *a)
{
	const struct json *config = json_get(doc, "replay_config");
	if (config->type == JSON_STRING && json_read(a, config->text, NULL, &config, NULL) != OK)
		return (struct str){0};
	return json_str(json_pointer(config, str_c("/agent/model/name")));
}

/* ---- the conversation ---- */

static void add_text(struct buf *out, const struct json *content)
{
	if (content->type != JSON_ARRAY) {
		buf_add_str(out, json_plain(content));
		return;
	}
	JSON_EACH(part, content) {
		struct str url = json_str(json_pointer(part, str_c("/image_url/url")));
		if (out->n)
			buf_add_ch(out, '\n');
		if (url.n)
			blob_mark(out, str_c("image"), (struct str){0}, url);
		else
			buf_add_str(out, text_at(part, "text"));
	}
}

static struct str first_word(struct str s)
{
	size_t n = 0;
	s = str_trim(s);
	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\n' && s.p[n] != '\t')
		n++;
	return str_sub(s, 0, n);
}

/* The call of an assistant's row: as a tool call, else as the text of its action. */
static void add_calls(struct sink *s, const struct json *row, const struct json *step, bool answered_later)
{
	struct str action = text_at(row, "action").n ? text_at(row, "action") : text_at(step, "action");
	const struct json *calls = json_get(row, "tool_calls"), *observation = json_get(step, "observation");
	struct sink_call call = {.name = first_word(action), .arguments = action};
	if (!answered_later && observation->type == JSON_STRING) {
		call.result = observation->text;
		call.has_result = true;
	}
	if (calls->count == 0 && action.n)
		sink_call(s, &call);
	JSON_EACH(c, calls) {
		struct str arguments = json_plain(json_pointer(c, str_c("/function/arguments")));
		call.id = json_plain(json_get(c, "id"));
		call.name = json_str(json_pointer(c, str_c("/function/name")));
		call.arguments = arguments.n ? arguments : action;
		sink_call(s, &call);
	}
}

static bool is_demo(const struct json *row)
{
	return json_is_true(json_get(row, "is_demo"));
}

static bool is_answer(const struct json *row)
{
	struct str role = text_at(row, "role");
	return row && !is_demo(row) && (str_eq_c(role, "user") || str_eq_c(role, "tool"));
}

static void add_row(struct sink *s, const struct json *row, const struct json *before, const struct json *step)
{
	struct buf content = {0};
	struct str role = text_at(row, "role");
	bool asked = before && !is_demo(before) && str_eq_c(text_at(before, "role"), "assistant");
	add_text(&content, json_get(row, "content"));
	struct sink_turn t = {.role = role_parse(role), .role_text = role, .content = buf_str(&content),
		.name = is_demo(row) ? str_c("demonstration") : (struct str){0},
		.tool_call_id = json_plain(json_at(json_get(row, "tool_call_ids"), 0))};
	t.answers = t.role == ROLE_USER && asked;
	if (t.role == ROLE_ASSISTANT && !content.n)
		t.content = text_at(row, "thought");
	sink_turn(s, &t);
	if (t.role == ROLE_ASSISTANT && !is_demo(row))
		add_calls(s, row, step, row->next && is_answer(row->next));
	buf_fini(&content);
}

static void add_history(struct sink *s, const struct json *history, const struct json *trajectory)
{
	static const struct json none;
	const struct json *step = trajectory->type == JSON_ARRAY ? trajectory->child : NULL, *before = NULL;
	JSON_EACH(row, history) {
		bool acts = str_eq_c(text_at(row, "role"), "assistant") && !is_demo(row);
		add_row(s, row, before, acts && step ? step : &none);
		if (acts && step)
			step = step->next;
		before = row;
	}
	/* Steps that no history repeats. */
	for (; step; step = step->next) {
		struct str response = text_at(step, "response");
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = response.n ? response : text_at(step, "thought")});
		add_calls(s, &none, step, false);
	}
}

/* ---- the file ---- */

static void add_facts(struct sink *s, const struct json *doc)
{
	static const char *const used[] = {"history", "trajectory", "info", "replay_config", NULL};
	static const char *const used_info[] = {"exit_status", "submission", "model_stats", "edited_files30", "edited_files50",
		"edited_files70", NULL};
	const struct json *info = json_get(doc, "info");
	sink_rest(s, "", json_get(info, "model_stats"), NULL);
	if (json_get(info, "edited_files30")->type != JSON_ABSENT) /* thrice what the submission changes */
		sink_ignore(s, str_c("edited_files"), 1);
	sink_rest(s, "", info, used_info);
	sink_rest(s, "", doc, used);
}

static enum status swe_document(void *ctx, const struct walked *w, struct err *err)
{
	struct swe *t = ctx;
	struct sink *s = t->im->sink;
	const struct json *history = json_get(w->node, "history"), *trajectory = json_get(w->node, "trajectory");
	const struct json *info = json_get(w->node, "info");
	struct str folder = run_folder(t->im->claim->main->path, t->item, w->arena), status = text_at(info, "exit_status");
	struct sink_result r = SINK_RESULT_INIT;
	if (history->type != JSON_ARRAY && trajectory->type != JSON_ARRAY) {
		sink_skip(s, 1, "no SWE-agent trajectory: it has neither history nor trajectory");
		return OK;
	}
	sink_run(s, &(struct in_run){.tool = str_c("swe-agent"), .task = setting_or(t->im, "task", str_c("swe-agent")), .key = folder,
		.declared = -1});
	r.model = configured_model(w->node, w->arena);
	if (!r.model.n && folder.n)
		r.model = model_in_name(path_base(arena_cstr(w->arena, folder)));
	r.item = t->item;
	r.answer = text_at(info, "submission");
	r.raw_outcome = status;
	if (str_find(status, str_c("exit_")) >= 0) {
		r.limit = status;
		r.truncated = true;
	}
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	add_history(s, history, trajectory);
	add_facts(s, w->node);
	return sink_result_end(s, err);
}

static enum status swe_read(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {".traj.json", ".traj", ".json", NULL};
	struct swe t = {.im = im, .item = path_stem(im->claim->main->path, suffixes)};
	return whole_member(im, im->claim->main, swe_document, &t, err);
}

static int swe_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"environment", "trajectory/action", NULL}, "environment and a trajectory of actions"},
		{90, {"trajectory/action", "trajectory/observation", NULL}, "a trajectory of actions and observations"},
		{88, {"history/role", "history/content", "history/agent", NULL}, "a history with the agent of each row"},
		{86, {"history/role", "history/content", "history/message_type", NULL}, "a history with the type of each row"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_swe_agent = {
	.name = "swe-agent",
	.title = "SWE-agent trajectories (.traj)",
	.version = 1,
	.named = true,
	.maps = "A file is a result: the item is its name, the run its folder, the model that of replay_config, else of the folder's "
		"name where it follows the convention. The history is the conversation; rows of a demonstration are kept and named "
		"so, they call nothing. A step's action is a call; the message that follows, or the step's observation, answers it. "
		"submission is the answer, exit_status the source's word for the end; one with exit_ is a limit.",
	.polarity = "Nothing in the file says whether the task was solved: the result is missing until a rule or a label says so.",
	.rules = "task:* => set kind=capability\n",
	.probe = swe_probe,
	.read = swe_read,
};
