/* SPDX-License-Identifier: MIT
 *
 * UTF-8. Decoding is strict (no overlong forms, no surrogates, nothing above
 * U+10FFFF); clusters and widths come from utf8proc alone, never from the
 * machine's locale, so that every terminal and every test sees the same.
 */
#include "base/utf8.h"

#include <utf8proc.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The length of the ASCII run at p. */
static size_t ascii_run(const unsigned char *p, size_t n)
{
	size_t i = 0;
#ifdef __SSE2__
	for (; i + 16 <= n; i += 16) {
		__m128i block;
		memcpy(&block, p + i, sizeof block);
		if (_mm_movemask_epi8(block))
			break;
	}
#else
	for (; i + 8 <= n; i += 8) {
		uint64_t block;
		memcpy(&block, p + i, sizeof block);
		if (block & UINT64_C(0x8080808080808080))
			break;
	}
#endif
	while (i < n && p[i] < 0x80)
		i++;
	return i;
}

static bool is_tail(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

size_t utf8_next(struct str s, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s.p;
	if (s.n == 0)
		return 0;
	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	*cp = UINT32_MAX;
	if (p[0] < 0xC2 || p[0] > 0xF4)
		return 1;
	size_t len = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	if (s.n < len)
		return 1;
	for (size_t i = 1; i < len; i++)
		if (!is_tail(p[i]))
			return 1;
	if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
		return 1;
	uint32_t v = p[0] & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++)
		v = v << 6 | (p[i] & 0x3Fu);
	*cp = v;
	return len;
}

size_t utf8_encode(uint32_t cp, char out[static 4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	size_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--, cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3F));
	out[0] = (char)((0xF00u >> len & 0xFFu) | cp);
	return len;
}

bool utf8_valid(struct str s)
{
	size_t i = 0;
	while (i < s.n) {
		i += ascii_run((const unsigned char *)s.p + i, s.n - i);
		uint32_t cp = 0;
		i += utf8_next(str_sub(s, i, s.n), &cp);
		if (cp == UINT32_MAX)
			return false;
	}
	return true;
}

size_t utf8_repair(struct buf *out, struct str s)
{
	size_t replaced = 0;
	buf_reserve(out, s.n);
	for (size_t i = 0, start = 0; i <= s.n;) {
		uint32_t cp = 0;
		size_t used = utf8_next(str_sub(s, i, s.n), &cp);
		bool bad = used && (cp == 0 || cp == UINT32_MAX);
		if (bad || !used)
			buf_add_str(out, str_sub(s, start, i - start));
		if (!used)
			break;
		i += used;
		if (bad) {
			buf_add_c(out, "\xEF\xBF\xBD");
			replaced++;
			start = i;
		}
	}
	return replaced;
}

static bool is_regional(uint32_t cp)
{
	return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

size_t utf8_cluster(struct str s, int *width)
{
	uint32_t first = 0;
	size_t n = utf8_next(s, &first);
	*width = 1;
	if (n == 0 || first == UINT32_MAX)
		return n;
	if (first < 0x80 && (n == s.n || (unsigned char)s.p[n] < 0x80))
		return n;
	/* The first character decides: terminals agree on it, on sums they do not. */
	*width = utf8proc_charwidth((utf8proc_int32_t)first) == 2 ? 2 : 1;
	/* Regional indicators stay single, one column each: some terminals join two to a flag of the same
	 * two columns, the others show the letters. */
	if (is_regional(first))
		return n;
	utf8proc_int32_t state = 0;
	for (uint32_t before = first, cp = 0;; before = cp) {
		size_t used = utf8_next(str_sub(s, n, s.n), &cp);
		if (used == 0 || cp == UINT32_MAX || is_regional(cp))
			return n;
		if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)cp, &state))
			return n;
		n += used;
	}
}

size_t utf8_width(struct str s)
{
	size_t used;
	utf8_clip(s, SIZE_MAX, &used);
	return used;
}

struct str utf8_clip(struct str s, size_t columns, size_t *used)
{
	size_t i = 0;
	*used = 0;
	for (;;) {
		int width;
		size_t n = utf8_cluster(str_sub(s, i, s.n), &width);
		if (n == 0 || columns - *used < (size_t)width)
			return str_sub(s, 0, i);
		*used += (size_t)width;
		i += n;
	}
}

/* Ranges of what a terminal draws as nothing, or that reorders what stands beside it. U+FE0E and U+FE0F
 * are left out: they only choose between two drawings of a symbol. */
static const struct range {
	uint32_t from, to;
} invisible[] = {
	{0x0000, 0x0008}, {0x000B, 0x000C}, {0x000E, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD},
	{0x034F, 0x034F}, {0x061C, 0x061C}, {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F},
	{0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0x2800, 0x2800}, {0x3164, 0x3164},
	{0xFE00, 0xFE0D}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3},
	{0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

bool utf8_is_invisible(uint32_t cp)
{
	if (cp >= 0x20 && cp < 0x7F)
		return false;
	for (size_t i = 0; i < sizeof invisible / sizeof invisible[0]; i++)
		if (cp >= invisible[i].from && cp <= invisible[i].to)
			return true;
	return cp <= 0x10FFFF && (cp & 0xFFFE) == 0xFFFE;
}

const char *utf8_library_version(void)
{
	return utf8proc_version();
}
