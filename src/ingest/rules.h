/* SPDX-License-Identifier: MIT
 *
 * The rules language: FILTER => set outcome=fail severity=high category+=ailuminate-1:src
 * one per line, # comments; later lines win, field by field. A format's defaults come first, then the
 * database's own, then --rules FILE; then labels. Outcome is derived, never guessed:
 * a result that no rule gives an outcome is missing, with the reason.
 *
 * Assignments: outcome=pass|fail|unsure|missing|invalid  severity=…  item_severity=…  kind=…  alias=TEXT
 *   category+=TAX:PATH  category-=GLOB  category=none  fail_turn=N|last  score=NAME (the primary score)
 */
#ifndef INGEST_RULES_H
#define INGEST_RULES_H

#include "filter/filter.h"
#include "store/store.h"

struct ruleset;

struct ruleset *ruleset_new(void);
void ruleset_free(struct ruleset *rs);
/* Adds the rules of a text; origin names it in messages and in `why` ("inspect", "house.rules"). format: only for
 * results of that format; absent = all. USAGE names origin, line, column. */
enum status ruleset_add(struct ruleset *rs, const char *origin, struct str format, struct str text, struct err *err);
/* All shipped defaults, then what the database holds. */
enum status ruleset_load(struct ruleset *rs, struct store *s, struct err *err);

/* Labels of items (`label FILE`), applied after all rules. */
struct label {
	struct str task, item;   /* task absent: any */
	struct str field, value; /* category, severity, target, kind */
};
void ruleset_add_label(struct ruleset *rs, const struct label *l);

/* The raw facts of one result, from the sink or from the store. */
struct raw_facts {
	struct str format, tool, run, task, model, provider, item, epoch;
	struct str raw_outcome, raw_severity, raw_item_severity, target, answer, error, limit, meta; /* meta: JSON object */
	uint32_t turns, steps, tool_calls, raw_fail_turn;
	const uint32_t *assistant; /* numbers of the assistant turns, ascending; NULL = not known (then nothing is located) */
	size_t nassistant;
	const struct in_score *scores;
	size_t nscores;
	const struct in_category *categories;
	size_t ncategories;
};
/* Pure. Category records and text live in `a`. hits (may be NULL) has a bit per rule in the order of adding. */
void ruleset_derive(const struct ruleset *rs, const struct raw_facts *raw, struct arena *a, struct derived *out, uint64_t *hits);
size_t ruleset_count(const struct ruleset *rs);
struct str ruleset_text(const struct ruleset *rs, size_t i, const char **origin, unsigned *line);

#endif
