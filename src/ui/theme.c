/* SPDX-License-Identifier: MIT
 *
 * The theme table. See theme.h.
 */
#include "ui/theme.h"

#include <ctype.h>

struct theme_row {
	char letter;
	short fg8, fg256;
	unsigned attrs, mono; /* with colours, without */
};

/* Colours 0 … 7: black red green yellow blue magenta cyan white. */
static const struct theme_row rows[STYLE_COUNT] = {
	[STYLE_NORMAL] = {'.', -1, -1, 0, 0},
	[STYLE_TITLE] = {'t', -1, -1, LOOK_BOLD, LOOK_BOLD},
	[STYLE_DIM] = {'d', -1, 245, 0, 0},
	[STYLE_HEADER] = {'h', -1, -1, LOOK_BOLD | LOOK_UNDERLINE, LOOK_UNDERLINE},
	[STYLE_STATUS] = {'s', -1, -1, LOOK_BOLD, LOOK_BOLD},
	[STYLE_KEY] = {'k', 6, 80, LOOK_BOLD, LOOK_BOLD},
	[STYLE_FILTER] = {'q', 6, 80, 0, LOOK_UNDERLINE},
	[STYLE_MESSAGE] = {'m', -1, -1, 0, 0},
	[STYLE_ERROR] = {'e', 1, 203, LOOK_BOLD, LOOK_BOLD},
	[STYLE_ESCAPE] = {'x', 5, 213, LOOK_BOLD, LOOK_REVERSE},
	[STYLE_GREEN] = {'g', 2, 71, 0, 0},
	[STYLE_YELLOW] = {'y', 3, 220, LOOK_BOLD, LOOK_BOLD},
	[STYLE_RED] = {'r', 1, 203, LOOK_BOLD, LOOK_BOLD},
	[STYLE_NODATA] = {'n', -1, 245, 0, 0},
	[STYLE_CRITICAL] = {'c', 1, 197, LOOK_BOLD, LOOK_BOLD},
	[STYLE_HIGH] = {'i', 1, 209, 0, LOOK_BOLD},
	[STYLE_MEDIUM] = {'u', 3, 220, 0, 0},
	[STYLE_LOW] = {'l', -1, 250, 0, 0},
	[STYLE_FAIL] = {'f', 1, 203, LOOK_BOLD, LOOK_BOLD},
	[STYLE_PASS] = {'p', 2, 71, 0, 0},
	[STYLE_UNSURE] = {'?', 3, 220, 0, 0},
	[STYLE_SYSTEM] = {'y', 5, 140, LOOK_BOLD, LOOK_BOLD},
	[STYLE_USER] = {'b', 4, 75, LOOK_BOLD, LOOK_BOLD},
	[STYLE_ASSISTANT] = {'a', 6, 80, LOOK_BOLD, LOOK_BOLD},
	[STYLE_TOOL] = {'o', 3, 180, LOOK_BOLD, LOOK_BOLD},
	[STYLE_REASONING] = {'z', -1, 246, 0, 0},
	[STYLE_FOLD] = {'v', 6, 109, 0, LOOK_UNDERLINE},
	[STYLE_NOTE] = {'w', 2, 114, 0, 0},
	[STYLE_MARK] = {'j', 3, 220, LOOK_BOLD, LOOK_BOLD},
};

struct look theme_look(unsigned style, int colours)
{
	unsigned role = style & 0x3f;
	const struct theme_row *row = &rows[role < STYLE_COUNT ? role : 0];
	struct look look = {-1, -1, colours >= 8 ? row->attrs : row->mono};
	if (colours >= 256)
		look.fg = row->fg256;
	else if (colours >= 8)
		look.fg = row->fg8;
	if (style & STYLE_HIT)
		look.attrs |= LOOK_UNDERLINE | LOOK_BOLD;
	if (style & STYLE_SELECTED) {
		if (colours >= 256)
			look.bg = 237;
		else
			look.attrs |= LOOK_REVERSE;
	}
	if ((style & STYLE_HIT) && colours >= 8) {
		look.fg = 0;
		look.bg = colours >= 256 ? 220 : 3;
	}
	return look;
}

char theme_letter(unsigned style)
{
	if (style & STYLE_HIT)
		return '*';
	unsigned role = style & 0x3f;
	char c = rows[role < STYLE_COUNT ? role : 0].letter;
	if (!(style & STYLE_SELECTED))
		return c;
	return c == '.' ? '_' : (char)toupper((unsigned char)c);
}
