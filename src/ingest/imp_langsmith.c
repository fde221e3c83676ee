/* SPDX-License-Identifier: MIT
 *
 * LangSmith: bodies that its clients post (JSON batches and multipart) and lists of runs as its API exports them. A run
 * that is created in one body may end in another.
 */
#include "ingest/imp_langsmith.h"

#include "ingest/head.h"

static const struct trace_form form = {.tool = "langsmith", .agents_tell = true};

static enum status smith_record(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct langsmith *l = ctx;
	/* In the order of the arrays below. */
	static const enum langsmith_op ops[] = {LANGSMITH_POST, LANGSMITH_PATCH, LANGSMITH_WHOLE};
	enum langsmith_op op = w->record->array >= 0 ? ops[w->record->array] : LANGSMITH_WHOLE;
	const struct json *post = json_get(w->node, "post"), *patch = json_get(w->node, "patch");
	bool is_run = true;
	if (post->type == JSON_ARRAY || patch->type == JSON_ARRAY) { /* a body a line */
		JSON_EACH(run, post)
			is_run = langsmith_run(l, w->arena, run, LANGSMITH_POST, w->repairs) && is_run;
		JSON_EACH(run, patch)
			is_run = langsmith_run(l, w->arena, run, LANGSMITH_PATCH, w->repairs) && is_run;
	} else {
		is_run = langsmith_run(l, w->arena, w->node, op, w->repairs);
	}
	if (!is_run)
		sink_skip(l->im->sink, w->record->line, "no run, it has no id or no trace");
	return OK;
}

static bool is_multipart(struct str head)
{
	ptrdiff_t at = str_find(str_sub(head, 0, 400), str_c("form-data; name=\""));
	struct str name = str_sub(head, (size_t)(at < 0 ? 0 : at) + strlen("form-data; name=\""), 40);
	return at >= 0 && str_starts(head, "--") &&
		(str_starts(name, "post.") || str_starts(name, "patch.") || str_starts(name, "feedback.") || str_starts(name, "attachment."));
}

static enum status smith_read(struct import *im, struct err *err)
{
	static const char *const arrays[] = {"/post", "/patch", "/runs", NULL};
	struct langsmith l = {.im = im, .traces = traces_new(im->sink, form.tool)};
	struct walk walk = {.arrays = arrays, .whole_header = true, .each = smith_record, .ctx = &l};
	enum status st = is_multipart(im->claim->main->head) ? langsmith_multipart(&l, err) : walk_member(im, im->claim->main, &walk, err);
	if (l.unused)
		sink_ignore(im->sink, str_c("metadata of runs"), l.unused);
	traces_free(l.traces);
	return st;
}

static enum status smith_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err)
{
	return trace_assemble(s, &form, parts, n, err);
}

static int smith_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"post/run_type", "post/id", NULL}, "a batch of runs: post"},
		{95, {"patch/run_type", "patch/id", NULL}, "a batch of runs: patch"},
		{92, {"post/id", "post/trace_id", "post/dotted_order", NULL}, "a batch of runs: post"},
		{92, {"patch/id", "patch/dotted_order", NULL}, "a batch of runs: patch"},
		{90, {"runs/id", "runs/run_type", NULL}, "a list of runs: id, run_type"},
		{90, {"id", "run_type", "dotted_order", NULL}, "runs: id, run_type, dotted_order"},
		{85, {"id", "run_type", "trace_id", NULL}, "runs: id, run_type, trace_id"},
		{70, {"id", "name", "run_type", "start_time", NULL}, "runs: id, name, run_type, start_time"},
		{70, {"session_name", "id", "name", "start_time", NULL}, "runs: session_name, id, name, start_time"},
		{70, {"post/session_name", "post/id", "post/name", NULL}, "a batch of runs: session_name, id, name"},
	};
	if (inside)
		return 0;
	if (!is_multipart(m->head))
		return head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	memcpy(why, "a multipart body with post.ID", sizeof "a multipart body with post.ID");
	return 95;
}

const struct importer imp_langsmith = {
	.name = "langsmith",
	.title = "LangSmith runs: batches (.json), multipart bodies, exports (.json, .jsonl)",
	.version = 1,
	.assembles = true,
	.maps = "A trace is a result, its root run's name the task; runs may be created and changed in several bodies, in any order. "
		"The messages in the root's outputs are the turns (LangGraph); without such, those of the model call that has most. Tool "
		"runs are calls. Feedback is scores, metadata.category a category, metadata.severity the item's severity; of other "
		"metadata, which can hold the environment, only the ids of threads are taken.",
	.polarity = "A root run with an error is a failure, one that ended without passes; both of capability. Feedback has no "
		"direction until a rule says one.",
	.rules = "task:* => set kind=capability\n"
		"said:ok => set outcome=pass\n"
		"said:error => set outcome=fail\n",
	.probe = smith_probe,
	.read = smith_read,
	.assemble = smith_assemble,
};
