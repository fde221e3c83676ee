/* SPDX-License-Identifier: MIT
 *
 * View files to tables of typed cells. A screen is a view under a filter; the
 * same view serves `list` and `export`. A group view is a table in memory; a
 * list view is a vector of ids whose rows are fetched a page at a time.
 */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include "base/cell.h"
#include "facts/facts.h"

enum view_kind { VIEW_GROUP, VIEW_LIST };

struct view {
	struct arena arena;
	const char *name, *title, *help;
	enum view_kind kind;
	const char *source;      /* list: results, turns, calls, annotations, sources, runs, notes … */
	enum dimension dims[2];  /* group */
	size_t ndims;
	bool matrix;             /* the second dimension runs across */
	const char *taxonomy;    /* group by category: of this taxonomy, or NULL */
	bool tree;               /* categories as a tree */
	struct column *columns;
	size_t ncolumns;
	const char *order;       /* column name; */
	bool descending;
	const char *enter;       /* view opened by Enter, with the row's key added to the filter; NULL = transcript or nothing */
	const char *enter_filter;/* "model:%" */
	const char *key;         /* key that opens it from anywhere, or NULL */
};

/* The shipped views; NULL-terminated; owned by the module. */
const struct view *const *views_all(void);
/* NULL: none. "categories:attack" is categories of that taxonomy only, and so with any view that groups by category. */
const struct view *view_find(const char *name);
/* Reads a view file. USAGE names path, line, and the nearest known word. */
enum status view_read(struct str text, const char *path, struct view **out, struct err *err);
void view_free(struct view *v);
/* What view files may say, for the manual. */
void view_directives(void (*each)(void *ctx, const char *name, const char *args, const char *help), void *ctx);
void query_each_measure(void (*each)(void *ctx, const char *name, const char *help), void *ctx);
void query_each_dimension(void (*each)(void *ctx, const char *name, const char *help), void *ctx);
/* Names of the lists (`of:`), NULL-terminated, and each one's own columns. */
const char *const *query_lists(void);
void query_each_column(const char *list, void (*each)(void *ctx, const char *name, const char *help), void *ctx);

struct query_options {
	const char *columns;  /* comma list, or NULL = the view's */
	const char *order;    /* column, "-column" for descending, or NULL */
	uint64_t limit;       /* 0 = none */
};

struct rows; /* an opened view */

/* Evaluates the filter and prepares the rows. Off the UI thread when facts_needs_store. */
enum status rows_open(struct facts *f, struct store *s, const struct view *v, struct str filter, const struct query_options *o, atomic_bool *cancel, struct rows **out, struct err *err);
void rows_close(struct rows *r);
size_t rows_count(const struct rows *r);
const struct column *rows_columns(const struct rows *r, size_t *n);
/* Cells of rows [from, from + n) into a table initialised by it. For list views: `s` NULL gives what columns know (at once),
 * with it the rest (item, answer …). */
enum status rows_fetch(struct rows *r, struct store *s, size_t from, size_t n, struct table *out, struct err *err);
/* The result behind a row (0 = none), and its turn for turn lists. */
int64_t rows_result(const struct rows *r, size_t row, uint32_t *turn);
/* The row of a result, SIZE_MAX = not among them. */
size_t rows_find(const struct rows *r, int64_t result_id);
/* The filter term that Enter adds for this row; empty when there is none. */
void rows_enter_filter(const struct rows *r, size_t row, struct str base, struct buf *out);

const char *query_sqlite_version(void);

/* Read-only SQL over the documented views (plimsoll sql): one statement, authorizer, time limit in ms. */
enum status query_sql(const char *db_path, const char *sql, int64_t limit_ms, struct table *out, struct err *err);

#endif
