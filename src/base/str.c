/* SPDX-License-Identifier: MIT
 *
 * Borrowed byte strings.
 */
#include "base/str.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

static unsigned char lower(char c)
{
	unsigned char u = (unsigned char)c;
	return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_eq_c(struct str a, const char *b)
{
	return str_eq(a, str_c(b));
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool str_starts(struct str s, const char *prefix)
{
	size_t n = strlen(prefix);
	return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

bool str_ends(struct str s, const char *suffix)
{
	size_t n = strlen(suffix);
	return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, suffix, n) == 0);
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	if (c)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.n && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

ptrdiff_t str_find(struct str s, struct str needle)
{
	if (needle.n == 0)
		return 0;
	if (needle.n > s.n)
		return -1;
	const char *at = memmem(s.p, s.n, needle.p, needle.n);
	return at ? at - s.p : -1;
}

struct str str_sub(struct str s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return str_n(s.p ? s.p + from : NULL, n);
}

bool str_cut(struct str *rest, char sep, struct str *part)
{
	if (!rest->p)
		return false;
	const char *at = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
	if (!at) {
		*part = *rest;
		*rest = str_n(NULL, 0);
		return true;
	}
	size_t k = (size_t)(at - rest->p);
	*part = str_n(rest->p, k);
	*rest = str_n(at + 1, rest->n - k - 1);
	return true;
}

bool str_to_i64(struct str s, int64_t *out)
{
	bool negative = s.n && s.p[0] == '-';
	size_t i = negative || (s.n && s.p[0] == '+') ? 1 : 0;
	if (i == s.n)
		return false;
	uint64_t v = 0;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		unsigned digit = (unsigned)(s.p[i] - '0');
		if (v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (v > (uint64_t)INT64_MAX + (negative ? 1u : 0u))
		return false;
	*out = negative ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

bool str_to_double(struct str s, double *out)
{
	/* The grammar is checked first, so that strtod's extras (hex, inf, nan,
	 * white space) stay out; the program runs in the C numeric locale. */
	char copy[64];
	if (s.n == 0 || s.n >= sizeof copy)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!isdigit((unsigned char)s.p[i]) && !strchr("+-.eE", s.p[i]))
			return false;
	memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	char *end;
	double v = strtod(copy, &end);
	if (end == copy || *end || !isfinite(v))
		return false;
	*out = v;
	return true;
}

bool str_glob(struct str pattern, struct str s)
{
	size_t p = 0, i = 0, star = SIZE_MAX, back = 0;
	while (i < s.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			back = i;
		} else if (p < pattern.n && (pattern.p[p] == '?' || lower(pattern.p[p]) == lower(s.p[i]))) {
			p++;
			i++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			i = ++back;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

size_t str_distance(struct str a, struct str b, size_t max)
{
	enum { LIMIT = 64 };
	if (a.n >= LIMIT || b.n >= LIMIT)
		return max + 1;
	size_t row[3][LIMIT + 1];
	size_t *before = row[0], *prev = row[1], *cur = row[2];
	for (size_t j = 0; j <= b.n; j++)
		prev[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		cur[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t cost = lower(a.p[i - 1]) == lower(b.p[j - 1]) ? 0 : 1;
			size_t best = prev[j - 1] + cost;
			if (prev[j] + 1 < best)
				best = prev[j] + 1;
			if (cur[j - 1] + 1 < best)
				best = cur[j - 1] + 1;
			bool swapped = i > 1 && j > 1 && lower(a.p[i - 1]) == lower(b.p[j - 2]) && lower(a.p[i - 2]) == lower(b.p[j - 1]);
			if (swapped && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			cur[j] = best;
		}
		size_t *t = before;
		before = prev;
		prev = cur;
		cur = t;
	}
	return prev[b.n] > max ? max + 1 : prev[b.n];
}

uint64_t str_hash(struct str s)
{
	/* FNV-1a with a final mix: short keys, well spread low bits. */
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
	h ^= h >> 32;
	h *= 0x9e3779b97f4a7c15u;
	return h ^ (h >> 29);
}
