/* SPDX-License-Identifier: MIT
 *
 * One source on its way: hashed on a worker, registered by the writer, read on
 * a worker, its batches written in source order. Private to ingest.
 */
#ifndef INGEST_JOB_H
#define INGEST_JOB_H

#include "base/dict.h"
#include "base/pool.h"
#include "ingest/plan.h"
#include "ingest/sink_private.h"
#include "store/store.h"

struct settings {
	const char *const *list; /* "key=value", NULL-terminated, or NULL */
};
/* The value of a --set; absent when not set. */
struct str setting_get(const struct settings *s, const char *key);
/* USAGE for a key that nobody reads: it names the nearest. */
enum status settings_check(const struct settings *s, struct err *err);
/* Map, settings and, where it says something, the file's name as canonical JSON, part of a source's identity; absent when
 * there are none. */
struct str settings_json(struct arena *a, const struct settings *s, struct str map, struct str name);

/* What all sources of one ingest share. */
struct common {
	const struct ruleset *rules;
	const struct fieldmap *map;
	struct settings settings;
	struct reader **readers; /* by worker */
	const atomic_bool *stop;
};

enum job_stage { JOB_WAITING, JOB_HASHING, JOB_READING, JOB_DONE };

struct job {
	const struct planned *planned;
	const struct common *common;
	struct lane *lane; /* of what runs now; the writer's */
	struct lane *out;  /* the same, as the worker knows it */
	unsigned worker;
	enum job_stage stage;
	unsigned char sha256[SHA256_SIZE];
	struct fieldmap *map; /* of the claim; NULL when it has none, or --map is given */
	enum status status; /* of the step that ended last */
	struct err err;
	enum source_state state;
	uint32_t source_id;
	struct sink_totals totals;
	char *declared; /* JSON, or NULL */
	char *ignored;  /* for people, or NULL */
	struct buf mismatch; /* declared totals that the results do not bear out, for people */
	/* The writer's side. */
	struct put_counts counts;
	uint64_t notes;
	uint64_t labels; /* of items, from an item bank */
	uint64_t consumed;
	bool run_checked;
	struct in_run *renamed; /* the run of its results, when the key is taken by another one */
	/* How many results each of its runs has, and says that it has. */
	struct dict runs; /* by key */
	struct run_count {
		uint64_t results;
		int64_t declared; /* -1 = it does not say */
	} * run_counts;
	size_t run_cap;
	uint32_t last_run; /* of the result before */
};

pool_task job_hash; /* arg: struct job */
pool_task job_read;
void job_fini(struct job *j);

#endif
