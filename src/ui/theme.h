/* SPDX-License-Identifier: MIT
 *
 * How each style looks: with 8 or 16 colours of the user's own palette, with
 * 256, and without colour. No state is told by colour alone, so a monochrome
 * screen loses nothing.
 */
#ifndef UI_THEME_H
#define UI_THEME_H

#include "ui/grid.h"

enum { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8 };

struct look {
	short fg, bg; /* -1 = the terminal's own */
	unsigned attrs;
};

/* The look of style bits with that many colours (0, 8, 16, 256 …). */
struct look theme_look(unsigned style, int colours);
/* One letter for screen dumps: '.' normal; upper case when selected; '*' for search hits. */
char theme_letter(unsigned style);

#endif
