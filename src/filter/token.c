/* SPDX-License-Identifier: MIT
 *
 * The one tokenizer: what a word is, for the filter line, the scan and any
 * index. A token is a run of letters, digits and marks. Scripts that write
 * without blanks give one token a letter, so that words in them are found as
 * phrases.
 */
#include <utf8proc.h>

#include "base/utf8.h"
#include "filter/internal.h"

size_t char_next(struct str s, uint32_t *cp)
{
	return utf8_next(s, cp);
}

uint32_t char_fold(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
	/* U+212A (Kelvin) and U+0130 fold into ASCII; they stay what they are, see the header. */
	utf8proc_int32_t low = utf8proc_tolower((utf8proc_int32_t)cp);
	return low < 0x80 ? cp : (uint32_t)low;
}

enum token_class { TOKEN_NO, TOKEN_RUN, TOKEN_MARK, TOKEN_SINGLE };

static const struct {
	uint32_t first, last;
} singles[] = {
	{0x0e00, 0x0eff},   /* Thai, Lao */
	{0x1000, 0x109f},   /* Myanmar */
	{0x1780, 0x17ff},   /* Khmer */
	{0x3005, 0x3007},   /* ideographic iteration mark and zero */
	{0x3040, 0x30ff},   /* Hiragana, Katakana */
	{0x31f0, 0x31ff},   /* Katakana extensions */
	{0x3400, 0x4dbf},   /* Han extension A */
	{0x4e00, 0x9fff},   /* Han */
	{0xf900, 0xfaff},   /* Han compatibility */
	{0xff66, 0xff9f},   /* half-width Katakana */
	{0x20000, 0x3ffff}, /* Han extensions B and on */
};

static bool is_single(uint32_t cp)
{
	if (cp < singles[0].first)
		return false;
	for (size_t i = 0; i < sizeof singles / sizeof *singles; i++)
		if (cp >= singles[i].first && cp <= singles[i].last)
			return true;
	return false;
}

static enum token_class class_of(uint32_t cp)
{
	if (cp == UINT32_MAX)
		return TOKEN_NO;
	switch (utf8proc_category((utf8proc_int32_t)cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return is_single(cp) ? TOKEN_SINGLE : TOKEN_RUN;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return TOKEN_MARK;
	default:
		return TOKEN_NO;
	}
}

static bool ascii_alnum(unsigned char c)
{
	return (unsigned char)((c | 32) - 'a') < 26 || (unsigned char)(c - '0') < 10;
}

/* The class of the character at `at` and how long it is; ASCII without decoding. */
static enum token_class class_at(struct str text, size_t at, size_t *n)
{
	unsigned char c = (unsigned char)text.p[at];
	*n = 1;
	if (c < 0x80)
		return ascii_alnum(c) ? TOKEN_RUN : TOKEN_NO;
	uint32_t cp;
	*n = utf8_next(str_n(text.p + at, text.n - at), &cp);
	return class_of(cp);
}

bool token_next(struct str text, size_t *at, struct str *token)
{
	size_t i = *at, n = 1;
	enum token_class c = TOKEN_NO;
	while (i < text.n && (c = class_at(text, i, &n)) == TOKEN_NO)
		i += n;
	if (i >= text.n) {
		*at = text.n;
		return false;
	}
	size_t from = i;
	bool single = c == TOKEN_SINGLE;
	i += n;
	while (i < text.n) {
		c = class_at(text, i, &n);
		if (c == TOKEN_NO || c == TOKEN_SINGLE || (single && c != TOKEN_MARK))
			break;
		i += n;
	}
	*token = str_n(text.p + from, i - from);
	*at = i;
	return true;
}
