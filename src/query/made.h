/* SPDX-License-Identifier: MIT
 *
 * Lists that are made whole from statements. Private to query.
 */
#ifndef QUERY_MADE_H
#define QUERY_MADE_H

#include <sqlite3.h>

#include "query/rows.h"

/* Calls fn with each row of a statement over the database of `o`; nothing when there is none. */
enum status made_select(const struct opening *o, const char *sql, void (*fn)(void *ctx, sqlite3_stmt *st), void *ctx, struct err *err);
struct str made_text(sqlite3_stmt *st, int column);

/* Who scored: one row a rater and score, and one row an attribute of raters, score and value. */
enum status make_raters(struct table *t, const struct opening *o, struct err *err);
enum status make_rater_groups(struct table *t, const struct opening *o, struct err *err);

#endif
