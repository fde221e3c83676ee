/* SPDX-License-Identifier: MIT
 *
 * The characters of a filter: names, values, comparisons, quotes.
 */
#include "filter/internal.h"

bool lex_is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

void lex_skip_blanks(struct cursor *c)
{
	while (c->at < c->text.n && lex_is_blank(c->text.p[c->at]))
		c->at++;
}

static bool ends_word(char c)
{
	return lex_is_blank(c) || c == '(' || c == ')' || c == '"';
}

static bool is_op(const struct cursor *c, size_t at)
{
	char ch = c->text.p[at];
	if (ch == '!')
		return at + 1 < c->text.n && c->text.p[at + 1] == '=';
	return ch == ':' || ch == '=' || ch == '<' || ch == '>';
}

struct str lex_name(struct cursor *c)
{
	size_t from = c->at;
	while (c->at < c->text.n && !ends_word(c->text.p[c->at]) && c->text.p[c->at] != ',' && !is_op(c, c->at))
		c->at++;
	return str_sub(c->text, from, c->at - from);
}

struct str lex_word(struct cursor *c)
{
	size_t from = c->at;
	while (c->at < c->text.n && !ends_word(c->text.p[c->at]))
		c->at++;
	return str_sub(c->text, from, c->at - from);
}

struct str lex_value(struct cursor *c)
{
	size_t from = c->at;
	while (c->at < c->text.n && !ends_word(c->text.p[c->at]) && c->text.p[c->at] != ',')
		c->at++;
	return str_sub(c->text, from, c->at - from);
}

static const struct {
	const char *text;
	enum filter_op op;
} ops[] = {
	/* The longer ones first. */
	{"!=", OP_NE}, {"<=", OP_LE}, {">=", OP_GE}, {":", OP_IS}, {"=", OP_EQ}, {"<", OP_LT}, {">", OP_GT},
};

bool lex_op(struct cursor *c, enum filter_op *op)
{
	struct str rest = str_sub(c->text, c->at, c->text.n);
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (str_starts(rest, ops[i].text)) {
			*op = ops[i].op;
			c->at += strlen(ops[i].text);
			return true;
		}
	return false;
}

const char *filter_op_text(enum filter_op op)
{
	size_t i = 0;
	while (ops[i].op != op)
		i++;
	return ops[i].text;
}

/* The position of the quote that ends the quotation, or SIZE_MAX. */
static size_t quote_end(const struct cursor *c)
{
	for (size_t i = c->at + 1; i < c->text.n; i++) {
		if (c->text.p[i] == '"')
			return i;
		if (c->text.p[i] == '\\')
			i++;
	}
	return SIZE_MAX;
}

bool lex_quoted(struct cursor *c, struct arena *a, struct str *out)
{
	size_t end = quote_end(c), n = 0;
	if (end == SIZE_MAX)
		return false;
	char *p = arena_alloc(a, end - c->at);
	for (size_t i = c->at + 1; i < end; i++) {
		if (c->text.p[i] == '\\' && (c->text.p[i + 1] == '"' || c->text.p[i + 1] == '\\'))
			i++;
		p[n++] = c->text.p[i];
	}
	c->at = end + 1;
	*out = str_n(p, n);
	return true;
}

bool lex_regex(struct cursor *c, struct str *out)
{
	for (size_t i = c->at + 1; i < c->text.n; i++) {
		if (c->text.p[i] == '/') {
			*out = str_sub(c->text, c->at + 1, i - c->at - 1);
			c->at = i + 1;
			return true;
		}
		if (c->text.p[i] == '\\')
			i++;
	}
	return false;
}

bool lex_is_keyword(struct str word, const char *keyword)
{
	if (!str_eq_nocase(word, str_c(keyword)))
		return false;
	bool upper = word.p[0] >= 'A' && word.p[0] <= 'Z';
	for (size_t i = 1; i < word.n; i++)
		if ((word.p[i] >= 'A' && word.p[i] <= 'Z') != upper)
			return false;
	return true;
}

bool filter_has_glob(struct str value)
{
	return value.n && (memchr(value.p, '*', value.n) || memchr(value.p, '?', value.n));
}

bool lex_needs_quotes(const struct field *field, struct str value)
{
	if (value.n == 0 || strchr("=<>!\"", value.p[0]) || filter_has_glob(value) || str_eq_nocase(value, str_c("none")))
		return true;
	if (field && field->id == F_REVIEWER && str_eq_nocase(value, str_c("me")))
		return true;
	if (field && field->id == F_ANSWER && str_eq_nocase(value, str_c("target")))
		return true;
	for (size_t i = 0; i < value.n; i++)
		if (ends_word(value.p[i]) || value.p[i] == ',')
			return true;
	return false;
}

void lex_write_quoted(struct buf *out, struct str s)
{
	buf_add_ch(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_add_ch(out, '\\');
		buf_add_ch(out, s.p[i]);
	}
	buf_add_ch(out, '"');
}
