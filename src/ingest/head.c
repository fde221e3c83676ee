/* SPDX-License-Identifier: MIT
 *
 * What a member's first bytes say. A scan that knows strings and nesting only:
 * the text may be cut, and the importers that claim it read it properly later.
 */
#include "ingest/head.h"

#include <stdio.h>

enum { HEAD_DEPTH = 8 };

struct scan {
	struct str key[HEAD_DEPTH];  /* current member name by depth of objects */
	bool object[HEAD_DEPTH];     /* what each open bracket is */
	size_t element[HEAD_DEPTH];  /* commas seen in it */
	size_t open;
};

/* The string at s.p[at] (a quote): its raw inside; *at moves behind it. false when it is cut. */
static bool string_at(struct str s, size_t *at, struct str *out)
{
	size_t start = ++*at;
	for (; *at < s.n; ++*at) {
		if (s.p[*at] == '\\') {
			++*at;
		} else if (s.p[*at] == '"') {
			*out = str_sub(s, start, *at - start);
			++*at;
			return true;
		}
	}
	return false;
}

static bool colon_follows(struct str s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\n' || s.p[at] == '\r'))
		at++;
	return at < s.n && s.p[at] == ':';
}

/* Is the member at the present place the one that path names? Only first elements of arrays count. */
static bool place_is(const struct scan *sc, const char *path)
{
	struct str rest = str_c(path), part;
	for (size_t i = 0; i < sc->open; i++) {
		if (!sc->object[i]) {
			if (sc->element[i] > 0)
				return false;
			continue;
		}
		if (!str_cut(&rest, '/', &part) || !(str_eq_c(part, "*") || str_eq(part, sc->key[i])))
			return false;
	}
	return rest.p == NULL;
}

static bool bracket(struct scan *sc, char c)
{
	if (c == '{' || c == '[') {
		if (sc->open == HEAD_DEPTH)
			return false;
		sc->object[sc->open] = c == '{';
		sc->element[sc->open] = 0;
		sc->key[sc->open++] = (struct str){0};
	} else if (sc->open > 0) {
		sc->open--;
	}
	return true;
}

bool head_has(struct str head, const char *path)
{
	struct scan sc = {0};
	size_t deeper = 0; /* brackets beyond HEAD_DEPTH */
	for (size_t at = 0; at < head.n;) {
		char c = head.p[at];
		struct str s;
		if (c == '"') {
			if (!string_at(head, &at, &s))
				return false;
			if (deeper || !sc.open || !sc.object[sc.open - 1] || !colon_follows(head, at))
				continue;
			sc.key[sc.open - 1] = s;
			if (place_is(&sc, path))
				return true;
			continue;
		}
		at++;
		if (c == '{' || c == '[') {
			deeper += deeper || !bracket(&sc, c);
		} else if (c == '}' || c == ']') {
			if (deeper)
				deeper--;
			else
				bracket(&sc, c);
			if (c == '}' && (sc.open == 0 || (sc.open == 1 && !sc.object[0])))
				return false;
		} else if (c == ',' && !deeper && sc.open) {
			sc.element[sc.open - 1]++;
		}
	}
	return false;
}

size_t head_count(struct str head, const char *const *paths)
{
	size_t n = 0;
	for (; *paths; paths++)
		n += head_has(head, *paths);
	return n;
}

bool head_has_all(struct str head, const char *const *paths)
{
	for (; *paths; paths++)
		if (!head_has(head, *paths))
			return false;
	return true;
}

int head_match(struct str head, const struct head_shape *shapes, size_t n, char why[static 160])
{
	for (size_t i = 0; i < n; i++) {
		if (!head_has_all(head, shapes[i].keys))
			continue;
		snprintf(why, 160, "%s", shapes[i].why);
		return shapes[i].confidence;
	}
	return 0;
}
