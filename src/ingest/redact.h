/* SPDX-License-Identifier: MIT
 *
 * Keeps secrets of run configurations out of the store. Private to ingest.
 */
#ifndef INGEST_REDACT_H
#define INGEST_REDACT_H

#include "base/arena.h"
#include "base/json.h"

/* Does the name of a value say that it is a secret (api_key, Authorization, …)? */
bool redact_key(struct str key);
/* The value with what looks like a key replaced by "[redacted]"; s itself when there is nothing. */
struct str redact_value(struct arena *a, struct str s);
/* A whole configuration object: values under secret names, and key-like runs in all strings. */
void redact_json(struct buf *out, struct arena *a, const struct json *node);

#endif
