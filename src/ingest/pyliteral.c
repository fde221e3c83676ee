/* SPDX-License-Identifier: MIT
 *
 * Python literals as JSON text. A scanner that writes as it reads; nothing is evaluated.
 */
#include "ingest/pyliteral.h"

#include <stdlib.h>

#include "base/utf8.h"

enum { MAX_NESTING = 200 };

struct py {
	struct str s;
	size_t at;
	unsigned depth;
	struct buf *out;
	struct buf text; /* of the string in hand, decoded */
	struct err *err;
};

static enum status value(struct py *p);

static enum status bad(struct py *p, const char *why)
{
	return err_fail(p->err, "byte %zu: %s", p->at, why);
}

static int peek(const struct py *p, size_t ahead)
{
	return p->at + ahead < p->s.n ? (unsigned char)p->s.p[p->at + ahead] : -1;
}

static bool is_word(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

/* White space, comments and joined lines. */
static void skip_space(struct py *p)
{
	for (int c = peek(p, 0); c >= 0; c = peek(p, 0)) {
		if (c == '#') {
			while (peek(p, 0) >= 0 && peek(p, 0) != '\n')
				p->at++;
		} else if (c == ' ' || (c >= '\t' && c <= '\r') || (c == '\\' && (peek(p, 1) == '\n' || peek(p, 1) == '\r'))) {
			p->at++;
		} else {
			return;
		}
	}
}

/* ---- strings ---- */

static void add_cp(struct py *p, uint32_t cp)
{
	char bytes[4];
	bool surrogate = cp >= 0xD800 && cp <= 0xDFFF;
	buf_add(&p->text, bytes, utf8_encode(surrogate || cp > 0x10FFFF ? UTF8_REPLACEMENT : cp, bytes));
}

/* Up to max digits of that base at p->at + from; how many there were. */
static size_t digits_at(const struct py *p, size_t from, size_t max, unsigned base, uint32_t *out)
{
	size_t n = 0;
	*out = 0;
	for (; n < max; n++) {
		int c = peek(p, from + n);
		unsigned d = c >= '0' && c <= '9' ? (unsigned)(c - '0')
			: c >= 'a' && c <= 'f'    ? (unsigned)(c - 'a' + 10)
			: c >= 'A' && c <= 'F'    ? (unsigned)(c - 'A' + 10)
						  : 99;
		if (d >= base)
			break;
		*out = *out * base + d;
	}
	return n;
}

/* \xhh, \uhhhh, \Uhhhhhhhh; two escaped halves of a surrogate pair are one character, as their writer meant. */
static bool hex_escape(struct py *p, size_t want)
{
	uint32_t cp, low;
	if (digits_at(p, 2, want, 16, &cp) != want)
		return false;
	p->at += 2 + want;
	if (cp >= 0xD800 && cp < 0xDC00 && peek(p, 0) == '\\' && peek(p, 1) == 'u' && digits_at(p, 2, 4, 16, &low) == 4 &&
		low >= 0xDC00 && low < 0xE000) {
		p->at += 6;
		cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
	}
	add_cp(p, cp);
	return true;
}

/* A backslash: like Python, one that begins no escape stands for itself. */
static void escape(struct py *p)
{
	static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
	int c = peek(p, 1);
	const char *simple = c > 0 ? strchr(from, c) : NULL;
	uint32_t cp;
	if (simple) {
		buf_add_ch(&p->text, to[simple - from]);
		p->at += 2;
	} else if (c == '\n' || c == '\r') {
		p->at += c == '\r' && peek(p, 2) == '\n' ? 3 : 2;
	} else if (c >= '0' && c <= '7') {
		p->at += 1 + digits_at(p, 1, 3, 8, &cp);
		add_cp(p, cp);
	} else if (!((c == 'x' && hex_escape(p, 2)) || (c == 'u' && hex_escape(p, 4)) || (c == 'U' && hex_escape(p, 8)))) {
		buf_add_ch(&p->text, '\\');
		p->at++;
	}
}

/* One string with its prefix, appended to p->text. */
static enum status one_string(struct py *p, bool raw)
{
	char quote = p->s.p[p->at];
	size_t marks = peek(p, 1) == quote && peek(p, 2) == quote ? 3 : 1, start = p->at;
	p->at += marks;
	while (p->at < p->s.n) {
		char c = p->s.p[p->at];
		if (c == quote && (marks == 1 || (peek(p, 1) == quote && peek(p, 2) == quote))) {
			p->at += marks;
			return OK;
		}
		if (c == '\\' && !raw) {
			escape(p);
			continue;
		}
		size_t n = c == '\\' && p->at + 1 < p->s.n ? 2 : 1;
		buf_add(&p->text, p->s.p + p->at, n);
		p->at += n;
	}
	p->at = start;
	return bad(p, "this string does not end");
}

/* Length of a string prefix (r, b, u and pairs of them) before a quote, or -1. f-strings are no literals. */
static int prefix_length(const struct py *p, bool *raw)
{
	int n = 0;
	*raw = false;
	for (; n < 3; n++) {
		int c = peek(p, (size_t)n);
		if (c == '\'' || c == '"')
			return n;
		if (c <= 0 || !strchr("rRbBuU", c))
			return -1;
		*raw |= c == 'r' || c == 'R';
	}
	return -1;
}

/* Strings side by side are one. */
static enum status string(struct py *p)
{
	bool raw;
	buf_clear(&p->text);
	for (int n; (n = prefix_length(p, &raw)) >= 0; skip_space(p)) {
		p->at += (size_t)n;
		if (one_string(p, raw))
			return FAIL;
	}
	json_write_str(p->out, buf_str(&p->text));
	return OK;
}

/* ---- numbers and words ---- */

/* 0x, 0o, 0b: as decimal digits. */
static enum status based(struct py *p, unsigned base, bool minus)
{
	uint64_t v = 0;
	uint32_t d;
	size_t n = 0;
	for (p->at += 2; digits_at(p, 0, 1, base, &d) == 1 || peek(p, 0) == '_'; p->at++) {
		if (peek(p, 0) == '_')
			continue;
		if (v > (UINT64_MAX - d) / base)
			return bad(p, "a number of more than 64 bits");
		v = v * base + d;
		n++;
	}
	if (!n || is_word(peek(p, 0)))
		return bad(p, "not a number");
	buf_printf(p->out, "%s%llu", minus ? "-" : "", (unsigned long long)v);
	return OK;
}

static size_t take_digits(struct py *p, struct buf *out)
{
	size_t n = 0;
	for (int c; ((c = peek(p, 0)) >= '0' && c <= '9') || (c == '_' && n); p->at++) {
		if (c == '_')
			continue;
		buf_add_ch(out, (char)c);
		n++;
	}
	return n;
}

/* Python's decimal spelling as JSON wants it: "1." is 1.0, ".5" is 0.5, leading zeros go. */
static enum status decimal(struct py *p, bool minus)
{
	struct buf whole = {0};
	size_t n = take_digits(p, &whole);
	struct str w = buf_str(&whole);
	while (w.n > 1 && w.p[0] == '0')
		w = str_sub(w, 1, w.n);
	if (minus)
		buf_add_ch(p->out, '-');
	buf_add_str(p->out, w.n ? w : str_c("0"));
	buf_fini(&whole);
	if (peek(p, 0) == '.') {
		p->at++;
		buf_add_ch(p->out, '.');
		size_t after = take_digits(p, p->out);
		n += after;
		if (!after)
			buf_add_ch(p->out, '0');
	}
	if (n && (peek(p, 0) == 'e' || peek(p, 0) == 'E')) {
		buf_add_ch(p->out, 'e');
		p->at++;
		if (peek(p, 0) == '-' || peek(p, 0) == '+')
			buf_add_ch(p->out, p->s.p[p->at++]);
		n = take_digits(p, p->out);
	}
	return n && !is_word(peek(p, 0)) ? OK : bad(p, "not a number");
}

static bool word_is(struct py *p, const char *name)
{
	size_t n = strlen(name);
	if (!str_starts(str_sub(p->s, p->at, n), name) || is_word(peek(p, n)))
		return false;
	p->at += n;
	return true;
}

static enum status word(struct py *p, bool minus)
{
	static const char *const words[][2] = {{"None", "null"}, {"True", "true"}, {"False", "false"}, {"null", "null"},
		{"true", "true"}, {"false", "false"}, {"set()", "[]"}, {"Ellipsis", "null"}};
	static const char *const numbers[][2] = {{"nan", "NaN"}, {"NaN", "NaN"}, {"inf", "Infinity"}, {"Infinity", "Infinity"}};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		if (word_is(p, numbers[i][0])) {
			buf_printf(p->out, "%s%s", minus && i > 1 ? "-" : "", numbers[i][1]);
			return OK;
		}
	}
	for (size_t i = 0; !minus && i < sizeof words / sizeof *words; i++) {
		if (word_is(p, words[i][0])) {
			buf_add_c(p->out, words[i][1]);
			return OK;
		}
	}
	return bad(p, "not a Python literal");
}

static enum status number(struct py *p)
{
	bool minus = false;
	for (; peek(p, 0) == '-' || peek(p, 0) == '+'; skip_space(p))
		minus ^= p->s.p[p->at++] == '-';
	int c = peek(p, 0), next = peek(p, 1);
	if (c == '0' && next > 0 && strchr("xXoObB", next))
		return based(p, next == 'x' || next == 'X' ? 16 : next == 'o' || next == 'O' ? 8 : 2, minus);
	return (c >= '0' && c <= '9') || c == '.' ? decimal(p, minus) : word(p, minus);
}

/* ---- containers ---- */

/* Keys are strings: anything else written from `at` on becomes its spelling. */
static void spell_key(struct buf *out, size_t at)
{
	struct buf spelt = {0};
	if (out->p[at] == '"')
		return;
	json_write_str(&spelt, str_n(out->p + at, out->n - at));
	out->n = at;
	buf_add_str(out, buf_str(&spelt));
	buf_fini(&spelt);
}

/* A comma or the end; *more: another element follows. */
static enum status separator(struct py *p, char close, bool *more, bool *comma)
{
	skip_space(p);
	*comma = peek(p, 0) == ',';
	if (*comma) {
		p->at++;
		skip_space(p);
	}
	*more = peek(p, 0) != close;
	if (*more && peek(p, 0) < 0)
		return bad(p, "the text ends inside brackets");
	if (*more && !*comma)
		return bad(p, "a comma or the closing bracket is missing");
	p->at += !*more;
	return OK;
}

/* Behind the opening bracket. "(x)" is x, "(x,)" a tuple. */
static enum status sequence(struct py *p, char close)
{
	size_t start = p->out->n, n = 0;
	bool more, comma = false;
	skip_space(p);
	buf_add_ch(p->out, '[');
	more = peek(p, 0) != close;
	p->at += !more;
	for (; more; n++) {
		if (n)
			buf_add_ch(p->out, ',');
		if (value(p) || separator(p, close, &more, &comma))
			return FAIL;
	}
	if (close == ')' && n == 1 && !comma) {
		memmove(p->out->p + start, p->out->p + start + 1, p->out->n - start - 1);
		p->out->n--;
	} else {
		buf_add_ch(p->out, ']');
	}
	return OK;
}

/* Behind the brace: a dict, or a set when no colon follows the first element. */
static enum status braces(struct py *p)
{
	size_t start = p->out->n;
	bool more, comma, dict = true;
	skip_space(p);
	buf_add_ch(p->out, '{');
	more = peek(p, 0) != '}';
	p->at += !more;
	for (size_t n = 0; more; n++) {
		if (n)
			buf_add_ch(p->out, ',');
		size_t at = p->out->n;
		if (value(p))
			return FAIL;
		skip_space(p);
		if (!n)
			dict = peek(p, 0) == ':';
		if (dict) {
			spell_key(p->out, at);
			if (peek(p, 0) != ':')
				return bad(p, "a colon is missing");
			p->at++;
			buf_add_ch(p->out, ':');
			if (value(p))
				return FAIL;
		}
		if (separator(p, '}', &more, &comma))
			return FAIL;
	}
	if (!dict)
		p->out->p[start] = '[';
	buf_add_ch(p->out, dict ? '}' : ']');
	return OK;
}

static enum status value(struct py *p)
{
	bool raw;
	skip_space(p);
	int c = peek(p, 0);
	if (c < 0)
		return bad(p, "a value is missing");
	if (prefix_length(p, &raw) >= 0)
		return string(p);
	if (c != '{' && c != '[' && c != '(')
		return number(p);
	if (p->depth == MAX_NESTING)
		return bad(p, "nested too deep");
	p->depth++;
	p->at++;
	enum status st = c == '{' ? braces(p) : sequence(p, c == '[' ? ']' : ')');
	p->depth--;
	return st;
}

enum status pyliteral_json(struct buf *out, struct str text, size_t *used, struct err *err)
{
	struct py p = {.s = text, .out = out, .err = err};
	size_t before = out->n;
	enum status st = value(&p);
	if (!st && used)
		*used = p.at;
	if (!st && !used) {
		skip_space(&p);
		if (p.at < text.n)
			st = bad(&p, "something follows the literal");
	}
	if (st)
		out->n = before;
	buf_fini(&p.text);
	return st;
}

enum status pyliteral_read(struct arena *a, struct str text, const struct json **out, struct err *err)
{
	struct buf b = {0};
	enum status st = pyliteral_json(&b, text, NULL, err);
	if (!st)
		st = json_read(a, arena_str(a, buf_str(&b)), NULL, out, err);
	buf_fini(&b);
	return st;
}

size_t pyliteral_call(struct str text)
{
	size_t n = 0;
	while (n < text.n && (is_word((unsigned char)text.p[n]) || (n && text.p[n] == '.')))
		n++;
	bool name = n && !(text.p[0] >= '0' && text.p[0] <= '9') && text.p[n - 1] != '.';
	return name && n < text.n && (text.p[n] == '(' || text.p[n] == '{') ? n : 0;
}
