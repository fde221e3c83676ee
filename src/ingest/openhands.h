/* SPDX-License-Identifier: MIT
 *
 * OpenHands' event lists, as OpenHands itself and OpenAgentSafety write them.
 */
#ifndef INGEST_OPENHANDS_H
#define INGEST_OPENHANDS_H

#include "ingest/walk.h"

/* What the events say of the result as a whole. Strings point into the events. */
struct openhands_facts {
	struct str model, answer;
	int64_t started_ms, duration_ms; /* 0 and -1 when unknown */
	double cost;                     /* NaN when unknown */
	bool broken;                     /* it ends in an error, so it was not finished */
};
void openhands_look(const struct json *events, struct openhands_facts *out);
/* The turns of the open result: every event but recalls, the system prompt and changes of state. */
void openhands_turns(struct sink *s, const struct json *events);
/* Is it the beginning of an array of events? 0 … 100, with why. */
int openhands_is_events(struct str head, char why[static 160]);

#endif
