/* SPDX-License-Identifier: MIT
 *
 * Transcripts as Petri and Bloom write them: a list of edits, of which a view of the conversation is made.
 */
#ifndef INGEST_PETRI_H
#define INGEST_PETRI_H

#include "ingest/walk.h"

struct petri_view {
	const struct json **messages; /* as the target saw them in the end */
	size_t n, cap;
	size_t rolled_back; /* that a rollback or reset took away */
	size_t patches;     /* edits that are not understood */
};

/* The target's view of doc (events, else target_messages, else messages). The list lives in a. */
void petri_view_of(struct arena *a, const struct json *doc, struct petri_view *out);
/* The turns of the open result; system (may be absent) comes first when the view has no system message. */
void petri_turns(struct sink *s, const struct petri_view *view, struct str system);
/* What a judge points to in messages, each a score of its turn; first: the turn of the first message. */
void petri_highlights(struct sink *s, const struct petri_view *view, const struct json *highlights, uint32_t first);

#endif
