/* SPDX-License-Identifier: MIT
 *
 * JSON as evaluation tools write it: read into a tree that lies in an arena and
 * knows the exact source slice of every node; written in one canonical spelling.
 *
 * Reading is strict about structure and forgiving about what Python and
 * JavaScript emit: NaN, Infinity and -Infinity are values of their own kind
 * (JSON_NAN, "unscored", never 0), U+0000, lone surrogates and invalid UTF-8
 * become U+FFFD and are counted, integers keep their digits in `text`,
 * duplicate keys: the last counts, as in both languages. Nesting deeper than
 * JSON_MAX_DEPTH is an error, so are text after the document and a truncated one.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { JSON_MAX_DEPTH = 512 };

enum json_type {
	JSON_ABSENT = 0, /* what look-ups return for what is not there */
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_NAN,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json {
	enum json_type type;
	bool truth;         /* JSON_BOOL */
	struct str key;     /* the member's name, decoded; absent for array elements */
	struct str text;    /* JSON_STRING: decoded; JSON_NUMBER, JSON_NAN: as spelt */
	double num;         /* JSON_NUMBER */
	struct str src;     /* the node as it stands in the source, to the byte */
	struct json *child; /* first member or element */
	struct json *next;  /* sibling */
	size_t count;       /* members or elements */
};

/* What reading had to repair. */
struct json_repairs {
	uint32_t nul, surrogates, invalid_utf8, nan;
};

/* Reads one document that fills `text` (white space and a UTF-8 BOM around it are fine). The tree and
 * decoded strings live in `a`; strings without escapes and all src slices point into `text`, which must
 * outlive the tree. repairs (may be NULL) is added to. FAIL names the byte offset and the reason. */
enum status json_read(struct arena *a, struct str text, struct json_repairs *repairs, const struct json **out, struct err *err);

/* Look-ups never return NULL: what is not there is a node of type JSON_ABSENT, so that they chain. */
const struct json *json_get(const struct json *object, const char *key);
const struct json *json_member(const struct json *object, struct str key); /* the same for any name */
const struct json *json_at(const struct json *array, size_t index);
/* RFC 6901 pointer ("/a/b/0"; "" is the node itself). */
const struct json *json_pointer(const struct json *node, struct str pointer);

/* The decoded string; absent str for any other type. */
struct str json_str(const struct json *node);
/* Numbers, and strings that spell one when `lenient`; false otherwise (NaN too). */
bool json_num(const struct json *node, bool lenient, double *out);
bool json_i64(const struct json *node, int64_t *out);
/* true only for JSON true. */
bool json_is_true(const struct json *node);
bool json_is_null(const struct json *node); /* null or absent */
/* A string decoded, a number or literal as spelt, array or object as its exact source; absent and null give the absent str. */
struct str json_plain(const struct json *node);

#define JSON_EACH(it, node) for (const struct json *it = (node)->child; it; it = it->next)

/* Canonical writing: UTF-8, no white space, escapes only where JSON demands them
 * (\" \\ \b \f \n \r \t, \u00xx for the other controls, lower-case hex). Invalid
 * UTF-8, NUL and surrogates in the input become U+FFFD. */
void json_write_str(struct buf *out, struct str s);
/* Shortest spelling that reads back to the same double; NaN and infinities as null. */
void json_write_num(struct buf *out, double v);
/* A tree in canonical form; object members in source order. */
void json_write_node(struct buf *out, const struct json *node);

#endif
