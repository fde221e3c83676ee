/* SPDX-License-Identifier: MIT
 *
 * What the JSON importers have in common: a member's records one after the
 * other as trees, and small ways of naming things.
 */
#ifndef INGEST_WALK_H
#define INGEST_WALK_H

#include "ingest/importer.h"

/* One record; everything lives until the callback returns. */
struct walked {
	const struct json *node;
	const struct record *record;
	struct arena *arena;
	uint32_t repairs;
};

struct walk {
	/* JSON pointers of the arrays whose elements are records, NULL-terminated; NULL for lines, a top-level array or one document. */
	const char *const *arrays;
	/* The document around the arrays; called once before the first record, only for a document and only when
	 * `arrays` is given. The tree lives until walk_member returns. NULL: not wanted. */
	enum status (*header)(void *ctx, const struct json *skeleton, struct err *err);
	/* What stands behind the arrays decides about keys: of a document that breaks off nothing is given. */
	bool whole_header;
	bool quiet; /* a first pass: what it skips the second will tell */
	bool *cut;  /* NULL, or set when the last line is cut short */
	/* Is the record's text worth parsing? NULL: all are. */
	bool (*wants)(void *ctx, struct str text);
	enum status (*each)(void *ctx, const struct walked *w, struct err *err);
	void *ctx;
};

/* Reads m to its end. A record that can not be parsed is skipped with its line and reason; a stop gives CANCELLED;
 * a truncated document FAIL after its whole records were given. */
enum status walk_member(struct import *im, const struct member *m, const struct walk *w, struct err *err);

/* "runs/a-b.report.jsonl" without folder, compression and one of the suffixes (NULL-terminated, longest first). */
struct str path_stem(const char *path, const char *const *suffixes);
/* --set KEY, or the fallback. */
struct str setting_or(const struct import *im, const char *key, struct str fallback);
/* Eight hexadecimal digits that name a text. */
enum { SHORT_HASH = 9 };
void short_hash(struct str text, char out[static SHORT_HASH]);
/* The first of two that is there and not null. */
const struct json *json_first(const struct json *a, const struct json *b);
/* An ISO time as milliseconds, 0 when it is none. */
int64_t time_of(const struct json *node);
/* A score that is a number, true or false; false when the node is none of them. */
bool score_of(const struct json *node, const char *name, struct in_score *out);
/* The elements of a list of texts, with commas between them; absent when there are none. */
struct str joined_texts(struct arena *a, const struct json *list);
/* Counts the members of object that are neither empty nor among `used` (NULL-terminated) as not imported, by name. */
void ignore_rest(struct sink *s, const struct json *object, const char *const *used);
/* "/" for the ':' of "a:b:c", so that categories nest; a "://" stays. */
struct str category_path(struct arena *a, struct str name);

#endif
