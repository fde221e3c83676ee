/* SPDX-License-Identifier: MIT
 *
 * A scan that only follows strings and depth; good enough to recognise, never
 * used to read.
 */
#include "ingest/sniff.h"

static size_t skip_blank(struct str s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\r' || s.p[at] == '\n'))
		at++;
	return at;
}

/* The end of the string that starts at the quote `at`: behind its closing quote, or s.n. */
static size_t string_end(struct str s, size_t at)
{
	for (at++; at < s.n && s.p[at] != '"'; at++)
		at += s.p[at] == '\\';
	return at < s.n ? at + 1 : s.n;
}

/* The end of any value. */
static size_t value_end(struct str s, size_t at)
{
	size_t depth = 0;
	while (at < s.n) {
		char c = s.p[at];
		if (c == '"') {
			at = string_end(s, at);
			if (!depth)
				return at;
			continue;
		}
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && depth == 0)
			return at;
		else if (c == '}' || c == ']')
			depth--;
		else if (c == ',' && depth == 0)
			return at;
		at++;
	}
	return s.n;
}

static size_t first_object(struct str s)
{
	size_t at = s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	at = skip_blank(s, at);
	if (at < s.n && s.p[at] == '[')
		at = skip_blank(s, at + 1);
	return at < s.n && s.p[at] == '{' ? at + 1 : s.n;
}

void sniff_members(struct str s, bool (*fn)(void *ctx, struct str key, struct str value), void *ctx)
{
	size_t at = first_object(s);
	for (;;) {
		at = skip_blank(s, at);
		if (at >= s.n || s.p[at] != '"')
			return;
		size_t key_end = string_end(s, at);
		size_t colon = skip_blank(s, key_end);
		if (colon >= s.n || s.p[colon] != ':')
			return;
		struct str key = str_sub(s, at + 1, key_end - at - 2), value = {0};
		size_t from = skip_blank(s, colon + 1), to = value_end(s, from);
		if (from < to && s.p[from] == '"' && s.p[to - 1] == '"' && to - from >= 2)
			value = str_sub(s, from + 1, to - from - 2);
		if (fn(ctx, key, value))
			return;
		at = skip_blank(s, to);
		if (at >= s.n || s.p[at] != ',')
			return;
		at++;
	}
}

struct wanted {
	const char *const *names;
	size_t found;
	const char *name;
	struct str value;
};

static bool count_name(void *ctx, struct str key, struct str value)
{
	struct wanted *w = ctx;
	(void)value;
	for (const char *const *n = w->names; *n; n++)
		w->found += str_eq_c(key, *n);
	return false;
}

size_t sniff_has(struct str head, const char *const *names)
{
	struct wanted w = {.names = names};
	sniff_members(head, count_name, &w);
	return w.found;
}

static bool take_value(void *ctx, struct str key, struct str value)
{
	struct wanted *w = ctx;
	if (!str_eq_c(key, w->name))
		return false;
	w->value = value;
	return true;
}

struct str sniff_value(struct str head, const char *name)
{
	struct wanted w = {.name = name};
	sniff_members(head, take_value, &w);
	return w.value;
}

bool sniff_cut(struct str head)
{
	size_t depth = 1;
	for (size_t at = first_object(head); at < head.n; at++) {
		char c = head.p[at];
		if (c == '"')
			at = string_end(head, at) - 1;
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth == 0)
			return false;
	}
	return true;
}
