/* SPDX-License-Identifier: MIT
 *
 * A cell in words, in one letter, and in one shape.
 */
#include "zones/internal.h"

static const struct {
	const char *letter, *shape, *ascii;
} signs[VERDICT_COUNT] = {
	[VERDICT_NO_LINE] = {"", " ", " "},
	[VERDICT_NO_DATA] = {"-", "–", "-"},
	[VERDICT_INSUFFICIENT] = {"n", "…", "."},
	[VERDICT_GREEN] = {"G", "●", "o"},
	[VERDICT_GREEN_YELLOW] = {"g?", "◐", "c"},
	[VERDICT_GREEN_RED] = {"g?", "◐", "c"},
	[VERDICT_YELLOW] = {"Y", "◆", "*"},
	[VERDICT_YELLOW_RED] = {"Y?", "◆", "*"},
	[VERDICT_RED] = {"R", "▲", "A"},
};

const char *zone_letter(enum verdict v)
{
	return v < VERDICT_COUNT ? signs[v].letter : "";
}

const char *zone_shape(enum verdict v, bool ascii)
{
	return v >= VERDICT_COUNT ? " " : ascii ? signs[v].ascii : signs[v].shape;
}

/* What the estimate reads, for "at least": red of "red", yellow of "yellow, red not ruled out". */
static enum verdict own_zone(enum verdict v)
{
	return v == VERDICT_RED ? VERDICT_RED : v >= VERDICT_YELLOW ? VERDICT_YELLOW : VERDICT_GREEN;
}

static void add_zone(struct buf *out, const struct zone_cell *c)
{
	buf_add_c(out, verdict_name(c->verdict));
	if ((c->small_n || c->low_coverage) && c->reads != c->verdict)
		buf_printf(out, " (reads %s)", verdict_name(c->reads));
	if (c->declared == VERDICT_RED)
		buf_add_c(out, ", declared");
	else if (zone_is_bad(c->verdict) && c->confirmed)
		buf_add_c(out, ", confirmed");
	else if (zone_is_bad(c->verdict) && !c->no_interval && c->at_least >= VERDICT_GREEN && c->at_least < own_zone(c->verdict))
		buf_printf(out, ", at least %s", verdict_name(c->at_least));
}

void zone_words(struct buf *out, const struct zone_cell *c)
{
	bool whole = c->line < 0 && c->verdict != VERDICT_NO_LINE;
	if (c->verdict == VERDICT_NO_DATA || c->verdict == VERDICT_NO_LINE) {
		buf_add_c(out, verdict_name(c->verdict));
		if (c->reason)
			buf_printf(out, ": %s", c->reason);
		return;
	}
	if (c->verdict == VERDICT_INSUFFICIENT && whole) {
		buf_add_c(out, "incomplete");
		return;
	}
	if (c->verdict == VERDICT_INSUFFICIENT)
		buf_printf(out, "insufficient (reads %s)", verdict_name(c->reads));
	else if (whole)
		buf_add_c(out, verdict_name(c->verdict));
	else
		add_zone(out, c);
	if (c->incomplete)
		buf_add_c(out, ", incomplete");
	else if (c->red_not_assessed)
		buf_add_c(out, ", red not assessed");
	if (c->red_if_missing_failed)
		buf_add_c(out, ", red if the missing failed");
}

void zone_tags(struct buf *out, const struct zone_cell *c)
{
	const struct {
		bool on;
		const char *tag;
	} tags[] = {
		{c->small_n, "small n"},
		{c->low_coverage, "low coverage"},
		{c->no_interval, "no interval"},
		{c->direction_unconfirmed, "direction unconfirmed"},
		{c->override_only, "override-only"},
		{c->shows_raw && c->override_only, "automatic outcomes shown"},
		{c->declaration_stale, "declaration stale"},
	};
	bool any = false;
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (tags[i].on) {
			buf_printf(out, "%s%s", any ? ", " : "", tags[i].tag);
			any = true;
		}
}
