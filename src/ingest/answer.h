/* SPDX-License-Identifier: MIT
 *
 * One prompt, one answer, and what judges say of it: what the files of jailbreak and refusal studies have in common.
 */
#ifndef INGEST_ANSWER_H
#define INGEST_ANSWER_H

#include "ingest/walk.h"

/* The two turns; what is absent is left out. */
void answer_turns(struct sink *s, struct str prompt, struct str response);
/* "prompt-1a2b3c4d": the item of a file that gives its prompts no names. */
struct str answer_item(struct arena *a, struct str prompt);
/* A run that several files of one folder share: the folder of path, as given, and a name. */
struct str answer_run(struct arena *a, const char *path, struct str name);
/* The name of the folder `up` steps above the file (1: the one that it is in); absent when the path does not say. */
struct str answer_folder(const char *path, size_t up);
/* A number, true, false or word as a score; false and nothing done when it is absent or null. */
bool answer_score(struct sink *s, const struct json *node, const char *name, struct str rater);
/* A part of a record as a record of its own; for parts in the order of the source. line and at are the caller's,
 * zero-initialised for each record. */
struct answer_place {
	const char *at;
	uint64_t line;
};
struct record answer_part(struct answer_place *p, const struct walked *w, const struct json *node);
/* text without this ending. */
struct str str_without(struct str text, const char *ending);
/* Cuts what stands behind the last sep off *text and returns it; the absent str, and *text as it was, when there is none. */
struct str str_cut_last(struct str *text, char sep);

#endif
