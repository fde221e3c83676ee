/* SPDX-License-Identifier: MIT
 *
 * Python literals, as evaluation scripts write them when they print a value instead of dumping it: dicts, lists,
 * tuples, sets, strings with any prefix, quoting and escapes, numbers, True, False and None.
 */
#ifndef INGEST_PYLITERAL_H
#define INGEST_PYLITERAL_H

#include "base/json.h"

/* Appends the literal as JSON text. Tuples and sets become arrays, bytes strings (a byte a character), keys that are no
 * strings their spelling; integers keep their digits; nan and inf are NaN and Infinity, which json_read knows.
 * used: NULL when the literal must fill the text (white space around it is fine); else gets the length of the literal
 * at its start. FAIL names the byte and the reason, and leaves `out` as it was. */
enum status pyliteral_json(struct buf *out, struct str text, size_t *used, struct err *err);

/* The same as a tree; its `src` slices are of the JSON text in `a`, not of `text`. */
enum status pyliteral_read(struct arena *a, struct str text, const struct json **out, struct err *err);

/* "name(...)" or "name{...}" at the start: the length of the dotted name, 0 when the text does not begin so. */
size_t pyliteral_call(struct str text);

#endif
