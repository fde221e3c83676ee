/* SPDX-License-Identifier: MIT
 *
 * Rows of users, agents with thought and action, and environments, as R-Judge writes them and others after it.
 */
#include "ingest/episode.h"

/* "Name: {…}", "Name{…}", "Name(…)" and "Name\nAction Input: {…}" are calls; anything else is text without a name. */
static struct sink_call call_of(struct str action)
{
	static const char *const joints[] = {"\nAction Input:", ": {", ":{", " {", "{", "("};
	struct str text = str_trim(action);
	size_t n = 0;
	while (n < text.n && (text.p[n] == '_' || text.p[n] == '.' || (text.p[n] >= '0' && text.p[n] <= '9') ||
				     ((text.p[n] | 32) >= 'a' && (text.p[n] | 32) <= 'z')))
		n++;
	struct str rest = str_sub(text, n, text.n);
	for (size_t i = 0; n && i < sizeof joints / sizeof *joints; i++) {
		if (!str_starts(rest, joints[i]))
			continue;
		size_t skip = strlen(joints[i]) - (str_ends(str_c(joints[i]), "{") || str_ends(str_c(joints[i]), "("));
		return (struct sink_call){.name = str_sub(text, 0, n), .arguments = str_trim(str_sub(rest, skip, rest.n))};
	}
	return (struct sink_call){.arguments = action};
}

void episode_row(struct sink *s, const struct json *row, bool *asked)
{
	struct str role = json_str(json_get(row, "role")), action = json_str(json_get(row, "action"));
	struct sink_turn t = {.role = role_parse(role), .role_text = role, .content = json_plain(json_get(row, "content"))};
	t.reasoning = json_plain(json_get(row, "thought"));
	if (!t.reasoning.n)
		t.reasoning = (struct str){0};
	t.unasked = !*asked;
	sink_turn(s, &t);
	*asked = action.n || (*asked && t.role == ROLE_USER);
	if (action.n) {
		struct sink_call call = call_of(action);
		sink_call(s, &call);
	}
}

struct str episode_answer(const struct json *rows)
{
	struct str said = {0};
	JSON_EACH(row, rows)
	{
		struct str action = json_str(json_get(row, "action"));
		if (action.n)
			said = call_of(action).name.n ? (struct str){0} : action;
	}
	return said;
}
