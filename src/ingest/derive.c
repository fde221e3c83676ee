/* SPDX-License-Identifier: MIT
 *
 * From raw facts to outcome, severity, categories and the rest: each rule whose
 * filter matches sets its fields, later rules win, then labels. Pure: the same
 * facts and rules give the same answer, whatever the database holds.
 */
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "ingest/ruleset.h"

typedef bool match_fn(void *ctx, const struct match_value *v);

struct access {
	const struct raw_facts *raw;
	struct arena *scratch; /* for values that need decoding */
};

static bool give_text(struct str s, match_fn *fn, void *ctx)
{
	return s.p && s.n && fn(ctx, &(struct match_value){.text = s});
}

static bool give_num(double num, match_fn *fn, void *ctx)
{
	return fn(ctx, &(struct match_value){.has_num = true, .num = num});
}

static bool give_either(struct str s, match_fn *fn, void *ctx)
{
	struct match_value v = {.text = s};
	v.has_num = s.p && str_to_double(s, &v.num);
	return s.p && fn(ctx, &v);
}

static void each_score(const struct raw_facts *raw, struct str name, match_fn *fn, void *ctx)
{
	for (size_t i = 0; i < raw->nscores; i++) {
		const struct in_score *s = &raw->scores[i];
		if (!str_eq_nocase(s->name, name))
			continue;
		struct match_value v = {.text = s->value_text, .has_num = s->has_num, .num = s->num};
		if (fn(ctx, &v))
			return;
	}
}

static void each_rater(const struct raw_facts *raw, match_fn *fn, void *ctx)
{
	for (size_t i = 0; i < raw->nscores; i++)
		if (give_text(raw->scores[i].rater, fn, ctx))
			return;
}

static void each_category(struct access *a, const struct field *f, struct str taxonomy, match_fn *fn, void *ctx)
{
	for (size_t i = 0; i < a->raw->ncategories; i++) {
		const struct in_category *c = &a->raw->categories[i];
		struct str v = c->path;
		if (f->id == F_TAXONOMY && !str_eq_nocase(c->taxonomy, taxonomy))
			continue;
		if (f->id == F_AXIS)
			v = c->taxonomy;
		else if (f->id == F_CATEGORY)
			v = arena_printf(a->scratch, "%.*s:%.*s", (int)c->taxonomy.n, c->taxonomy.p, (int)c->path.n, c->path.p);
		if (give_text(v, fn, ctx))
			return;
	}
}

/* One token of the flat canonical object: a string with its quotes, or a number. Returns the end. */
static size_t token_end(struct str s, size_t at)
{
	if (at < s.n && s.p[at] == '"') {
		for (at++; at < s.n && s.p[at] != '"'; at++)
			at += s.p[at] == '\\';
		return at < s.n ? at + 1 : s.n;
	}
	while (at < s.n && s.p[at] != ',' && s.p[at] != '}' && s.p[at] != ':')
		at++;
	return at;
}

static struct str decode(struct access *a, struct str token)
{
	if (token.n < 2 || token.p[0] != '"')
		return token;
	if (!memchr(token.p, '\\', token.n))
		return str_sub(token, 1, token.n - 2);
	const struct json *node;
	return json_read(a->scratch, token, NULL, &node, NULL) == OK ? json_str(node) : token;
}

static void each_meta(struct access *a, struct str key, match_fn *fn, void *ctx)
{
	struct str s = a->raw->meta;
	for (size_t at = 1; at < s.n;) {
		size_t colon = token_end(s, at), end = token_end(s, colon + 1);
		if (colon + 1 >= s.n)
			return;
		if (str_eq_nocase(decode(a, str_sub(s, at, colon - at)), key) &&
		        give_either(decode(a, str_sub(s, colon + 1, end - colon - 1)), fn, ctx))
			return;
		at = end + 1;
	}
}

static void each_value(void *ctx, const struct field *f, struct str sub, match_fn *fn, void *fn_ctx)
{
	struct access *a = ctx;
	const struct raw_facts *raw = a->raw;
	switch (f->id) {
	case F_FORMAT:
		give_text(raw->format, fn, fn_ctx);
		break;
	case F_RUN:
		give_text(raw->run, fn, fn_ctx);
		break;
	case F_TASK:
		give_text(raw->task, fn, fn_ctx);
		break;
	case F_MODEL:
		give_text(raw->model, fn, fn_ctx);
		break;
	case F_PROVIDER:
		give_text(raw->provider, fn, fn_ctx);
		break;
	case F_ITEM:
		give_text(raw->item, fn, fn_ctx);
		break;
	case F_EPOCH:
		if (raw->epoch.n)
			give_either(raw->epoch, fn, fn_ctx);
		break;
	case F_TARGET:
		give_text(raw->target, fn, fn_ctx);
		break;
	case F_ANSWER:
		give_text(raw->answer, fn, fn_ctx);
		break;
	case F_ERROR:
		give_text(raw->error, fn, fn_ctx);
		break;
	case F_LIMIT:
		give_text(raw->limit, fn, fn_ctx);
		break;
	case F_SAID:
		give_text(raw->raw_outcome, fn, fn_ctx);
		break;
	case F_SAID_SEVERITY:
		give_text(raw->raw_severity, fn, fn_ctx);
		break;
	case F_TURNS:
		give_num(raw->turns, fn, fn_ctx);
		break;
	case F_CALLS:
		give_num(raw->tool_calls, fn, fn_ctx);
		break;
	case F_SCORE_NAME:
		each_score(raw, sub, fn, fn_ctx);
		break;
	case F_META:
		each_meta(a, sub, fn, fn_ctx);
		break;
	case F_RATER:
		each_rater(raw, fn, fn_ctx);
		break;
	case F_CATEGORY:
	case F_AXIS:
	case F_TAXONOMY:
		each_category(a, f, sub, fn, fn_ctx);
		break;
	default:
		break; /* the parser lets no other field into rules */
	}
}

/* ---- applying ---- */

struct deriving {
	const struct raw_facts *raw;
	struct arena *out_arena, scratch;
	struct derived *out;
	struct in_category *categories;
	size_t n, cap;
	uint32_t turn;
	struct str score;
};

static bool same_category(const struct in_category *c, struct str taxonomy, struct str path)
{
	return str_eq(c->taxonomy, taxonomy) && str_eq(c->path, path);
}

static void add_category(struct deriving *d, struct str taxonomy, struct str path)
{
	for (size_t i = 0; i < d->n; i++)
		if (same_category(&d->categories[i], taxonomy, path))
			return;
	if (d->n == d->cap) {
		size_t cap = d->cap ? 2 * d->cap : 4;
		struct in_category *more = arena_alloc(d->out_arena, cap * sizeof *more);
		if (d->n)
			memcpy(more, d->categories, d->n * sizeof *more);
		d->categories = more;
		d->cap = cap;
	}
	d->categories[d->n++] = (struct in_category){.taxonomy = taxonomy, .path = path};
}

static void add_label_category(void *ctx, struct str category)
{
	struct str taxonomy, path;
	category_split(category, &taxonomy, &path);
	add_category(ctx, taxonomy, path);
}

/* GLOB is of the path, or of "taxonomy:path" when it holds a colon. */
static void remove_categories(struct deriving *d, struct str glob)
{
	size_t kept = 0;
	bool whole = memchr(glob.p, ':', glob.n) != NULL;
	for (size_t i = 0; i < d->n; i++) {
		const struct in_category *c = &d->categories[i];
		struct str name = c->path;
		if (whole)
			name = arena_printf(
			        &d->scratch, "%.*s:%.*s", (int)c->taxonomy.n, c->taxonomy.p, (int)c->path.n, c->path.p);
		if (!str_glob(glob, name))
			d->categories[kept++] = *c;
	}
	d->n = kept;
}

static void apply(struct deriving *d, const struct rule *r, const struct assign *a)
{
	switch (a->field) {
	case SET_OUTCOME:
		d->out->outcome = (enum outcome)a->word;
		d->out->why = r->why;
		break;
	case SET_SEVERITY:
		d->out->severity = (enum severity)a->word;
		break;
	case SET_ITEM_SEVERITY:
		d->out->item_severity = (enum severity)a->word;
		break;
	case SET_KIND:
		d->out->kind = (enum task_kind)a->word;
		break;
	case SET_ALIAS:
		d->out->alias = a->text;
		break;
	case SET_CATEGORY:
		if (a->op == ASSIGN_ADD)
			add_category(d, a->taxonomy, a->path);
		else if (a->op == ASSIGN_REMOVE)
			remove_categories(d, a->text);
		else
			d->n = 0;
		break;
	case SET_FAIL_TURN:
		d->turn = a->turn;
		break;
	case SET_SCORE:
		d->score = a->text;
		break;
	default:
		break;
	}
}

/* The primary score: the named one, else "score", else the only number there is. */
static double primary_score(const struct raw_facts *raw, struct str name)
{
	double only = NAN, named = NAN;
	size_t numbers = 0;
	for (size_t i = 0; i < raw->nscores; i++) {
		const struct in_score *s = &raw->scores[i];
		if (!s->has_num || s->turn)
			continue;
		only = s->num;
		numbers++;
		if (isnan(named) && str_eq_nocase(s->name, name.p ? name : str_c("score")))
			named = s->num;
	}
	return !isnan(named) || name.p ? named : numbers == 1 ? only : NAN;
}

/* DESIGN 4: from the source or a rule, else the only assistant turn, else unlocated. */
static void locate(const struct deriving *d)
{
	const struct raw_facts *raw = d->raw;
	uint32_t turn = d->turn ? d->turn : raw->raw_fail_turn;
	if (d->out->outcome != OUTCOME_FAIL || !raw->assistant)
		return;
	if (!turn && raw->nassistant == 1)
		turn = raw->assistant[0];
	if (turn == FAIL_TURN_LAST)
		turn = raw->nassistant ? raw->assistant[raw->nassistant - 1] : raw->turns;
	if (!turn || turn > raw->turns)
		return;
	d->out->fail_turn = turn;
	while (d->out->fail_step < raw->nassistant && raw->assistant[d->out->fail_step] <= turn)
		d->out->fail_step++;
}

static struct str missing_because(const struct deriving *d)
{
	const struct raw_facts *raw = d->raw;
	if (raw->error.n)
		return str_c("error");
	if (raw->raw_outcome.n)
		return arena_printf(d->out_arena, "no rule for the word \"%.*s\"",
		        (int)(raw->raw_outcome.n < 60 ? raw->raw_outcome.n : 60), raw->raw_outcome.p);
	return raw->nscores ? str_c("direction not set") : str_c("unscored");
}

/* Severity words that are ours need no rule; numbers do: every tool counts them its own way. */
static void default_severity(struct str said, enum severity *out)
{
	enum severity s;
	if (*out == SEVERITY_UNRATED && said.n > 1 && severity_parse(said, &s))
		*out = s;
}

void ruleset_derive(const struct ruleset *rs, const struct raw_facts *facts, struct arena *a, struct derived *out, uint64_t *hits)
{
	struct raw_facts raw = *facts;
	struct deriving d = {.raw = &raw, .out_arena = a, .out = out};
	struct access access = {&raw, &d.scratch};
	const struct record_access record = {.ctx = &access, .each = each_value};
	*out = (struct derived){.score = NAN};
	if (!raw.target.n)
		raw.target = labels_target(rs, &raw);
	/* What a turn or a call is labelled with, the result can be found by, too; its own categories come first. */
	for (int whole = 1; whole >= 0; whole--)
		for (size_t i = 0; i < raw.ncategories; i++)
			if (whole == (!raw.categories[i].turn && !raw.categories[i].call))
				add_category(&d, raw.categories[i].taxonomy, raw.categories[i].path);
	for (size_t i = 0; i < rs->n; i++) {
		const struct rule *r = &rs->rules[i];
		if ((r->format.p && !str_eq(r->format, raw.format)) || !filter_match(r->filter->root, &record))
			continue;
		if (hits)
			hits[i / 64] |= (uint64_t)1 << (i % 64);
		for (size_t k = 0; k < r->nassigns; k++)
			apply(&d, r, &r->assigns[k]);
	}
	default_severity(raw.raw_severity, &out->severity);
	default_severity(raw.raw_item_severity, &out->item_severity);
	labels_apply(rs, &raw, out, add_label_category, &d);
	out->categories = d.categories;
	out->ncategories = d.n;
	out->score = primary_score(&raw, d.score);
	if (out->outcome == OUTCOME_NONE) {
		out->outcome = OUTCOME_MISSING;
		out->why = missing_because(&d);
	}
	locate(&d);
	arena_fini(&d.scratch);
}
