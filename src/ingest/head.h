/* SPDX-License-Identifier: MIT
 *
 * What a member's first bytes say: which keys its first JSON object has,
 * although the text is cut somewhere. Importers recognise their files with it.
 */
#ifndef INGEST_HEAD_H
#define INGEST_HEAD_H

#include "base/str.h"

/* Does the first object of the text (the document, a line, or the first element of an array) have this
 * member? path is names joined by '/': "results/version". An array on the way stands for its first element.
 * Members that begin behind the cut are not seen. */
bool head_has(struct str head, const char *path);
/* All of these, NULL-terminated. */
bool head_has_all(struct str head, const char *const *paths);
/* How many of these, NULL-terminated. */
size_t head_count(struct str head, const char *const *paths);

#endif
