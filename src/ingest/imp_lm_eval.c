/* SPDX-License-Identifier: MIT
 *
 * lm-evaluation-harness: results_TIME.json with the means of each task, and samples_TASK_TIME.jsonl with every document.
 * Only the former names the model; the time stamp that both names share is the run, so the store can tell whose the
 * documents are whichever file it sees first.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/head.h"
#include "ingest/imp_lm_eval.h"

/* ---- names of files ---- */

/* Does "2024-06-17T12-20-26.826621" stand at the end of s? */
static bool ends_with_time(struct str s, size_t *at)
{
	static const char shape[] = "dddd-dd-ddTdd-dd-dd";
	for (size_t i = 0; i + strlen(shape) <= s.n; i++) {
		size_t k = 0, from = i;
		while (k < strlen(shape) && (shape[k] == 'd' ? s.p[from + k] >= '0' && s.p[from + k] <= '9' : s.p[from + k] == shape[k]))
			k++;
		if (shape[k])
			continue;
		k += from;
		while (k < s.n && (s.p[k] == '.' || (s.p[k] >= '0' && s.p[k] <= '9')))
			k++;
		*at = from;
		return k == s.n;
	}
	return false;
}

/* "2024-06-17T12-20-26.826621" as a time: the clock's colons were replaced. */
static int64_t time_in(struct str stamp)
{
	char text[32];
	int64_t ms;
	bool zone;
	size_t n = stamp.n < sizeof text ? stamp.n : sizeof text - 1;
	memcpy(text, stamp.p, n);
	text[13] = text[16] = ':';
	return clock_parse(str_n(text, n), &ms, &zone) ? ms : 0;
}

/* "EleutherAI__pythia-160m": slashes of a model's name in the name of a file. */
static struct str with_slashes(struct arena *a, struct str name)
{
	struct buf b = {0};
	for (size_t i = 0; i < name.n; i++) {
		bool two = i + 1 < name.n && name.p[i] == '_' && name.p[i + 1] == '_';
		buf_add_ch(&b, two ? '/' : name.p[i]);
		i += two;
	}
	struct str out = arena_str(a, buf_str(&b));
	buf_fini(&b);
	return out;
}

/* Old names begin with the model's arguments: "model__gpt-4_TASK", "pretrained__EleutherAI__pythia-160m_TASK". */
static void cut_old_name(struct lm_eval *l, struct str *name)
{
	static const char *const heads[] = {"model__", "pretrained__"};
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		size_t from = strlen(heads[i]), to = from;
		if (!str_starts(*name, heads[i]))
			continue;
		while (to < name->n && (name->p[to] != '_' || (to + 1 < name->n && name->p[to + 1] == '_')))
			to += name->p[to] == '_' ? 2 : 1;
		l->model = with_slashes(&l->keep, str_sub(*name, from, to - from));
		*name = str_sub(*name, to + 1, name->n);
	}
}

/* Newer versions write into a folder that is named like the model. */
static struct str folder_model(struct arena *a, const char *path)
{
	struct str whole = str_c(path), part;
	struct str file = path_stem(path, NULL), folder = {0};
	whole.n = (size_t)(file.p - whole.p);
	while (whole.n && str_cut(&whole, '/', &part))
		if (part.n)
			folder = part;
	return str_find(folder, str_c("__")) > 0 ? with_slashes(a, folder) : (struct str){0};
}

static void read_name(struct lm_eval *l)
{
	static const char *const suffixes[] = {".jsonl", ".json", NULL};
	struct str name = path_stem(l->im->claim->main->path, suffixes);
	size_t at;
	if (ends_with_time(name, &at)) {
		l->run = str_sub(name, at, name.n);
		l->created_ms = time_in(l->run);
		name = str_sub(name, 0, at ? at - 1 : 0);
	}
	l->model = folder_model(&l->keep, l->im->claim->main->path);
	if (str_starts(name, "samples_"))
		name = str_sub(name, strlen("samples_"), name.n);
	else
		cut_old_name(l, &name);
	l->task = name;
}

/* ---- results_TIME.json ---- */

/* "model=gpt-4", "pretrained=org/name,dtype=float", or the same as an object. */
static struct str model_of(struct arena *a, const struct json *doc)
{
	static const char *const names[] = {"pretrained", "model", "path"};
	const struct json *args = json_pointer(doc, str_c("/config/model_args"));
	struct str said = json_str(json_get(doc, "model_name")), rest = json_str(args), part, key;
	for (size_t i = 0; i < sizeof names / sizeof *names && !said.n && args->type == JSON_OBJECT; i++)
		said = json_str(json_get(args, names[i]));
	while (!said.n && rest.p && str_cut(&rest, ',', &part))
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (part.p && str_starts(part, names[i]) && str_cut(&part, '=', &key) && str_eq_c(key, names[i]))
				said = part;
	return arena_str(a, said.n ? said : json_str(json_pointer(doc, str_c("/config/model"))));
}

static bool is_metric(const struct json *value)
{
	static const char *const others[] = {"sample_len", "samples", "num_fewshot", NULL};
	for (const char *const *o = others; *o; o++)
		if (str_eq_c(value->key, *o))
			return false;
	return value->type == JSON_NUMBER && str_find(value->key, str_c("_stderr")) < 0;
}

/* "acc,none" is acc; another filter stays in the name. */
static struct str metric_name(struct str key)
{
	return str_ends(key, ",none") ? str_sub(key, 0, key.n - strlen(",none")) : key;
}

static void publish_task(struct lm_eval *l, const struct json *doc, const struct json *task, struct arena *a)
{
	const struct json *samples = json_get(json_member(json_get(doc, "n-samples"), task->key), "effective");
	struct in_aggregate v = {.run = l->run, .model = l->model, .task = task->key, .k = -1, .low = NAN, .high = NAN};
	if (json_member(json_get(doc, "groups"), task->key)->type == JSON_OBJECT)
		v.category = arena_printf(a, "lm-eval-group:%.*s", (int)task->key.n, task->key.p);
	JSON_EACH(value, task) {
		if (!is_metric(value) || !json_num(value, false, &v.value)) {
			if (str_find(value->key, str_c("_stderr")) > 0)
				sink_ignore(l->im->sink, str_c("stderr"), 1);
			continue;
		}
		v.metric = metric_name(value->key);
		if (!json_i64(samples, &v.n))
			v.n = -1;
		sink_aggregate(l->im->sink, &v);
	}
}

static enum status on_results(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct lm_eval *l = ctx;
	struct str named = model_of(w->arena, w->node);
	if (named.n)
		l->model = named;
	JSON_EACH(task, json_get(w->node, "results"))
		publish_task(l, w->node, task, w->arena);
	JSON_EACH(member, w->node)
		if (!str_eq_c(member->key, "results") && member->count)
			sink_ignore(l->im->sink, member->key, 1);
	return OK;
}

/* ---- which files ---- */

static const struct head_shape shapes[] = {
	{95, {"doc_id", "arguments", "resps", NULL}, "samples: doc_id, arguments, resps"},
	{90, {"doc_id", "doc", "target", NULL}, "samples: doc_id, doc, target"},
	{92, {"results", "configs", "versions", NULL}, "results with configs and versions"},
	{85, {"results", "group_subtasks", NULL}, "results with group_subtasks"},
};

static bool is_results(struct str head)
{
	return !head_has(head, "doc_id") && head_has(head, "results");
}

static int lm_eval_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	int sure = inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (sure || inside || !head_has(m->head, "results") || str_find(m->head, str_c("_stderr,")) < 0)
		return sure;
	snprintf(why, 160, "results with values like \"acc_stderr,none\"");
	return 80;
}

static enum status lm_eval_read(struct import *im, struct err *err)
{
	struct lm_eval l = {.im = im};
	read_name(&l);
	bool results = is_results(im->claim->main->head);
	if (!results)
		sink_run(im->sink, &(struct in_run){.tool = str_c("lm-eval"), .key = l.run, .created_ms = l.created_ms, .declared = -1});
	enum status st = walk_member(im, im->claim->main, &(struct walk){.each = results ? on_results : lm_eval_sample, .ctx = &l}, err);
	dict_fini(&l.docs);
	free(l.filters);
	arena_fini(&l.keep);
	return st;
}

const struct importer imp_lm_eval = {
	.name = "lm-eval",
	.title = "lm-evaluation-harness samples (.jsonl, .json) and results (.json)",
	.version = 1,
	.maps = "A document of a samples file is a result: doc_id the item, the file's name the task, its time stamp "
		"the run (without one, the path). Metrics are scores; a further filter of the same document gives "
		"further scores (METRIC,FILTER). Turns: the prompt, then what was generated or, of several choices, the "
		"likeliest. Members of doc are facts. A results file gives published values; its model is that of the "
		"samples with the same time stamp, else a folder named ORG__MODEL says it.",
	.polarity = "acc and exact_match (and ifeval's prompt_level_strict_acc) are 1 when right: 0 is a failure of capability, "
		"what lies between is unsure; of several filters the first decides. Other metrics decide nothing.",
	.rules = "task:* => set kind=capability\n"
		"score.prompt_level_strict_acc<=0 => set outcome=fail score=prompt_level_strict_acc\n"
		"score.prompt_level_strict_acc>=1 => set outcome=pass score=prompt_level_strict_acc\n"
		"score.exact_match>0 score.exact_match<1 => set outcome=unsure score=exact_match\n"
		"score.exact_match<=0 => set outcome=fail score=exact_match\n"
		"score.exact_match>=1 => set outcome=pass score=exact_match\n"
		"score.acc>0 score.acc<1 => set outcome=unsure score=acc\n"
		"score.acc<=0 => set outcome=fail score=acc\n"
		"score.acc>=1 => set outcome=pass score=acc\n",
	.probe = lm_eval_probe,
	.read = lm_eval_read,
};
