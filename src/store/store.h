/* SPDX-License-Identifier: MIT
 *
 * The database: connections, schema, the writer, and reading by id. The only
 * module that writes tables. A struct store is one connection and belongs to
 * one thread at a time.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/bitset.h"
#include "store/columns.h"
#include "store/in.h"
#include "store/transcript.h"

enum store_mode { STORE_READ, STORE_WRITE, STORE_CREATE }; /* CREATE: make it when it is not there */

struct store;

/* Migrates forward when writable; refuses files that are not ours, newer schemas, corrupt files, with one sentence each. */
enum status store_open(const char *path, enum store_mode mode, struct store **out, struct err *err);
void store_close(struct store *s);
const char *store_path(const struct store *s);
/* Interrupts what runs on this connection; from any thread. */
void store_interrupt(struct store *s);
/* A sentence for the user about where the file lies (network file system); NULL when there is nothing to say. */
const char *store_notice(const struct store *s);
/* Others will read while a new database is filled: WAL from the start instead of an exclusive lock. Before writer_begin. */
void store_share(struct store *s);

/* ---- writing: one writer, inside a session ---- */

struct writer;

/* Begins a load: chooses the journal as DESIGN 9 says, loads dictionaries and the uid table. */
enum status writer_begin(struct store *s, struct writer **out, struct err *err);
/* Ends it: last commit, column blocks, switch to WAL. Always frees. */
enum status writer_end(struct writer *w, struct err *err);

struct in_source {
	struct str path, format;
	int importer_version;
	unsigned char sha256[SHA256_SIZE];
	uint64_t bytes;
	int64_t mtime_ms;
	struct str settings; /* map, --set: JSON, part of the identity */
};

enum source_state { SOURCE_NEW, SOURCE_KNOWN, SOURCE_CHANGED, SOURCE_PARTIAL };

/* Registers the source, or finds it. KNOWN: same SHA-256, format, importer version and settings, complete: nothing to do. */
enum status writer_source_begin(
	struct writer *w, const struct in_source *src, enum source_state *state, uint32_t *source_id, struct err *err);

struct put_counts {
	uint64_t added, identical, revised, outranked; /* results */
	uint64_t scores_added, attached, waiting, aggregates, parts;
};

/* Is this another run under a key that is taken? Ingest calls it once for the first results of a source (a few hundred will
 * do) of each run: shared keys of which fewer than half are identical mean that it is. Then the run gets the key "KEY#2"
 * (then "KEY#3" …), uids are computed anew and checked again, and the user is told by a note. Runs nobody knows cost nothing. */
enum { RUN_CHECK_MIN = 4 };
struct result_mark {
	unsigned char uid[UID_SIZE], digest[DIGEST_SIZE];
	uint8_t authority;
};
enum status writer_run_check(struct writer *w, const struct result_mark *marks, size_t n, bool *another, struct err *err);

/* Looks the uid up, then adds, ignores (identical, outranked) or revises. */
enum status writer_put(
	struct writer *w, uint32_t source_id, const struct in_result *r, struct put_counts *counts, struct err *err);
enum status writer_attach(
	struct writer *w, uint32_t source_id, const struct in_attach *a, struct put_counts *counts, struct err *err);
enum status writer_part(
	struct writer *w, uint32_t source_id, const struct in_part *p, struct put_counts *counts, struct err *err);
enum status writer_aggregate(
	struct writer *w, uint32_t source_id, const struct in_aggregate *a, struct put_counts *counts, struct err *err);
enum status writer_rater(struct writer *w, struct str rater, struct str attribute, struct str value, struct err *err);
/* kind: "skip", "warning", "info". Equal texts of one source are counted, not repeated. */
enum status writer_note(
	struct writer *w, uint32_t source_id, const char *kind, struct str place, struct str text, struct err *err);

struct source_totals {
	uint64_t results, turns, tool_calls, skipped, warnings;
	struct str declared; /* JSON, or absent */
	struct str mismatch, ignored; /* for people, or absent */
	bool complete;       /* false leaves a `partial` badge */
};
enum status writer_source_end(struct writer *w, uint32_t source_id, const struct source_totals *t, struct err *err);
/* Results, turns and calls of these sources as they are stored now: what was rebuilt of parts came after the source's end. */
enum status writer_source_recount(struct writer *w, const uint32_t *ids, size_t n, struct err *err);

/* Commits when 64 MB or 250 ms have gathered, or when `now`. Call between results only: whole results survive a kill. */
enum status writer_checkpoint(struct writer *w, bool now, struct err *err);

/* First, results without a model get the one that published values of their run name, whichever came first (if it is one).
 * Then all results whose parts or attachments arrived since writer_begin and must be rebuilt: for each uid, its parts in order,
 * the source that brought the first of them, and that source's format.
 * n is 0 for a result that something was attached to (or that was revised) and that has no parts: derive it anew
 * (store_result_by_uid, writer_set_derived). fn may put, set derived and checkpoint; END stops early. */
enum status writer_each_rebuild(struct writer *w,
	enum status (*fn)(void *ctx, const unsigned char uid[UID_SIZE], uint32_t source_id, struct str format,
		const struct in_part *parts, size_t n, struct err *err),
	void *ctx, struct err *err);

/* Did a load before this one die between taking parts or attachments in and making their results anew? Then
 * writer_each_rebuild goes through all parts, and the caller derives all results anew (rules_rederive). */
bool writer_owed(const struct writer *w);

/* Replaces what rules derived for one result (rules apply, labels, late scores). An absent alias and KIND_NONE leave model
 * and task as they are; before all results are derived anew, writer_forget_kinds takes aliases and kinds away. */
enum status writer_forget_kinds(struct writer *w, struct err *err);
enum status writer_set_derived(struct writer *w, int64_t result_id, const struct derived *d, struct err *err);

/* Direct settings of the database: last policy, last visit … NULL value deletes. */
enum status store_setting_set(struct store *s, const char *key, const char *value, struct err *err);
enum status store_setting_get(
	struct store *s, const char *key, char **value, struct err *err); /* NULL when absent; caller frees */

/* One cell of a recorded evaluation, for v_zone. NaN = not given. */
struct zone_row {
	struct str policy, policy_sha256, area, model, metric;
	uint64_t k, n, missing, unsure;
	double value, low, high;
	struct str verdict;
	bool confirmed;
};
/* Replaces what was recorded of this policy; the evaluation is stale once results or the ledger move. */
enum status store_zones_record(struct store *s, struct str policy, const struct zone_row *rows, size_t n, struct err *err);

/* ---- reading by id ---- */

struct result_row {
	int64_t result_id;
	char uid[2 * UID_SIZE + 1];
	struct str source_path, format, sha256, run, run_key, tool, task, model, provider, item, epoch, member;
	enum task_kind kind;
	uint64_t offset, length, line;
	struct str raw_outcome, raw_severity, raw_item_severity, target, answer, error, limit, meta;
	enum outcome outcome;
	enum severity severity, item_severity;
	struct str why;
	double score;
	int64_t started_ms, duration_ms;
	uint32_t turns, steps, tool_calls, answered, call_errors, repairs, fail_turn, fail_step, raw_fail_turn, revision;
	bool truncated;
	unsigned char digest[DIGEST_SIZE];
	struct in_category *categories; /* after rules; then those of turns and calls */
	size_t ncategories;
	struct in_category *raw_categories; /* as the source says */
	size_t nraw_categories;
	struct in_score *scores;
	size_t nscores;
};

/* END when there is no such result. All text lives in `a`. */
enum status store_result(struct store *s, int64_t result_id, struct arena *a, struct result_row *out, struct err *err);
enum status store_result_by_uid(
	struct store *s, const char *uid_prefix, int64_t *result_id, struct err *err); /* END: none; FAIL: ambiguous */
enum status store_transcript(struct store *s, int64_t result_id, struct arena *a, struct transcript *out, struct err *err);
enum status store_item_name(struct store *s, uint32_t item_id, struct arena *a, struct str *out, struct err *err);

/* Every result in id order with its raw facts (no transcript), for rules. fn may return END to stop early. */
enum status store_each_result(
	struct store *s, enum status (*fn)(void *ctx, const struct result_row *row, struct err *err), void *ctx, struct err *err);

/* ---- predicates that columns can not answer (facts calls these; DESIGN 4) ---- */

/* Sets the bit of every result for which `sql_where` holds. sql_where is one of store's own fragments
 * chosen by `what`; values are bound, never pasted. op: "=", "glob", "<" … , "exists". */
enum store_predicate {
	PREDICATE_ITEM,       /* item key */
	PREDICATE_SCORE,      /* score `sub` compared by number or text */
	PREDICATE_SCORE_TEXT, /* value_text */
	PREDICATE_META,       /* meta key `sub` */
	PREDICATE_TARGET,
	PREDICATE_ANSWER,
	PREDICATE_ERROR,
	PREDICATE_LIMIT,
	PREDICATE_RAW_OUTCOME,
	PREDICATE_RAW_SEVERITY,
	PREDICATE_UID,
	PREDICATE_RATER,
	PREDICATE_METRIC, /* unused for results */
};
enum compare { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE, COMPARE_GLOB, COMPARE_EXISTS };
/* The one comparison: numbers when both sides are some, otherwise text ignoring ASCII case; UID compares as a prefix with
 * EQ; EXISTS ignores the value. `set` has its size already; ids beyond are left out. */
enum status store_predicate(struct store *s, enum store_predicate what, struct str sub, enum compare op, struct str value,
	struct bitset *set, struct err *err);

/* The score `name` of whole results as numbers, into out[result_id] (n entries, NaN = none); of several raters their mean. */
enum status store_score_numbers(struct store *s, struct str name, double *out, size_t n, struct err *err);

/* Calls fn for each packed transcript of the ids in `among` (NULL = all), newest first or in id order, in blocks that
 * each hold their own read transaction. fn sets bits, counts, or returns END to stop. `body` is the canonical JSON. */
enum status store_scan(struct store *s, const struct bitset *among, bool newest_first,
	enum status (*fn)(void *ctx, int64_t result_id, struct str body, struct err *err), void *ctx, struct err *err);

#endif
