/* SPDX-License-Identifier: MIT
 *
 * Rows {role, content} and {role, thought, action}: what agents did, in free text.
 */
#ifndef INGEST_EPISODE_H
#define INGEST_EPISODE_H

#include "ingest/sink.h"

/* A turn, and a call when there is an action: named when it begins like one, else its text alone. *asked, false at the
 * start of a segment: an action waits for what the environment says. */
void episode_row(struct sink *s, const struct json *row, bool *asked);
/* The last thing the agent said, absent when that is a call. */
struct str episode_answer(const struct json *rows);

#endif
