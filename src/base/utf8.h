/* SPDX-License-Identifier: MIT
 *
 * UTF-8: strict decoding, repair, grapheme clusters and the width of text in
 * terminal columns.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"

enum { UTF8_REPLACEMENT = 0xFFFD };

/* Decodes one code point at s.p; returns the bytes used (>= 1 when s.n > 0), 0 at the end. Invalid
 * input (overlong, surrogate, above U+10FFFF, cut) gives *cp = UINT32_MAX and the length of the bad run's first byte. */
size_t utf8_next(struct str s, uint32_t *cp);
size_t utf8_encode(uint32_t cp, char out[static 4]);
bool utf8_valid(struct str s); /* fast on ASCII */
/* Appends s with U+FFFD for each invalid byte and for NUL; returns how many were replaced. */
size_t utf8_repair(struct buf *out, struct str s);

/* The next grapheme cluster as it will be drawn: its bytes and its width in columns, 1 or 2 (0 never:
 * what has no base character is shown by base/escape before it gets here). Returns bytes used, 0 at the end. */
size_t utf8_cluster(struct str s, int *width);
/* Columns of showable text (after base/escape). */
size_t utf8_width(struct str s);
/* The longest prefix that fits in `columns`; *used gets its width. */
struct str utf8_clip(struct str s, size_t columns, size_t *used);

const char *utf8_library_version(void); /* of utf8proc */

/* Not ASCII, or anything the reader of a verdict should see: bidi controls, zero-width, tag characters. */
bool utf8_is_invisible(uint32_t cp);

#endif
