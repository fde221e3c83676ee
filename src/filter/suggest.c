/* SPDX-License-Identifier: MIT
 *
 * What the parser refuses, in words: unknown fields and values with the
 * nearest one that exists, comparisons that a field does not have.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "filter/parse.h"

enum status parse_fail(struct parser *p, size_t at, const char *fmt, ...)
{
	size_t column = 1;
	for (size_t i = 0; i < at && i < p->c.text.n; i++)
		column += ((unsigned char)p->c.text.p[i] & 0xc0) != 0x80;
	va_list ap;
	va_start(ap, fmt);
	char *text = xvasprintf(fmt, ap);
	va_end(ap);
	if (p->at)
		*p->at = at;
	err_usage(p->err, "column %zu: %s", column, text);
	free(text);
	return USAGE;
}

int parse_shown(struct str s)
{
	return s.n > 60 ? 60 : (int)s.n;
}

/* ---- did you mean ---- */

struct known {
	struct arena *a;
	const struct field *field;
	struct str wanted, nearest;
	size_t distance;
	bool found;
};

static void consider(struct known *k, struct str candidate)
{
	size_t max = k->wanted.n < 4 ? 1 : k->wanted.n < 12 ? 2 : 3;
	if (max >= k->distance)
		max = k->distance - 1;
	size_t d = str_distance(k->wanted, candidate, max);
	if (d > max)
		return;
	k->distance = d;
	k->nearest = arena_str(k->a, candidate);
}

static struct str last_step(struct str s)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '/' || s.p[i - 1] == ':')
			return str_sub(s, i, s.n);
	return s;
}

static void each_known(void *ctx, struct str value)
{
	struct known *k = ctx;
	if (k->found)
		return;
	if (k->field && k->field->kind == FIELD_CATEGORY) {
		struct node probe = {.kind = NODE_COMPARE, .field = k->field, .op = OP_IS, .values = &k->wanted, .nvalues = 1,
			.quoted = &(bool){true}};
		struct match_value v = {.text = value};
		k->found = filter_value_matches(&probe, &v);
		consider(k, last_step(value));
	} else {
		k->found = str_eq_nocase(k->wanted, value);
	}
	consider(k, value);
}

static struct known known_new(struct parser *p, const struct field *field, struct str wanted)
{
	return (struct known){.a = &p->f->arena, .field = field, .wanted = wanted, .distance = 4};
}

/* false when the values can not be listed. */
static bool known_values(struct parser *p, struct known *k, enum field_id id, struct str sub)
{
	return p->env && p->env->values && p->env->values(p->env->ctx, id, sub, each_known, k);
}

static enum status fail_unknown(struct parser *p, size_t at, const char *what, const struct known *k, const char *hint)
{
	if (k->nearest.p)
		return parse_fail(p, at, "unknown %s \"%.*s\"; did you mean \"%.*s\"?", what, parse_shown(k->wanted), k->wanted.p,
			parse_shown(k->nearest), k->nearest.p);
	return parse_fail(p, at, "unknown %s \"%.*s\"%s", what, parse_shown(k->wanted), k->wanted.p, hint);
}

/* ---- values ---- */

static void word_list(struct buf *out, const struct field *f, const struct filter_env *env)
{
	for (const char *const *w = f->words; *w; w++)
		if (filter_word_allowed(f, *w, env))
			buf_printf(out, "%s%s", out->n ? ", " : "", *w);
}

static enum status fail_word(struct parser *p, const struct node *n, struct str value, size_t at)
{
	struct known k = known_new(p, NULL, value);
	for (const char *const *w = n->field->words; *w; w++)
		if (filter_word_allowed(n->field, *w, p->env))
			consider(&k, str_c(*w));
	struct buf what = {0}, hint = {0}, list = {0};
	word_list(&list, n->field, p->env);
	buf_printf(&what, "value of %s", n->field->name);
	buf_printf(&hint, "; it is one of: %s", list.p);
	enum status st = fail_unknown(p, at, what.p, &k, hint.p);
	buf_fini(&what);
	buf_fini(&hint);
	buf_fini(&list);
	return st;
}

static enum status check_word(struct parser *p, struct node *n, size_t i, size_t at)
{
	struct str *value = &n->values[i];
	if (!n->quoted[i] && filter_has_glob(*value) && n->op == OP_IS) {
		for (const char *const *w = n->field->words; *w; w++)
			if (filter_word_allowed(n->field, *w, p->env) && str_glob(*value, str_c(*w)))
				return OK;
		return fail_word(p, n, *value, at);
	}
	const char *word = filter_word_find(n->field, *value);
	if (!word || !filter_word_allowed(n->field, word, p->env))
		return fail_word(p, n, *value, at);
	if (strcmp(word, "none") == 0)
		return OK;
	/* In its own spelling; quoted where that has a blank. */
	if (strchr(word, ' ') || strchr(word, ':'))
		n->quoted[i] = true;
	*value = str_c(word);
	return OK;
}

static enum status check_enum(struct parser *p, struct node *n, size_t i, size_t at)
{
	struct str value = n->values[i];
	bool none = str_eq_nocase(value, str_c("none"));
	enum outcome outcome = OUTCOME_NONE;
	enum severity severity = SEVERITY_UNRATED;
	enum task_kind kind = KIND_NONE;
	bool ok = n->field->kind == FIELD_SEVERITY ? severity_parse(value, &severity)
		: n->field->kind == FIELD_KIND ? none || kind_parse(value, &kind) : none || outcome_parse(value, &outcome);
	if (!ok)
		return fail_word(p, n, value, at);
	/* Only the one that was parsed is not 0. */
	n->numbers[i] = (double)severity + (double)kind + (double)outcome;
	n->quoted[i] = false;
	bool ordered = n->op != OP_IS && n->op != OP_EQ && n->op != OP_NE;
	if (ordered && n->numbers[i] < 1)
		return parse_fail(p, at, "\"%.*s\" has no place in the order of %s", parse_shown(value), value.p, n->field->name);
	return OK;
}

static enum status check_exists(struct parser *p, struct node *n, size_t i, size_t at)
{
	if (!p->env || !p->env->check_values || (!n->quoted[i] && filter_has_glob(n->values[i])))
		return OK;
	struct known k = known_new(p, n->field, n->values[i]);
	if (!known_values(p, &k, n->field->id, n->sub) || k.found)
		return OK;
	struct buf what = {0};
	if (n->field->id == F_TAXONOMY)
		buf_printf(&what, "category of %.*s", parse_shown(n->sub), n->sub.p);
	else
		buf_add_c(&what, n->field->name);
	enum status st = fail_unknown(p, at, what.p, &k, " (no result has it; a * at its end finds what starts so)");
	buf_fini(&what);
	return st;
}

static bool is_none(const struct node *n, size_t i)
{
	return n->op == OP_IS && !n->quoted[i] && str_eq_nocase(n->values[i], str_c("none"));
}

static enum status check_number(struct parser *p, struct node *n, size_t i, size_t at)
{
	struct str value = n->values[i];
	if (str_to_double(value, &n->numbers[i]))
		return OK;
	n->numbers[i] = (double)NAN;
	if (n->op == OP_IS && value.n && strchr("<=>", value.p[0]))
		return parse_fail(p, at, "write %s%.*s without the colon", n->field->name, parse_shown(value), value.p);
	return parse_fail(p, at, "%s needs a number, not \"%.*s\"", n->field->name, parse_shown(value), value.p);
}

enum status parse_check_value(struct parser *p, struct node *n, size_t i, size_t at)
{
	struct str value = n->values[i];
	enum field_kind kind = n->field->kind;
	if (kind == FIELD_OUTCOME || kind == FIELD_SEVERITY || kind == FIELD_KIND)
		return check_enum(p, n, i, at);
	if (n->field->words)
		return check_word(p, n, i, at);
	if (is_none(n, i))
		return OK;
	if (kind == FIELD_NUMBER)
		return check_number(p, n, i, at);
	if (kind == FIELD_TIME) {
		if (filter_time(value, &n->numbers[i], &n->until[i]))
			return OK;
		return parse_fail(p, at, "%s needs a time such as 2026-01-31 or 2026-01-31T12:00, not \"%.*s\"", n->field->name,
			parse_shown(value), value.p);
	}
	if (kind == FIELD_ANY) {
		if (str_to_double(value, &n->numbers[i]))
			return OK;
		n->numbers[i] = (double)NAN;
		bool ordered = n->op != OP_IS && n->op != OP_EQ && n->op != OP_NE;
		return ordered ? parse_fail(p, at, "%s needs a number, not \"%.*s\"", filter_op_text(n->op), parse_shown(value),
			value.p) : OK;
	}
	if (n->field->id == F_REVIEWER && !n->quoted[i] && str_eq_nocase(value, str_c("me"))) {
		if (p->lenient)
			return OK;
		if (!p->env || !p->env->me.p)
			return parse_fail(p, at, "nobody is \"me\" here; give the reviewer's name");
		n->values[i] = arena_str(&p->f->arena, p->env->me);
		n->quoted[i] = true;
		return OK;
	}
	if (n->field->id == F_ANSWER && !n->quoted[i] && n->op != OP_IS)
		return OK;
	return check_exists(p, n, i, at);
}

enum status parse_check_op(struct parser *p, const struct node *n, size_t at)
{
	enum field_kind kind = n->field->kind;
	bool ordered = n->op == OP_LT || n->op == OP_LE || n->op == OP_GT || n->op == OP_GE;
	bool has_order = kind == FIELD_NUMBER || kind == FIELD_ANY || kind == FIELD_TIME || kind == FIELD_SEVERITY;
	if (ordered && !has_order)
		return parse_fail(p, at, "%s has no order; use a colon", n->field->name);
	if (kind == FIELD_TURN && n->op != OP_IS && n->op != OP_EQ)
		return parse_fail(p, at, "%s takes a colon only", n->field->name);
	return OK;
}

static const struct field *find_taxonomy(struct parser *p, struct str name, struct known *k)
{
	const struct field *f = filter_field(F_TAXONOMY);
	if (p->lenient)
		return f;
	if (!filter_field_allowed(f, p->env))
		return NULL;
	struct known taxonomies = known_new(p, NULL, name);
	known_values(p, &taxonomies, F_TAXONOMY, str_n(NULL, 0));
	if (taxonomies.nearest.p && taxonomies.distance < k->distance) {
		k->nearest = taxonomies.nearest;
		k->distance = taxonomies.distance;
	}
	return taxonomies.found ? f : NULL;
}

enum status parse_find_field(struct parser *p, struct str name, struct node *n)
{
	n->field = filter_field_find(name, &n->sub);
	if (n->field && p->env && p->env->rules && !n->field->rules)
		return parse_fail(p, n->at, "%s can not be used in a rule: rules see raw facts only", n->field->name);
	if (n->field && filter_field_allowed(n->field, p->env))
		return OK;
	struct known k = known_new(p, NULL, name);
	for (const struct field *f = filter_fields; f->name; f++)
		if (f->id != F_TAXONOMY && filter_field_allowed(f, p->env))
			consider(&k, str_c(f->name));
	n->field = n->field ? NULL : find_taxonomy(p, name, &k);
	if (!n->field)
		return fail_unknown(p, n->at, "field", &k, "; for a category write category:TAXONOMY:NAME, for words use quotes");
	n->sub = name;
	return OK;
}

enum status parse_check_sub(struct parser *p, const struct node *n)
{
	if (!n->field->prefix || !p->env || !p->env->check_values)
		return OK;
	struct known k = known_new(p, NULL, n->sub);
	if (!known_values(p, &k, n->field->id, str_n(NULL, 0)) || k.found)
		return OK;
	return fail_unknown(p, n->at, n->field->id == F_SCORE_NAME ? "score" : "name behind the dot", &k, "");
}
