/* SPDX-License-Identifier: MIT
 *
 * The inside of trace.h: a trace read back from its parts (trace_read.c), which
 * model calls and tools belong together (trace_scope.c), which call is whose
 * (trace_calls.c), and the turns (trace.c).
 */
#ifndef INGEST_TRACE_PRIVATE_H
#define INGEST_TRACE_PRIVATE_H

#include "base/arena.h"
#include "base/dict.h"
#include "ingest/trace.h"

/* The members of struct span that are texts, and their names in a piece. */
struct span_text {
	const char *name;
	size_t offset;
};
extern const struct span_text span_texts[];
static inline struct str span_text_get(const struct span *s, size_t offset)
{
	struct str v;
	memcpy(&v, (const char *)s + offset, sizeof v);
	return v;
}
static inline void span_text_set(struct span *s, size_t offset, struct str v)
{
	memcpy((char *)s + offset, &v, sizeof v);
}

#define NO_INDEX UINT32_MAX

/* A message, and what stood before it. */
struct message {
	const struct json *body;
	uint32_t up;   /* NO_INDEX: the first one */
	int64_t at_ns; /* when a model gave it, 0 = unknown */
	uint32_t turn; /* in the result, 0 = it is none */
	bool talked;   /* with a model, not only to or from an agent */
};

/* Messages of one piece: n of them that end with `head`. */
struct stretch {
	uint32_t head, n;
	struct stretch *next;
};

struct side {
	struct stretch *first, *last;
	uint32_t n;
};

struct piece {
	const struct json *body;
	struct piece *next;
};

struct node {
	struct span s;         /* merged of all pieces */
	uint32_t parent;       /* index of the span above, or NO_INDEX */
	bool has_parent;       /* its pieces name one, here or not */
	bool told;             /* a span of its own, not only facts about one */
	struct side sides[2];  /* what counts: told whole, else by additions */
	struct side added[2];
	struct piece *pieces, *last_piece;
	uint32_t owner;        /* the nearest agent or tool above */
	uint32_t scope;        /* of an agent, model call or tool */
	uint32_t last_message; /* that came out of it */
	uint32_t want;         /* of a tool: its call in the conversation that is told, or NO_INDEX */
};

/* A conversation and the tools of it: an agent's, or one without an agent. */
struct scope {
	uint32_t span;   /* the agent; of a conversation under a tool that tool; NO_INDEX outside of all */
	uint32_t parent; /* scope, or NO_INDEX */
	uint32_t child, sibling; /* scopes within it, and beside it */
	int64_t start_ns;
	uint32_t first;  /* the first message, for conversations without an agent */
	uint32_t best;   /* node whose messages are the turns, or NO_INDEX */
	uint32_t nbest;
	uint32_t starter; /* the tool's span that started it, or NO_INDEX */
	uint32_t tools, ntools; /* its tools' spans, in trace.tools */
	bool done;
};

struct trace {
	struct arena arena;
	struct dict ids;      /* of spans: index in nodes */
	struct dict hashes;   /* of messages: index in messages */
	struct node *nodes;
	size_t nnodes, nodes_cap;
	struct message *messages;
	size_t nmessages, messages_cap;
	struct scope *scopes;
	size_t nscopes, scopes_cap;
	uint32_t *order;      /* nodes by start */
	uint32_t *tools;      /* nodes that are tools, by scope and start */
	struct dict tool_names;
	bool has_chat;        /* some model call has messages */
	bool told;            /* there is a span, or word of the trace itself */
	struct str name;
};

/* A trace on its way into a sink. */
struct telling {
	struct trace *t;
	struct sink *s;
	const struct trace_form *form;
	struct buf not_run; /* calls that were asked for and never ran */
};

/* All parts of a trace; FAIL only for parts that are not ours. */
enum status trace_read(struct trace *t, const struct in_part *parts, size_t n, struct err *err);
void trace_free(struct trace *t);
/* Who belongs to whom: owner, scope, starter. */
void trace_scopes(struct trace *t);
/* The messages of a node, in order, into the arena; *n of them. */
const uint32_t *trace_messages(struct trace *t, const struct node *node, size_t *n);

/* A call that a message asks for, or that only a tool's span tells of. */
struct want {
	const struct json *call; /* NULL: only a span */
	uint32_t message;        /* that asks for it, as index in talk.messages */
	uint32_t node;           /* the tool's span, or NO_INDEX */
	uint32_t next;           /* with the same id */
	bool answered;           /* by a message of the conversation … */
	bool shared;             /* … which answers others too */
	bool never_ran;
	struct str result, error;
};

/* The conversation of one scope with its calls. */
struct talk {
	const uint32_t *messages;
	size_t nmessages;
	struct want *wants; /* by message */
	size_t nwants, cap;
	uint32_t *first_want; /* by message, one more than there are messages */
	uint32_t *answers;    /* by message: the call that it answers alone, or NO_INDEX */
	uint32_t last_answer; /* last assistant message, or NO_INDEX */
};

void talk_open(struct trace *t, struct talk *k, uint32_t scope, bool calls_are_spans);
void talk_close(struct talk *k);

/* All turns, into an open result. */
void trace_tell(struct telling *g);

static inline bool is_span(const struct node *n)
{
	return n->told && n->s.kind != SPAN_NOTE && n->s.id.n > 0;
}

#endif
