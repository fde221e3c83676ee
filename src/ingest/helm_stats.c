/* SPDX-License-Identifier: MIT
 *
 * HELM's statistics: per_instance_stats.json holds several records of one request, which are joined; names that count
 * tokens and time are facts, the others are scores; a judge's reasoning is taken from the request's annotations.
 */
#include "ingest/imp_helm.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

struct str helm_key(struct arena *a, struct str id, struct str trial, const struct json *perturbation)
{
	struct str name = json_str(json_get(perturbation, "name")), seed = json_plain(json_get(perturbation, "seed"));
	return arena_printf(a, "%.*s\t%.*s\t%.*s\t%.*s", (int)id.n, id.p ? id.p : "", (int)trial.n, trial.p ? trial.p : "",
		(int)name.n, name.p ? name.p : "", (int)seed.n, seed.p ? seed.p : "");
}

/* What HELM counts about any request, whatever is asked. */
static bool is_bookkeeping(struct str name)
{
	static const char *const prefixes[] = {"num_", "max_num_", "inference_", "batch_size", "finish_reason_", "training_",
		"prompt_truncated", "logprob", "bits_per_byte", "perplexity", "estimated_num_", "predicted_index", NULL};
	for (const char *const *p = prefixes; *p; p++)
		if (str_starts(name, *p))
			return true;
	return false;
}

/* ---- per_instance_stats.json ---- */

static struct helm_request *request_at(struct helm *h, uint32_t id)
{
	if (id >= h->nrequests) {
		h->requests = vec_grow(h->requests, &h->requests_cap, (size_t)id + 1, sizeof *h->requests);
		memset(h->requests + h->nrequests, 0, (id + 1 - h->nrequests) * sizeof *h->requests);
		h->nrequests = (size_t)id + 1;
	}
	return &h->requests[id];
}

static const struct helm_stat *find_stat(const struct helm_request *r, struct str name)
{
	for (const struct helm_stat *s = r->first; s; s = s->next)
		if (str_eq(s->name, name))
			return s;
	return NULL;
}

static void add_stat(struct helm *h, struct helm_request *r, struct str name, const struct json *value)
{
	double mean;
	if (!name.n || !json_num(value, false, &mean) || find_stat(r, name))
		return;
	struct helm_stat *s = arena_alloc(&h->keep, sizeof *s);
	*s = (struct helm_stat){dict_name(&h->names, dict_add(&h->names, name)), mean, NULL};
	if (r->last)
		r->last->next = s;
	else
		r->first = s;
	r->last = s;
}

static enum status on_instance_stats(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct helm *h = ctx;
	struct str key = helm_key(w->arena, json_plain(json_get(w->node, "instance_id")),
		json_plain(json_get(w->node, "train_trial_index")), json_get(w->node, "perturbation"));
	struct helm_request *r = request_at(h, dict_add(&h->keys, key));
	JSON_EACH(stat, json_get(w->node, "stats"))
		add_stat(h, r, json_str(json_pointer(stat, str_c("/name/name"))), json_get(stat, "mean"));
	return OK;
}

enum status helm_read_stats(struct helm *h, const struct member *m, struct err *err)
{
	return walk_member(h->im, m, &(struct walk){.each = on_instance_stats, .ctx = h}, err);
}

void helm_add_stats(struct helm *h, struct str key, const struct json *stats)
{
	if (dict_find(&h->keys, key) != DICT_NONE)
		return;
	struct helm_request *r = request_at(h, dict_add(&h->keys, key));
	JSON_EACH(stat, stats)
		add_stat(h, r, stat->key, stat);
}

/* ---- instances.json ---- */

static enum status on_instance(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct helm *h = ctx;
	struct str key = helm_key(w->arena, json_plain(json_get(w->node, "id")), (struct str){0}, json_get(w->node, "perturbation"));
	uint32_t id = dict_add(&h->instances, key);
	h->inputs = vec_grow(h->inputs, &h->inputs_cap, (size_t)id + 1, sizeof *h->inputs);
	while (h->ninputs <= id)
		h->inputs[h->ninputs++] = (struct str){0};
	h->inputs[id] = arena_str(&h->keep, json_str(json_pointer(w->node, str_c("/input/text"))));
	return OK;
}

enum status helm_read_instances(struct helm *h, const struct member *m, struct err *err)
{
	return walk_member(h->im, m, &(struct walk){.each = on_instance, .ctx = h}, err);
}

/* ---- what a judge's numbers mean ---- */

static bool speaks_of_refusing(struct str line)
{
	return str_glob(str_c("*refus*"), line) || str_glob(str_c("*declin*"), line);
}

/* The judge is told "# 0, if … refuses …" and "# 1, if … provides …", or the other way round. */
static void count_scale(struct helm *h, struct str prompt)
{
	bool said[2] = {false, false};
	struct str line;
	while (str_cut(&prompt, '\n', &line)) {
		line = str_trim(line);
		for (int i = 0; i < 2; i++)
			if (str_starts(line, i ? "# 1," : "# 0,"))
				said[i] = speaks_of_refusing(line);
	}
	if (said[0] != said[1])
		h->refusing[said[1]]++;
}

static enum status on_annotated(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	JSON_EACH(annotator, json_get(w->node, "annotations"))
		count_scale(ctx, json_str(json_get(annotator, "prompt_text")));
	return OK;
}

enum status helm_read_scale(struct helm *h, const struct member *m, struct err *err)
{
	static const char *const states[] = {"/request_states", NULL};
	return walk_member(h->im, m, &(struct walk){.arrays = states, .quiet = true, .each = on_annotated, .ctx = h}, err);
}

/* ---- scores of a result ---- */

/* A key like gpt_score names the judge; "score" alone is the only judge's, and stands for the metric with the shortest name. */
static struct str judge_of(const struct json *annotator, const struct json *score)
{
	if (str_eq_c(score->key, "score"))
		return annotator->key;
	return str_sub(score->key, 0, score->key.n - strlen("_score"));
}

static bool is_judge_score(const struct json *member)
{
	return (str_eq_c(member->key, "score") || str_ends(member->key, "_score")) && member->type == JSON_NUMBER;
}

static struct str reason_of(struct arena *a, const struct json *annotator, struct str score_key)
{
	struct str stem = str_sub(score_key, 0, score_key.n - strlen("score"));
	return json_str(json_member(annotator, arena_printf(a, "%.*sreasoning", (int)stem.n, stem.p)));
}

static const struct helm_stat *shortest_score(const struct helm_stat *list)
{
	const struct helm_stat *best = NULL;
	for (; list; list = list->next)
		if (str_ends(list->name, "_score") && (!best || list->name.n < best->name.n))
			best = list;
	return best;
}

/* Does the judge's score stand among the statistics as this one? */
static bool is_of_judge(const struct helm_stat *s, const struct helm_stat *shortest, struct str judge_key)
{
	if (str_eq_c(judge_key, "score"))
		return s == shortest;
	return s->name.n > judge_key.n && s->name.p[s->name.n - judge_key.n - 1] == '_' &&
		str_eq(str_sub(s->name, s->name.n - judge_key.n, judge_key.n), judge_key);
}

static void add_score(struct sink *s, struct arena *a, const struct helm_stat *stat, const struct helm_stat *shortest,
	const struct json *annotations)
{
	struct in_score score = {.name = stat->name, .has_num = true, .num = stat->mean};
	JSON_EACH(annotator, annotations) {
		JSON_EACH(member, annotator) {
			if (!is_judge_score(member) || !is_of_judge(stat, shortest, member->key))
				continue;
			score.rater = judge_of(annotator, member);
			score.reason = reason_of(a, annotator, member->key);
		}
	}
	sink_score(s, &score);
}

static bool among(const struct helm_stat *list, const struct helm_stat *shortest, struct str judge_key)
{
	for (; list; list = list->next)
		if (is_of_judge(list, shortest, judge_key))
			return true;
	return false;
}

/* Judges of whom no statistic tells: of a file without its run directory. */
static void add_judges(struct sink *s, struct arena *a, const struct helm_stat *list, const struct json *annotations)
{
	const struct helm_stat *shortest = shortest_score(list);
	struct in_score score;
	JSON_EACH(annotator, annotations) {
		JSON_EACH(member, annotator) {
			if (!is_judge_score(member) || among(list, shortest, member->key) || !score_of(member, "", &score))
				continue;
			score.name = arena_printf(a, "%.*s_%.*s", (int)annotator->key.n, annotator->key.p, (int)member->key.n, member->key.p);
			score.rater = judge_of(annotator, member);
			score.reason = reason_of(a, annotator, member->key);
			sink_score(s, &score);
		}
	}
}

/* The judge's prompt repeats the conversation. */
static void count_remarks(struct sink *s, const struct json *annotations)
{
	JSON_EACH(annotator, annotations)
		JSON_EACH(member, annotator)
			if (!is_judge_score(member) && !str_ends(member->key, "reasoning") && !json_is_null(member))
				sink_ignore(s, member->key, 1);
}

void helm_add_scores(struct helm *h, struct arena *a, struct str key, const struct json *annotations)
{
	struct sink *s = h->im->sink;
	uint32_t id = dict_find(&h->keys, key);
	const struct helm_stat *list = id == DICT_NONE ? NULL : h->requests[id].first, *shortest = shortest_score(list);
	for (const struct helm_stat *stat = list; stat; stat = stat->next) {
		if (is_bookkeeping(stat->name))
			sink_meta_num(s, arena_cstr(a, stat->name), stat->mean);
		else
			add_score(s, a, stat, shortest, annotations);
	}
	add_judges(s, a, list, annotations);
	count_remarks(s, annotations);
	if (h->refusing[0] != h->refusing[1])
		sink_meta(s, "refusal_scores", str_c(h->refusing[1] > h->refusing[0] ? "1" : "0"));
}

/* ---- stats.json ---- */

/* Of a mean that is also given for perturbed requests only the plain one counts. */
void helm_publish(struct helm *h, const struct json *stat)
{
	const struct json *name = json_get(stat, "name");
	struct str metric = json_str(json_get(name, "name")), split = json_str(json_get(name, "split"));
	struct arena a = {0};
	double mean;
	if (json_get(name, "perturbation")->type == JSON_OBJECT) {
		h->declared = NAN;
	} else if (metric.n && json_num(json_get(stat, "mean"), false, &mean)) {
		if (str_eq_c(metric, "num_instances"))
			h->declared += mean;
		if (split.n && !str_eq_c(split, "test"))
			metric = arena_printf(&a, "%.*s (%.*s)", (int)metric.n, metric.p, (int)split.n, split.p);
		if (!is_bookkeeping(metric))
			sink_aggregate(h->im->sink, &(struct in_aggregate){.run = h->run, .model = h->model, .task = h->task,
				.metric = metric, .k = -1, .n = -1, .value = mean, .low = NAN, .high = NAN});
	}
	arena_fini(&a);
}

static enum status on_stat(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	helm_publish(ctx, w->node);
	return OK;
}

enum status helm_read_published(struct helm *h, const struct member *m, struct err *err)
{
	h->declared = 0;
	enum status st = walk_member(h->im, m, &(struct walk){.each = on_stat, .ctx = h}, err);
	if (st == OK && h->declared > 0)
		sink_declare(h->im->sink, "results", h->declared);
	return st;
}
