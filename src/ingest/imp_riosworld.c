/* SPDX-License-Identifier: MIT
 *
 * RiOSWorld: what an evaluation says of the intention in each step ({domain: {example: [step, …]}}), the steps of a run
 * (MODEL/DOMAIN/EXAMPLE/traj.jsonl) and whether the risky goal was reached (result.txt beside it). They find each other by
 * model, domain and example.
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/riosworld.h"
#include "ingest/whole.h"

enum { FROM_RESULT = 1, FROM_TRAJECTORY, FROM_EVALUATION };

struct rios {
	struct import *im;
	struct str model, domain, item;
};

static struct str text_at(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

static struct str task_of(struct arena *a, struct str domain)
{
	return arena_printf(a, "riosworld/%.*s", (int)domain.n, domain.p ? domain.p : "");
}

static void start(const struct rios *r, struct sink_result *out, struct arena *a, const struct record *place, uint8_t authority)
{
	*out = SINK_RESULT_INIT;
	out->model = r->model;
	out->task = task_of(a, r->domain);
	out->item = r->item;
	out->authority = authority;
	out->place = place;
	sink_result(r->im->sink, out);
	sink_category(r->im->sink, str_c("riosworld"), r->domain);
}

/* ---- evaluations of the intention ---- */

static enum status evaluated_example(struct rios *r, const struct walked *w, const struct json *steps, struct err *err)
{
	struct sink *s = r->im->sink;
	struct sink_result result;
	double worst = -1;
	uint32_t turn = 0;
	start(r, &result, w->arena, w->record, FROM_EVALUATION);
	JSON_EACH(step, steps)
		riosworld_step(s, step, &turn, &worst);
	if (worst >= 0)
		sink_score(s, &(struct in_score){.name = str_c("intention"), .rater = str_c("llm-judge"), .has_num = true, .num = worst});
	return sink_result_end(s, err);
}

static enum status rios_evaluation(void *ctx, const struct walked *w, struct err *err)
{
	struct rios *r = ctx;
	enum status st = OK;
	JSON_EACH(domain, w->node) {
		r->domain = domain->key;
		for (const struct json *example = domain->child; example && st == OK; example = example->next) {
			r->item = example->key;
			if (example->type == JSON_ARRAY)
				st = evaluated_example(r, w, example, err);
			else
				sink_skip(r->im->sink, 1, "%.80s: no list of steps", arena_cstr(w->arena, example->key));
		}
	}
	return st;
}

/* ---- runs ---- */

struct run {
	struct rios *r;
	bool open;
};

static enum status rios_step(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	static const char *const used[] = {"action", "reward", "done", "info", "step_num", "action_timestamp", "screenshot_file", "Error", NULL};
	struct run *run = ctx;
	struct sink *s = run->r->im->sink;
	struct sink_result result;
	struct str shot = text_at(w->node, "screenshot_file"), error = text_at(w->node, "Error");
	struct buf content = {0};
	if (!run->open)
		start(run->r, &result, w->arena, w->record, FROM_TRAJECTORY);
	run->open = true;
	sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .error = error});
	if (json_get(w->node, "action")->type != JSON_ABSENT) {
		sink_call(s, &(struct sink_call){.name = str_c("computer"), .arguments = json_plain(json_get(w->node, "action"))});
		buf_add_str(&content, json_get(w->node, "info")->count ? json_plain(json_get(w->node, "info")) : (struct str){0});
		if (shot.n) {
			buf_add_c(&content, content.n ? "\n" : "");
			blob_mark(&content, str_c("screenshot"), (struct str){0}, shot);
		}
		sink_turn(s, &(struct sink_turn){.role = ROLE_TOOL, .content = buf_str(&content)});
	}
	sink_rest(s, "", w->node, used);
	buf_fini(&content);
	return OK;
}

static enum status read_run(struct rios *r, struct err *err)
{
	struct run run = {.r = r};
	struct walk walk = {.each = rios_step, .ctx = &run};
	enum status st = walk_member(r->im, r->im->claim->main, &walk, err);
	if (run.open) {
		enum status end = sink_result_end(r->im->sink, st == OK ? err : NULL);
		st = st == OK ? end : st;
	}
	return st;
}

/* result.txt: 1, 0, 1.0, True … whether the risky goal was reached. */
static enum status read_result(struct rios *r, struct arena *a, struct err *err)
{
	struct buf text = {0};
	struct sink_result result;
	struct in_score score = {.name = str_c("completion")};
	enum status st = reader_slurp(r->im->reader, r->im->claim->main, 4096, &text, err);
	if (st == OK) {
		struct result_key key = {.tool = str_c("riosworld"), .run = r->model, .model = r->model, .task = task_of(a, r->domain),
			.item = r->item, .epoch = str_c("")};
		score.value_text = arena_str(a, str_trim(buf_str(&text)));
		bool yes = str_eq_nocase(score.value_text, str_c("true")), no = str_eq_nocase(score.value_text, str_c("false"));
		score.has_num = yes || no || str_to_double(score.value_text, &score.num);
		if (yes || no)
			score.num = yes;
		start(r, &result, a, NULL, FROM_RESULT);
		st = sink_result_end(r->im->sink, err);
		sink_attach_score(r->im->sink, &key, &score);
	}
	buf_fini(&text);
	return st;
}

/* ---- files ---- */

static bool is_run_file(const struct member *m)
{
	static const char *const keys[] = {"step_num", "action", "screenshot_file", NULL};
	return str_eq_c(path_base(m->path), "traj.jsonl") && head_has_all(m->head, keys);
}

/* A result.txt that lies beside a traj.jsonl of this kind. */
static bool is_result_file(const struct member *m)
{
	char name[1024];
	size_t dir = strlen(m->name) - path_base(m->path).n;
	if (!str_eq_c(path_base(m->path), "result.txt") || dir + sizeof "traj.jsonl" > sizeof name)
		return false;
	snprintf(name, sizeof name, "%.*straj.jsonl", (int)dir, m->name);
	const struct member *other = m->bundle ? bundle_find(m->bundle, name) : NULL;
	return other && is_run_file(other);
}

/* "…/MODEL/DOMAIN/EXAMPLE/FILE" */
static void take_folders(struct rios *r, const char *path, struct arena *a)
{
	struct str example = path_parent(path), domain = example.n ? path_parent(arena_cstr(a, example)) : example;
	r->item = path_folder(path);
	r->domain = example.n ? path_folder(arena_cstr(a, example)) : (struct str){0};
	r->model = domain.n ? path_folder(arena_cstr(a, domain)) : (struct str){0};
}

static enum status rios_read(struct import *im, struct err *err)
{
	struct arena names = {0};
	struct rios r = {.im = im};
	const struct member *m = im->claim->main;
	bool run = is_run_file(m), result = str_eq_c(path_base(m->path), "result.txt");
	enum status st;
	if (run || result)
		take_folders(&r, m->path, &names);
	else
		r.model = path_folder(m->path);
	r.model = setting_or(im, "model", r.model);
	sink_run(im->sink, &(struct in_run){.tool = str_c("riosworld"), .key = r.model.n ? r.model : str_c("riosworld"),
		.task = str_c("riosworld"), .declared = -1});
	if (run)
		st = read_run(&r, err);
	else if (result)
		st = read_result(&r, &names, err);
	else
		st = whole_member(im, m, rios_evaluation, &r, err);
	arena_fini(&names);
	return st;
}

static int rios_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	if (inside)
		return 0;
	if (is_run_file(m)) {
		snprintf(why, 160, "steps with step_num, action and screenshot_file");
		return 90;
	}
	if (is_result_file(m)) {
		snprintf(why, 160, "the result of the run beside it");
		return 90;
	}
	snprintf(why, 160, "steps with a safe_flag, by domain and example");
	return str_find(m->head, str_c("\"safe_flag\"")) >= 0 && str_starts(m->head, "{") ? 85 : 0;
}

const struct importer imp_riosworld = {
	.name = "riosworld",
	.title = "RiOSWorld runs and evaluations of intention (traj.jsonl, result.txt, .json)",
	.version = 1,
	.experimental = true,
	.named = true,
	.maps = "An example is a result, its domain the task and a category (riosworld), the model the folder's name, or --set model=. An "
		"evaluation gives the conversation, the judge's flag of each step (intention_step) and the worst of them (intention); "
		"traj.jsonl the actions as calls; result.txt beside it the score completion. They find each other in any order; the "
		"evaluation is the result where both are there. Screenshots are names only.",
	.polarity = "An intention to do what is risky (yes) in any step fails, and so does a risky goal that was reached (completion 1); "
		"otherwise no and 0 pass. Unknown flags say nothing.",
	.rules = "task:* => set kind=safety score=intention\n"
		"score.intention=0 or score.completion=0 => set outcome=pass\n"
		"score.intention=1 or score.completion>=1 => set outcome=fail\n",
	.probe = rios_probe,
	.read = rios_read,
};
