/* SPDX-License-Identifier: MIT
 *
 * The parser: recursive descent over the text, one function per rule of the
 * grammar in filter.h. Every message names the column.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "filter/parse.h"

static enum status parse_or(struct parser *p, struct node **out);

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

static enum status parse_value(struct parser *p, struct node *n)
{
	size_t at = p->c.at;
	bool quoted = at < p->c.text.n && p->c.text.p[at] == '"';
	struct str value;
	if (quoted) {
		if (!lex_quoted(&p->c, &p->f->arena, &value))
			return parse_fail(p, at, "this quotation does not end");
	} else {
		value = lex_value(&p->c);
		if (value.n == 0)
			return parse_fail(p, at, "a value is missing behind \"%.*s\"", parse_shown(str_sub(p->c.text, n->at,
				at - n->at)), p->c.text.p + n->at);
	}
	node_add_value(p, n, value, quoted);
	return p->lenient && n->field->id == F_TAXONOMY ? OK : parse_check_value(p, n, n->nvalues - 1, at);
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
			return parse_fail(p, p->c.at, "a list needs a colon: %s:a,b", n->field->name);
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
		return parse_fail(p, at, "%s stands alone, or takes yes or no", n->field->name);
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

static enum status parse_compare(struct parser *p, struct str name, size_t at, struct node **out)
{
	struct node *n = node_new(p, NODE_COMPARE, at);
	enum status st = parse_find_field(p, name, n);
	if (st != OK)
		return st;
	if ((st = parse_check_sub(p, n)) != OK)
		return st;
	size_t op_at = p->c.at;
	if (!lex_op(&p->c, &n->op))
		return parse_fail(p, op_at, "a comparison is missing behind \"%.*s\"", parse_shown(name), name.p);
	if ((st = parse_check_op(p, n, op_at)) != OK)
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
	return p->env && p->env->rules ? parse_fail(p, at, "a rule sees no transcript: words need a field") : OK;
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
		return parse_fail(p, at, "a word takes a * at its end only; for more use /a regular expression/");
	size_t from = 0, tokens = 0;
	struct str token, first = {NULL, 0};
	while (token_next(body, &from, &token))
		if (tokens++ == 0)
			first = token;
	if (tokens == 0)
		return parse_fail(p, at, "\"%.*s\" has no letter or digit; to find signs use /a regular expression/",
			parse_shown(value), value.p);
	bool prefix_cut = body.n < value.n && token.p + token.n != body.p + body.n;
	if (prefix_cut)
		return parse_fail(p, at, "a * needs a letter or digit in front of it");
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
		return parse_fail(p, at, "this regular expression does not end; to find a slash use quotes");
	if (pattern.n == 0)
		return parse_fail(p, at, "the regular expression is empty");
	struct node *n = node_new(p, NODE_REGEX, at);
	node_add_value(p, n, pattern, false);
	n->len = p->c.at - at;
	struct text_matcher *m;
	struct err why = {0};
	if (text_matcher_new(n, &m, &why) != OK) {
		st = parse_fail(p, at, "%s", err_text(&why));
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
		return parse_fail(p, at, "a term is missing in front of \"%.*s\" (to find the word itself, quote it)",
			parse_shown(word), word.p);
	struct cursor start = {.text = word};
	enum filter_op op;
	if (lex_op(&start, &op))
		return parse_fail(p, at, "a comparison takes no blank in front of it: field%svalue", filter_op_text(op));
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
		return parse_fail(p, at, "this quotation does not end");
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
		return parse_fail(p, p->c.at, "a comparison is missing behind \"%.*s\"", parse_shown(name), name.p);
	p->c.at = at;
	return parse_word(p, at, out);
}

static enum status parse_quoted(struct parser *p, struct node **out)
{
	size_t at = p->c.at;
	struct str value;
	if (!lex_quoted(&p->c, &p->f->arena, &value))
		return parse_fail(p, at, "this quotation does not end");
	return parse_text(p, value, true, at, out);
}

static enum status parse_group(struct parser *p, struct node **out)
{
	size_t at = p->c.at++;
	lex_skip_blanks(&p->c);
	if (p->c.at < p->c.text.n && p->c.text.p[p->c.at] == ')')
		return parse_fail(p, at, "there is nothing in these parentheses");
	if (++p->depth > FILTER_MAX_DEPTH)
		return parse_fail(p, at, "more than %d levels of parentheses and negation", FILTER_MAX_DEPTH);
	enum status st = parse_or(p, out);
	if (st != OK)
		return st;
	p->depth--;
	if (p->c.at >= p->c.text.n || p->c.text.p[p->c.at] != ')')
		return parse_fail(p, at, "this parenthesis is not closed");
	p->c.at++;
	return OK;
}

static enum status parse_atom(struct parser *p, struct node **out)
{
	enum status st;
	if (p->c.at >= p->c.text.n)
		return parse_fail(p, p->c.at, "a term is missing at the end");
	char c = p->c.text.p[p->c.at];
	if (c == '(')
		return parse_group(p, out);
	if (c == ')')
		return parse_fail(p, p->c.at, "a term is missing in front of this parenthesis");
	st = c == '"' ? parse_quoted(p, out) : c == '/' ? parse_regex(p, out) : parse_bare(p, out);
	if (st != OK)
		return st;
	if (p->c.at < p->c.text.n && !lex_is_blank(p->c.text.p[p->c.at]) && p->c.text.p[p->c.at] != ')')
		return parse_fail(p, p->c.at, "a blank is missing here; text with such signs needs quotes");
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
		return parse_fail(p, at, "a term must stand right behind the minus");
	if (++p->depth > FILTER_MAX_DEPTH)
		return parse_fail(p, at, "more than %d levels of parentheses and negation", FILTER_MAX_DEPTH);
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
		return parse_fail(p, 0, "a filter may have %d bytes, this one has %zu", FILTER_MAX_BYTES, p->c.text.n);
	uint32_t cp;
	size_t n;
	for (size_t at = 0; (n = char_next(str_sub(p->c.text, at, p->c.text.n), &cp)) != 0; at += n)
		if (cp == UINT32_MAX || cp == 0)
			return parse_fail(p, at, cp ? "a byte that is not UTF-8" : "a NUL character");
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
	return p->c.at < p->c.text.n ? parse_fail(p, p->c.at, "this parenthesis closes nothing") : OK;
}

static enum status parse(struct str text, const struct filter_env *env, bool lenient, struct filter **out,
	size_t *at, struct err *err)
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
