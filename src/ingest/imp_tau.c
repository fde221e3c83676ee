/* SPDX-License-Identifier: MIT
 *
 * tau-bench trajectories as they were published: an array of {task_id, trial, reward, info, traj}, or one of them.
 * The file names neither model nor domain; both come from its own name, "gpt-4o-airline.json".
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/walk.h"

struct tau {
	struct import *im;
	struct str model, task;
};

/* "gpt-4o-airline" → model gpt-4o, task tau-bench/airline; any other name is the model's. */
static void take_name(struct tau *t, struct arena *keep)
{
	static const char *const suffixes[] = {".json", ".jsonl", NULL};
	static const char *const domains[] = {"airline", "retail", "telecom", "mock"};
	struct str stem = path_stem(t->im->claim->main->path, suffixes);
	t->model = stem;
	t->task = str_c("tau-bench");
	for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
		if (!str_ends(stem, domains[i]))
			continue;
		t->task = arena_printf(keep, "tau-bench/%s", domains[i]);
		size_t n = stem.n - strlen(domains[i]);
		if (n > 1 && (stem.p[n - 1] == '-' || stem.p[n - 1] == '_'))
			t->model = str_sub(stem, 0, n - 1);
	}
	t->model = setting_or(t->im, "model", t->model);
	t->task = setting_or(t->im, "task", t->task);
}

/* A tool that failed says so in its answer only. */
static void add_turn(struct sink *s, const struct json *message)
{
	struct str content = json_plain(json_get(message, "content"));
	if (!str_eq_c(json_str(json_get(message, "role")), "tool") || !str_starts(content, "Error")) {
		sink_chat_message(s, message);
		return;
	}
	sink_turn(s, &(struct sink_turn){.role = ROLE_TOOL, .name = json_str(json_get(message, "name")), .content = content,
		.error = content, .tool_call_id = json_str(json_get(message, "tool_call_id"))});
}

static void add_scores(struct sink *s, const struct json *row, const struct json *reward_info)
{
	static const char *const parts[] = {"r_actions", "r_outputs"};
	struct in_score score;
	if (score_of(json_get(row, "reward"), "reward", &score))
		sink_score(s, &score);
	for (size_t i = 0; i < 2; i++)
		if (score_of(json_get(json_get(reward_info, "info"), parts[i]), parts[i], &score))
			sink_score(s, &score);
}

static enum status tau_row(void *ctx, const struct walked *w, struct err *err)
{
	struct tau *t = ctx;
	struct sink *s = t->im->sink;
	const struct json *row = w->node, *info = json_get(row, "info"), *reward_info = json_get(info, "reward_info");
	struct sink_result r = SINK_RESULT_INIT;
	double cost;
	if (json_get(row, "traj")->type != JSON_ARRAY) {
		sink_skip(s, w->record->line, "no tau-bench trajectory: it has no list \"traj\"");
		return OK;
	}
	r.model = t->model;
	r.item = json_plain(json_get(row, "task_id"));
	r.epoch = json_plain(json_get(row, "trial"));
	r.truncated = json_is_null(reward_info); /* it did not finish; its reward is 0 */
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	JSON_EACH(message, json_get(row, "traj"))
		add_turn(s, message);
	add_scores(s, row, reward_info);
	if (json_num(json_get(info, "user_cost"), false, &cost))
		sink_meta_num(s, "user_cost", cost);
	sink_meta(s, "finished", str_c(r.truncated ? "false" : "true"));
	return sink_result_end(s, err);
}

static enum status tau_read(struct import *im, struct err *err)
{
	struct arena keep = {0};
	struct tau t = {.im = im};
	struct walk walk = {.each = tau_row, .ctx = &t};
	take_name(&t, &keep);
	if (!setting_or(im, "model", (struct str){0}).p)
		sink_warn(im->sink, "the model is named after the file; --set model=NAME names it");
	sink_run(im->sink, &(struct in_run){.tool = str_c("tau-bench"), .task = t.task,
		.declared = -1});
	enum status st = walk_member(im, im->claim->main, &walk, err);
	arena_fini(&keep);
	return st;
}

static int tau_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const char *const keys[] = {"task_id", "reward", "info", NULL};
	static const char *const traj[] = {"task_id", "traj", NULL};
	if (inside)
		return 0;
	if (head_has_all(m->head, keys) && (head_has(m->head, "traj") || head_has(m->head, "info/task"))) {
		snprintf(why, 160, "task_id, reward and info of a trajectory");
		return 90;
	}
	snprintf(why, 160, "task_id and traj");
	return head_has_all(m->head, traj) ? 70 : 0;
}

const struct importer imp_tau = {
	.name = "tau-bench",
	.title = "tau-bench historical trajectories (.json)",
	.version = 1,
	.maps = "A trajectory is a result: task_id the item, trial the epoch. Model and domain come from the file's name "
		"(MODEL-DOMAIN.json) or --set model= and task=. reward, r_actions and r_outputs are scores. A tool's answer that "
		"begins with \"Error\" is an error. Without reward_info the trajectory did not finish.",
	.polarity = "A reward below 1 is a failure of capability, also where the trajectory did not finish.",
	.rules = "task:* => set kind=capability score=reward\n"
		"score.reward<1 => set outcome=fail\n"
		"score.reward>=1 => set outcome=pass\n",
	.probe = tau_probe,
	.read = tau_read,
};
