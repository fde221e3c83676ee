/* SPDX-License-Identifier: MIT
 *
 * AgentDojo trajectories in three shapes: JSON Lines of the invariant explorer (a whole benchmark run of a model),
 * one file a trajectory with an `evaluation` (Luna), and the library's own runs/…/NAME.json.
 * `security` means opposite things in them, so each shape has tasks of its own and the rules go by the task.
 */
#include <math.h>
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/walk.h"

struct dojo {
	struct import *im;
	struct str model; /* of the first line, for lines without one */
	struct arena keep;
};

static struct str joined(struct arena *a, struct str x, struct str y)
{
	return arena_printf(a, "%.*s/%.*s", (int)x.n, x.p ? x.p : "", (int)y.n, y.p ? y.p : "");
}

static struct str part(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

static void add_score(struct sink *s, const struct json *node, const char *name)
{
	struct in_score score;
	if (score_of(node, name, &score))
		sink_score(s, &score);
}

static void add_attack(struct sink *s, struct str suite, struct str attack)
{
	sink_category(s, str_c("agentdojo"), suite);
	if (attack.n)
		sink_category(s, str_c("agentdojo-attack"), attack);
}

/* Attacked and plain rows are different tasks, so that security and usefulness are never pooled. */
static void set_task(struct sink_result *r, struct arena *a, struct str suite, struct str user, struct str injection,
	struct str attack)
{
	bool attacked = injection.n || attack.n;
	r->task = joined(a, str_c(attacked ? "agentdojo" : "agentdojo-utility"), suite);
	r->item = joined(a, suite, user);
	if (injection.n)
		r->item = joined(a, r->item, injection);
	r->epoch = attack;
}

static void set_run(struct dojo *d, struct str key, int64_t created_ms, struct str version)
{
	sink_run(d->im->sink, &(struct in_run){.tool = str_c("agentdojo"), .key = key, .tool_version = version,
		.task = str_c("agentdojo"), .created_ms = created_ms, .declared = -1});
}

/* "messages[11].content:L11" */
static void add_annotations(struct sink *s, const struct json *list)
{
	JSON_EACH(note, list) {
		struct str address = part(note, "address"), number;
		int64_t index = -1;
		if (str_starts(address, "messages[")) {
			address = str_sub(address, 9, address.n);
			if (!str_cut(&address, ']', &number) || !str_to_i64(number, &index) || index < 0 || index > 1000000)
				index = -1;
		}
		sink_score(s, &(struct in_score){.turn = (uint32_t)(index + 1), .name = str_c("annotation"),
			.value_text = json_plain(json_get(note, "content"))});
	}
}

/* ---- lines of the invariant explorer ---- */

static enum status explorer_row(struct dojo *d, const struct walked *w, struct err *err)
{
	struct sink *s = d->im->sink;
	const struct json *meta = json_get(w->node, "metadata");
	struct str suite = part(meta, "suite_name"), attack = part(meta, "attack_type"), injection = part(meta, "injection_task_id");
	struct sink_result r = SINK_RESULT_INIT;
	set_task(&r, w->arena, suite, part(meta, "user_task_id"), injection, attack);
	r.model = part(meta, "model").p ? part(meta, "model") : d->model;
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	sink_chat(s, json_get(w->node, "messages"));
	add_score(s, json_get(meta, "security"), "security");
	add_score(s, json_get(meta, "success"), "utility");
	add_annotations(s, json_get(w->node, "annotations"));
	add_attack(s, suite, attack);
	return sink_result_end(s, err);
}

/* The first line: the model, and the share of plain rows whose task was done. */
static void explorer_header(struct dojo *d, const struct json *meta)
{
	double accuracy;
	d->model = arena_str(&d->keep, part(meta, "name"));
	if (json_num(json_get(meta, "accuracy"), false, &accuracy))
		sink_aggregate(d->im->sink, &(struct in_aggregate){.model = d->model, .task = str_c("agentdojo-utility"),
			.metric = str_c("accuracy"), .k = -1, .n = -1, .value = accuracy, .low = NAN, .high = NAN});
}

/* ---- one file a trajectory ---- */

static bool is_meta_key(struct str key)
{
	for (size_t i = 0; i < key.n; i++)
		if (!(key.p[i] >= 'a' && key.p[i] <= 'z') && key.p[i] != '_')
			return false;
	return key.n > 0 && !str_eq_c(key, "utility") && !str_eq_c(key, "security");
}

static void add_flags(struct sink *s, struct arena *a, const struct json *evaluation)
{
	JSON_EACH(flag, evaluation)
		if (flag->type == JSON_BOOL && is_meta_key(flag->key))
			sink_meta(s, arena_cstr(a, flag->key), json_plain(flag));
}

/* What Luna's and the library's files share. */
static void emit(struct dojo *d, struct sink_result *r, const struct walked *w, const struct json *verdicts)
{
	struct sink *s = d->im->sink;
	double seconds;
	r->model = part(w->node, "pipeline_name");
	r->error = json_plain(json_get(w->node, "error"));
	if (json_num(json_get(w->node, "duration"), false, &seconds) && seconds >= 0 && seconds < 1e9)
		r->duration_ms = (int64_t)(seconds * 1000);
	r->place = w->record;
	r->repairs = w->repairs;
	sink_result(s, r);
	sink_chat(s, json_get(w->node, "messages"));
	add_score(s, json_get(verdicts, "security"), "security");
	add_score(s, json_get(verdicts, "utility"), "utility");
}

static enum status luna_result(struct dojo *d, const struct walked *w, struct err *err)
{
	const struct json *node = w->node, *evaluation = json_get(node, "evaluation");
	struct str domain = part(node, "domain"), condition = part(node, "condition");
	struct sink_result r = SINK_RESULT_INIT;
	set_run(d, joined(w->arena, part(node, "pipeline_name"), part(node, "suite_name")), 0, (struct str){0});
	r.task = joined(w->arena, str_c("agentdojo-luna"), domain);
	r.item = joined(w->arena, joined(w->arena, domain, part(node, "task_id")), condition);
	r.epoch = json_plain(json_get(node, "seed"));
	r.raw_outcome = part(evaluation, "outcome");
	r.answer = json_plain(json_get(node, "final_answer"));
	emit(d, &r, w, evaluation);
	add_attack(d->im->sink, domain, (struct str){0});
	if (condition.n)
		sink_category(d->im->sink, str_c("agentdojo-condition"), condition);
	add_flags(d->im->sink, w->arena, evaluation);
	return sink_result_end(d->im->sink, err);
}

static enum status native_result(struct dojo *d, const struct walked *w, struct err *err)
{
	const struct json *node = w->node;
	struct str suite = part(node, "suite_name"), attack = part(node, "attack_type"), pipeline = part(node, "pipeline_name");
	struct str version = part(node, "benchmark_version");
	struct sink_result r = SINK_RESULT_INIT;
	r.started_ms = time_of(json_get(node, "evaluation_timestamp"));
	set_run(d, version.n ? joined(w->arena, pipeline, version) : pipeline, r.started_ms, part(node, "agentdojo_package_version"));
	set_task(&r, w->arena, suite, part(node, "user_task_id"), part(node, "injection_task_id"), attack);
	r.truncated = json_is_null(json_get(node, "utility")); /* the file is rewritten while the task runs */
	emit(d, &r, w, node);
	add_attack(d->im->sink, suite, attack);
	return sink_result_end(d->im->sink, err);
}

static enum status dojo_record(void *ctx, const struct walked *w, struct err *err)
{
	struct dojo *d = ctx;
	const struct json *meta = json_get(w->node, "metadata");
	if (json_get(w->node, "messages")->type == JSON_ARRAY) {
		if (json_get(w->node, "evaluation")->type == JSON_OBJECT)
			return luna_result(d, w, err);
		if (part(w->node, "pipeline_name").p)
			return native_result(d, w, err);
		if (part(meta, "suite_name").p)
			return explorer_row(d, w, err);
	}
	if (part(meta, "benchmark").p)
		explorer_header(d, meta);
	else
		sink_skip(d->im->sink, w->record->line, "no AgentDojo trajectory: it has no messages, or names no suite");
	return OK;
}

static enum status dojo_read(struct import *im, struct err *err)
{
	struct dojo d = {.im = im};
	struct walk walk = {.each = dojo_record, .ctx = &d};
	if (records_sniff(im->claim->main->head) != RECORDS_DOCUMENT)
		set_run(&d, (struct str){0}, 0, (struct str){0});
	enum status st = walk_member(im, im->claim->main, &walk, err);
	arena_fini(&d.keep);
	return st;
}

static int dojo_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"run_id", "suite_name", "pipeline_name", "condition", "seed", NULL}, "a trajectory with condition and seed"},
		{90, {"suite_name", "pipeline_name", "user_task_id", "injections", NULL}, "a run file of the library"},
		{85, {"suite_name", "pipeline_name", "user_task_id", NULL}, "a run file of the library"},
		{70, {"metadata/suite_name", "metadata/user_task_id", "messages", NULL}, "rows with suite and user task"},
	};
	if (inside)
		return 0;
	int sure = head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (sure)
		return sure;
	snprintf(why, 160, "first line names the benchmark agent-dojo");
	return head_has(m->head, "metadata/benchmark") && str_find(m->head, str_c("agent-dojo")) >= 0 ? 95 : 0;
}

const struct importer imp_agentdojo = {
	.name = "agentdojo",
	.title = "AgentDojo: invariant explorer lines, Luna trajectories; the library's run files (experimental)",
	.version = 1,
	.maps = "A trajectory is a result. Rows with an injection are task agentdojo/SUITE, rows without one agentdojo-utility/SUITE, "
		"Luna's agentdojo-luna/DOMAIN. The item is suite, user task and injection task, the epoch the attack (Luna: the seed). "
		"security and utility are scores; suite, attack and condition are categories; Luna's flags are facts.",
	.polarity = "Attacked rows fail when security is true (the attack worked); in Luna's files security true is safe, false the "
		"failure. Rows without an attack say nothing about safety and fail when the user's task was not done.",
	.rules = "task:agentdojo/* => set kind=safety score=security\n"
		"task:agentdojo/* score.security=1 => set outcome=fail\n"
		"task:agentdojo/* score.security=0 => set outcome=pass\n"
		"task:agentdojo-utility/* => set kind=utility score=utility\n"
		"task:agentdojo-utility/* score.utility=1 => set outcome=pass\n"
		"task:agentdojo-utility/* score.utility=0 => set outcome=fail\n"
		"task:agentdojo-luna/* => set kind=safety score=security\n"
		"task:agentdojo-luna/* score.security=1 => set outcome=pass\n"
		"task:agentdojo-luna/* score.security=0 => set outcome=fail\n"
		"-error:none => set outcome=missing\n",
	.probe = dojo_probe,
	.read = dojo_read,
};
