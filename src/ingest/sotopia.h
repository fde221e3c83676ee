/* SPDX-License-Identifier: MIT
 *
 * The messages of a Sotopia or HAICOSYSTEM episode as turns.
 */
#ifndef INGEST_SOTOPIA_H
#define INGEST_SOTOPIA_H

#include "ingest/walk.h"

/* The turns of the open result from the place of one agent, by its number from 0: what it says is the assistant's, what
 * others say the users'. Trees of its actions live in a. */
void sotopia_turns(struct sink *s, struct arena *a, const struct json *messages, size_t which);

#endif
