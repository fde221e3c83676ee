/* SPDX-License-Identifier: MIT
 *
 * The shared vocabularies.
 */
#include "base/terms.h"

static const char *const outcomes[OUTCOME_COUNT] = {"", "pass", "fail", "unsure", "missing", "invalid"};
static const char *const severities[SEVERITY_COUNT] = {"unrated", "none", "low", "medium", "high", "critical"};
static const char *const kinds[KIND_COUNT] = {"", "safety", "capability", "utility", "over-refusal"};
static const char *const verdicts[VERDICT_COUNT] = {
	"no line", "no data", "insufficient", "green", "green, yellow not ruled out", "green, red not ruled out",
	"yellow", "yellow, red not ruled out", "red",
};
static const char *const roles[ROLE_COUNT] = {"other", "system", "user", "assistant", "tool"};

const char *outcome_name(enum outcome o)
{
	return outcomes[o];
}

const char *severity_name(enum severity s)
{
	return severities[s];
}

const char *kind_name(enum task_kind k)
{
	return kinds[k];
}

const char *verdict_name(enum verdict v)
{
	return verdicts[v];
}

const char *role_name(enum role r)
{
	return roles[r];
}

/* The index of s among names[from …], or -1. */
static int find(struct str s, const char *const *names, int from, int n)
{
	for (int i = from; i < n; i++)
		if (str_eq_nocase(s, str_c(names[i])))
			return i;
	return -1;
}

bool outcome_parse(struct str s, enum outcome *out)
{
	int i = find(s, outcomes, 1, OUTCOME_COUNT);
	if (i >= 0)
		*out = (enum outcome)i;
	return i >= 0;
}

bool severity_parse(struct str s, enum severity *out)
{
	int i = find(s, severities, 0, SEVERITY_COUNT);
	if (i < 0 && s.n == 1 && s.p[0] >= '0' && s.p[0] <= '4')
		i = SEVERITY_NONE + (s.p[0] - '0');
	if (i >= 0)
		*out = (enum severity)i;
	return i >= 0;
}

bool kind_parse(struct str s, enum task_kind *out)
{
	int i = find(s, kinds, 1, KIND_COUNT);
	if (i >= 0)
		*out = (enum task_kind)i;
	return i >= 0;
}

bool verdict_parse(struct str s, enum verdict *out)
{
	int i = find(s, verdicts, 0, VERDICT_COUNT);
	if (i >= 0)
		*out = (enum verdict)i;
	return i >= 0;
}

enum role role_parse(struct str s)
{
	static const struct {
		const char *word;
		enum role role;
	} words[] = {
		{"system", ROLE_SYSTEM}, {"developer", ROLE_SYSTEM}, {"user", ROLE_USER}, {"human", ROLE_USER},
		{"assistant", ROLE_ASSISTANT}, {"agent", ROLE_ASSISTANT}, {"ai", ROLE_ASSISTANT}, {"model", ROLE_ASSISTANT},
		{"tool", ROLE_TOOL}, {"function", ROLE_TOOL}, {"environment", ROLE_TOOL}, {"toolresult", ROLE_TOOL},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_nocase(s, str_c(words[i].word)))
			return words[i].role;
	return ROLE_OTHER;
}
