/* SPDX-License-Identifier: MIT
 *
 * Spans in the conventions of OpenTelemetry and those built on it: which
 * attributes say what. Attributes are one tree, their names split at dots
 * ("llm.input_messages.0.message.role"), however a file spells them.
 */
#ifndef INGEST_OTEL_H
#define INGEST_OTEL_H

#include "base/dict.h"
#include "ingest/trace.h"

/* ---- attributes ---- */

/* An empty tree; it and all below lives in the arena. */
struct json *attrs_new(struct arena *a);
/* Adds a value under a dotted name; an object's members are added under theirs, and so are those of lists of objects. */
void attrs_add(struct arena *a, struct json *tree, struct str name, const struct json *value);
/* The value under a dotted name. */
const struct json *attrs_get(const struct json *tree, const char *name);
/* An AnyValue of OTLP as plain JSON. */
const struct json *otlp_value(struct arena *a, const struct json *any);
/* A list of {"key":…,"value":AnyValue} into a tree. */
void otlp_attrs(struct arena *a, struct json *tree, const struct json *list);

/* ---- spans ---- */

struct otel_event {
	struct str name;
	const struct json *attrs; /* tree */
};

struct otel_span {
	struct str trace, id, parent, name;
	int64_t start_ns, end_ns;
	enum span_status status;
	struct str message; /* of the status */
	const struct json *attrs, *resource; /* trees */
	const struct otel_event *events;
	size_t nevents;
	const struct in_score *scores; /* that people and judges gave it */
	size_t nscores;
	uint64_t dropped;
	uint32_t repairs;
};

/* A source of such spans: traces, and the names of attributes that nothing is made of. */
struct otel {
	struct sink *sink;
	struct traces *traces;
	struct dict known;   /* names of attributes that are read */
	struct dict ignored;
	uint64_t *counts; /* by index in `ignored` */
	size_t cap;
};

void otel_begin(struct otel *o, struct sink *s, const char *tool);
/* Ends the source: says what was ignored. */
void otel_end(struct otel *o);
void otel_ignore(struct otel *o, struct str name);

void otel_put(struct otel *o, struct arena *a, const struct otel_span *s);

/* ---- events, of spans and of logs ---- */

/* What an event named so is: a message of that side … */
bool otel_is_message(struct str name, enum span_side *side);
/* … whose members are these (attributes of a span's event, body of a log record); into the open span. */
void otel_message(struct otel *o, struct arena *a, struct str name, const struct json *members);
/* A score that an evaluation gave: gen_ai.evaluation.* attributes of its event; false when it is none. */
bool otel_score(struct otel *o, struct str name, const struct json *attrs);
/* Messages in attributes: inputs and outputs of a model call or an agent; true when there were some. */
bool otel_chats(struct otel *o, struct arena *a, enum span_side side, const struct json *attrs);

#endif
