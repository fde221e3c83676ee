/* SPDX-License-Identifier: MIT
 *
 * tau2-bench: results.json with its simulations inside, or, for voice, a directory whose results.json holds only the
 * configuration and whose simulations/ID.json hold ticks of audio. Ticks are no turns and are not imported as such.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/head.h"
#include "ingest/walk.h"

extern const struct importer imp_tau2;

static const char *const simulations[] = {"/simulations", NULL};

struct tau2 {
	struct import *im;
	struct arena keep;
	struct str model, task;
	struct str member; /* for simulations in files of their own */
};

/* ---- the run: info of results.json ---- */

static enum status tau2_header(void *ctx, const struct json *doc, struct err *err)
{
	(void)err;
	struct tau2 *t = ctx;
	const struct json *info = json_get(doc, "info"), *agent = json_get(info, "agent_info"), *stamp = json_get(doc, "timestamp");
	const struct json *model = json_first(json_pointer(info, str_c("/audio_native_config/model")),
		json_first(json_get(agent, "llm"), json_get(agent, "implementation")));
	struct str domain = json_str(json_pointer(info, str_c("/environment_info/domain_name"))), at = json_str(stamp);
	int64_t trials;
	struct in_run run = {.tool = str_c("tau2-bench"), .tool_version = json_str(json_get(info, "git_commit")),
		.created_ms = time_of(stamp), .declared = -1};
	t->model = arena_str(&t->keep, json_str(model));
	t->task = arena_printf(&t->keep, "tau2-bench%s%.*s", domain.n ? "/" : "", (int)domain.n, domain.p ? domain.p : "");
	run.task = t->task;
	run.key = arena_printf(&t->keep, "%.*s %.*s %.*s", (int)t->task.n, t->task.p, (int)t->model.n, t->model.p ? t->model.p : "",
		(int)at.n, at.p ? at.p : t->im->claim->main->path);
	if (json_i64(json_get(info, "num_trials"), &trials) && trials > 0 && trials < 100000 && json_get(doc, "tasks")->count) {
		run.declared = trials * (int64_t)json_get(doc, "tasks")->count;
		sink_declare(t->im->sink, "results", (double)run.declared);
	}
	sink_run(t->im->sink, &run);
	return OK;
}

/* ---- one simulation ---- */

static void add_message(struct sink *s, const struct json *m)
{
	struct str role = json_str(json_get(m, "role")), content = json_plain(json_get(m, "content"));
	struct sink_turn turn = {.role = role_parse(role), .role_text = role, .content = content,
		.at_ms = time_of(json_get(m, "timestamp"))};
	if (turn.role == ROLE_TOOL) {
		turn.tool_call_id = json_str(json_get(m, "id"));
		if (json_is_true(json_get(m, "error")))
			turn.error = content.n ? content : str_c("error");
	}
	sink_turn(s, &turn);
	JSON_EACH(call, json_get(m, "tool_calls"))
		sink_call(s, &(struct sink_call){.id = json_str(json_get(call, "id")), .name = json_str(json_get(call, "name")),
			.arguments = json_plain(json_get(call, "arguments"))});
}

static void add_scores(struct sink *s, const struct json *reward_info)
{
	struct in_score score;
	if (score_of(json_get(reward_info, "reward"), "reward", &score))
		sink_score(s, &score);
	JSON_EACH(part, json_get(reward_info, "reward_breakdown")) {
		if (!score_of(part, "", &score))
			continue;
		score.name = part->key;
		sink_score(s, &score);
	}
}

static bool ended_by_itself(struct str reason)
{
	return !reason.n || str_eq_c(reason, "user_stop") || str_eq_c(reason, "agent_stop");
}

static enum status tau2_simulation(void *ctx, const struct walked *w, struct err *err)
{
	struct tau2 *t = ctx;
	struct sink *s = t->im->sink;
	const struct json *node = w->node, *messages = json_get(node, "messages"), *ticks = json_get(node, "ticks");
	struct str reason = json_str(json_get(node, "termination_reason"));
	struct sink_result r = SINK_RESULT_INIT;
	double seconds;
	if (json_get(node, "task_id")->type == JSON_ABSENT || (messages->type != JSON_ARRAY && ticks->type != JSON_ARRAY)) {
		sink_skip(s, w->record->line, "no tau2-bench simulation: it has neither messages nor ticks of a task");
		return OK;
	}
	r.model = t->model;
	r.item = json_plain(json_get(node, "task_id"));
	r.epoch = json_plain(json_get(node, "trial"));
	r.started_ms = time_of(json_get(node, "start_time"));
	if (json_num(json_get(node, "duration"), false, &seconds) && seconds >= 0 && seconds < 1e9)
		r.duration_ms = (int64_t)(seconds * 1000);
	if (!ended_by_itself(reason))
		r.limit = reason;
	r.place = w->record;
	r.member = t->member;
	r.repairs = w->repairs;
	sink_result(s, &r);
	JSON_EACH(m, messages)
		add_message(s, m);
	add_scores(s, json_get(node, "reward_info"));
	if (reason.n)
		sink_meta(s, "termination_reason", reason);
	if (ticks->type == JSON_ARRAY) {
		sink_meta_num(s, "ticks", (double)ticks->count);
		sink_warn(s, "%zu ticks of a voice simulation are counted, they are no turns", ticks->count);
	}
	if (json_str(json_get(node, "mode")).n)
		sink_meta(s, "mode", json_str(json_get(node, "mode")));
	return sink_result_end(s, err);
}

/* ---- which files ---- */

static bool is_results(struct str head)
{
	static const char *const keys[] = {"timestamp", "info/git_commit", "info/num_trials", NULL};
	return head_has_all(head, keys);
}

static bool is_simulation(struct str head)
{
	static const char *const keys[] = {"id", "task_id", "start_time", "termination_reason", NULL};
	return head_has_all(head, keys);
}

/* Voice: one results.json with the configuration only, and DIR/simulations/ID.json for each simulation. */
static bool belongs(const struct member *results, const struct member *m)
{
	size_t dir = strlen(results->name) - strlen("results.json");
	static const char below[] = "simulations/";
	if (strncmp(results->name, m->name, dir) != 0 || strncmp(m->name + dir, below, sizeof below - 1) != 0)
		return false;
	return is_simulation(m->head);
}

static void tau2_claim(const struct bundle *b, void (*add)(void *ctx, const struct claim *c), void *ctx)
{
	const struct member **members = xcalloc(b->n + 1, sizeof *members);
	for (size_t i = 0; i < b->n; i++) {
		struct claim c = {.importer = &imp_tau2, .main = &b->members[i], .members = members, .confidence = 90};
		if (!str_ends(str_c(c.main->name), "results.json") || !is_results(c.main->head))
			continue;
		members[c.n++] = c.main;
		for (size_t k = 0; k < b->n; k++)
			if (belongs(c.main, &b->members[k]))
				members[c.n++] = &b->members[k];
		if (c.n == 1)
			continue;
		snprintf(c.why, sizeof c.why, "results.json with %zu simulations in files", c.n - 1);
		add(ctx, &c);
	}
	free(members);
}

static enum status tau2_read(struct import *im, struct err *err)
{
	struct tau2 t = {.im = im};
	struct walk whole = {.arrays = simulations, .header = tau2_header, .each = tau2_simulation, .ctx = &t};
	struct walk one = {.each = tau2_simulation, .ctx = &t};
	enum status st = OK;
	t.task = str_c("tau2-bench");
	if (is_simulation(im->claim->main->head)) /* alone, without its results.json */
		sink_run(im->sink, &(struct in_run){.tool = t.task, .task = t.task, .declared = -1});
	for (size_t i = 0; i < im->claim->n && st == OK; i++) {
		const struct member *m = im->claim->members[i];
		t.member = i ? str_c(m->name) : (struct str){0};
		st = walk_member(im, m, is_simulation(m->head) ? &one : &whole, err);
	}
	arena_fini(&t.keep);
	return st;
}

static int tau2_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	if (inside)
		return 0;
	if (is_results(m->head)) {
		snprintf(why, 160, "info with git_commit and num_trials");
		return 90;
	}
	snprintf(why, 160, "a simulation: id, task_id, start_time, termination_reason");
	return is_simulation(m->head) ? 80 : 0;
}

const struct importer imp_tau2 = {
	.name = "tau2-bench",
	.title = "tau2-bench results.json, and simulations in files of their own (.json)",
	.version = 1,
	.maps = "A simulation is a result: task_id the item, trial the epoch, the agent's llm the model, tau2-bench/DOMAIN the task. "
		"reward and its breakdown are scores. The user simulator's tool calls count as calls. A tool's answer with error "
		"true is an error; an end other than user_stop or agent_stop is a limit. Ticks of voice are counted, not imported.",
	.polarity = "A reward below 1 is a failure of capability; without a reward the result is missing.",
	.rules = "task:* => set kind=capability score=reward\n"
		"score.reward<1 => set outcome=fail\n"
		"score.reward>=1 => set outcome=pass\n",
	.probe = tau2_probe,
	.claim = tau2_claim,
	.read = tau2_read,
};
