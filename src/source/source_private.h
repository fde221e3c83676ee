/* SPDX-License-Identifier: MIT
 *
 * What the files of this module share: recognising containers, opening
 * libarchive the one way we want it, temporary copies.
 */
#ifndef SOURCE_PRIVATE_H
#define SOURCE_PRIVATE_H

#include <archive.h>
#include <archive_entry.h>

#include "source/bundle.h"
#include "source/zip.h"

enum { SOURCE_BLOCK = 64 * 1024, SOURCE_MAX_NESTING = 3 };
#define SOURCE_FREE_BYTES ((uint64_t)64 << 20) /* below this no ratio is a bomb */

struct bundle *bundle_new(const char *path);

/* The file on disk that holds a member of a plain bundle, or the archive of an archive bundle. */
const char *stored_file(const struct member *m);
const char *archive_file(const struct bundle *b);

/* By magic bytes alone; a tar by the checksum of its first header. */
enum container container_of(struct str head);

/* A reader of tar, or of the raw content behind gzip and zstd; not opened yet. */
struct archive *archive_reader(bool raw);
/* Looks like a bomb? */
bool beyond_ratio(uint64_t content, uint64_t stored);

/* Recognises member i and keeps its first bytes. */
enum status member_look(struct reader *r, struct bundle *b, size_t i, struct err *err);

/* Copies all that `fill` gives to a new temporary file; its name is the caller's to unlink and free. */
enum status spool_copy(
	enum status (*fill)(void *ctx, void *p, size_t cap, size_t *got, struct err *err), void *ctx, char **file, struct err *err);

/* Opens the content of the archive's present entry, without undoing its compression. */
enum status reader_open_raw(struct reader *r, const struct member *m, struct err *err);
/* The container seen when the member was opened. */
enum container reader_container(const struct reader *r);
/* Up to HEAD_BYTES of the content of the open member; errors only end it. */
size_t reader_head(struct reader *r, char head[static HEAD_BYTES]);

#endif
