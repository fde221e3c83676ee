/* SPDX-License-Identifier: MIT
 *
 * A borrowed run of bytes: pointer and length, not NUL-terminated, may hold
 * NULs. Untrusted text has this type until base/escape made it showable.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p; /* NULL means absent, which differs from empty */
	size_t n;
};

/* A str from a literal or NUL-terminated text; NULL gives the absent str. */
static inline struct str str_c(const char *s)
{
	struct str r = {s, s ? strlen(s) : 0};
	return r;
}

static inline struct str str_n(const char *p, size_t n)
{
	struct str r = {p, n};
	return r;
}

bool str_eq(struct str a, struct str b);
bool str_eq_c(struct str a, const char *b);
/* Ignores ASCII case; bytes above 0x7f compare as they are. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
/* Order by bytes, shorter first on a tie; for qsort-like uses. */
int str_cmp(struct str a, struct str b);
struct str str_trim(struct str s); /* ASCII white space at both ends */
/* First position of needle in s, or -1. */
ptrdiff_t str_find(struct str s, struct str needle);
/* The slice from `from` (clamped) of at most n bytes. */
struct str str_sub(struct str s, size_t from, size_t n);
/* Cuts the part before the first `sep` off *rest and returns it; false when *rest was absent. */
bool str_cut(struct str *rest, char sep, struct str *part);

/* Strict decimal forms of the whole string; false when there is anything else in it. */
bool str_to_i64(struct str s, int64_t *out);
bool str_to_double(struct str s, double *out); /* finite only; locale-independent */

/* Shell-style glob: * any run, ? one byte, case ignored for ASCII. */
bool str_glob(struct str pattern, struct str s);

/* Edits between a and b (insert, delete, replace, transpose), capped at max + 1;
 * for "did you mean". */
size_t str_distance(struct str a, struct str b, size_t max);

uint64_t str_hash(struct str s);

#endif
