/* SPDX-License-Identifier: MIT
 *
 * Any input as named byte streams. A bundle is what the user named: one file,
 * a directory (recursive, sorted by path), an archive, or standard input, as a
 * list of members with their first bytes. An importer sees the list, claims
 * members, and reads them only through here: sizes and ratios are limited,
 * names never reach a shell, links out of the directory are not followed.
 */
#ifndef SOURCE_BUNDLE_H
#define SOURCE_BUNDLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"

enum {
	HEAD_BYTES = 4096,               /* of decompressed content, for recognising */
	SOURCE_MAX_RATIO = 1000,         /* decompressed : compressed, beyond 64 MiB */
};
#define SOURCE_MAX_RECORD ((uint64_t)512 << 20)

enum container { CONTAINER_PLAIN, CONTAINER_GZIP, CONTAINER_ZSTD, CONTAINER_ZIP, CONTAINER_TAR };

struct bundle;
struct zip_entry; /* private to this module */

struct member {
	const char *path; /* as given by the user and below: "logs/a.jsonl", "x.zip!inner/a.jsonl", "-" */
	const char *name; /* relative to the bundle, always with '/' */
	uint64_t size;    /* stored bytes; UINT64_MAX when unknown */
	int64_t mtime_ms;
	enum container container; /* of the file itself; gzip and zstd are undone by reading, zip and tar open as bundles */
	struct str head;          /* up to HEAD_BYTES of content (decompressed for gzip and zstd; raw for zip and tar) */
	const struct bundle *bundle;
	size_t index; /* in bundle->members */
};

struct bundle {
	struct arena arena;
	const char *path;
	struct member *members;
	size_t n;
	bool archive;                /* from bundle_open_member: members are read through the archive */
	const struct member *origin; /* the zip or tar that this bundle lists */
	char *spool;                 /* temporary copy of what can not be read twice or out of order, removed when freed */
	const size_t *entries;       /* of a tar: each member's place among the archive's entries */
	struct zip_entry *zip;       /* of a zip: where each member lies */
	uint64_t serial;             /* tells this bundle from a later one at the same address */
	char *trouble;               /* what in a directory could not be read, a line each; NULL when all could */
};

/* Opens PATH ("-" = standard input, spooled to a temporary file). A file is a bundle of one member, a zip or tar
 * too: `container` says so, and bundle_open_member lists what is in it. In a directory, links and the stores of
 * version control (.git, .hg, .svn) are passed over. Errors: not found, unreadable (with place). */
enum status bundle_open(const char *path, struct bundle **out, struct err *err);
/* A member whose container is zip or tar, as a bundle of its own (`archive`, `origin` set); nesting is limited to 3.
 * A name that occurs twice is listed once, with its last content. `m` and its bundle must outlive it. */
enum status bundle_open_member(const struct member *m, struct bundle **out, struct err *err);
void bundle_free(struct bundle *b);
const struct member *bundle_find(const struct bundle *b, const char *name);

/* One reader per thread. Reading archive members in index order costs one pass over the archive. */
struct reader;
struct reader *reader_new(void);
void reader_free(struct reader *r);

/* Opens a member's content (gzip, zstd undone). Only one member is open per reader. */
enum status reader_open(struct reader *r, const struct member *m, struct err *err);
/* Up to cap bytes; OK with *got > 0, END, or FAIL with path and reason (truncated archive, ratio limit …). */
enum status reader_read(struct reader *r, void *p, size_t cap, size_t *got, struct err *err);
/* Whole content into b (appended); FAIL beyond `limit` bytes. */
enum status reader_slurp(struct reader *r, const struct member *m, uint64_t limit, struct buf *b, struct err *err);
/* Stored (compressed) bytes consumed so far, for progress. */
uint64_t reader_consumed(const struct reader *r);

/* SHA-256 of a member's stored bytes (the file as it lies on disk; an archive as a whole). */
enum status member_sha256(const struct member *m, unsigned char out[static SHA256_SIZE], struct err *err);

const char *source_library_version(void); /* of libarchive */

#endif
