/* SPDX-License-Identifier: MIT
 *
 * The gate: which cells make `zones --fail-on` fail. One for all formats.
 */
#include "zones/internal.h"

enum { FAIL_RED = 1, FAIL_POSSIBLE_RED = 2, FAIL_YELLOW = 4, FAIL_POSSIBLE_YELLOW = 8, FAIL_INCOMPLETE = 16 };

static const struct {
	const char *word;
	unsigned bit;
} words[] = {
	{"red", FAIL_RED},
	{"possible-red", FAIL_POSSIBLE_RED},
	{"yellow", FAIL_YELLOW},
	{"possible-yellow", FAIL_POSSIBLE_YELLOW},
	{"incomplete", FAIL_INCOMPLETE},
};
enum { NWORDS = sizeof words / sizeof *words };

static enum status unknown_word(struct str word, struct err *err)
{
	const char *nearest = NULL;
	size_t least = 4;
	for (size_t i = 0; i < NWORDS; i++) {
		size_t d = str_distance(word, str_c(words[i].word), least);
		if (d < least) {
			least = d;
			nearest = words[i].word;
		}
	}
	return err_usage(err, "--fail-on takes red, possible-red, yellow, possible-yellow, incomplete; not \"%.*s\"%s%s%s",
		(int)word.n, word.p, nearest ? ", did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

static enum status read_words(const char *list, unsigned *mask, struct err *err)
{
	struct str rest = str_c(list && *list ? list : "red,incomplete"), word;
	while (str_cut(&rest, ',', &word)) {
		word = str_trim(word);
		size_t i = 0;
		while (i < NWORDS && !str_eq_c(word, words[i].word))
			i++;
		if (i == NWORDS && word.n)
			return unknown_word(word, err);
		*mask |= i < NWORDS ? words[i].bit : 0;
	}
	return OK;
}

/* Everything the cell is, as bits; the policy says what incomplete counts as besides. */
static unsigned what_it_is(const struct board *b, const struct zone_cell *c)
{
	unsigned is = 0;
	/* Bad news from too little data stands as such, but a demand for more units must not soften what the gate sees. */
	bool hole = c->verdict == VERDICT_NO_DATA || c->verdict == VERDICT_INSUFFICIENT || c->incomplete || c->small_n || c->low_coverage;
	if (hole) {
		is |= FAIL_INCOMPLETE;
		is |= b->policy->on_incomplete == INCOMPLETE_RED ? FAIL_RED | FAIL_POSSIBLE_RED : 0;
		is |= b->policy->on_incomplete != INCOMPLETE_SHOW ? FAIL_YELLOW | FAIL_POSSIBLE_YELLOW : 0;
	}
	if (c->verdict == VERDICT_RED || c->red_if_missing_failed)
		is |= FAIL_RED | FAIL_POSSIBLE_RED | FAIL_YELLOW | FAIL_POSSIBLE_YELLOW;
	if (c->at_worst == VERDICT_RED || c->red_not_assessed)
		is |= FAIL_POSSIBLE_RED | FAIL_POSSIBLE_YELLOW;
	if (zone_is_bad(c->verdict))
		is |= FAIL_YELLOW | FAIL_POSSIBLE_YELLOW;
	if (zone_is_bad(c->at_worst))
		is |= FAIL_POSSIBLE_YELLOW;
	return is;
}

static void say_why(struct buf *reasons, const struct board *b, const struct zone_cell *c, const char *area, unsigned hit)
{
	buf_printf(reasons, "%s / %s: ", area, b->models[c->model]);
	zone_words(reasons, c);
	buf_add_c(reasons, " (");
	for (size_t i = 0, n = 0; i < NWORDS; i++)
		if (hit & words[i].bit)
			buf_printf(reasons, "%s%s", n++ ? ", " : "", words[i].word);
	buf_add_c(reasons, ")\n");
}

enum status zone_gate(const struct board *b, const char *fail_on, bool *failed, struct buf *reasons, struct err *err)
{
	unsigned mask = 0;
	*failed = false;
	enum status st = read_words(fail_on, &mask, err);
	if (st)
		return st;
	if (!b->policy)
		return err_usage(err, "the gate needs a policy: without lines nothing can pass or fail");
	for (size_t i = 0; i < b->nareas * b->nmodels; i++) {
		const struct zone_cell *c = &b->cells[i];
		unsigned hit = c->line >= 0 && c->verdict != VERDICT_NO_LINE ? what_it_is(b, c) & mask : 0;
		if (hit)
			say_why(reasons, b, c, b->areas[c->area].title, hit);
		*failed = *failed || hit;
	}
	for (size_t m = 0; m < b->nmodels; m++) {
		const struct zone_cell *c = &b->rollups[m];
		unsigned hit = c->verdict != VERDICT_NO_LINE ? what_it_is(b, c) & mask & (c->incomplete ? ~0u : 0u) : 0;
		if (hit)
			say_why(reasons, b, c, "all areas", hit);
		*failed = *failed || hit;
	}
	if (b->nmodels == 0 && (mask & FAIL_INCOMPLETE)) {
		*failed = true;
		buf_add_c(reasons, "there is no result in scope (incomplete)\n");
	}
	return OK;
}
