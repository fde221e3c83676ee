/* SPDX-License-Identifier: MIT
 *
 * Ids, times and the like of OTLP: writers spell them in more than one way.
 */
#ifndef INGEST_OTLP_VALUE_H
#define INGEST_OTLP_VALUE_H

#include "ingest/trace.h"

enum otlp_id { OTLP_SPAN = 8, OTLP_TRACE = 16 }; /* bytes */

/* Lower-case hexadecimal, also of base64 (the defaults of protobuf); "" for none and for zeros; others as they are. */
struct str otlp_id(struct arena *a, const struct json *v, enum otlp_id size);
/* Nanoseconds, as a text or a number; 0 when it is none. */
int64_t otlp_time(const struct json *v);
/* {"code":…}: a number, or the name of one. */
enum span_status otlp_status(const struct json *status);
/* Attributes and events that the writer left out of a span or an event. */
uint64_t otlp_dropped(const struct json *node);

#endif
