/* SPDX-License-Identifier: MIT
 *
 * Spans as Phoenix exports them: objects with a context and attributes, or the
 * same flattened into a table ("context.span_id", "attributes.llm.model_name").
 */
#ifndef INGEST_PHOENIX_H
#define INGEST_PHOENIX_H

#include "ingest/otel.h"

/* Puts one; false when it has no ids. trace stands for the trace's id where the span names none. */
bool phoenix_put(struct otel *o, struct arena *a, const struct json *span, struct str trace, uint32_t repairs);

#endif
