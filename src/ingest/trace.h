/* SPDX-License-Identifier: MIT
 *
 * Traces of agents: spans of model calls, tools and agents, told in pieces and in any order; a trace is one result.
 *
 * An importer of such a format reads its bodies into spans and puts each through here. They become parts (sink_part), of
 * which trace_assemble makes the result whenever one arrives, so that neither the order of bodies nor their number matters.
 * Each call of a model repeats the conversation so far: messages are stored as a tree, each once, so that parts grow with
 * what was said, not with how often.
 *
 * The turns of a trace: of each agent's model calls the one with the most messages gives its inputs and its output; a
 * conversation outside any agent counts as an agent's, as does one under a tool. Spans of tools are paired with the calls
 * that messages name: by id, else by name and arguments, else by name. A call without a span is one unless spans of the same
 * tool are there: then it never ran, and meta.calls_not_run tells of it. A span that no message asks for is a call of
 * the agent's last assistant turn. A sub-agent's turns follow the answers to the call that started it.
 */
#ifndef INGEST_TRACE_H
#define INGEST_TRACE_H

#include "ingest/sink.h"

/* NOTE: no span but facts about one (its parent) or the trace, such as a score that comes with an id of its own. */
enum span_kind { SPAN_UNSAID, SPAN_OTHER, SPAN_LLM, SPAN_TOOL, SPAN_AGENT, SPAN_NOTE };
enum span_status { SPAN_STATUS_UNSAID, SPAN_OK, SPAN_ERROR };
enum span_side { SPAN_IN, SPAN_OUT };

/* What one piece says of a span. Absent members are not said; of several pieces about one span the later version's
 * word counts, member by member. */
struct span {
	struct str id;      /* "" = the trace itself */
	struct str version; /* orders the pieces about one span, compared as bytes; a time or a number of fixed width */
	bool adds;          /* its messages come after those of the versions before (logs), and count only where no other are */
	struct str parent;
	enum span_kind kind;
	enum span_status status;
	int64_t start_ns, end_ns; /* 0 = unknown */
	struct str name;          /* of a tool's span: the tool */
	struct str agent;         /* of an agent's span: its name for people */
	struct str error;
	struct str model, provider, service;
	struct str task, outcome; /* of the trace: instead of the root's name and status */
	struct str severity, item_severity; /* of the trace, in the source's words, whichever span says them */
	struct str call_id;       /* of a tool: its call; of an agent: the call that started it, where no tool's span says so */
	struct str arguments, result;
	uint64_t dropped;  /* attributes, events or messages that the writer left out */
	uint32_t repairs;
};

struct traces;
struct traces *traces_new(struct sink *s, const char *tool);
void traces_free(struct traces *t);

/* One piece: begin, then any of chat, meta, score and category, then end. */
void span_begin(struct traces *t, struct str trace, const struct span *span);
/* Messages that went in or came out, in any dialect of trace_chat.h; may be called more than once. */
void span_chat(struct traces *t, enum span_side side, const struct json *chat);
/* A bare text: role as in "user"; absent text is nothing. */
void span_text(struct traces *t, enum span_side side, const char *role, struct str text);
/* Facts about the trace; of equal keys the earliest span's counts, its ancestors' first. */
void span_meta(struct traces *t, const char *key, struct str value);
void span_score(struct traces *t, const struct in_score *score);
void span_category(struct traces *t, struct str taxonomy, struct str path);
void span_end(struct traces *t);

struct trace_form {
	const char *tool;
	bool calls_are_spans; /* a call without a span never ran, whatever the tool */
	bool any_error;       /* a trace failed when any of its spans did, not only a root */
	bool agents_tell;     /* where an agent's span has messages of its own, these count and no model call's */
};
/* The result of one trace; what an importer's `assemble` calls. Its raw outcome is "error" when the root ended in an error,
 * "ok" when it ended without, absent while it is not there; a trace's own outcome takes its place. */
enum status trace_assemble(
	struct sink *s, const struct trace_form *form, const struct in_part *parts, size_t n, struct err *err);

#endif
