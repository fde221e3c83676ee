/* SPDX-License-Identifier: MIT
 *
 * The packed transcript: one JSON array a result, canonical spelling, nested at
 * most 4 deep, foreign values as strings that hold their exact source slice.
 *
 *   [{"role":"assistant","name":…,"content":"…","reasoning":"…","at":ms,"error":"…","outcome":"fail",
 *     "id":"tool_call_id","parent":"c0",
 *     "calls":[{"id":"c1","name":"bash","arguments":"{…}","answer":7,"result":"…","error":"…"}]}, …]
 *
 * Members that are absent are left out; the order of members is the one above.
 * A call's "answer" is the turn (from 1) that answers it; then the result text
 * is that turn's content and "result" is left out. A call whose result has no
 * turn of its own has "result". "calls" only in turns that have some.
 */
#ifndef STORE_TRANSCRIPT_H
#define STORE_TRANSCRIPT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/terms.h"

struct call {
	struct str id, name, arguments; /* arguments: the source's spelling */
	uint32_t answer;                /* turn that answers it; 0 = none */
	struct str result, error;       /* result is resolved on reading, also when it lies in a turn */
	bool answered;
};

struct turn {
	enum role role;
	struct str role_text; /* the source's word when it is none of ours; absent otherwise */
	struct str name;      /* speaker or tool name, if given */
	struct str content, reasoning;
	int64_t at_ms; /* 0 = unknown */
	struct str error;
	enum outcome outcome; /* a label of the source on this turn */
	struct str tool_call_id;
	struct str parent; /* a sub-agent's turn: id of the call that started it */
	struct call *calls;
	size_t ncalls;
};

struct transcript {
	struct turn *turns;
	size_t n;
};

/* The turn (from 1) whose call started the sub-agent that speaks in turn i (from 0): the nearest one before with a call of
 * that id, else one behind. 0: the turn is not a sub-agent's, or the call is not here. */
uint32_t transcript_starter(const struct transcript *t, size_t i);
/* Both in the canonical form above. Reading resolves results and `answered`; everything lives in `a` or `body`. */
void transcript_write(struct buf *out, const struct transcript *t);
enum status transcript_read(struct arena *a, struct str body, struct transcript *out, struct err *err);

#endif
