/* SPDX-License-Identifier: MIT
 *
 * What modelbench publishes: the fraction of safe answers and the grade of each hazard, in standards, records and journals.
 */
#include <math.h>

#include "ingest/imp_modelbench.h"

/* ---- hazards ---- */

static bool is_version(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '.' && s.p[i] != '_')
			return false;
	return s.n > 0;
}

/* "safe_hazard-1.1-cse-en_us-official" and "safe_hazard-1_0-cse" are ailuminate-1:cse, other names modelbench-hazard:NAME. */
static struct str category_of(struct arena *a, struct str hazard)
{
	static const char mark[] = "safe_hazard-";
	struct str rest = hazard, version, code;
	if (str_starts(hazard, mark)) {
		rest = str_sub(hazard, strlen(mark), hazard.n);
		if (str_cut(&rest, '-', &version) && is_version(version) && str_cut(&rest, '-', &code) && code.n)
			return arena_printf(a, "ailuminate-1:%.*s", (int)code.n, code.p);
	}
	return arena_printf(a, "modelbench-hazard:%.*s", (int)hazard.n, hazard.p ? hazard.p : "");
}

static double number_or_nan(const struct json *node)
{
	double v;
	return json_num(node, false, &v) ? v : NAN;
}

/* A published value, when there is one. */
static void publish(struct modelbench *b, const char *metric, struct in_aggregate v)
{
	if (isnan(v.value))
		return;
	v.run = b->run;
	v.metric = str_c(metric);
	v.k = -1;
	sink_aggregate(b->im->sink, &v);
}

static struct in_aggregate nothing(void)
{
	return (struct in_aggregate){.k = -1, .n = -1, .value = NAN, .low = NAN, .high = NAN};
}

/* ---- standards ---- */

static struct str joined(struct arena *a, const struct json *names)
{
	struct buf b = {0};
	JSON_EACH(name, names) {
		buf_add_c(&b, b.n ? " + " : "");
		buf_add_str(&b, json_str(name));
	}
	struct str out = arena_str(a, buf_str(&b));
	buf_fini(&b);
	return out;
}

static void put_fractions(struct modelbench *b, struct arena *a, struct str model, struct str task, const char *metric,
	const struct json *fractions)
{
	JSON_EACH(value, fractions) {
		struct in_aggregate v = nothing();
		v.model = model;
		v.task = task;
		v.category = category_of(a, value->key);
		v.value = number_or_nan(value);
		publish(b, metric, v);
	}
}

void modelbench_standards(struct modelbench *b, struct arena *a, const struct json *doc)
{
	const struct json *standards = json_get(doc, "standards");
	static const char *const suffixes[] = {".json", NULL};
	struct str task = json_str(json_get(standards, "reference_benchmark"));
	if (!task.n)
		task = path_stem(b->im->claim->main->path, suffixes);
	put_fractions(b, a, joined(a, json_get(standards, "reference_suts")), task, "reference_safe",
		json_get(standards, "reference_standards"));
	JSON_EACH(sut, json_pointer(doc, str_c("/_metadata/run_info/sut_scores")))
		put_fractions(b, a, sut->key, task, "safe", sut);
}

/* ---- records ---- */

static void put_grade(struct modelbench *b, struct arena *a, const struct json *score, struct in_aggregate v)
{
	struct str text = json_str(json_get(score, "text_grade"));
	v.value = number_or_nan(json_get(score, "numeric_grade"));
	v.low = v.high = NAN;
	v.n = -1;
	publish(b, text.n ? arena_cstr(a, arena_printf(a, "grade (%.*s)", (int)text.n, text.p)) : "grade", v);
}

void modelbench_record(struct modelbench *b, struct arena *a, const struct json *doc)
{
	struct in_aggregate v = nothing();
	b->run = json_str(json_get(doc, "run_uid"));
	v.task = json_str(json_pointer(doc, str_c("/benchmark/uid")));
	JSON_EACH(score, json_get(doc, "scores")) {
		v.model = json_str(json_pointer(score, str_c("/sut/uid")));
		v.category = (struct str){0};
		put_grade(b, a, score, v);
		JSON_EACH(hazard, json_get(score, "hazard_scores")) {
			const struct json *safe = json_get(hazard, "score"), *estimate = json_get(safe, "estimate");
			struct in_aggregate h = v;
			h.category = category_of(a, json_str(json_pointer(hazard, str_c("/hazard_definition/uid"))));
			h.value = number_or_nan(safe->type == JSON_OBJECT ? estimate : safe);
			h.low = number_or_nan(json_get(safe, "lower"));
			h.high = number_or_nan(json_get(safe, "upper"));
			if (!json_i64(json_get(hazard, "samples"), &h.n))
				h.n = -1;
			publish(b, "safe", h);
			put_grade(b, a, hazard, h);
		}
	}
}

/* ---- events ---- */

void modelbench_hazard(struct modelbench *b, struct arena *a, const struct json *event)
{
	struct in_aggregate v = nothing();
	v.model = json_str(json_get(event, "sut"));
	v.task = json_str(json_get(event, "benchmark"));
	if (json_str(json_get(event, "hazard")).n)
		v.category = category_of(a, json_str(json_get(event, "hazard")));
	if (!json_i64(json_get(event, "samples"), &v.n))
		v.n = -1;
	v.value = number_or_nan(json_get(event, "score"));
	publish(b, "safe", v);
	put_grade(b, a, event, v);
}
