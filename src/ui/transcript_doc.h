/* SPDX-License-Identifier: MIT
 *
 * Private to ui: the state of a transcript screen, and a transcript laid out
 * as lines.
 */
#ifndef UI_TRANSCRIPT_DOC_H
#define UI_TRANSCRIPT_DOC_H

#include "ui/screen.h"

struct transcript_screen {
	int64_t id;
	struct reading *reading; /* NULL until it came */
	struct doc doc;
	bool *open;    /* by turn, from 1: unfolded */
	uint32_t cur;  /* the current turn, 0 = above the first */
	uint32_t wish; /* turn to begin at, when it comes */
	uint32_t jump; /* turn to go to at the next layout */
	bool loading, dirty, seek;
	int seek_direction, built_w;
	char *text; /* searched */
};

/* Fills t->doc anew from the reading, the folds and the application's toggles. */
void transcript_build(struct app *app, struct transcript_screen *t);
/* Unfolds the turns whose words hold the text. raw: results stand in turns of their own. */
void transcript_unfold_hits(struct transcript_screen *t, struct str text, bool raw);
/* Is this turn said to fail, by the source or by a reviewer? */
bool transcript_turn_failed(const struct reading *r, uint32_t turn);

#endif
