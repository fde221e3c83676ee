/* SPDX-License-Identifier: MIT
 *
 * What a member's first bytes say: which keys its first JSON object has,
 * although the text is cut somewhere. Importers recognise their files with it.
 */
#ifndef INGEST_HEAD_H
#define INGEST_HEAD_H

#include "base/str.h"

/* Does the first object of the text (the document, a line, or the first element of an array) have this
 * member? path is names joined by '/': "results/version"; "*" is any name. An array on the way stands for its first element.
 * Members that begin behind the cut are not seen. */
bool head_has(struct str head, const char *path);
/* All of these, NULL-terminated. */
bool head_has_all(struct str head, const char *const *paths);
/* What a file of some format looks like: these members are there (NULL-terminated). */
struct head_shape {
	int confidence; /* 1 … 100 */
	const char *keys[8];
	const char *why; /* for `detect` */
};
/* The confidence of the first of n shapes that fits, with its words in why; 0 when none does. */
int head_match(struct str head, const struct head_shape *shapes, size_t n, char why[static 160]);
/* How many of these, NULL-terminated. */
size_t head_count(struct str head, const char *const *paths);

#endif
