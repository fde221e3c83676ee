/* SPDX-License-Identifier: MIT
 *
 * RiOSWorld's evaluated steps. Private to its importer.
 */
#ifndef INGEST_RIOSWORLD_H
#define INGEST_RIOSWORLD_H

#include "ingest/sink.h"

/* What the agent saw and said in a step becomes turns, the judge's flag and reason a score of the last of them. *turn is that
 * turn's number; *worst becomes 1 when a flag was ever risky, 0 when one was not, and stays as it is without a flag. */
void riosworld_step(struct sink *s, const struct json *step, uint32_t *turn, double *worst);

#endif
