/* SPDX-License-Identifier: MIT
 *
 * The jobs that the application asks for. Each is a record that begins with a
 * struct job; what it found is in the same record when `done` is called, and
 * is owned by it until `done` takes it (by setting the pointer to NULL).
 */
#ifndef JOB_REQUEST_H
#define JOB_REQUEST_H

#include "job/job.h"
#include "query/query.h"
#include "review/review.h"
#include "zones/zones.h"

enum { SLOT_OPEN = 1, SLOT_PAGE, SLOT_COUNT, SLOT_SEARCH, SLOT_TRANSCRIPT, SLOT_PREFETCH, SLOT_REFRESH, SLOT_DRAFT, SLOT_BOARD };

/* The rows of a view, shared by the screen that shows them and the jobs that read them. */
struct rowset {
	atomic_int refs;
	struct rows *rows;
	const struct view *view;
	char *filter;
	size_t count, total; /* rows; results in the database */
	struct column *columns;
	size_t ncolumns;
};
struct rowset *rowset_ref(struct rowset *r);
void rowset_unref(struct rowset *r); /* NULL is fine */

/* Rows from … from + n - 1, copied: nothing in it belongs to anyone else. */
struct page {
	struct table table;
	size_t from, n;
	int64_t *results; /* by row: the result behind it, 0 = none */
	uint32_t *turns;
	char **enter; /* by row: the filter that Enter goes on with */
	bool early;   /* only what columns know */
};
void page_free(struct page *p);
/* What columns know of rows, at once, on the UI thread; NULL when the facts are being refreshed. */
struct page *page_early(struct jobs *jobs, struct rowset *r, size_t from, size_t n);

struct open_job {
	struct job job;
	const struct view *view;
	char *filter, *order;
	int64_t keep;   /* result to find again, 0 = none */
	size_t kept_at; /* its row, SIZE_MAX = not there */
	struct rowset *rows;
};
struct open_job *open_job_new(const struct view *v, struct str filter, const char *order, int64_t keep);

struct page_job {
	struct job job;
	struct rowset *rows;
	size_t from, n;
	struct page *page;
};
struct page_job *page_job_new(struct rowset *r, size_t from, size_t n);

struct count_job {
	struct job job;
	char *filter;
	size_t count, total;
};
struct count_job *count_job_new(struct str filter);

/* Which rows hold a text (any column; case ignored unless the text has upper case), or are not reviewed. */
enum { SEARCH_ROWS = 50000 };
struct search_job {
	struct job job;
	struct rowset *rows;
	char *text;      /* NULL: the next result that nobody reviewed */
	size_t from;     /* unreviewed: after this row */
	size_t *hits, nhits, hits_cap;
	bool complete;   /* all rows were looked at */
};
struct search_job *search_job_new(struct rowset *r, const char *text, size_t from);

/* One result as it is read: facts, transcript, what people said. */
struct reading {
	struct arena arena;
	int64_t result_id;
	struct result_row row;
	struct transcript transcript;
	struct annotation *notes; /* current ones on this result, oldest first */
	size_t nnotes;
	enum outcome outcome; /* by the shipped order */
	enum decider decider;
	enum severity severity;
	unsigned reviewers;
	uint32_t fail_turn; /* where to jump; 0 = unlocated */
	bool confirmed;     /* the direction of its task */
	char *draft;        /* a note that was not finished, or NULL */
};
void reading_free(struct reading *r);
struct transcript_job {
	struct job job;
	int64_t result_id;
	char *draft_key;
	struct reading *reading;
};
struct transcript_job *transcript_job_new(int64_t result_id, const char *draft_key);

/* The board and what stands around it. */
struct summary {
	size_t results, models, tasks, runs, runs_in_scope, unreviewed, reviewed, annotations;
	uint64_t by_severity[SEVERITY_COUNT]; /* of what failed */
	uint64_t by_step[32];                 /* failed at step i + 1 */
	uint64_t unlocated;
	unsigned median_step; /* 0 = unknown */
	size_t unconfirmed;   /* tasks behind it whose direction nobody confirmed */
	char unconfirmed_task[96]; /* the first of them */
	char head[SHA256_HEX];
};
struct board_job {
	struct job job;
	const struct policy *policy; /* must outlive the board */
	char *filter;
	struct board *board;
	struct summary summary;
};
struct board_job *board_job_new(const struct policy *p, struct str filter);

/* Loads the facts, or what moved. */
struct refresh_job {
	struct job job;
	bool changed;
	size_t total;
};
struct refresh_job *refresh_job_new(void);

struct annotate_job {
	struct job job;
	char *reviewer;
	int64_t *results; /* one annotation each */
	size_t nresults;
	struct review_note note; /* text is owned by the job */
	char *category, *text;
	bool advance;
};
struct annotate_job *annotate_job_new(const char *reviewer, const int64_t *results, size_t n, const struct review_note *note);

struct undo_job {
	struct job job;
	char *reviewer;
	struct buf what;
};
struct undo_job *undo_job_new(const char *reviewer);

/* Sets (value NULL: deletes) or reads a setting of the database. */
struct setting_job {
	struct job job;
	char *key, *value;
};
struct setting_job *setting_set_job_new(const char *key, const char *value);
struct setting_job *setting_get_job_new(const char *key);

struct ingest_job {
	struct job job;
	char *path;
	struct buf summary;
};
struct ingest_job *ingest_job_new(const char *path);

/* Writes rows, a table that it takes over, or a text, to a file. */
struct export_job {
	struct job job;
	struct rowset *rows;
	struct table *table;
	struct buf text; /* written as it is, when there is some */
	char *path;
	const char *format;
	bool overwrite, exists; /* exists: the file is there and was left alone */
	size_t written; /* rows, or bytes of text */
};
struct export_job *export_job_new(struct rowset *r, struct table *take, const char *path, const char *format, bool overwrite);

/* The text of a starter policy. */
struct starter_job {
	struct job job;
	struct buf text;
};
struct starter_job *starter_job_new(void);

#endif
