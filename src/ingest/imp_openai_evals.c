/* SPDX-License-Identifier: MIT
 *
 * OpenAI evals logs: the first line says what is run, then come the events of all samples mixed with each other, at the end
 * the report.
 */
#include <math.h>
#include <stdio.h>

#include "base/dict.h"
#include "ingest/head.h"
#include "ingest/imp_openai_evals.h"
#include "ingest/walk.h"

struct openai_evals {
	struct import *im;
	struct arena keep;
	struct str run, model, task;
	struct buf spec; /* what every sample needs of the first line */
	struct dict samples;
};

/* ---- lines into parts ---- */

static void on_spec(struct openai_evals *o, const struct json *spec)
{
	const struct json *fns = json_get(spec, "completion_fns");
	struct str run = json_str(json_get(spec, "run_id"));
	o->run = arena_str(&o->keep, run.n ? run : str_c(o->im->claim->main->path));
	o->model = arena_str(&o->keep, json_str(fns->type == JSON_ARRAY ? json_at(fns, 0) : json_get(spec, "model_name")));
	o->task = arena_str(&o->keep, json_str(json_get(spec, "eval_name")));
	buf_clear(&o->spec);
	buf_add_c(&o->spec, "{\"spec\":[");
	const struct str words[] = {o->run, o->model, o->task, json_str(json_get(spec, "created_at")),
		json_str(json_get(spec, "split"))};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		buf_add_c(&o->spec, i ? "," : "");
		json_write_str(&o->spec, words[i]);
	}
	buf_add_c(&o->spec, "]}");
}

static void on_report(struct openai_evals *o, const struct json *report)
{
	struct in_aggregate v = {.run = o->run, .model = o->model, .task = o->task, .k = -1, .n = -1, .low = NAN, .high = NAN};
	JSON_EACH(value, report) {
		v.metric = value->key;
		if (json_num(value, false, &v.value))
			sink_aggregate(o->im->sink, &v);
	}
}

static enum status on_line(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct openai_evals *o = ctx;
	struct str sample = json_str(json_get(w->node, "sample_id"));
	if (json_get(w->node, "spec")->type == JSON_OBJECT) {
		on_spec(o, json_get(w->node, "spec"));
	} else if (json_get(w->node, "final_report")->type == JSON_OBJECT) {
		on_report(o, json_get(w->node, "final_report"));
	} else if (!sample.n) {
		sink_ignore(o->im->sink, str_c("events of no sample"), 1);
	} else {
		struct str run = json_str(json_get(w->node, "run_id"));
		const struct result_key key = {.tool = str_c("openai-evals"), .run = run.n ? run : o->run, .model = o->model,
			.task = o->task, .item = sample};
		size_t before = o->samples.n;
		int64_t number;
		dict_add(&o->samples, sample);
		if (o->samples.n != before)
			sink_part(o->im->sink, &key, str_c(""), buf_str(&o->spec));
		if (!json_i64(json_get(w->node, "event_id"), &number))
			number = (int64_t)w->record->ordinal;
		sink_part(o->im->sink, &key, arena_printf(w->arena, "%012lld", (long long)number), w->record->text);
	}
	return OK;
}

static enum status openai_evals_read(struct import *im, struct err *err)
{
	struct openai_evals o = {.im = im};
	struct json none = {.type = JSON_ABSENT};
	on_spec(&o, &none); /* of events whose first line is lost the run is the file */
	enum status st = walk_member(im, im->claim->main, &(struct walk){.each = on_line, .ctx = &o}, err);
	dict_fini(&o.samples);
	buf_fini(&o.spec);
	arena_fini(&o.keep);
	return st;
}

static int openai_evals_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"spec/completion_fns", "spec/eval_name", NULL}, "spec with completion_fns and eval_name"},
		{90, {"spec/eval_name", "spec/run_id", NULL}, "spec with eval_name and run_id"},
		{88, {"run_id", "event_id", "sample_id", "type", "data", NULL}, "events with run_id, event_id, sample_id, type, data"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_openai_evals = {
	.name = "openai-evals",
	.title = "OpenAI evals logs (.jsonl)",
	.version = 1,
	.assembles = true,
	.maps = "A sample is a result, joined from its events: sample_id the item, completion_fns' first the model, eval_name the task. "
		"Turns: the longest request that begins like the first one, and what was sampled. match and metrics are scores; what a "
		"grading model said last is the score grader. final_report gives published values.",
	.polarity = "A match that is not correct is a failure of capability. metrics decide nothing: each eval has its own.",
	.rules = "task:* => set kind=capability\n"
		"score.correct<1 => set outcome=fail score=correct\n"
		"score.correct>=1 => set outcome=pass score=correct\n"
		"error:* => set outcome=missing\n",
	.probe = openai_evals_probe,
	.read = openai_evals_read,
	.assemble = openai_evals_assemble,
};
