/* SPDX-License-Identifier: MIT
 *
 * The small closed vocabularies that every module shares: outcomes, severities,
 * task kinds, verdicts, roles. Each is a table with the stable name used in
 * files, filters and CSV.
 */
#ifndef BASE_TERMS_H
#define BASE_TERMS_H

#include "base/str.h"

/* missing = errored, unscored, refused to judge, or direction not set; none is only for "not annotated". */
enum outcome { OUTCOME_NONE = 0, OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_UNSURE, OUTCOME_MISSING, OUTCOME_INVALID, OUTCOME_COUNT };

/* Unrated is never 0. */
enum severity { SEVERITY_UNRATED = 0, SEVERITY_NONE, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL, SEVERITY_COUNT };

enum task_kind { KIND_NONE = 0, KIND_SAFETY, KIND_CAPABILITY, KIND_UTILITY, KIND_OVER_REFUSAL, KIND_COUNT };

/* In order of badness for roll-ups (ZONES 5.12); the three first are not zones. */
enum verdict {
	VERDICT_NO_LINE = 0,
	VERDICT_NO_DATA,
	VERDICT_INSUFFICIENT,
	VERDICT_GREEN,
	VERDICT_GREEN_YELLOW, /* green, yellow not ruled out */
	VERDICT_GREEN_RED,    /* green, red not ruled out */
	VERDICT_YELLOW,
	VERDICT_YELLOW_RED, /* yellow, red not ruled out */
	VERDICT_RED,
	VERDICT_COUNT
};

enum role { ROLE_OTHER = 0, ROLE_SYSTEM, ROLE_USER, ROLE_ASSISTANT, ROLE_TOOL, ROLE_COUNT };

/* Stable names: "pass", "critical", "over-refusal", "green, yellow not ruled out", "assistant"; "" for none. */
const char *outcome_name(enum outcome o);
const char *severity_name(enum severity s); /* "unrated", "none", "low" … */
const char *kind_name(enum task_kind k);
const char *verdict_name(enum verdict v);
const char *role_name(enum role r);

/* false when the text is none of the names (case ignored). Severity also takes 0…4. */
bool outcome_parse(struct str s, enum outcome *out);
bool severity_parse(struct str s, enum severity *out);
bool kind_parse(struct str s, enum task_kind *out);
bool verdict_parse(struct str s, enum verdict *out);
/* Maps what tools write: developer → system, human → user, ai, agent, model → assistant, function, environment, toolResult → tool. */
enum role role_parse(struct str s);

#endif
