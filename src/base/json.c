/* SPDX-License-Identifier: MIT
 *
 * Looking things up in a JSON tree, and the canonical spelling.
 */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static const struct json absent = {.type = JSON_ABSENT};

const struct json *json_member(const struct json *object, struct str key)
{
	if (object->type == JSON_OBJECT)
		JSON_EACH(it, object)
			if (str_eq(it->key, key))
				return it;
	return &absent;
}

const struct json *json_get(const struct json *object, const char *key)
{
	return json_member(object, str_c(key));
}

const struct json *json_at(const struct json *array, size_t index)
{
	if (array->type == JSON_ARRAY)
		JSON_EACH(it, array)
			if (index-- == 0)
				return it;
	return &absent;
}

/* One step of a pointer: ~1 is a slash, ~0 a tilde. */
static const struct json *pointer_step(const struct json *node, struct str part)
{
	int64_t index;
	if (node->type == JSON_ARRAY)
		return str_to_i64(part, &index) && index >= 0 ? json_at(node, (size_t)index) : &absent;
	struct buf key = {0};
	for (size_t i = 0; i < part.n; i++) {
		bool escape = part.p[i] == '~' && i + 1 < part.n && (part.p[i + 1] == '0' || part.p[i + 1] == '1');
		buf_add_ch(&key, !escape ? part.p[i] : part.p[i + 1] == '1' ? '/' : '~');
		i += escape;
	}
	const struct json *found = json_member(node, buf_str(&key));
	buf_fini(&key);
	return found;
}

const struct json *json_pointer(const struct json *node, struct str pointer)
{
	if (pointer.n == 0)
		return node;
	if (pointer.p[0] != '/')
		return &absent;
	struct str rest = str_sub(pointer, 1, pointer.n), part;
	while (str_cut(&rest, '/', &part))
		node = pointer_step(node, part);
	return node;
}

struct str json_str(const struct json *node)
{
	return node->type == JSON_STRING ? node->text : str_n(NULL, 0);
}

bool json_num(const struct json *node, bool lenient, double *out)
{
	if (node->type == JSON_STRING && lenient)
		return str_to_double(str_trim(node->text), out);
	if (node->type != JSON_NUMBER)
		return false;
	*out = node->num;
	return true;
}

bool json_i64(const struct json *node, int64_t *out)
{
	if (node->type != JSON_NUMBER)
		return false;
	if (str_to_i64(node->text, out))
		return true;
	/* 3.0 and 1e3 are integers too, as far as a double knows them exactly. */
	if (fabs(node->num) > 9007199254740992.0 || node->num < trunc(node->num) || node->num > trunc(node->num))
		return false;
	*out = (int64_t)node->num;
	return true;
}

bool json_is_true(const struct json *node)
{
	return node->type == JSON_BOOL && node->truth;
}

bool json_is_null(const struct json *node)
{
	return node->type == JSON_NULL || node->type == JSON_ABSENT;
}

struct str json_plain(const struct json *node)
{
	if (node->type == JSON_STRING)
		return node->text;
	return json_is_null(node) ? str_n(NULL, 0) : node->src;
}

/* --- writing --- */

static void write_char(struct buf *out, uint32_t cp)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *known = cp && cp < 0x80 ? strchr(from, (int)cp) : NULL;
	if (known)
		buf_add(out, (const char[]){'\\', to[known - from]}, 2);
	else if (cp == 0 || cp == UINT32_MAX)
		buf_add_c(out, "\xEF\xBF\xBD");
	else
		buf_printf(out, "\\u%04x", (unsigned)cp);
}

/* How many bytes stand for themselves. */
static size_t plain_run(struct str s)
{
	size_t i = 0;
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(0x20);
	for (; s.n - i >= 16; i += 16) {
		__m128i v;
		memcpy(&v, s.p + i, sizeof v);
		/* Signed: what is below a space is a control character, or above 0x7f. */
		__m128i stop = _mm_or_si128(_mm_cmplt_epi8(v, space), _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));
		unsigned mask = (unsigned)_mm_movemask_epi8(stop);
		if (mask)
			return i + (unsigned)__builtin_ctz(mask);
	}
#endif
	while (i < s.n && (unsigned char)s.p[i] >= 0x20 && (unsigned char)s.p[i] < 0x80 && s.p[i] != '"' && s.p[i] != '\\')
		i++;
	return i;
}

void json_write_str(struct buf *out, struct str s)
{
	size_t i = 0, start = 0; /* from start on, what is not written yet */
	buf_reserve(out, s.n + 2);
	buf_add_ch(out, '"');
	while ((i += plain_run(str_sub(s, i, s.n))) < s.n) {
		uint32_t cp;
		size_t used = utf8_next(str_sub(s, i, s.n), &cp);
		if (used == 1) { /* more bytes are a valid character */
			buf_add_str(out, str_sub(s, start, i - start));
			write_char(out, cp);
			start = i + 1;
		}
		i += used;
	}
	buf_add_str(out, str_sub(s, start, s.n));
	buf_add_ch(out, '"');
}

void json_write_num(struct buf *out, double v)
{
	if (!isfinite(v)) {
		buf_add_c(out, "null");
		return;
	}
	if (fabs(v) < 1e15 && !(v < trunc(v)) && !(v > trunc(v))) {
		buf_printf(out, "%s%lld", signbit(v) && v >= 0 ? "-" : "", (long long)v);
		return;
	}
	/* 15 digits give back what was written with fewer; only next to zero a double holds less than that. */
	char text[40];
	for (int digits = fabs(v) > 1e-290 ? 15 : 1; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, v);
		double back = strtod(text, NULL);
		if (!(back < v) && !(back > v))
			break;
	}
	buf_add_c(out, text);
}

/* What stands between a node and the one before it. */
static void write_lead(struct buf *out, const struct json *node, const struct json *parent)
{
	if (parent->child != node)
		buf_add_ch(out, ',');
	if (parent->type == JSON_OBJECT) {
		json_write_str(out, node->key);
		buf_add_ch(out, ':');
	}
}

static void write_leaf(struct buf *out, const struct json *node)
{
	if (node->type == JSON_STRING)
		json_write_str(out, node->text);
	else if (node->type == JSON_NUMBER)
		buf_add_str(out, node->text);
	else if (node->type == JSON_BOOL)
		buf_add_c(out, node->truth ? "true" : "false");
	else
		buf_add_c(out, "null");
}

void json_write_node(struct buf *out, const struct json *node)
{
	/* Depth is bounded by the reader, so a small stack of parents serves. */
	const struct json *parents[JSON_MAX_DEPTH + 1];
	size_t depth = 0;
	for (const struct json *at = node;;) {
		if (at->type == JSON_OBJECT || at->type == JSON_ARRAY)
			buf_add_ch(out, at->type == JSON_OBJECT ? '{' : '[');
		else
			write_leaf(out, at);
		if (at->child) {
			parents[depth++] = at;
			at = at->child;
			write_lead(out, at, parents[depth - 1]);
			continue;
		}
		if (at->type == JSON_OBJECT || at->type == JSON_ARRAY)
			buf_add_ch(out, at->type == JSON_OBJECT ? '}' : ']');
		while (depth && !at->next) {
			at = parents[--depth];
			buf_add_ch(out, at->type == JSON_OBJECT ? '}' : ']');
		}
		if (depth == 0)
			return;
		at = at->next;
		write_lead(out, at, parents[depth - 1]);
	}
}
