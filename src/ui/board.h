/* SPDX-License-Identifier: MIT
 *
 * Private to ui: the state of the board, its drawing, and what it remembers
 * from visit to visit.
 */
#ifndef UI_BOARD_H
#define UI_BOARD_H

#include "ui/screen.h"

struct board_screen {
	struct board *board;
	struct summary summary;
	bool loading, have, open_waits, worst_waits;
	char *error, *text;
	size_t *columns;               /* model by column: those with the most areas first */
	size_t area, model;            /* selected: row, column */
	size_t top, first_model;       /* scrolled */
	size_t shown_models, shown_areas;
	bool visit_known;
	char *visit; /* what the last visit left; NULL = this is the first */
	char *leaving; /* what this visit is going to leave */
	char *since; /* what changed since then, showable; NULL = nothing to say */
};

/* The selected cell, NULL without one. */
const struct zone_cell *board_current(const struct board_screen *b);
/* The name of the model in a column. */
const char *board_model_name(const struct board_screen *b, size_t column);
/* The title of an area; "(none)" for results that belong to none. */
const char *board_area_title(const struct zone_area *area);
/* The cell that a reader should see first: red before yellow, then what lies farthest beyond its line; NULL when no cell
 * has anything concerning behind it. */
const struct zone_cell *board_worst(const struct board *b);
void board_paint(struct board_screen *b, struct area a);

/* The totals and the verdict of each cell, to be kept in the database. */
char *visit_write(const struct board *b, const struct summary *m);
/* One showable line about what changed, or NULL when `before` is not understood. */
char *visit_since(const char *before, const struct board *now, const struct summary *m);

#endif
