/* SPDX-License-Identifier: MIT
 *
 * The one encoder through which all text from outside passes before it reaches
 * a terminal, a clipboard, a title or a report. Nothing is dropped: an auditor
 * must see what was smuggled.
 *
 *   C0, DEL       ^[ ^A ^?   (TAB and LF by flag)
 *   C1            ‹U+009B›
 *   bidi controls, zero-width, tags, variation selectors beyond the first,
 *   noncharacters, private use, unassigned, soft hyphen:   ‹U+202E›
 *   marks without a base character, and more than four on one:   ‹U+0301›
 *   invalid UTF-8 ‹xFF›
 *
 * In an ASCII locale (escape_set_ascii) the quotes are < > and every other
 * non-ASCII character is shown as <U+XXXX>.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/buf.h"

enum {
	ESCAPE_LF = 1,   /* keep line feeds */
	ESCAPE_TAB = 2,  /* keep tabs; otherwise a tab becomes one blank */
	ESCAPE_MARK = 4, /* wrap each escape in \001 … \002, so that ui/grid can style it; only ui asks for this */
};

void escape_set_ascii(bool ascii);
bool escape_is_ascii(void);
/* Appends showable text; returns how many characters were escaped. */
size_t escape_text(struct buf *out, struct str s, unsigned flags);
/* Does s hold invisible characters (see utf8_is_invisible)? */
bool escape_has_invisible(struct str s);

#endif
