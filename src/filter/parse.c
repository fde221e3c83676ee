/* SPDX-License-Identifier: MIT
 *
 * The parser: recursive descent over the text, one function per rule of the
 * grammar in filter.h. Every message names the column.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "filter/internal.h"

struct parser {
	struct cursor c;
	struct filter *f;
	const struct filter_env *env; /* may be NULL */
	bool lenient;
	unsigned depth;
	size_t *at;
	struct err *err;
};

static enum status parse_or(struct parser *p, struct node **out);

__attribute__((format(printf, 3, 4))) static enum status fail_at(struct parser *p, size_t at, const char *fmt, ...)
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

/* For %.*s of text that the user wrote; long ones are cut. */
static int shown(struct str s)
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
		struct node probe = {.kind = NODE_COMPARE, .field = k->field, .op = OP_IS, .values = &k->wanted, .nvalues = 1, .quoted = &(bool){true}};
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
		return fail_at(p, at, "unknown %s \"%.*s\"; did you mean \"%.*s\"?", what, shown(k->wanted), k->wanted.p, shown(k->nearest), k->nearest.p);
	return fail_at(p, at, "unknown %s \"%.*s\"%s", what, shown(k->wanted), k->wanted.p, hint);
}

/* ---- nodes ---- */

static struct node *node_new(struct parser *p, enum node_kind kind, size_t at)
{
	struct node *n = arena_calloc(&p->f->arena, 1, sizeof *n);
	n->kind = kind;
	n->at = at;
	n->sub = str_n(NULL, 0);
	return n;
}

static void grow(struct arena *a, void **items, size_t n, size_t size)
{
	if (n & (n - 1))
		return;
	void *more = arena_alloc(a, (n ? 2 * n : 1) * size);
	if (n)
		memcpy(more, *items, n * size);
	*items = more;
}

static void node_add_child(struct parser *p, struct node *n, struct node *child)
{
	void *items = n->children;
	grow(&p->f->arena, &items, n->nchildren, sizeof *n->children);
	n->children = items;
	n->children[n->nchildren++] = child;
}

static void node_add_value(struct parser *p, struct node *n, struct str value, bool quoted)
{
	void *values = n->values, *flags = n->quoted, *numbers = n->numbers, *until = n->until;
	grow(&p->f->arena, &values, n->nvalues, sizeof *n->values);
	grow(&p->f->arena, &flags, n->nvalues, sizeof *n->quoted);
	grow(&p->f->arena, &numbers, n->nvalues, sizeof *n->numbers);
	grow(&p->f->arena, &until, n->nvalues, sizeof *n->until);
	n->values = values;
	n->quoted = flags;
	n->numbers = numbers;
	n->until = until;
	n->values[n->nvalues] = value;
	n->quoted[n->nvalues] = quoted;
	n->numbers[n->nvalues] = n->until[n->nvalues] = (double)NAN;
	n->nvalues++;
}

/* ---- values of a comparison ---- */

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
	n->numbers[i] = n->field->kind == FIELD_SEVERITY ? (double)severity : n->field->kind == FIELD_KIND ? (double)kind : (double)outcome;
	n->quoted[i] = false;
	bool ordered = n->op != OP_IS && n->op != OP_EQ && n->op != OP_NE;
	if (ordered && n->numbers[i] < 1)
		return fail_at(p, at, "\"%.*s\" has no place in the order of %s", shown(value), value.p, n->field->name);
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
		buf_printf(&what, "category of %.*s", shown(n->sub), n->sub.p);
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
		return fail_at(p, at, "write %s%.*s without the colon", n->field->name, shown(value), value.p);
	return fail_at(p, at, "%s needs a number, not \"%.*s\"", n->field->name, shown(value), value.p);
}

static enum status check_value(struct parser *p, struct node *n, size_t i, size_t at)
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
		return fail_at(p, at, "%s needs a time such as 2026-01-31 or 2026-01-31T12:00, not \"%.*s\"", n->field->name, shown(value), value.p);
	}
	if (kind == FIELD_ANY) {
		if (!n->quoted[i] && str_to_double(value, &n->numbers[i]))
			return OK;
		n->numbers[i] = (double)NAN;
		bool ordered = n->op != OP_IS && n->op != OP_EQ && n->op != OP_NE;
		return ordered ? fail_at(p, at, "%s needs a number, not \"%.*s\"", filter_op_text(n->op), shown(value), value.p) : OK;
	}
	if (n->field->id == F_REVIEWER && !n->quoted[i] && str_eq_nocase(value, str_c("me"))) {
		if (p->lenient)
			return OK;
		if (!p->env || !p->env->me.p)
			return fail_at(p, at, "nobody is \"me\" here; give the reviewer's name");
		n->values[i] = arena_str(&p->f->arena, p->env->me);
		n->quoted[i] = true;
		return OK;
	}
	if (n->field->id == F_ANSWER && !n->quoted[i] && n->op != OP_IS)
		return OK;
	return check_exists(p, n, i, at);
}

static enum status parse_value(struct parser *p, struct node *n)
{
	size_t at = p->c.at;
	bool quoted = at < p->c.text.n && p->c.text.p[at] == '"';
	struct str value;
	if (quoted) {
		if (!lex_quoted(&p->c, &p->f->arena, &value))
			return fail_at(p, at, "this quotation does not end");
	} else {
		value = lex_value(&p->c);
		if (value.n == 0)
			return fail_at(p, at, "a value is missing behind \"%.*s\"", shown(str_sub(p->c.text, n->at, at - n->at)), p->c.text.p + n->at);
	}
	node_add_value(p, n, value, quoted);
	return p->lenient && n->field->id == F_TAXONOMY ? OK : check_value(p, n, n->nvalues - 1, at);
}

static enum status parse_values(struct parser *p, struct node *n)
{
	for (;;) {
		enum status st = parse_value(p, n);
		if (st != OK)
			return st;
		if (p->c.at >= p->c.text.n || p->c.text.p[p->c.at] != ',')
			return OK;
		if (n->op != OP_IS)
			return fail_at(p, p->c.at, "a list needs a colon: %s:a,b", n->field->name);
		p->c.at++;
	}
}

/* `reviewed`, `reviewed:yes`, `reviewed:no`. */
static enum status finish_flag(struct parser *p, struct node *n, struct node **out)
{
	size_t at = p->c.at;
	struct str word = lex_value(&p->c);
	bool no = str_eq_nocase(word, str_c("no")) || str_eq_nocase(word, str_c("false"));
	if (!no && !str_eq_nocase(word, str_c("yes")) && !str_eq_nocase(word, str_c("true")))
		return fail_at(p, at, "%s stands alone, or takes yes or no", n->field->name);
	n->op = OP_IS;
	n->len = p->c.at - n->at;
	*out = n;
	if (no) {
		*out = node_new(p, NODE_NOT, n->at);
		(*out)->len = n->len;
		node_add_child(p, *out, n);
	}
	return OK;
}

static enum status check_op(struct parser *p, const struct node *n, size_t at)
{
	enum field_kind kind = n->field->kind;
	bool ordered = n->op == OP_LT || n->op == OP_LE || n->op == OP_GT || n->op == OP_GE;
	bool has_order = kind == FIELD_NUMBER || kind == FIELD_ANY || kind == FIELD_TIME || kind == FIELD_SEVERITY;
	if (ordered && !has_order)
		return fail_at(p, at, "%s has no order; use a colon", n->field->name);
	if (kind == FIELD_TURN && n->op != OP_IS && n->op != OP_EQ)
		return fail_at(p, at, "%s takes a colon only", n->field->name);
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

static enum status find_field(struct parser *p, struct str name, struct node *n)
{
	n->field = filter_field_find(name, &n->sub);
	if (n->field && p->env && p->env->rules && !n->field->rules)
		return fail_at(p, n->at, "%s can not be used in a rule: rules see raw facts only", n->field->name);
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

static enum status check_sub(struct parser *p, const struct node *n)
{
	if (!n->field->prefix || !p->env || !p->env->check_values)
		return OK;
	struct known k = known_new(p, NULL, n->sub);
	if (!known_values(p, &k, n->field->id, str_n(NULL, 0)) || k.found)
		return OK;
	return fail_unknown(p, n->at, n->field->id == F_SCORE_NAME ? "score" : "name behind the dot", &k, "");
}

static enum status parse_compare(struct parser *p, struct str name, size_t at, struct node **out)
{
	struct node *n = node_new(p, NODE_COMPARE, at);
	enum status st = find_field(p, name, n);
	if (st != OK)
		return st;
	if ((st = check_sub(p, n)) != OK)
		return st;
	size_t op_at = p->c.at;
	if (!lex_op(&p->c, &n->op))
		return fail_at(p, op_at, "a comparison is missing behind \"%.*s\"", shown(name), name.p);
	if ((st = check_op(p, n, op_at)) != OK)
		return st;
	if (n->field->kind == FIELD_FLAG && !n->field->words)
		return finish_flag(p, n, out);
	if ((st = parse_values(p, n)) != OK)
		return st;
	n->len = p->c.at - at;
	*out = n;
	return OK;
}

/* ---- words ---- */

static enum status text_allowed(struct parser *p, size_t at)
{
	return p->env && p->env->rules ? fail_at(p, at, "a rule sees no transcript: words need a field") : OK;
}

static enum status parse_text(struct parser *p, struct str value, bool quoted, size_t at, struct node **out)
{
	enum status st = text_allowed(p, at);
	if (st != OK)
		return st;
	struct str body = value;
	if (!quoted && body.n && body.p[body.n - 1] == '*')
		body.n--;
	if (!quoted && body.n && memchr(body.p, '*', body.n))
		return fail_at(p, at, "a word takes a * at its end only; for more use /a regular expression/");
	size_t from = 0, tokens = 0;
	struct str token, first = {NULL, 0};
	while (token_next(body, &from, &token))
		if (tokens++ == 0)
			first = token;
	if (tokens == 0)
		return fail_at(p, at, "\"%.*s\" has no letter or digit; to find signs use /a regular expression/", shown(value), value.p);
	bool prefix_cut = body.n < value.n && token.p + token.n != body.p + body.n;
	if (prefix_cut)
		return fail_at(p, at, "a * needs a letter or digit in front of it");
	struct node *n = node_new(p, tokens == 1 && first.n == body.n ? NODE_WORD : NODE_PHRASE, at);
	node_add_value(p, n, value, quoted);
	n->len = p->c.at - at;
	*out = n;
	return OK;
}

static enum status parse_regex(struct parser *p, struct node **out)
{
	size_t at = p->c.at;
	struct str pattern;
	enum status st = text_allowed(p, at);
	if (st != OK)
		return st;
	if (!lex_regex(&p->c, &pattern))
		return fail_at(p, at, "this regular expression does not end; to find a slash use quotes");
	if (pattern.n == 0)
		return fail_at(p, at, "the regular expression is empty");
	struct node *n = node_new(p, NODE_REGEX, at);
	node_add_value(p, n, pattern, false);
	n->len = p->c.at - at;
	struct text_matcher *m;
	struct err why = {0};
	if (text_matcher_new(n, &m, &why) != OK) {
		st = fail_at(p, at, "%s", err_text(&why));
		err_fini(&why);
		return st;
	}
	text_matcher_free(m);
	*out = n;
	return OK;
}

/* A flag such as `reviewed`, else a word. */
static enum status parse_word(struct parser *p, size_t at, struct node **out)
{
	struct str word = lex_word(&p->c), sub;
	if (lex_is_keyword(word, "or") || lex_is_keyword(word, "and"))
		return fail_at(p, at, "a term is missing in front of \"%.*s\" (to find the word itself, quote it)", shown(word), word.p);
	const struct field *f = filter_field_find(word, &sub);
	if (!f || f->kind != FIELD_FLAG || f->words || !filter_field_allowed(f, p->env))
		return parse_text(p, word, false, at, out);
	struct node *n = node_new(p, NODE_COMPARE, at);
	n->field = f;
	n->len = word.n;
	*out = n;
	return OK;
}

/* score."any name">=0.5: the quoted part joins the name. */
static enum status quoted_name(struct parser *p, struct str *name)
{
	size_t at = p->c.at;
	bool dot = name->n && name->p[name->n - 1] == '.';
	if (!dot || at >= p->c.text.n || p->c.text.p[at] != '"')
		return OK;
	struct str sub;
	if (!lex_quoted(&p->c, &p->f->arena, &sub))
		return fail_at(p, at, "this quotation does not end");
	*name = arena_printf(&p->f->arena, "%.*s%.*s", (int)name->n, name->p, (int)sub.n, sub.p);
	return OK;
}

static enum status parse_bare(struct parser *p, struct node **out)
{
	size_t at = p->c.at;
	enum filter_op op;
	struct str name = lex_name(&p->c);
	size_t name_end = p->c.at;
	enum status st = quoted_name(p, &name);
	if (st != OK)
		return st;
	struct cursor peek = p->c;
	if (name.n && lex_op(&peek, &op))
		return parse_compare(p, name, at, out);
	if (p->c.at != name_end)
		return fail_at(p, p->c.at, "a comparison is missing behind \"%.*s\"", shown(name), name.p);
	p->c.at = at;
	return parse_word(p, at, out);
}

static enum status parse_quoted(struct parser *p, struct node **out)
{
	size_t at = p->c.at;
	struct str value;
	if (!lex_quoted(&p->c, &p->f->arena, &value))
		return fail_at(p, at, "this quotation does not end");
	return parse_text(p, value, true, at, out);
}

static enum status parse_group(struct parser *p, struct node **out)
{
	size_t at = p->c.at++;
	lex_skip_blanks(&p->c);
	if (p->c.at < p->c.text.n && p->c.text.p[p->c.at] == ')')
		return fail_at(p, at, "there is nothing in these parentheses");
	if (++p->depth > FILTER_MAX_DEPTH)
		return fail_at(p, at, "more than %d levels of parentheses and negation", FILTER_MAX_DEPTH);
	enum status st = parse_or(p, out);
	if (st != OK)
		return st;
	p->depth--;
	if (p->c.at >= p->c.text.n || p->c.text.p[p->c.at] != ')')
		return fail_at(p, at, "this parenthesis is not closed");
	p->c.at++;
	return OK;
}

static enum status parse_atom(struct parser *p, struct node **out)
{
	enum status st;
	if (p->c.at >= p->c.text.n)
		return fail_at(p, p->c.at, "a term is missing at the end");
	char c = p->c.text.p[p->c.at];
	if (c == '(')
		return parse_group(p, out);
	if (c == ')')
		return fail_at(p, p->c.at, "a term is missing in front of this parenthesis");
	st = c == '"' ? parse_quoted(p, out) : c == '/' ? parse_regex(p, out) : parse_bare(p, out);
	if (st != OK)
		return st;
	if (p->c.at < p->c.text.n && !lex_is_blank(p->c.text.p[p->c.at]) && p->c.text.p[p->c.at] != ')')
		return fail_at(p, p->c.at, "a blank is missing here; text with such signs needs quotes");
	return OK;
}

/* Takes the keyword when it is next. */
static bool take_keyword(struct parser *p, const char *keyword)
{
	struct cursor peek = p->c;
	if (!lex_is_keyword(lex_word(&peek), keyword))
		return false;
	p->c = peek;
	return true;
}

static bool at_keyword(struct parser *p, const char *keyword)
{
	struct cursor peek = p->c;
	return lex_is_keyword(lex_word(&peek), keyword);
}

static enum status parse_not(struct parser *p, struct node **out)
{
	size_t at = p->c.at;
	bool dash = at < p->c.text.n && p->c.text.p[at] == '-';
	if (!dash && !take_keyword(p, "not"))
		return parse_atom(p, out);
	if (dash)
		p->c.at++;
	else
		lex_skip_blanks(&p->c);
	if (dash && (p->c.at >= p->c.text.n || lex_is_blank(p->c.text.p[p->c.at])))
		return fail_at(p, at, "a term must stand right behind the minus");
	if (++p->depth > FILTER_MAX_DEPTH)
		return fail_at(p, at, "more than %d levels of parentheses and negation", FILTER_MAX_DEPTH);
	struct node *child, *n = node_new(p, NODE_NOT, at);
	enum status st = parse_not(p, &child);
	if (st != OK)
		return st;
	p->depth--;
	node_add_child(p, n, child);
	n->len = p->c.at - at;
	*out = n;
	return OK;
}

static bool at_end_of_and(struct parser *p)
{
	lex_skip_blanks(&p->c);
	return p->c.at >= p->c.text.n || p->c.text.p[p->c.at] == ')' || at_keyword(p, "or");
}

static enum status parse_and(struct parser *p, struct node **out)
{
	lex_skip_blanks(&p->c);
	struct node *n = node_new(p, NODE_AND, p->c.at), *child;
	for (;;) {
		enum status st = parse_not(p, &child);
		if (st != OK)
			return st;
		node_add_child(p, n, child);
		n->len = p->c.at - n->at;
		if (at_end_of_and(p))
			break;
		if (take_keyword(p, "and"))
			lex_skip_blanks(&p->c);
	}
	*out = n->nchildren == 1 ? n->children[0] : n;
	return OK;
}

static enum status parse_or(struct parser *p, struct node **out)
{
	struct node *n = node_new(p, NODE_OR, p->c.at), *child;
	for (;;) {
		enum status st = parse_and(p, &child);
		if (st != OK)
			return st;
		node_add_child(p, n, child);
		n->len = p->c.at - n->at;
		if (!take_keyword(p, "or"))
			break;
	}
	*out = n->nchildren == 1 ? n->children[0] : n;
	return OK;
}

/* ---- the whole text ---- */

static enum status check_text(struct parser *p)
{
	if (p->c.text.n > FILTER_MAX_BYTES)
		return fail_at(p, 0, "a filter may have %d bytes, this one has %zu", FILTER_MAX_BYTES, p->c.text.n);
	uint32_t cp;
	size_t n;
	for (size_t at = 0; (n = char_next(str_sub(p->c.text, at, p->c.text.n), &cp)) != 0; at += n)
		if (cp == UINT32_MAX || cp == 0)
			return fail_at(p, at, cp ? "a byte that is not UTF-8" : "a NUL character");
	return OK;
}

static enum status parse_all(struct parser *p)
{
	enum status st = check_text(p);
	if (st != OK)
		return st;
	lex_skip_blanks(&p->c);
	if (p->c.at == p->c.text.n) {
		p->f->root = node_new(p, NODE_ALL, 0);
		return OK;
	}
	if ((st = parse_or(p, &p->f->root)) != OK)
		return st;
	return p->c.at < p->c.text.n ? fail_at(p, p->c.at, "this parenthesis closes nothing") : OK;
}

static enum status parse(struct str text, const struct filter_env *env, bool lenient, struct filter **out, size_t *at, struct err *err)
{
	struct filter *f = xcalloc(1, sizeof *f);
	f->text = arena_str(&f->arena, text.p ? text : str_c(""));
	struct parser p = {.c = {.text = f->text}, .f = f, .env = env, .lenient = lenient, .at = at, .err = err};
	enum status st = parse_all(&p);
	*out = f;
	if (st != OK) {
		filter_free(f);
		*out = NULL;
	}
	return st;
}

enum status filter_parse(struct str text, const struct filter_env *env, struct filter **out, size_t *at, struct err *err)
{
	return parse(text, env, false, out, at, err);
}

enum status filter_parse_lenient(struct str text, struct filter **out, struct err *err)
{
	return parse(text, NULL, true, out, NULL, err);
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	arena_fini(&f->arena);
	free(f);
}
