/* SPDX-License-Identifier: MIT
 *
 * What a Claude Code session says beside its turns: where it ran, which sub-agents it had, what was not imported.
 */
#include <stdio.h>

#include "ingest/imp_claude.h"

static void ignore_line(struct sink *s, const struct line *l)
{
	struct str type = text_of(l->node, "type");
	char what[96];
	if (str_eq_c(type, "user") || str_eq_c(type, "assistant") || !type.n || l->node->type != JSON_OBJECT) {
		sink_skip(s, l->number, "no line of a session: it has no message");
		return;
	}
	if (str_eq_c(type, "summary") || str_eq_c(type, "result"))
		return;
	snprintf(what, sizeof what, "lines of type %.*s", (int)(type.n < 60 ? type.n : 60), type.p);
	sink_ignore(s, str_c(what), 1);
}

/* An answer that names the sub-agent which worked for it: "subagent.ID" is the call. */
static void note_agent(struct sink *s, const struct json *line)
{
	struct str agent = text_of(json_get(line, "toolUseResult"), "agentId");
	struct str call = text_of(json_at(json_get(json_get(line, "message"), "content"), 0), "tool_use_id");
	char key[80];
	int n = snprintf(key, sizeof key, "subagent.%.*s", (int)(agent.n < 60 ? agent.n : 60), agent.n ? agent.p : "");
	for (int i = 0; i < n; i++)
		if (!((key[i] >= 'a' && key[i] <= 'z') || (key[i] >= '0' && key[i] <= '9') || key[i] == '.' || key[i] == '-'))
			key[i] = '_';
	if (agent.n && call.n)
		sink_meta(s, key, call);
}

void claude_facts(struct sink *s, const struct claude_session *ses, const struct lines *lines)
{
	static const char *const used[] = {"type", "subtype", "is_error", "result", "session_id", "uuid", "duration_ms",
		"permission_denials", NULL};
	static const char *const known[] = {"type", "message", "uuid", "parentUuid", "isSidechain", "sessionId", "session_id", "timestamp",
		"cwd", "version", "gitBranch", "userType", "agentId", "parent_tool_use_id", "isApiErrorMessage", "error", NULL};
	static const char *const known_message[] = {"id", "type", "role", "model", "content", NULL};
	sink_meta(s, "cwd", ses->cwd);
	sink_meta(s, "git_branch", ses->branch);
	sink_meta(s, "summary", ses->summary);
	for (size_t i = 0; i < lines->n; i++) {
		if (!claude_is_message(lines->list[i].node)) {
			ignore_line(s, &lines->list[i]);
			continue;
		}
		note_agent(s, lines->list[i].node);
		ignore_rest(s, lines->list[i].node, known);
		ignore_rest(s, json_get(lines->list[i].node, "message"), known_message);
	}
	if (!ses->result)
		return;
	sink_meta_num(s, "permission_denials", (double)json_get(ses->result, "permission_denials")->count);
	sink_rest(s, "", ses->result, used);
}

/* ".meta.json" beside a sub-agent's file. */
void claude_agent(struct sink *s, const struct claude_session *ses, const struct json *meta)
{
	static const char *const used[] = {"agentType", "description", "toolUseId", NULL};
	sink_meta(s, "parent_session", ses->id);
	sink_meta(s, "parent_call", text_of(meta, "toolUseId"));
	sink_meta(s, "agent_type", text_of(meta, "agentType"));
	sink_meta(s, "description", text_of(meta, "description"));
	sink_rest(s, "agent.", meta, used);
}
