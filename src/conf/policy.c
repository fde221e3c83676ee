/* SPDX-License-Identifier: MIT
 *
 * Policy files: what the field tables can not express, the policy in its
 * final form, and the policies that ship.
 */
#include "conf/policy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/embed.h"
#include "base/mem.h"
#include "conf/policy_raw.h"

static enum status check_name(const struct conf_file *f, const struct conf_place *place, const char *id, struct err *err)
{
	for (const char *p = id; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr("._-", *p)))
			return conf_error(f, place->pointer, err, "the id \"%s\" may hold letters, digits, . _ and - only", id);
	return *id ? OK : conf_error(f, place->pointer, err, "the id is empty");
}

/* A key that means nothing for the metric is refused rather than ignored. */
static enum status check_extras(const struct conf_file *f, const struct raw_line *l, const struct metric *m, struct err *err)
{
	const struct {
		bool given;
		unsigned bit;
		const char *key;
	} extras[] = {
		{l->baseline, EXTRA_BASELINE, "baseline"},
		{l->composite, EXTRA_COMPOSITE, "composite"},
		{l->k >= 0, EXTRA_K, "k"},
		{l->turn >= 0, EXTRA_TURN, "turn"},
		{l->range.given, EXTRA_RANGE, "range"},
		{l->score, EXTRA_SCORE, "score"},
	};
	for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
		if (extras[i].given && !(m->extras & (extras[i].bit | EXTRA_ANY)))
			return conf_error(
				f, l->place.pointer, err, "\"%s\" has no meaning for the metric %s", extras[i].key, m->name);
	return OK;
}

static enum status check_limits(
	const struct conf_file *f, const struct raw_line *l, const struct metric *m, bool higher_worse, struct err *err)
{
	double low = l->range.given ? l->range.low : 0, high = l->range.given ? l->range.high : 1;
	const struct {
		const char *name;
		double value;
	} limits[] = {{"yellow", l->yellow}, {"red", l->red.number}};
	for (size_t i = 0; i < 2 && (m->rate || l->range.given); i++)
		if (!isnan(limits[i].value) && (limits[i].value < low || limits[i].value > high))
			return conf_error(f, l->place.pointer, err, "%s is %g; it must lie between %g and %g%s", limits[i].name,
				limits[i].value, low, high, m->rate ? " (5 % is 0.05)" : "");
	if (!isnan(l->yellow) && !isnan(l->red.number) && (higher_worse ? l->yellow > l->red.number : l->yellow < l->red.number))
		return conf_error(f, l->place.pointer, err, "yellow %g lies beyond red %g, but %s values are worse", l->yellow,
			l->red.number, higher_worse ? "higher" : "lower");
	return OK;
}

static enum status check_line(const struct conf_file *f, const struct raw_line *l, struct err *err)
{
	const struct metric *m = &policy_metrics[l->metric];
	enum status st = check_name(f, &l->place, l->id, err);
	if (st)
		return st;
	if (l->direction < 0 && m->direction == 0)
		return conf_error(f, l->place.pointer, err,
			"\"direction\" is missing: say whether a higher or a lower %s is worse", m->name);
	if (m->metric == METRIC_MEAN_SCORE && !l->range.given)
		return conf_error(
			f, l->place.pointer, err, "\"range\" is missing: mean_score needs the ends of the scale, [low, high]");
	if (m->metric == METRIC_MEAN_SCORE && l->event)
		return conf_error(f, l->place.pointer, err, "\"event\" has no meaning for the metric mean_score");
	if (!l->where && !strchr(l->area, ':'))
		return conf_error(f, l->place.pointer, err,
			"the area \"%s\" names no category (taxonomy:path), so the line needs \"where\"", l->area);
	st = check_extras(f, l, m, err);
	return st ? st : check_limits(f, l, m, l->direction < 0 ? m->direction > 0 : l->direction == 0, err);
}

static enum status check_unique(const struct conf_file *f, const struct policy *p, struct err *err)
{
	for (size_t i = 0; i < p->nlines; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(p->lines[i].id, p->lines[j].id) == 0)
				return conf_error(f, p->lines[i].pointer, err, "the id \"%s\" is taken by %s, line %u",
					p->lines[i].id, p->lines[j].pointer, p->lines[j].text_line);
	return OK;
}

static enum status check_composite(
	const struct conf_file *f, const struct raw_policy *raw, const struct raw_line *l, struct err *err)
{
	const struct raw_composite *c = raw->composites.items;
	if (strcmp(policy_metric_names[l->metric], "composite") != 0)
		return OK;
	for (size_t i = 0; i < raw->composites.n; i++)
		if (l->composite && strcmp(c[i].id, l->composite) == 0)
			return OK;
	return conf_error(f, l->place.pointer, err, "there is no composite \"%s\"", l->composite ? l->composite : "");
}

/* ---- from the raw form to the policy ---- */

static const char *printed(struct policy *p, const char *fmt, const char *word)
{
	struct buf b = {0};
	buf_add_c(&b, fmt);
	buf_add_c(&b, word);
	const char *text = arena_cstr(&p->arena, buf_str(&b));
	buf_fini(&b);
	return text;
}

static bool counts_parts(const char *unit)
{
	static const char *const parts[] = {"turn", "step", "tool-call", "pair"};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strcmp(unit, parts[i]) == 0)
			return true;
	return false;
}

static void take_line(struct policy *p, struct policy_line *to, const struct raw_line *l)
{
	const struct metric *m = &policy_metrics[l->metric];
	*to = (struct policy_line){.id = l->id,
		.area = l->area,
		.title = l->title,
		.unit = policy_units[l->unit],
		.where = l->where,
		.event = l->event,
		.source = l->source,
		.note = l->note,
		.score = l->score,
		.metric_name = m->name,
		.metric = m->metric,
		.higher_worse = l->direction < 0 ? m->direction > 0 : l->direction == 0,
		.has_yellow = !isnan(l->yellow),
		.yellow = l->yellow,
		.red = l->red.number,
		.red_kind = l->red.choice < 0    ? RED_NUMBER
			    : l->red.choice == 0 ? RED_REVIEW
						 : RED_NONE,
		.n_min = (unsigned)l->n_min,
		.expect = l->expect,
		.lo = l->range.given ? l->range.low : 0,
		.hi = l->range.given ? l->range.high : 1,
		.has_range = l->range.given,
		.text_line = l->place.line};
	memcpy(to->pointer, l->place.pointer, sizeof to->pointer);
	if (m->metric == METRIC_UNSUPPORTED)
		to->unsupported = printed(p, "metric ", m->name);
	else if (counts_parts(to->unit))
		to->unsupported = printed(p, "unit ", to->unit);
}

static void take_grade(struct policy *p, struct policy_line *to, const struct raw_grade *g)
{
	*to = (struct policy_line){.id = g->id,
		.area = g->area,
		.title = g->title,
		.unit = policy_units[g->unit],
		.where = g->where,
		.event = g->event,
		.metric_name = policy_metric_names[g->metric],
		.metric = METRIC_UNSUPPORTED,
		.yellow = NAN,
		.red = NAN,
		.red_kind = RED_NONE,
		.n_min = (unsigned)g->n_min,
		.expect = -1,
		.hi = 1,
		.text_line = g->place.line,
		.grade = true,
		.unsupported = printed(p, "grade ", policy_rules[g->rule])};
	memcpy(to->pointer, g->place.pointer, sizeof to->pointer);
}

static void take_rollup(struct policy_rollup *to, const struct raw_rollup *r)
{
	*to = (struct policy_rollup){.id = r->id, .over = policy_overs[r->over], .how = policy_hows[r->how], .label = r->label};
	if (r->expect.single && strcmp(r->expect.items[0], "lines") != 0)
		to->expect_level = r->expect.items[0];
	else if (!r->expect.single)
		to->expect = r->expect.items;
}

static void take_override(struct policy *p, const struct raw_override *o)
{
	p->norder = o->order.n < 3 ? o->order.n : 3;
	for (size_t i = 0; i < p->norder; i++)
		for (unsigned d = 0; policy_deciders[d]; d++)
			if (strcmp(o->order.items[i], policy_deciders[d]) == 0)
				p->order[i] = d;
	p->min_reviewers = (unsigned)o->min_reviewers;
	p->false_negative_audit = o->false_negative_audit;
	p->estimator = policy_estimators[o->estimator];
}

/* What of the whole policy is not computed, so that no cell pretends. */
static const char *policy_gap(struct policy *p, const struct raw_policy *raw)
{
	if (raw->cluster == CLUSTER_SCENARIO)
		return "cluster scenario";
	if (strcmp(policy_families[raw->family], "holm") == 0)
		return "family holm";
	for (size_t i = 0; i < raw->columns.n; i++)
		if (strcmp(raw->columns.items[i], "model") != 0)
			return printed(p, "column ", raw->columns.items[i]);
	return NULL;
}

static void take_top(struct policy *p, const struct raw_policy *raw)
{
	static const enum on_incomplete order[] = {INCOMPLETE_SHOW, INCOMPLETE_YELLOW, INCOMPLETE_RED};
	p->id = raw->id;
	p->version = raw->version;
	p->title = raw->title;
	p->confidence = raw->confidence;
	p->method = raw->method == 0 ? METHOD_CLOPPER_PEARSON : METHOD_WILSON;
	p->cluster = (enum cluster_by)raw->cluster;
	p->inclusive = raw->inclusive;
	p->on_incomplete = order[raw->on_incomplete];
	p->min_coverage = raw->min_coverage;
	p->unsure_fail = raw->unsure == 1;
	p->family = policy_families[raw->family];
	p->latest_runs = raw->runs == 1;
	p->columns = raw->columns.items;
	p->unsupported = policy_gap(p, raw);
	take_override(p, &raw->override);
}

static enum status take(const struct conf_file *f, struct policy *p, const struct raw_policy *raw, struct err *err)
{
	const struct raw_line *lines = raw->lines.items;
	const struct raw_grade *grades = raw->grades.items;
	const struct raw_rollup *rollups = raw->rollups.items;
	take_top(p, raw);
	p->lines = arena_calloc(&p->arena, raw->lines.n + raw->grades.n + 1, sizeof *p->lines);
	for (size_t i = 0; i < raw->lines.n; i++) {
		enum status st = check_line(f, &lines[i], err);
		if (!st)
			st = check_composite(f, raw, &lines[i], err);
		if (st)
			return st;
		take_line(p, &p->lines[p->nlines++], &lines[i]);
	}
	for (size_t i = 0; i < raw->grades.n; i++) {
		enum status st = check_name(f, &grades[i].place, grades[i].id, err);
		if (st)
			return st;
		take_grade(p, &p->lines[p->nlines++], &grades[i]);
	}
	p->rollups = arena_calloc(&p->arena, raw->rollups.n + 1, sizeof *p->rollups);
	for (size_t i = 0; i < raw->rollups.n; i++)
		take_rollup(&p->rollups[p->nrollups++], &rollups[i]);
	return check_unique(f, p, err);
}

enum status policy_read(struct str text, const char *path, struct policy **out, struct err *err)
{
	struct conf_file *f = NULL;
	struct raw_policy raw;
	struct policy *p = xcalloc(1, sizeof *p);
	unsigned char hash[SHA256_SIZE];
	*out = NULL;
	p->path = arena_cstr(&p->arena, str_c(path));
	sha256_of(text, hash);
	hex_encode(hash, sizeof hash, p->sha256);
	enum status st = conf_open(text, path, &f, err);
	if (!st)
		st = conf_decode(f, &policy_shape, &p->arena, &raw, err);
	if (!st)
		st = take(f, p, &raw, err);
	conf_close(f);
	if (st) {
		policy_free(p);
		return st;
	}
	*out = p;
	return OK;
}

static const char *const shipped[] = {"ailuminate-1.1-en", "demo", "f1-example", NULL};

const char *const *policy_shipped(void)
{
	return shipped;
}

struct str policy_shipped_text(const char *name)
{
	char path[128];
	for (const char *const *s = shipped; *s; s++)
		if (strcmp(*s, name) == 0) {
			snprintf(path, sizeof path, "policies/%s.json", name);
			return embed_get(path);
		}
	return (struct str){0};
}

enum status policy_load(const char *path, struct policy **out, struct err *err)
{
	struct str text = policy_shipped_text(path);
	*out = NULL;
	if (text.p) {
		char *name = xasprintf("(shipped) %s", path);
		enum status st = policy_read(text, name, out, err);
		free(name);
		return st;
	}
	struct buf file = {0};
	struct err why = {0};
	enum status st = conf_read_file(path, &file, &why);
	const char *nearest = conf_nearest(str_c(path), shipped);
	if (st)
		st = err_usage(err, "no policy \"%s\": %s%s%s%s", path, err_text(&why),
			nearest ? "; did you mean the shipped policy \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
	else
		st = policy_read(buf_str(&file), path, out, err);
	err_fini(&why);
	buf_fini(&file);
	return st;
}

void policy_free(struct policy *p)
{
	if (!p)
		return;
	struct arena a = p->arena;
	arena_fini(&a);
	free(p);
}

void policy_schema(struct buf *out)
{
	conf_schema(out, &policy_shape, "policy.schema.json", "plimsoll policy");
}

void policy_help(struct buf *out)
{
	conf_help(out, &policy_shape);
}
