/* SPDX-License-Identifier: MIT
 *
 * The header of an Inspect log: what was run, and what it says about itself.
 */
#include "ingest/imp_inspect.h"

#include <stdlib.h>

#include "base/mem.h"

/* ---- scorers ---- */

/* "inspect_ai/accuracy" is "accuracy": registered names carry their package. */
static struct str base_name(struct str s)
{
	for (size_t i = s.n; i-- > 0;)
		if (s.p[i] == '/')
			return str_sub(s, i + 1, s.n);
	return s;
}

const struct inspect_scorer *inspect_scorer_find(const struct inspect *in, struct str name)
{
	for (size_t i = 0; i < in->nscorers; i++)
		if (str_eq(base_name(in->scorers[i].name), base_name(name)))
			return &in->scorers[i];
	return NULL;
}

static void add_scorer(struct inspect *in, struct str name, bool accuracy)
{
	const struct inspect_scorer *known = inspect_scorer_find(in, name);
	if (!name.n)
		return;
	if (known) {
		in->scorers[known - in->scorers].accuracy |= accuracy;
		return;
	}
	in->scorers = vec_grow(in->scorers, &in->scorers_cap, in->nscorers + 1, sizeof *in->scorers);
	in->scorers[in->nscorers++] = (struct inspect_scorer){arena_str(&in->keep, name), accuracy};
}

/* Metrics are an object by name, or a list of objects with a name. */
static bool has_accuracy(const struct json *metrics)
{
	JSON_EACH(m, metrics)
		if (str_eq_c(base_name(metrics->type == JSON_OBJECT ? m->key : json_str(json_get(m, "name"))), "accuracy"))
			return true;
	return false;
}

static void take_scorers(struct inspect *in, const struct json *doc)
{
	const struct json *results = json_get(doc, "results"), *old = json_pointer(results, str_c("/scorer/name"));
	JSON_EACH(s, json_get(results, "scores")) {
		bool accuracy = has_accuracy(json_get(s, "metrics"));
		add_scorer(in, json_str(json_get(s, "name")), accuracy);
		if (accuracy)
			add_scorer(in, json_str(json_get(s, "scorer")), accuracy);
	}
	JSON_EACH(s, json_pointer(doc, str_c("/eval/scorers")))
		add_scorer(in, json_str(json_get(s, "name")), has_accuracy(json_get(s, "metrics")));
	add_scorer(in, json_str(old), has_accuracy(json_get(results, "metrics")));
	in->old_scorer = arena_str(&in->keep, json_str(old));
}

/* ---- what it declares ---- */

static void declare(struct inspect *in, const struct json *results, struct in_run *run)
{
	double v;
	if (json_i64(json_get(results, "total_samples"), &run->declared))
		sink_declare(in->im->sink, "results", (double)run->declared);
	else
		run->declared = -1;
	const struct json *score = json_at(json_get(results, "scores"), 0);
	const struct json *accuracy = json_pointer(score, str_c("/metrics/accuracy/value"));
	if (json_num(json_first(accuracy, json_pointer(results, str_c("/metrics/accuracy/value"))), false, &v))
		sink_declare(in->im->sink, "accuracy", v);
}

/* ---- the run ---- */

/* Configuration that tells runs apart; nothing that could name hosts, users or keys. */
static const struct fact {
	const char *name, *pointer;
} facts[] = {
	{"dataset", "/eval/dataset/name"},
	{"dataset_samples", "/eval/dataset/samples"},
	{"task_version", "/eval/task_version"},
	{"solver", "/eval/solver"},
	{"epochs", "/eval/config/epochs"},
	{"limit", "/eval/config/limit"},
	{"message_limit", "/eval/config/message_limit"},
	{"token_limit", "/eval/config/token_limit"},
	{"time_limit", "/eval/config/time_limit"},
	{"temperature", "/plan/config/temperature"},
	{"max_tokens", "/plan/config/max_tokens"},
	{"seed", "/plan/config/seed"},
	{"commit", "/eval/revision/commit"},
	{"error", "/error/message"},
	{"invalidated", "/invalidated"},
};

static void write_facts(struct buf *out, const struct json *doc)
{
	buf_add_ch(out, '{');
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		const struct json *v = json_pointer(doc, str_c(facts[i].pointer));
		if (json_is_null(v) || v->type == JSON_OBJECT || v->type == JSON_ARRAY)
			continue;
		if (out->n > 1)
			buf_add_ch(out, ',');
		json_write_str(out, str_c(facts[i].name));
		buf_add_ch(out, ':');
		json_write_node(out, v);
	}
	buf_add_ch(out, '}');
}

/* The eval id; logs before it was there share a run id among tasks, so those are told apart by task and path. */
static struct str run_key(struct inspect *in, const struct json *eval)
{
	struct str id = json_str(json_get(eval, "eval_id")), run = json_str(json_get(eval, "run_id"));
	struct str task = json_str(json_get(eval, "task_id"));
	if (id.n || !run.n)
		return id;
	return arena_printf(&in->keep, "%.*s %.*s %s", (int)run.n, run.p, (int)task.n, task.n ? task.p : "", in->im->claim->main->path);
}

static struct str run_name(struct inspect *in, const struct json *eval)
{
	struct str task = json_str(json_get(eval, "task")), created = json_str(json_get(eval, "created"));
	return arena_printf(&in->keep, "%.*s %.*s", (int)task.n, task.n ? task.p : "", (int)created.n, created.n ? created.p : "");
}

static void take_model(struct inspect *in, struct str model)
{
	struct str rest = model, provider = {0};
	if (model.n && memchr(model.p, '/', model.n))
		str_cut(&rest, '/', &provider);
	in->model = arena_str(&in->keep, model);
	in->provider = arena_str(&in->keep, provider);
}

enum status inspect_header(struct inspect *in, const struct json *doc, int64_t newest, struct str status, struct err *err)
{
	const struct json *eval = json_get(doc, "eval");
	int64_t version = 0, epochs = 1;
	if (eval->type != JSON_OBJECT)
		return err_fail(err, "not an Inspect log: it has no \"eval\"");
	if (!json_i64(json_get(doc, "version"), &version) || version < 1 || version > newest)
		return err_fail(err, "an Inspect log of version %lld; versions 1 to %lld are known", (long long)version, (long long)newest);
	struct buf meta = {0};
	struct str task = json_str(json_get(eval, "task"));
	struct in_run run = {
		.key = run_key(in, eval),
		.name = run_name(in, eval),
		.tool = str_c("inspect"),
		.tool_version = json_str(json_pointer(eval, str_c("/packages/inspect_ai"))),
		.task = task,
		.status = status.p ? status : json_str(json_get(doc, "status")),
		.created_ms = time_of(json_get(eval, "created")),
	};
	write_facts(&meta, doc);
	run.meta = buf_str(&meta);
	declare(in, json_get(doc, "results"), &run);
	take_scorers(in, doc);
	take_model(in, json_str(json_get(eval, "model")));
	in->taxonomy = arena_str(&in->keep, task.n ? base_name(task) : str_c("inspect"));
	in->epochs = json_i64(json_pointer(eval, str_c("/config/epochs")), &epochs) && epochs > 1;
	sink_run(in->im->sink, &run);
	buf_fini(&meta);
	return OK;
}
