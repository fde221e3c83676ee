/* SPDX-License-Identifier: MIT
 *
 * Files that are one result as a whole: an array of events, a trajectory.
 * Nothing of one that breaks off is given.
 */
#ifndef INGEST_WHOLE_H
#define INGEST_WHOLE_H

#include "ingest/walk.h"

/* Reads m as one JSON document and gives it as one record. What can not be parsed is skipped with place and reason. */
enum status whole_member(struct import *im, const struct member *m, enum status (*each)(void *ctx, const struct walked *w, struct err *err),
	void *ctx, struct err *err);
/* The folder that a member lies in, by its own name only ("a/gpt-4o/x.json": "gpt-4o"); absent when the path names none. */
struct str path_folder(const char *path);
/* The path without its last part; absent when it has one part only. */
struct str path_parent(const char *path);
/* The last part of the path. */
struct str path_base(const char *path);
/* The last two parts of the path: what it is called, wherever it lies. */
struct str path_tail(const char *path);

#endif
