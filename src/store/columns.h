/* SPDX-License-Identifier: MIT
 *
 * The columns of all results in memory: what browsing, filtering, grouping,
 * sorting and zone counts loop over. Index = result_id; index 0 and holes have
 * COLUMN_GONE set. Saved in blocks of 65,536 results (result_id >> 16), written
 * in the transaction that changes what they say, loaded in milliseconds.
 */
#ifndef STORE_COLUMNS_H
#define STORE_COLUMNS_H

#include "base/dict.h"
#include "base/err.h"
#include "base/terms.h"

enum {
	COLUMN_GONE = 1,
	COLUMN_ERROR = 2,
	COLUMN_LIMIT = 4,
	COLUMN_TRUNCATED = 8,
	COLUMN_INVISIBLE = 16,
	COLUMN_REPAIRED = 32,
};

struct columns {
	size_t n, cap; /* indices 0 … n - 1 */
	uint64_t *uid; /* first 8 bytes of the uid, big endian */
	uint32_t *run, *source, *task, *model, *item, *epoch, *catset; /* ids of the tables of those names */
	uint32_t *started; /* seconds since 1970, 0 = unknown */
	float *score;      /* primary score, NaN = none */
	uint16_t *turns, *tool_calls, *fail_turn, *fail_step; /* saturate at 65535 */
	uint8_t *outcome, *severity, *item_severity, *flags;
	int64_t version; /* of the newest block loaded */
};

/* Names behind the ids. Ids start at 1 in the tables; dictionaries are indexed by id (entry 0 is ""). Two sources may
 * have the same path: then source holds it twice and dict_find gives one of the two. All other names are unique. */
struct names {
	struct dict model, task, run, source, epoch;
	/* Items are many: fetched by id when shown; the key of an item is not kept in memory. */
	uint32_t *run_task;      /* by run id: its task */
	uint8_t *run_in_scope;   /* by run id */
	int64_t *run_declared;   /* by run id: results the source says there are, below 1 = it does not say */
	uint8_t *task_kind;      /* by task id: enum task_kind */
	uint8_t *task_confirmed; /* by task id: direction confirmed */
	struct dict provider;
	uint32_t *model_provider; /* by model id */
	struct dict model_alias;
	uint32_t *model_alias_of; /* by model id: alias id, 0 = none */
	struct dict category;     /* "taxonomy:a/b", by category id */
	uint32_t **catset;        /* by catset id: 0-terminated category ids */
	size_t ncatsets;
	struct dict format;
	uint32_t *source_format; /* by source id */
	int64_t version; /* names_version loaded */
	size_t nruns, ntasks, nmodels, nsources; /* sizes of the arrays by id, entry 0 included */
};

/* The name that people see: the alias, where rules set one. */
struct str names_model(const struct names *n, uint32_t model);
/* By model id: the lowest id with the same shown name, so that names with one alias are one model. Caller frees. */
uint32_t *names_same_models(const struct names *n);

struct store;
/* Loads all blocks and names, or only what moved since the last call (the same structs, zero-initialised
 * the first time). *changed tells whether anything did. One read transaction. */
enum status columns_load(struct store *s, struct columns *c, struct names *names, bool *changed, struct err *err);
/* Recomputes all blocks from the rows and compares. FAIL names the first difference. For `doctor` and tests. */
enum status store_check_columns(struct store *s, struct err *err);
void columns_fini(struct columns *c);
void names_fini(struct names *n);

#endif
