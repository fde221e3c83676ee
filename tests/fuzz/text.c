/* SPDX-License-Identifier: MIT
 *
 * Fuzz target: any bytes as text to show. What comes out must be safe, and the
 * parts of it must add up.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Valid, without anything invisible but the line feeds, tabs and marks that were asked for. */
static void check_safe(struct str s, unsigned flags)
{
	if (!utf8_valid(s))
		abort();
	for (size_t i = 0, n; i < s.n; i += n) {
		uint32_t cp;
		n = utf8_next(str_sub(s, i, s.n), &cp);
		bool asked = (cp == '\n' && flags & ESCAPE_LF) || (cp == '\t' && flags & ESCAPE_TAB) || ((cp == 1 || cp == 2) && flags & ESCAPE_MARK);
		if (!asked && (cp < 0x20 || cp == 0x7F || utf8_is_invisible(cp) || (escape_is_ascii() && cp > 0x7F)))
			abort();
	}
}

static void check_width(struct str s)
{
	size_t total = utf8_width(s), used;
	for (size_t columns = 0; columns <= total && columns < 50; columns++) {
		struct str part = utf8_clip(s, columns, &used);
		if (used > columns || columns - used > 1 || utf8_width(part) != used)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = {0}, repaired = {0};
	unsigned flags = size ? data[0] & 7u : 0;
	struct str s = str_n((const char *)data + (size > 0), size - (size > 0));
	escape_set_ascii(size && data[0] & 8);
	size_t escaped = escape_text(&out, s, flags);
	check_safe(buf_str(&out), flags);
	if (!escape_is_ascii() && escape_has_invisible(s) && escaped == 0)
		abort();
	check_width(buf_str(&out));
	check_width(s);
	utf8_repair(&repaired, s);
	if (!utf8_valid(buf_str(&repaired)))
		abort();
	escape_set_ascii(false);
	buf_fini(&out);
	buf_fini(&repaired);
	return 0;
}
