/* SPDX-License-Identifier: MIT
 *
 * Reading JSON: one pass over the bytes, an explicit stack instead of
 * recursion, and no copy of a string that needs none.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* An open array or object. `keys` is a 64-bit sketch of the names seen, so that only an object that may
 * hold a duplicate is searched for one. */
struct level {
	struct json *node, *last;
	uint64_t keys;
	bool suspect;
};

struct reader {
	struct arena *arena;
	const char *base, *p, *end;
	struct json_repairs *repairs;
	struct err *err;
	size_t depth;
	struct level levels[JSON_MAX_DEPTH];
};

static enum status bad(struct reader *r, const char *at, const char *why)
{
	return err_fail(r->err, "byte %zu: %s", (size_t)(at - r->base), at >= r->end ? "the text ends in the middle of a value" : why);
}

static void skip_blank(struct reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
		r->p++;
}

/* --- strings --- */

/* Walks to the closing quote. *escaped: there are backslashes; *odd: there are NULs or bytes above 0x7f. */
static const char *string_end(const char *p, const char *end, bool *escaped, bool *odd)
{
	unsigned seen = 0;
	for (;;) {
#ifdef __SSE2__
		const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), zero = _mm_setzero_si128();
		while (end - p >= 16) {
			__m128i v;
			memcpy(&v, p, sizeof v);
			unsigned stop = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));
			unsigned high = (unsigned)_mm_movemask_epi8(_mm_or_si128(v, _mm_cmpeq_epi8(v, zero)));
			if (stop) {
				unsigned k = (unsigned)__builtin_ctz(stop);
				seen |= high & ((1u << k) - 1);
				p += k;
				break;
			}
			seen |= high;
			p += 16;
		}
#endif
		while (p < end && *p != '"' && *p != '\\') {
			seen |= *p == '\0' || (unsigned char)*p >= 0x80;
			p++;
		}
		*odd = seen != 0;
		if (p >= end || *p == '"')
			return p;
		*escaped = true;
		p += end - p >= 2 ? 2 : 1;
	}
}

static bool hex4(const char *p, const char *end, uint32_t *out)
{
	if (end - p < 4)
		return false;
	*out = 0;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (v < 0)
			return false;
		*out = *out << 4 | (uint32_t)v;
	}
	return true;
}

/* \uXXXX at *p (behind the u), with its low half when it is a pair. */
static bool unicode_escape(struct reader *r, const char **p, const char *end, uint32_t *cp)
{
	if (!hex4(*p, end, cp))
		return false;
	*p += 4;
	uint32_t low;
	if (*cp >= 0xD800 && *cp <= 0xDBFF && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u' && hex4(*p + 2, end, &low) &&
		low >= 0xDC00 && low <= 0xDFFF) {
		*cp = 0x10000 + ((*cp - 0xD800) << 10) + (low - 0xDC00);
		*p += 6;
	} else if (*cp >= 0xD800 && *cp <= 0xDFFF) {
		*cp = UTF8_REPLACEMENT;
		r->repairs->surrogates++;
	} else if (*cp == 0) {
		*cp = UTF8_REPLACEMENT;
		r->repairs->nul++;
	}
	return true;
}

/* What stands at *p, a backslash, as bytes at *out. */
static bool decode_escape(struct reader *r, const char **p, const char *end, char **out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = (*p)[1]; /* string_end stops only behind a whole pair */
	*p += 2;
	const char *known = c ? strchr(from, c) : NULL;
	if (known) {
		*(*out)++ = to[known - from];
		return true;
	}
	uint32_t cp;
	if (c != 'u' || !unicode_escape(r, p, end, &cp))
		return false;
	*out += utf8_encode(cp, *out);
	return true;
}

/* One raw byte that is no plain character: a NUL or invalid UTF-8 becomes U+FFFD. */
static void decode_odd(struct reader *r, const char **p, const char *end, char **out)
{
	uint32_t cp;
	size_t n = utf8_next(str_n(*p, (size_t)(end - *p)), &cp);
	if (cp == 0 || cp == UINT32_MAX) {
		cp == 0 ? r->repairs->nul++ : r->repairs->invalid_utf8++;
		cp = UTF8_REPLACEMENT;
	}
	*p += n;
	*out += utf8_encode(cp, *out);
}

static enum status decode(struct reader *r, struct str raw, bool clean, struct str *text)
{
	/* Escapes only shrink; a bad byte grows to three. */
	char *start = arena_alloc(r->arena, clean ? raw.n + 1 : raw.n * 3 + 1), *out = start;
	const char *p = raw.p, *end = raw.p + raw.n;
	while (p < end) {
		if (*p == '\\') {
			const char *at = p;
			if (!decode_escape(r, &p, end, &out))
				return bad(r, at, "an escape that JSON does not know");
		} else if (clean) {
			const char *slash = memchr(p, '\\', (size_t)(end - p));
			size_t n = (size_t)((slash ? slash : end) - p);
			memcpy(out, p, n);
			out += n;
			p += n;
		} else {
			decode_odd(r, &p, end, &out);
		}
	}
	*out = '\0';
	*text = str_n(start, (size_t)(out - start));
	return OK;
}

static enum status read_string(struct reader *r, struct str *text)
{
	bool escaped = false, odd = false;
	const char *start = r->p + 1, *close = string_end(start, r->end, &escaped, &odd);
	if (close >= r->end)
		return err_fail(r->err, "byte %zu: a string that does not end", (size_t)(r->p - r->base));
	struct str raw = str_n(start, (size_t)(close - start));
	r->p = close + 1;
	bool clean = !odd || (!memchr(raw.p, '\0', raw.n) && utf8_valid(raw));
	if (clean && !escaped) {
		*text = raw;
		return OK;
	}
	return decode(r, raw, clean, text);
}

/* --- numbers and literals --- */

static bool is_digit(const struct reader *r, const char *p)
{
	return p < r->end && *p >= '0' && *p <= '9';
}

/* The end of a number in JSON's grammar, or NULL. */
static const char *number_end(const struct reader *r, const char *p)
{
	p += *p == '-';
	if (!is_digit(r, p) || (*p == '0' && is_digit(r, p + 1)))
		return NULL;
	while (is_digit(r, p))
		p++;
	if (p < r->end && *p == '.') {
		if (!is_digit(r, ++p))
			return NULL;
		while (is_digit(r, p))
			p++;
	}
	if (p < r->end && (*p == 'e' || *p == 'E')) {
		p++;
		p += p < r->end && (*p == '+' || *p == '-');
		if (!is_digit(r, p))
			return NULL;
		while (is_digit(r, p))
			p++;
	}
	return p;
}

/* Up to 15 digits and 22 decimals are exact in one division; the rest goes to strtod. */
static bool short_double(struct str s, double *out)
{
	static const double power[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16};
	if (s.n > 16)
		return false;
	int64_t v = 0;
	size_t decimals = 0, digits = 0;
	bool point = false;
	for (size_t i = s.p[0] == '-'; i < s.n; i++) {
		if (s.p[i] == '.') {
			point = true;
		} else if (s.p[i] >= '0' && s.p[i] <= '9') {
			v = v * 10 + (s.p[i] - '0');
			decimals += point;
			digits++;
		} else {
			return false;
		}
	}
	if (digits > 15)
		return false;
	double d = (double)v / power[decimals];
	*out = s.p[0] == '-' ? -d : d;
	return true;
}

static double to_double(struct arena *a, struct str s)
{
	double d;
	if (short_double(s, &d))
		return d;
	char copy[64];
	if (s.n >= sizeof copy)
		return strtod(arena_cstr(a, s), NULL);
	memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return strtod(copy, NULL);
}

static enum status read_number(struct reader *r, struct json *node)
{
	const char *end = number_end(r, r->p);
	if (!end)
		return bad(r, r->p, "not a number as JSON writes it");
	node->text = str_n(r->p, (size_t)(end - r->p));
	node->num = to_double(r->arena, node->text);
	node->type = JSON_NUMBER;
	if (!isfinite(node->num)) { /* 1e999: no value that could be computed with; the spelling stays */
		node->type = JSON_NAN;
		node->num = 0;
		r->repairs->nan++;
	}
	r->p = end;
	return OK;
}

static const struct literal {
	const char *word;
	enum json_type type;
	bool truth;
} literals[] = {
	{"null", JSON_NULL, false},
	{"true", JSON_BOOL, true},
	{"false", JSON_BOOL, false},
	{"NaN", JSON_NAN, false},
	{"Infinity", JSON_NAN, false},
	{"-Infinity", JSON_NAN, false},
};

static bool read_literal(struct reader *r, struct json *node)
{
	struct str rest = str_n(r->p, (size_t)(r->end - r->p));
	for (size_t i = 0; i < sizeof literals / sizeof literals[0]; i++) {
		if (!str_starts(rest, literals[i].word))
			continue;
		node->type = literals[i].type;
		node->truth = literals[i].truth;
		size_t n = strlen(literals[i].word);
		if (node->type == JSON_NAN) {
			node->text = str_n(r->p, n);
			r->repairs->nan++;
		}
		r->p += n;
		return true;
	}
	return false;
}

/* --- arrays and objects --- */

static void push(struct reader *r, struct json *node)
{
	r->levels[r->depth++] = (struct level){.node = node};
}

static void append(struct level *l, struct json *node)
{
	if (l->last)
		l->last->next = node;
	else
		l->node->child = node;
	l->last = node;
	l->node->count++;
}

static int by_key_then_place(const void *va, const void *vb)
{
	const struct json *a = *(struct json *const *)va, *b = *(struct json *const *)vb;
	int c = str_cmp(a->key, b->key);
	if (c)
		return c;
	return a->src.p < b->src.p ? -1 : a->src.p > b->src.p;
}

/* Keeps the last of equal names. */
static void drop_duplicates(struct json *object)
{
	struct json **all = xreallocarray(NULL, object->count, sizeof *all);
	size_t n = 0;
	for (struct json *c = object->child; c; c = c->next)
		all[n++] = c;
	qsort(all, n, sizeof *all, by_key_then_place);
	for (size_t i = 0; i + 1 < n; i++)
		if (str_eq(all[i]->key, all[i + 1]->key))
			all[i]->type = JSON_ABSENT; /* marked for the loop below */
	free(all);
	for (struct json **link = &object->child; *link;) {
		if ((*link)->type == JSON_ABSENT) {
			*link = (*link)->next;
			object->count--;
		} else {
			link = &(*link)->next;
		}
	}
}

static void close_level(struct reader *r)
{
	struct level *l = &r->levels[--r->depth];
	l->node->src.n = (size_t)(r->p - l->node->src.p);
	if (l->suspect)
		drop_duplicates(l->node);
}

static enum status read_key(struct reader *r, struct level *l, struct str *key)
{
	if (r->p >= r->end || *r->p != '"')
		return bad(r, r->p, "expected a member's name in quotes");
	enum status st = read_string(r, key);
	if (st)
		return st;
	skip_blank(r);
	if (r->p >= r->end || *r->p != ':')
		return bad(r, r->p, "expected ':' behind a member's name");
	r->p++;
	skip_blank(r);
	uint64_t bit = key->n ? UINT64_C(1) << ((key->n * 7 + (unsigned char)key->p[0] * 3u + (unsigned char)key->p[key->n - 1]) & 63) : 1;
	l->suspect |= (l->keys & bit) != 0;
	l->keys |= bit;
	return OK;
}

/* One value at r->p; an array or object is only opened. */
static enum status read_value(struct reader *r, struct json *node)
{
	const char *start = r->p;
	if (start >= r->end)
		return bad(r, start, "");
	enum status st = OK;
	char c = *start;
	if (c == '{' || c == '[') {
		if (r->depth == JSON_MAX_DEPTH)
			return err_fail(r->err, "byte %zu: nested deeper than %d levels", (size_t)(start - r->base), JSON_MAX_DEPTH);
		node->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
		push(r, node);
		r->p++;
	} else if (c == '"') {
		node->type = JSON_STRING;
		st = read_string(r, &node->text);
	} else if (!read_literal(r, node)) {
		st = (c == '-' || (c >= '0' && c <= '9')) ? read_number(r, node) : bad(r, start, "not a JSON value");
	}
	node->src = str_n(start, (size_t)(r->p - start));
	return st;
}

/* The next thing inside the innermost open array or object: its end, or one more value. */
static enum status step(struct reader *r)
{
	struct level *l = &r->levels[r->depth - 1];
	bool object = l->node->type == JSON_OBJECT;
	skip_blank(r);
	if (r->p < r->end && *r->p == (object ? '}' : ']')) {
		r->p++;
		close_level(r);
		return OK;
	}
	if (l->last) {
		if (r->p >= r->end || *r->p != ',')
			return bad(r, r->p, object ? "expected ',' or '}'" : "expected ',' or ']'");
		r->p++;
		skip_blank(r);
	}
	struct json *node = arena_calloc(r->arena, 1, sizeof *node);
	enum status st = object ? read_key(r, l, &node->key) : OK;
	if (st)
		return st;
	append(l, node);
	return read_value(r, node);
}

static enum status read_document(struct reader *r, struct json *root)
{
	if (str_starts(str_n(r->p, (size_t)(r->end - r->p)), "\xEF\xBB\xBF"))
		r->p += 3;
	skip_blank(r);
	if (r->p >= r->end)
		return err_fail(r->err, "byte %zu: there is no value", (size_t)(r->p - r->base));
	enum status st = read_value(r, root);
	while (st == OK && r->depth)
		st = step(r);
	if (st)
		return st;
	skip_blank(r);
	if (r->p < r->end)
		return bad(r, r->p, "more text behind the end of the value");
	return OK;
}

enum status json_read(struct arena *a, struct str text, struct json_repairs *repairs, const struct json **out, struct err *err)
{
	struct json_repairs unused = {0};
	struct reader r; /* its levels are set when they are opened: clearing them costs more than a small text */
	r.arena = a;
	r.repairs = repairs ? repairs : &unused;
	r.err = err;
	r.depth = 0;
	r.base = r.p = text.p ? text.p : "";
	r.end = r.base + text.n;
	struct json *root = arena_calloc(a, 1, sizeof *root);
	*out = root;
	return read_document(&r, root);
}
