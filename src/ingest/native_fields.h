/* SPDX-License-Identifier: MIT
 *
 * The members of our own result format, in one table: what the reader looks
 * up, what counts as a further fact, and what the JSON Schema says.
 */
#ifndef INGEST_NATIVE_FIELDS_H
#define INGEST_NATIVE_FIELDS_H

#include "base/buf.h"
#include "base/json.h"

enum native_type {
	NATIVE_RUN,
	NATIVE_RESULT,
	NATIVE_SCORE,
	NATIVE_CATEGORY,
	NATIVE_OUTCOME,
	NATIVE_PART,
	NATIVE_AGGREGATE,
	NATIVE_RATER,
	NATIVE_TYPES
};

enum native_field {
	N_TYPE,
	N_VERSION,
	N_RUN,
	N_TOOL,
	N_TASK,
	N_MODEL,
	N_ITEM,
	N_EPOCH,
	N_PROVIDER,
	N_MODEL_LABEL,
	N_RESULT_ID,
	N_NAME,
	N_TOOL_VERSION,
	N_STATUS,
	N_CREATED,
	N_DECLARED,
	N_CONFIG,
	N_CATEGORY,
	N_TAXONOMY,
	N_TAGS,
	N_SEVERITY,
	N_ITEM_SEVERITY,
	N_OUTCOME,
	N_SCORE,
	N_SCORES,
	N_JUDGE,
	N_TARGET,
	N_ANSWER,
	N_ERROR,
	N_LIMIT,
	N_STARTED,
	N_DURATION,
	N_FAIL_TURN,
	N_TRUNCATED,
	N_META,
	N_TURNS,
	N_SYSTEM,
	N_PROMPT,
	N_RESPONSE,
	N_VALUE,
	N_RATER,
	N_REASON,
	N_TURN,
	N_PART,
	N_MESSAGE,
	N_METRIC,
	N_K,
	N_N,
	N_LOW,
	N_HIGH,
	N_ATTRIBUTES,
	N_FIELDS
};

const char *native_type_name(enum native_type type);
bool native_type_find(struct str name, enum native_type *type);
/* A record with its members sorted out in one pass. */
struct native_record {
	const struct json *node;
	const struct json *at[N_FIELDS]; /* NULL: not there, or null */
	bool has_others;                 /* members that are no field */
};
void native_index(const struct json *node, struct native_record *out);
/* The member by its name or an alias; JSON_ABSENT when it is not there or null. */
const struct json *native_get(const struct native_record *record, enum native_field field);
/* Is the key any field's name or alias? */
bool native_knows(struct str key);
/* Has a file's first object all members that the schema demands of the type? head: its first bytes. */
bool native_is_whole(enum native_type type, struct str head);
/* The JSON Schema, as in schemas/native.schema.json. */
void native_schema(struct buf *out);

#endif
