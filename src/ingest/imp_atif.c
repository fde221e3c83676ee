/* SPDX-License-Identifier: MIT
 *
 * ATIF trajectories (Harbor and others). NAME.json may be continued in NAME.cont-1.json … and have its sub-agents in
 * NAME.WHAT.json beside it; all of them are pieces of one result, put together whenever one comes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/atif.h"
#include "ingest/head.h"
#include "ingest/whole.h"

struct atif {
	struct import *im;
	struct str run, item, epoch, file;
	char order[32];
	bool piece; /* one of several files, as far as this one tells */
};

static const char tool[] = "atif";

static struct str folder_above(struct str path, struct arena *a)
{
	return path.n ? path_folder(arena_cstr(a, path)) : (struct str){0};
}

/* Harbor writes JOB/TASK__TRIAL/agent/NAME.json; elsewhere the folder is the run and the name the item. */
static void take_names(struct atif *t, struct arena *a)
{
	static const char *const suffixes[] = {".json", NULL};
	const char *path = t->im->claim->main->path;
	struct str stem = path_stem(path, suffixes), parent = path_parent(path), trial = folder_above(parent, a);
	t->file = path_base(path);
	t->run = path_folder(path);
	t->epoch = str_c("");
	snprintf(t->order, sizeof t->order, "0");
	/* "NAME.trajectory.cont-1", "trajectory.cont-2", "trajectory.summarization-1-answers" */
	ptrdiff_t cont = str_find(stem, str_c(".cont-")), base = str_starts(stem, "trajectory.") ? (ptrdiff_t)strlen("trajectory") : -1;
	int64_t n;
	if (cont >= 0 && str_to_i64(str_sub(stem, (size_t)cont + 6, stem.n), &n) && n >= 0 && n < 100000) {
		snprintf(t->order, sizeof t->order, "1 %05lld", (long long)n);
		base = cont;
	} else if (base >= 0) {
		snprintf(t->order, sizeof t->order, "2");
	}
	t->piece = base >= 0;
	t->item = base >= 0 ? str_sub(stem, 0, (size_t)base) : stem;
	if (str_ends(t->item, ".trajectory"))
		t->item.n -= strlen(".trajectory");
	ptrdiff_t id = -1, next;
	for (size_t at = 0; (next = str_find(str_sub(trial, at, trial.n), str_c("__"))) >= 0; at = (size_t)id + 2)
		id = (ptrdiff_t)at + next;
	if (str_eq_c(t->run, "agent") && id > 0) {
		t->item = str_sub(trial, 0, (size_t)id);
		t->epoch = str_sub(trial, (size_t)id + 2, trial.n);
		t->run = folder_above(path_parent(arena_cstr(a, parent)), a);
	}
	if (!t->run.n)
		t->run = str_c(tool);
}

static bool has_files(const struct json *doc)
{
	if (json_str(json_get(doc, "continued_trajectory_ref")).n)
		return true;
	JSON_EACH(step, json_get(doc, "steps"))
		JSON_EACH(r, json_pointer(step, str_c("/observation/results")))
			JSON_EACH(ref, json_get(r, "subagent_trajectory_ref"))
				if (json_str(json_get(ref, "trajectory_path")).n)
					return true;
	return false;
}

/* ---- a result ---- */

static void add_facts(struct sink *s, const struct json *doc)
{
	static const char *const used[] = {"agent", "steps", "final_metrics", "subagent_trajectories", NULL};
	static const char *const used_agent[] = {"model_name", "tool_definitions", NULL};
	sink_rest(s, "agent.", json_get(doc, "agent"), used_agent);
	sink_rest(s, "", json_get(doc, "final_metrics"), NULL);
	sink_rest(s, "", doc, used);
}

static void start(struct sink *s, struct sink_result *r, const struct json *doc)
{
	const struct json *steps = json_get(doc, "steps");
	int64_t first = time_of(json_get(json_at(steps, 0), "timestamp"));
	int64_t last = steps->count ? time_of(json_get(json_at(steps, steps->count - 1), "timestamp")) : 0;
	r->model = atif_model(doc);
	r->started_ms = first;
	if (first && last >= first)
		r->duration_ms = last - first;
	sink_result(s, r);
}

static enum status atif_document(void *ctx, const struct walked *w, struct err *err)
{
	struct atif *t = ctx;
	struct sink *s = t->im->sink;
	struct str task = setting_or(t->im, "task", str_c(tool));
	if (json_get(w->node, "steps")->type != JSON_ARRAY) {
		sink_skip(s, 1, "no ATIF trajectory: it has no steps");
		return OK;
	}
	sink_run(s, &(struct in_run){.tool = str_c(tool), .key = t->run, .task = task, .declared = -1});
	if (t->piece || has_files(w->node)) {
		struct buf body = {0};
		struct result_key key = {.tool = str_c(tool), .run = t->run, .model = str_c("-"), .task = task, .item = t->item,
			.epoch = t->epoch};
		struct str order = arena_printf(w->arena, "%s %.*s", t->order, (int)t->file.n, t->file.p);
		const struct str members[][2] = {{str_c("run"), t->run}, {str_c("task"), task}, {str_c("item"), t->item},
			{str_c("epoch"), t->epoch}, {str_c("file"), t->file}};
		for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
			buf_printf(&body, "%s\"%s\":", i ? "," : "{", members[i][0].p);
			json_write_str(&body, members[i][1]);
		}
		buf_add_c(&body, ",\"doc\":");
		json_write_node(&body, w->node);
		buf_add_ch(&body, '}');
		sink_part(s, &key, order, buf_str(&body));
		buf_fini(&body);
		return OK;
	}
	struct sink_result r = SINK_RESULT_INIT;
	r.key_model = str_c("-");
	r.item = t->item;
	r.epoch = t->epoch;
	r.place = w->record;
	r.repairs = w->repairs;
	start(s, &r, w->node);
	atif_turns(s, w->node, &(struct atif_family){0}, &(struct atif_voice){0});
	add_facts(s, w->node);
	return sink_result_end(s, err);
}

/* ---- pieces ---- */

/* The files in order: the trajectory, its continuations, then sub-agents, of which those that no step names come last. */
static void tell(struct sink *s, const struct json *const *files, const struct in_part *parts, size_t n)
{
	struct atif_family family = {.files = files, .told = xcalloc(n, sizeof(bool)), .n = n};
	for (size_t i = 0; i < n; i++) {
		const struct json *doc = json_get(files[i], "doc");
		bool agent = str_starts(parts[i].order, "2");
		if (family.told[i])
			continue;
		family.told[i] = true;
		atif_turns(s, doc, &family, &(struct atif_voice){.name = agent ? json_str(json_get(files[i], "file")) : (struct str){0},
			.skip_copied = i > 0});
	}
	free(family.told);
}

static enum status atif_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err)
{
	struct arena a = {0};
	struct sink_result r = SINK_RESULT_INIT;
	const struct json **files = arena_alloc(&a, (n + 1) * sizeof(*files));
	enum status st = OK;
	for (size_t i = 0; i < n && st == OK; i++)
		st = json_read(&a, parts[i].body, NULL, &files[i], err);
	if (st == OK && n) {
		const struct json *first = files[0];
		sink_run(s, &(struct in_run){.tool = str_c(tool), .key = json_str(json_get(first, "run")),
			.task = json_str(json_get(first, "task")), .declared = -1});
		r.key_model = str_c("-");
		r.item = json_str(json_get(first, "item"));
		r.epoch = json_str(json_get(first, "epoch"));
		start(s, &r, json_get(first, "doc"));
		tell(s, files, parts, n);
		add_facts(s, json_get(first, "doc"));
		st = sink_result_end(s, err);
	}
	arena_fini(&a);
	return st;
}

static enum status atif_read(struct import *im, struct err *err)
{
	struct arena names = {0};
	struct atif t = {.im = im};
	take_names(&t, &names);
	enum status st = whole_member(im, im->claim->main, atif_document, &t, err);
	arena_fini(&names);
	return st;
}

static int atif_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"schema_version", "session_id", "agent/name", NULL}, "schema_version, session_id and agent"},
		{95, {"schema_version", "agent/name", "steps", NULL}, "schema_version, agent and steps"},
	};
	if (inside || str_find(m->head, str_c("\"ATIF-v")) < 0)
		return 0;
	return head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_atif = {
	.name = "atif",
	.title = "ATIF agent trajectories, with continuations and sub-agents (.json)",
	.version = 1,
	.named = true,
	.assembles = true,
	.maps = "A trajectory is a result: the run is the folder and the item the file's name, or, where Harbor wrote it, job, task and "
		"trial. A step is a turn; an observation that names its call is the call's result, one that names none a tool's turn. "
		"NAME.cont-N.json continues NAME.json, and steps copied from there are left out; sub-agents, embedded or in "
		"trajectory.WHAT.json, stand where a step refers to them and name its call. Other references are marks.",
	.polarity = "Nothing in the file says how it ended: the result is missing until a rule or a label says so.",
	.rules = "task:atif => set kind=capability\n",
	.probe = atif_probe,
	.read = atif_read,
	.assemble = atif_assemble,
};
