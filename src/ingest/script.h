/* SPDX-License-Identifier: MIT
 *
 * Conversations written as a script.
 */
#ifndef INGEST_SCRIPT_H
#define INGEST_SCRIPT_H

#include "ingest/sink.h"

/* A speaker in capitals and a colon at the start of a line begin a turn ("USER: …", "LAMDA: …", which is a model); what
 * stands before the first is the user's. */
void script_turns(struct sink *s, struct str text);

#endif
