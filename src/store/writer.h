/* SPDX-License-Identifier: MIT
 *
 * Private to store: the state of a load. Names, uids and the column blocks in
 * hand live in memory, so that a row costs no look-up; everything goes out in
 * the transaction that it belongs to. After a failure the state in memory is
 * ahead of the database, so the writer refuses all that follows.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/block.h"
#include "store/uidmap.h"

enum { WRITER_BLOCKS = 4, COMMIT_BYTES = 64 << 20, COMMIT_MS = 250 };

enum writer_sql {
	SQL_RESULT,
	SQL_TRANSCRIPT,
	SQL_DERIVED,
	SQL_SCORE,
	SQL_LABEL,
	SQL_FIND,
	SQL_REVISION,
	SQL_DROP_RESULT,
	SQL_DROP_TRANSCRIPT,
	SQL_DROP_DERIVED,
	SQL_DROP_SCORES,
	SQL_DROP_LABELS,
	SQL_PROMOTE,
	SQL_RESULT_MODEL,
	SQL_SET_DERIVED,
	SQL_BLOCK_READ,
	SQL_BLOCK_WRITE,
	SQL_SETTING,
	SQL_MODEL,
	SQL_MODEL_SET,
	SQL_TASK,
	SQL_TASK_SET,
	SQL_RUN,
	SQL_RUN_SET,
	SQL_ITEM,
	SQL_EPOCH,
	SQL_CATEGORY,
	SQL_CATSET,
	SQL_MEMBER,
	SQL_SOURCE,
	SQL_SOURCE_AGAIN,
	SQL_SOURCE_END,
	SQL_SOURCE_RECOUNT,
	SQL_SOURCE_CLEAR_NOTES,
	SQL_SOURCE_CLEAR_AGGREGATES,
	SQL_SOURCE_CLEAR_PARTS,
	SQL_NOTE,
	SQL_NOTE_AGAIN,
	SQL_AGGREGATE,
	SQL_RATER,
	SQL_PART,
	SQL_WAIT,
	SQL_WAIT_FIND,
	SQL_WAIT_DROP,
	SQL_ATTACHED_SCORES,
	SQL_ATTACHED_LABELS,
	SQL_ATTACH_SCORE_SET,
	SQL_ATTACH_SCORE_FILL,
	SQL_LAST_SCORE,
	SQL_LAST_LABEL,
	SQL_LATE_OUTCOME,
	SQL_ANNOTATED,
	SQL_HAS_ATTACHED,
	SQL_COUNT
};

/* A column block that is being changed. */
struct writer_block {
	int64_t number; /* -1: free */
	struct columns columns;
	bool dirty;
	uint64_t used; /* for choosing which to give up */
};

/* Names with their ids: dictionary index = id in the table, 0 is nobody. */
struct writer_names {
	struct dict model, task, run, item, epoch, category, catset;
	struct dict run_name;          /* names taken */
	struct dict alias;             /* of models, by model id in model_alias */
	uint32_t *model_alias;         /* by model id */
	uint8_t *model_known;          /* by model id: 1 provider, 2 label is known */
	uint8_t *task_kind;            /* by task id */
	uint64_t *run_seen;            /* by run id: hash of what was last stored about it */
	size_t nmodels, ntasks, nruns; /* sizes of the arrays */
	bool items_loaded, dirty;
};

struct writer_sources {
	struct dict identity; /* sha256, format, version, settings; index in by_identity */
	uint32_t *by_identity;
	struct dict path;            /* format and path */
	struct str *paths, *formats; /* by source id */
	uint8_t *complete;           /* by source id */
	size_t n, cap;               /* sizes of these; entry 0 is nobody */
	struct arena text;
};

struct waiting {
	int64_t id;
	size_t next; /* index + 1 of the next for the same uid */
};

struct writer {
	struct store *s;
	bool fill;          /* a new database, filled under an exclusive lock */
	bool broken;        /* something failed */
	bool working;       /* a transaction is open */
	bool linked;        /* annotations know the results they speak of */
	bool columns_moved; /* some block was changed in it */
	bool nameless;      /* since writer_begin: results without a model, or published values with one */
	sqlite3_stmt *sql[SQL_COUNT];
	int64_t columns_version, names_version; /* as last committed by us */
	struct writer_names names;
	struct writer_sources sources;
	struct uidmap uids;
	uint64_t next_id;
	struct writer_block blocks[WRITER_BLOCKS];
	uint64_t clock; /* of block use */
	size_t bytes;   /* since the last commit */
	int64_t since_ms;
	bool owed;             /* a load before died with results to be made anew: all are */
	bool debt_noted;       /* the database says that some are to be made anew */
	struct dict touched;   /* uids to be derived anew, because something is attached */
	struct dict parted;    /* uids to be rebuilt from parts */
	struct dict awaited;   /* uids that attachments wait for */
	size_t *awaited_first; /* by index in awaited: index + 1 in waiting */
	struct waiting *waiting;
	size_t nwaiting, waiting_cap, awaited_cap;
	struct dict annotated; /* uids of annotations without a result */
	struct dict notes;     /* source, kind, text; index = note_id - first_note */
	uint32_t *notes_of;    /* by source id: distinct notes */
	size_t nnotes_of;
	int64_t first_note;
	struct buf scratch;
};

/* A prepared statement, reset and ready to bind; NULL after a failure. */
sqlite3_stmt *writer_sql(struct writer *w, enum writer_sql which, struct err *err);
/* Runs it; a failure breaks the writer. */
enum status writer_run(struct writer *w, sqlite3_stmt *st, struct err *err);
enum status writer_broke(struct writer *w, enum status status);
static inline enum status writer_broke_if(struct writer *w, enum status status)
{
	return status ? writer_broke(w, status) : OK;
}
/* Opens a transaction unless one is open; loads everything anew when another writer was here. */
enum status writer_work(struct writer *w, struct err *err);

/* names_*.c: ids of names, made when new. */
enum status writer_model(struct writer *w, const struct in_result *r, uint32_t *id, struct err *err);
enum status writer_task(struct writer *w, struct str name, uint32_t *id, struct err *err);
enum status writer_run_id(struct writer *w, const struct in_run *run, uint32_t *id, struct err *err);
enum status writer_item(struct writer *w, uint32_t task, struct str key, uint32_t *id, struct err *err);
enum status writer_epoch(struct writer *w, struct str name, uint32_t *id, struct err *err);
enum status writer_category(struct writer *w, struct str taxonomy, struct str path, uint32_t *id, struct err *err);
/* The set of those of `c` that speak of the whole result; duplicates count once. */
enum status writer_catset(struct writer *w, const struct in_category *c, size_t n, uint32_t *id, struct err *err);
enum status writer_alias(struct writer *w, uint32_t model, struct str alias, struct err *err);
enum status writer_kind(struct writer *w, uint32_t task, enum task_kind kind, struct err *err);
enum status writer_names_load(struct writer *w, struct err *err);
void writer_names_fini(struct writer *w);

/* writer_blocks.c */
enum status writer_block(struct writer *w, uint64_t result_id, struct columns **c, size_t *index, struct err *err);
enum status writer_blocks_flush(struct writer *w, struct err *err);
void writer_blocks_forget(struct writer *w);

/* What a result is found by. */
struct stored {
	uint64_t id;
	unsigned char digest[DIGEST_SIZE];
	uint8_t authority;
	uint32_t revision, source_id;
};
/* id 0: there is none. */
enum status writer_find(struct writer *w, const unsigned char uid[UID_SIZE], struct stored *out, struct err *err);
/* Attaches what waited for a result that has just come. */
enum status writer_attach_waiting(
	struct writer *w, const unsigned char uid[UID_SIZE], struct put_counts *counts, struct err *err);
/* Notes that a stored attachment waits for the uid. */
void writer_await(struct writer *w, const unsigned char uid[UID_SIZE], int64_t waiting_id);
enum status writer_sources_load(struct writer *w, struct err *err);
void writer_sources_fini(struct writer *w);
/* Tells the annotations of a uid which result it is. */
enum status writer_link(struct writer *w, uint64_t id, const unsigned char uid[UID_SIZE], struct err *err);
/* writer_models.c: gives results without a model the one that published values of their run name. */
enum status writer_name_models(struct writer *w, struct err *err);
void writer_touch(struct writer *w, const unsigned char uid[UID_SIZE]);

#endif
