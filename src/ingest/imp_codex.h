/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the Codex importer: a thread as turns that are built from single items before they are given.
 */
#ifndef INGEST_IMP_CODEX_H
#define INGEST_IMP_CODEX_H

#include "ingest/lines.h"

struct codex_call {
	struct sink_call call;
	struct codex_call *next;
};

struct codex_turn {
	struct sink_turn turn;
	struct codex_call *calls, **last;
	struct codex_turn *next;
};

/* Items come one by one: thoughts and calls belong to the turn before or behind them, whoever may have made them. */
struct codex {
	struct import *im;
	struct lines lines;
	struct codex_turn *first, **end, *last;
	struct codex_call *waiting, **waiting_end; /* calls after a user's turn */
	struct str thoughts;
	bool truncated;
};

void codex_init(struct codex *c, struct import *im);
void codex_message(struct codex *c, struct str role, const struct json *content, int64_t at_ms);
void codex_thought(struct codex *c, const struct json *text);
void codex_call(struct codex *c, const struct sink_call *call);
/* What the call with that id gave. */
void codex_output(struct codex *c, struct str id, struct str text, struct str error, int64_t at_ms);
/* The last turn gets what still waits, then all of them are given to the sink. */
void codex_turns(struct codex *c);
/* The name of the call with that id; absent when there is none. */
struct str codex_name(const struct codex *c, struct str id);

/* A line of a rollout or of exec's stream as items; false: the line has none. */
bool codex_rollout_line(struct codex *c, const struct json *line);
bool codex_event_line(struct codex *c, const struct json *line);
bool codex_exec_line(struct codex *c, size_t i);

#endif
