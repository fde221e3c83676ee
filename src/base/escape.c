/* SPDX-License-Identifier: MIT
 *
 * Making text safe to show.
 */
#include "base/escape.h"

#include <utf8proc.h>

#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A cell of the terminal carries a base character and this many marks; more would be lost, or, in a
 * terminal that draws them all, run over the lines around. */
enum { MARKS_MAX = 4 };

static bool ascii_only;

void escape_set_ascii(bool ascii)
{
	ascii_only = ascii;
}

bool escape_is_ascii(void)
{
	return ascii_only;
}

/* What the present character can attach to. */
struct place {
	uint32_t base; /* 0: nothing, a mark would stand alone */
	int marks;
	bool selector; /* one variation selector was seen */
};

static bool is_selector(uint32_t cp)
{
	return (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF);
}

/* A first U+FE0E or U+FE0F behind a symbol picks its drawing; any other selector can only carry hidden data. */
static bool selector_shown(const struct place *at, uint32_t cp)
{
	bool symbol = at->base >= 0x80 || at->base == '#' || at->base == '*' || (at->base >= '0' && at->base <= '9');
	return !at->selector && (cp == 0xFE0E || cp == 0xFE0F) && at->base && symbol;
}

static bool category_shown(uint32_t cp)
{
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_CN: /* unassigned and noncharacters */
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return true;
	}
}

static bool is_mark(uint32_t cp)
{
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_ME;
}

/* May cp (above 0x7f) go to the terminal as it is? Updates *at. */
static bool is_shown(struct place *at, uint32_t cp)
{
	if (ascii_only)
		return false;
	if (is_selector(cp)) {
		bool ok = selector_shown(at, cp);
		at->selector = true;
		return ok;
	}
	if (utf8_is_invisible(cp) || !category_shown(cp))
		return false;
	if (is_mark(cp))
		return at->base && ++at->marks <= MARKS_MAX;
	*at = (struct place){.base = cp};
	return true;
}

static void add_escape(struct buf *out, uint32_t cp, unsigned char byte, unsigned flags)
{
	const char *open = ascii_only ? "<" : "\xE2\x80\xB9", *close = ascii_only ? ">" : "\xE2\x80\xBA";
	if (flags & ESCAPE_MARK)
		buf_add_ch(out, '\001');
	if (cp < 0x20 || cp == 0x7F)
		buf_printf(out, "^%c", (char)(cp ^ 0x40));
	else if (cp == UINT32_MAX)
		buf_printf(out, "%sx%02X%s", open, byte, close);
	else
		buf_printf(out, "%sU+%04X%s", open, (unsigned)cp, close);
	if (flags & ESCAPE_MARK)
		buf_add_ch(out, '\002');
}

static size_t plain_run(struct str s)
{
	size_t i = 0;
#ifdef __SSE2__
	const __m128i space = _mm_set1_epi8(0x20), del = _mm_set1_epi8(0x7F);
	for (; s.n - i >= 16; i += 16) {
		__m128i v;
		memcpy(&v, s.p + i, sizeof v);
		/* Signed: what is below a space is a control character, or above 0x7f. */
		unsigned stop = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmplt_epi8(v, space), _mm_cmpeq_epi8(v, del)));
		if (stop)
			return i + (unsigned)__builtin_ctz(stop);
	}
#endif
	while (i < s.n && (unsigned char)s.p[i] >= 0x20 && (unsigned char)s.p[i] < 0x7F)
		i++;
	return i;
}

size_t escape_text(struct buf *out, struct str s, unsigned flags)
{
	struct place at = {0};
	size_t escaped = 0;
	buf_reserve(out, s.n);
	for (size_t i = 0; i < s.n;) {
		struct str rest = str_sub(s, i, s.n);
		size_t used = plain_run(rest);
		if (used) {
			at = (struct place){.base = (unsigned char)rest.p[used - 1]};
			buf_add(out, rest.p, used);
			i += used;
			continue;
		}
		uint32_t cp;
		used = utf8_next(rest, &cp);
		i += used;
		if (cp == '\t' || (cp == '\n' && flags & ESCAPE_LF)) {
			buf_add_ch(out, cp == '\t' && !(flags & ESCAPE_TAB) ? ' ' : (char)cp);
			at = (struct place){0};
		} else if (cp >= 0x80 && cp != UINT32_MAX && is_shown(&at, cp)) {
			buf_add(out, rest.p, used);
		} else {
			add_escape(out, cp, (unsigned char)rest.p[0], flags);
			at = (struct place){.selector = true, .base = 0};
			escaped++;
		}
	}
	return escaped;
}

bool escape_has_invisible(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp = 0;
		i += plain_run(str_sub(s, i, s.n));
		size_t used = utf8_next(str_sub(s, i, s.n), &cp);
		if (used && cp != UINT32_MAX && utf8_is_invisible(cp))
			return true;
		i += used;
	}
	return false;
}
