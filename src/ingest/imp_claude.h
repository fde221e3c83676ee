/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the Claude Code importer: the session as a whole, and its turns.
 */
#ifndef INGEST_IMP_CLAUDE_H
#define INGEST_IMP_CLAUDE_H

#include "base/dict.h"
#include "ingest/lines.h"

/* A call that may have started a sub-agent. */
struct claude_call {
	struct str id, agent, prompt;
};

struct claude {
	struct import *im;
	struct lines lines;
	bool subagent;             /* all of it is a sub-agent's */
	size_t *merged;            /* by line: index + 1 of the next line with the same message id */
	bool *continues;           /* by line: an earlier line has its message id */
	struct dict ids;           /* of messages, then of calls */
	struct claude_call *calls; /* those of the session, in order */
	size_t ncalls, calls_cap;
	struct dict uuids;         /* of lines of inline sub-agents, */
	size_t *branch;            /* and by uuid: index + 1 of the call that started theirs */
	size_t branch_cap;
};

/* What the lines say about the session. */
struct claude_session {
	struct str id, version, branch, cwd, agent, model, summary, api_error;
	int64_t started_ms;
	const struct json *result; /* the last line of a stream; NULL when there is none */
	bool sidechain, main;      /* has lines of a sub-agent's, of the session's own */
};

/* Does the line hold a message of a conversation? */
bool claude_is_message(const struct json *line);
/* The lines as turns, calls and answers, in the order of the file. */
void claude_turns(struct claude *c);
/* Meta of the result, and a count of the lines that are no turns. */
void claude_facts(struct sink *s, const struct claude_session *ses, const struct lines *lines);
/* What a sub-agent's ".meta.json" says; meta may be of type absent. */
void claude_agent(struct sink *s, const struct claude_session *ses, const struct json *meta);

#endif
