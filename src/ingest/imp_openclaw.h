/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the OpenClaw importer: what the lines of telemetry say, and what the copies of conversations
 * that some of them carry add to it.
 */
#ifndef INGEST_IMP_OPENCLAW_H
#define INGEST_IMP_OPENCLAW_H

#include "base/dict.h"
#include "ingest/lines.h"

/* A call as a copy of the conversation has it: it knows ids and answers, which the lines do not. */
struct claw_call {
	struct str id, name, arguments, result;
	uint32_t session;
	bool used;
};

struct claw_session {
	struct str key, agent, model, prompt;
	int64_t started_ms;
	bool sub;
};

struct openclaw {
	struct import *im;
	struct lines lines;
	struct dict keys;              /* of sessions */
	struct claw_session *sessions; /* by key */
	size_t sessions_cap;
	uint32_t *owner; /* by line: its session, DICT_NONE for none */
	size_t *other;   /* by line of tool.start: index + 1 of its tool.end; by line of a tool.end that has a start: itself + 1 */
	struct dict ids; /* of known calls */
	struct claw_call *known;
	size_t known_cap;
};

struct str claw_type(const struct openclaw *c, size_t i);
/* Fills owner, other and sessions. */
void openclaw_index(struct openclaw *c);
/* Fills ids and known. */
void openclaw_known(struct openclaw *c);
/* The first known call of that name with these arguments that nobody took yet, or NULL. */
struct claw_call *openclaw_take(struct openclaw *c, struct str name, struct str arguments);
/* The call that spawned the session with that key, or NULL. */
const struct claw_call *openclaw_spawn(const struct openclaw *c, struct str key);

#endif
