/* SPDX-License-Identifier: MIT
 *
 * What will be read: PATHs opened, members claimed by formats, in the order of
 * their paths. Private to ingest.
 */
#ifndef INGEST_PLAN_H
#define INGEST_PLAN_H

#include "ingest/importer.h"

struct planned {
	struct claim claim; /* lives in the plan; main is always set */
	const struct bundle *inside;
	const char *runner_up; /* second best format, or NULL */
	int runner_up_confidence;
	char runner_up_why[160];
	uint64_t bytes;
};

struct plan {
	struct arena arena;
	bool model_set; /* --set model=NAME; before plan_add_path */
	struct bundle **bundles; /* opened for it; freed with it */
	size_t nbundles, bundles_cap;
	struct planned *sources; /* sorted by path */
	size_t n, cap;
	struct unknown {
		const char *path;
		struct str trait; /* what it looks like; absent: not worth a word (README, images …) */
	} * unknown;
	size_t nunknown, unknown_cap;
	uint64_t bytes;
};

/* only: the one format to use (--format), or NULL. FAIL when a PATH can not be opened. */
enum status plan_add_path(struct plan *p, const char *path, const struct importer *only, struct err *err);
/* Sorts, and drops what was named twice. */
void plan_finish(struct plan *p);
void plan_fini(struct plan *p);

/* NULL with a message that lists the names. */
const struct importer *importer_find(const char *name, struct err *err);

/* Does it lie beside results without ever being any (programs, images, rules …)? By its name. */
bool is_passed_over(const struct member *m);

/* What a file that nobody knows looks like, from its first bytes; absent for files that never hold results. */
struct str trait_of(struct arena *a, const struct member *m);
/* The same of any file; hint: with what to do about a table. */
struct str seen_of(struct arena *a, const struct member *m, bool hint);

#endif
