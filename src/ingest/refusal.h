/* SPDX-License-Identifier: MIT
 *
 * A small list of how refusals open: only to warn that a direction may be
 * upside down, never to decide an outcome. Private to ingest.
 */
#ifndef INGEST_REFUSAL_H
#define INGEST_REFUSAL_H

#include "base/str.h"

bool refusal_opening(struct str answer);

#endif
