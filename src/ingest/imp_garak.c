/* SPDX-License-Identifier: MIT
 *
 * garak reports, hit logs and digests. A report says each attempt twice, before and after the detectors
 * (status 1 and 2), and what describes the probes comes last: so it is read twice, the attempts in the second pass.
 */
#include "ingest/imp_garak.h"

#include <stdio.h>

#include "ingest/head.h"

/* Every score of this output; "hit" when one reaches the run's threshold, absent when no detector gave a number. */
static struct str outcome_of(const struct garak *g, const struct json *detectors, size_t output)
{
	struct in_score score;
	struct str said = {0};
	JSON_EACH(d, detectors) {
		if (!score_of(json_at(d, output), "", &score) || !score.has_num)
			continue;
		if (score.num >= g->threshold)
			return str_c("hit");
		said = str_c("pass");
	}
	return said;
}

static enum status add_output(struct garak *g, const struct walked *w, const struct json *output, size_t i, struct err *err)
{
	struct sink *s = g->im->sink;
	const struct json *node = w->node, *detectors = json_get(node, "detector_results");
	const struct json *talk = json_first(json_at(json_get(node, "conversations"), i), json_at(json_get(node, "messages"), i));
	struct str probe = json_str(json_get(node, "probe_classname"));
	struct sink_result r;
	struct in_score score;
	garak_result(g, &r, w, probe, json_get(node, "prompt"), json_plain(json_get(node, "seq")), i);
	r.authority = GARAK_REPORT;
	r.raw_outcome = outcome_of(g, detectors, i);
	r.target = garak_trigger(json_get(node, "notes"));
	if (json_is_null(output))
		r.error = str_c("the generator gave no output");
	sink_result(s, &r);
	if (garak_turns(s, json_is_null(talk) ? json_get(node, "prompt") : talk) != ROLE_ASSISTANT && !json_is_null(output))
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = garak_text(w->arena, output)});
	JSON_EACH(d, detectors) {
		const struct json *value = json_at(d, i);
		if (value->type == JSON_ABSENT)
			continue;
		score_of(value, "", &score);
		score.name = d->key;
		sink_score(s, &score);
	}
	garak_facts(g, node, probe);
	sink_meta_num(s, "eval_threshold", g->threshold);
	return sink_result_end(s, err);
}

/* Aggregated reports give all attempts one uuid: the same attempt is the same uuid, probe, number and prompt. */
static bool seen_before(struct garak *g, const struct walked *w)
{
	struct str uuid = json_str(json_get(w->node, "uuid")), seq = json_plain(json_get(w->node, "seq"));
	struct str probe = json_str(json_get(w->node, "probe_classname"));
	char hash[SHORT_HASH];
	if (!uuid.n || !seq.n)
		return false;
	short_hash(json_get(w->node, "prompt")->src, hash);
	size_t before = g->seen.n;
	dict_add(&g->seen, arena_printf(w->arena, "%.*s %.*s %.*s %s", (int)uuid.n, uuid.p, (int)probe.n, probe.p ? probe.p : "",
		(int)seq.n, seq.p, hash));
	return g->seen.n == before;
}

static enum status add_line(void *ctx, const struct walked *w, struct err *err)
{
	struct garak *g = ctx;
	struct str type = json_str(json_get(w->node, "entry_type"));
	int64_t status;
	if (str_eq_c(type, "eval"))
		garak_eval(g, w->node);
	if (!str_eq_c(type, "attempt") || !json_i64(json_get(w->node, "status"), &status) || status != 2 || seen_before(g, w))
		return OK;
	size_t i = 0;
	JSON_EACH(output, json_get(w->node, "outputs")) {
		enum status st = add_output(g, w, output, i++, err);
		if (st != OK)
			return st;
	}
	return OK;
}

/* ---- what frames the attempts ---- */

static bool is_frame(void *ctx, struct str text)
{
	(void)ctx;
	return !str_starts(text, "{\"entry_type\": \"attempt\"");
}

static void take_setup(struct garak *g, const struct json *node)
{
	const struct json *type = json_first(json_get(node, "plugins.target_type"), json_get(node, "plugins.model_type"));
	const struct json *name = json_first(json_get(node, "plugins.target_name"), json_get(node, "plugins.model_name"));
	garak_model(g, json_str(type), json_plain(name));
	json_num(json_get(node, "run.eval_threshold"), true, &g->threshold);
	if (!g->run.p)
		g->run = arena_str(&g->keep, json_str(json_get(node, "transient.run_id")));
	g->version = arena_str(&g->keep, json_str(json_get(node, "_config.version")));
}

static void take_digest(struct garak *g, const struct json *node)
{
	const struct json *meta = json_get(node, "meta");
	if (!g->model.p)
		garak_model(g, json_str(json_first(json_get(meta, "target_type"), json_get(meta, "model_type"))),
			json_plain(json_first(json_get(meta, "target_name"), json_get(meta, "model_name"))));
	if (!g->run.p)
		g->run = arena_str(&g->keep, json_str(json_get(meta, "run_uuid")));
	if (!g->version.p)
		g->version = arena_str(&g->keep, json_str(json_get(meta, "garak_version")));
	if (!g->started_ms)
		g->started_ms = time_of(json_get(meta, "start_time"));
	json_read(&g->keep, arena_str(&g->keep, json_get(node, "eval")->src), NULL, &g->digest, NULL);
}

static enum status take_frame(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct garak *g = ctx;
	struct str type = json_str(json_get(w->node, "entry_type"));
	if (str_eq_c(type, "start_run setup")) {
		take_setup(g, w->node);
	} else if (str_eq_c(type, "init")) {
		g->run = arena_str(&g->keep, json_str(json_get(w->node, "run")));
		g->started_ms = time_of(json_get(w->node, "start_time"));
	} else if (str_eq_c(type, "eval")) {
		garak_count_eval(g, w->node);
	} else if (str_eq_c(type, "digest")) {
		take_digest(g, w->node);
	}
	return OK;
}

static enum status read_report(struct garak *g, struct err *err)
{
	struct walk frame = {.quiet = true, .wants = is_frame, .each = take_frame, .ctx = g};
	struct walk lines = {.each = add_line, .ctx = g};
	enum status st = walk_member(g->im, g->im->claim->main, &frame, err);
	if (st != OK)
		return st;
	garak_run(g);
	garak_digest(g);
	if (g->total >= 0)
		sink_declare(g->im->sink, "results", (double)g->total);
	return walk_member(g->im, g->im->claim->main, &lines, err);
}

static bool is_hitlog(struct str head)
{
	static const char *const keys[] = {"attempt_id", "detector", "generator", "probe", NULL};
	return head_has_all(head, keys);
}

static enum status garak_read(struct import *im, struct err *err)
{
	static const struct json absent;
	struct garak g = {.im = im, .threshold = 0.5, .digest = &absent, .total = -1};
	enum status st = is_hitlog(im->claim->main->head) ? garak_read_hitlog(&g, err) : read_report(&g, err);
	dict_fini(&g.seen);
	arena_fini(&g.keep);
	return st;
}

static int garak_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const char *const entries[] = {"\"start_run setup\"", "\"init\"", "\"attempt\"", "\"eval\"", "\"digest\"",
		"\"plugin_cache\"", "\"completion\"", NULL};
	if (inside)
		return 0;
	if (is_hitlog(m->head)) {
		snprintf(why, 160, "a hit log: attempt, detector, generator, probe");
		return 95;
	}
	for (const char *const *e = entries; head_has(m->head, "entry_type") && *e; e++) {
		if (str_find(m->head, str_c(*e)) >= 0) {
			snprintf(why, 160, "entry_type %s", *e);
			return 95;
		}
	}
	return 0;
}

const struct importer imp_garak = {
	.name = "garak",
	.title = "garak reports, hit logs and digests (.report.jsonl, .hitlog.jsonl, .json)",
	.version = 1,
	.maps = "An output of an evaluated attempt is a result; the item is the probe with a hash of the prompt, the epoch the "
		"attempt's number and the output's. Detectors are scores. Categories: probe module and class in garak, tags of a "
		"digest under their own names. The model is the target's name, its type where it has none. A hit log gives the "
		"same results as its report, which counts more. Eval lines and digests are published values.",
	.polarity = "A result is a failure when a detector's score reaches the run's eval_threshold (0.5 unless it says so); "
		"all of it is safety.",
	.rules = "task:* => set kind=safety\n"
		"said:hit => set outcome=fail\n"
		"said:pass => set outcome=pass\n"
		"-error:none => set outcome=missing\n",
	.probe = garak_probe,
	.read = garak_read,
};
