/* SPDX-License-Identifier: MIT
 *
 * How outcomes, severities and verdicts look on the screen: a word and a
 * shape always, colour on top.
 */
#include <stdio.h>

#include "base/escape.h"
#include "ui/screen.h"

static const struct {
	const char *mark, *ascii;
	unsigned style;
} severities[SEVERITY_COUNT] = {
	[SEVERITY_UNRATED] = {"–", "-", STYLE_DIM},
	[SEVERITY_NONE] = {"  none", "  none", STYLE_DIM},
	[SEVERITY_LOW] = {"· low", ". low", STYLE_LOW},
	[SEVERITY_MEDIUM] = {"◦ med", "o med", STYLE_MEDIUM},
	[SEVERITY_HIGH] = {"● high", "* high", STYLE_HIGH},
	[SEVERITY_CRITICAL] = {"▲ crit", "! crit", STYLE_CRITICAL},
};

const char *severity_mark(enum severity s)
{
	if (s >= SEVERITY_COUNT)
		s = SEVERITY_UNRATED;
	return escape_is_ascii() ? severities[s].ascii : severities[s].mark;
}

unsigned severity_style(enum severity s)
{
	return s < SEVERITY_COUNT ? severities[s].style : (unsigned)STYLE_DIM;
}

static const struct {
	const char *mark, *ascii;
	unsigned style;
} outcomes[OUTCOME_COUNT] = {
	[OUTCOME_NONE] = {"–", "-", STYLE_DIM},
	[OUTCOME_PASS] = {"✓ pass", "+ pass", STYLE_PASS},
	[OUTCOME_FAIL] = {"✗ fail", "x fail", STYLE_FAIL},
	[OUTCOME_UNSURE] = {"? unsure", "? unsure", STYLE_UNSURE},
	[OUTCOME_MISSING] = {"– missing", "- missing", STYLE_NODATA},
	[OUTCOME_INVALID] = {"∅ invalid", "0 invalid", STYLE_NODATA},
};

const char *outcome_mark(enum outcome o)
{
	if (o >= OUTCOME_COUNT)
		o = OUTCOME_NONE;
	return escape_is_ascii() ? outcomes[o].ascii : outcomes[o].mark;
}

unsigned outcome_style(enum outcome o)
{
	return o < OUTCOME_COUNT ? outcomes[o].style : (unsigned)STYLE_DIM;
}

unsigned verdict_style(enum verdict v)
{
	switch (v) {
	case VERDICT_GREEN:
	case VERDICT_GREEN_YELLOW:
	case VERDICT_GREEN_RED:
		return STYLE_GREEN;
	case VERDICT_YELLOW:
	case VERDICT_YELLOW_RED:
		return STYLE_YELLOW;
	case VERDICT_RED:
		return STYLE_RED;
	case VERDICT_NO_LINE:
		return STYLE_NORMAL;
	case VERDICT_NO_DATA:
	case VERDICT_INSUFFICIENT:
	case VERDICT_COUNT:
		break;
	}
	return STYLE_NODATA;
}

void add_number(struct buf *out, uint64_t n)
{
	char digits[32];
	int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_add_ch(out, ',');
		buf_add_ch(out, digits[i]);
	}
}

void add_shell_quoted(struct buf *out, const char *text)
{
	buf_add_ch(out, '\'');
	for (; *text; text++)
		if (*text == '\'')
			buf_add_c(out, "'\\''");
		else
			buf_add_ch(out, *text);
	buf_add_ch(out, '\'');
}
