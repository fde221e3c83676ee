/* SPDX-License-Identifier: MIT
 *
 * What garak's reports, hit logs and digests have in common: runs, prompts, natural keys, and published values.
 */
#include "ingest/imp_garak.h"

#include <math.h>

void garak_model(struct garak *g, struct str type, struct str name)
{
	g->provider = arena_str(&g->keep, type);
	g->model = name.n && !str_eq_c(name, "None") ? arena_str(&g->keep, name) : g->provider;
}

void garak_run(struct garak *g)
{
	struct in_run run = {.key = g->run, .tool = str_c("garak"), .tool_version = g->version,
		.task = str_c("garak"), .created_ms = g->started_ms, .declared = g->total};
	sink_run(g->im->sink, &run);
}

/* ---- prompts and conversations ---- */

static struct str message_text(struct arena *a, const struct json *content)
{
	if (content->type != JSON_OBJECT)
		return json_plain(content);
	struct str text = json_str(json_get(content, "text")), path = json_str(json_get(content, "data_path"));
	if (!path.n)
		return text;
	struct str type = json_str(json_get(content, "data_type"));
	return arena_printf(a, "%.*s[%.*s %.*s]", (int)text.n, text.p ? text.p : "", (int)type.n, type.p ? type.p : "",
		(int)path.n, path.p);
}

struct str garak_text(struct arena *a, const struct json *node)
{
	const struct json *turns = json_get(node, "turns");
	struct buf all = {0};
	if (turns->type != JSON_ARRAY)
		return message_text(a, node);
	if (turns->count == 1)
		return message_text(a, json_get(turns->child, "content"));
	JSON_EACH(t, turns) {
		buf_add_str(&all, json_str(json_get(t, "role")));
		buf_add_c(&all, ": ");
		buf_add_str(&all, message_text(a, json_get(t, "content")));
		buf_add_c(&all, "\n");
	}
	struct str out = arena_str(a, buf_str(&all));
	buf_fini(&all);
	return out;
}

enum role garak_turns(struct sink *s, const struct json *node)
{
	const struct json *turns = node->type == JSON_ARRAY ? node : json_get(node, "turns");
	struct arena a = {0};
	enum role last = ROLE_OTHER;
	if (turns->type != JSON_ARRAY && !json_is_null(node)) {
		last = ROLE_USER;
		sink_turn(s, &(struct sink_turn){.role = last, .content = message_text(&a, node)});
	}
	JSON_EACH(t, turns) {
		struct str role = json_str(json_get(t, "role"));
		last = role_parse(role);
		sink_turn(s, &(struct sink_turn){.role = last, .role_text = role, .content = message_text(&a, json_get(t, "content"))});
	}
	arena_fini(&a);
	return last;
}

/* ---- a result ---- */

struct str garak_trigger(const struct json *node)
{
	const struct json *triggers = json_first(json_get(node, "triggers"), json_get(node, "trigger"));
	return json_plain(triggers->type == JSON_ARRAY && triggers->count == 1 ? triggers->child : triggers);
}

void garak_result(struct garak *g, struct sink_result *r, const struct walked *w, struct str probe, const struct json *prompt,
	struct str seq, size_t output)
{
	char hash[SHORT_HASH];
	short_hash(garak_text(w->arena, prompt), hash);
	*r = SINK_RESULT_INIT;
	r->model = g->model;
	r->provider = g->provider;
	r->item = arena_printf(w->arena, "%.*s/%s", (int)probe.n, probe.p ? probe.p : "", hash);
	r->epoch = arena_printf(w->arena, "%.*s%s%zu", (int)seq.n, seq.p ? seq.p : "", seq.n ? "." : "", output);
	r->place = w->record;
	r->repairs = w->repairs;
}

static struct str probe_path(struct arena *a, struct str probe)
{
	char *p = arena_cstr(a, probe);
	char *dot = memchr(p, '.', probe.n);
	if (dot)
		*dot = '/';
	return str_n(p, probe.n);
}

/* Tags are "taxonomy:rest:of:the:path"; only a digest tells them. */
static void add_probe_facts(struct garak *g, struct arena *a, struct str probe)
{
	double tier;
	JSON_EACH(group, g->digest) {
		JSON_EACH(p, group) {
			if (!str_eq(p->key, probe))
				continue;
			const struct json *summary = json_get(p, "_summary");
			JSON_EACH(tag, json_get(summary, "probe_tags")) {
				struct str rest = json_str(tag), taxonomy;
				if (str_cut(&rest, ':', &taxonomy) && taxonomy.n && rest.n)
					sink_category(g->im->sink, taxonomy, category_path(a, rest));
			}
			if (json_num(json_get(summary, "probe_tier"), false, &tier))
				sink_meta_num(g->im->sink, "probe_tier", tier);
		}
	}
}

void garak_facts(struct garak *g, const struct json *node, struct str probe)
{
	struct arena a = {0};
	struct str goal = json_str(json_get(node, "goal"));
	if (probe.n)
		sink_category(g->im->sink, str_c("garak"), probe_path(&a, probe));
	add_probe_facts(g, &a, probe);
	if (goal.n)
		sink_meta(g->im->sink, "goal", goal);
	arena_fini(&a);
}

/* ---- published values ---- */

static void publish(struct garak *g, struct arena *a, struct str category, const char *metric, struct str detector,
	struct in_aggregate value)
{
	value.run = g->run;
	value.model = g->model;
	value.task = str_c("garak");
	value.category = arena_printf(a, "garak:%.*s", (int)category.n, category.p ? category.p : "");
	value.metric = detector.n ? arena_printf(a, "%s/%.*s", metric, (int)detector.n, detector.p) : str_c(metric);
	sink_aggregate(g->im->sink, &value);
}

static double number_or_nan(const struct json *node)
{
	double v;
	return json_num(node, true, &v) ? v : NAN;
}

static int64_t outputs_seen(const struct json *line)
{
	static const char *const names[] = {"total_processed", "total_evaluated", "total"};
	int64_t n;
	for (size_t i = 0; i < 3; i++)
		if (json_i64(json_get(line, names[i]), &n))
			return n;
	return 0;
}

void garak_count_eval(struct garak *g, const struct json *line)
{
	struct str probe = json_str(json_get(line, "probe"));
	int64_t n = outputs_seen(line);
	if (!str_eq(probe, g->last_probe)) {
		g->last_probe = arena_str(&g->keep, probe);
		g->probe_total = 0;
	}
	if (g->total < 0)
		g->total = 0;
	if (n > g->probe_total && n < (int64_t)1 << 40) {
		g->total += n - g->probe_total;
		g->probe_total = n;
	}
}

void garak_eval(struct garak *g, const struct json *line)
{
	struct arena a = {0};
	struct str detector = json_str(json_get(line, "detector"));
	struct in_aggregate v = {.k = -1, .n = -1, .value = NAN, .low = number_or_nan(json_get(line, "confidence_lower")),
		.high = number_or_nan(json_get(line, "confidence_upper"))};
	int64_t passed;
	if (str_starts(detector, "detector."))
		detector = str_sub(detector, 9, detector.n);
	if (!json_i64(json_get(line, "total_evaluated"), &v.n) && !json_i64(json_get(line, "total"), &v.n))
		v.n = -1;
	if (!json_i64(json_get(line, "fails"), &v.k))
		v.k = v.n >= 0 && json_i64(json_get(line, "passed"), &passed) ? v.n - passed : -1;
	if (v.k >= 0 && v.n > 0)
		v.value = (double)v.k / (double)v.n;
	publish(g, &a, probe_path(&a, json_str(json_get(line, "probe"))), "hits", detector, v);
	arena_fini(&a);
}

/* The numbers of one summary or detector of a digest, each under our name for it. */
static void publish_members(struct garak *g, struct arena *a, struct str category, struct str detector, const struct json *node)
{
	static const char *const names[][2] = {{"score", "group_score"}, {"group_defcon", "group_defcon"},
		{"probe_score", "probe_score"}, {"probe_severity", "probe_severity"}, {"absolute_score", "absolute_score"},
		{"relative_score", "relative_score"}, {"zscore", "zscore"}, {"detector_defcon", "defcon"}};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		double v = number_or_nan(json_get(node, names[i][0]));
		if (!isnan(v))
			publish(g, a, category, names[i][1], detector, (struct in_aggregate){.k = -1, .n = -1, .value = v, .low = NAN, .high = NAN});
	}
}

void garak_digest(struct garak *g)
{
	struct arena a = {0};
	JSON_EACH(group, g->digest) {
		publish_members(g, &a, group->key, (struct str){0}, json_get(group, "_summary"));
		JSON_EACH(probe, group) {
			if (str_eq_c(probe->key, "_summary"))
				continue;
			JSON_EACH(d, probe)
				publish_members(g, &a, probe_path(&a, probe->key), str_eq_c(d->key, "_summary") ? (struct str){0} : d->key, d);
		}
	}
	arena_fini(&a);
}
