/* SPDX-License-Identifier: MIT
 *
 * Steps of the Agent Trajectory Interchange Format (ATIF) as turns.
 */
#ifndef INGEST_ATIF_H
#define INGEST_ATIF_H

#include "ingest/walk.h"

/* Where a step's sub-agents are looked for. */
struct atif_family {
	const struct json *const *files; /* other documents, each {"file": its name, "doc": the trajectory} */
	bool *told;                      /* by file: its turns were given */
	size_t n;
};

struct atif_voice {
	struct str name, parent_call; /* of a sub-agent; absent for the agent itself */
	bool skip_copied;             /* the file that they were copied from is there */
	unsigned depth;
};

/* The turns of a trajectory, sub-agents in the place of the step that refers to them. */
void atif_turns(struct sink *s, const struct json *doc, const struct atif_family *family, const struct atif_voice *voice);
/* The model: the agent's, else that of the first step that names one. */
struct str atif_model(const struct json *doc);

#endif
