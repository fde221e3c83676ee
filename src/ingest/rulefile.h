/* SPDX-License-Identifier: MIT
 *
 * Rule files, and taking them over into a database. Private to ingest.
 */
#ifndef INGEST_RULEFILE_H
#define INGEST_RULEFILE_H

#include "base/buf.h"
#include "base/err.h"
#include "store/store.h"

/* The name under which a database keeps the rules of a file: the last part of its path. */
struct str rulefile_origin(const char *path);
/* A small file from disk; FAIL names it. */
enum status rulefile_read(const char *path, struct buf *out, struct err *err);
/* Checks the file, puts its rules in the place of those of the same origin, records the change. Derives nothing. */
enum status rules_adopt(struct store *s, const char *path, bool *changed, struct err *err);
/* Derives every stored result again by the rules that hold now. */
enum status rules_rederive(struct store *s, uint64_t *changed, struct err *err);

#endif
