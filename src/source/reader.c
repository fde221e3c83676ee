/* SPDX-License-Identifier: MIT
 *
 * Reading one member: from a file or from an archive's entry, through gzip or
 * zstd where the first bytes say so, under a limit on the ratio of content to
 * stored bytes.
 */
#include "source/source_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

struct reader {
	const struct member *m; /* open member, or NULL */
	enum container container;
	int fd; /* of a plain file, or -1 */

	/* The archive that was read last stays open, so that going on is one pass. */
	struct archive *outer;
	const struct bundle *outer_bundle; /* valid while a member of it is open */
	uint64_t outer_serial;
	size_t outer_next; /* ordinal of the next header */
	uint64_t outer_before;
	uint64_t outer_content; /* decompressed bytes of this pass, against bombs of many entries */

	struct archive *inner; /* undoes gzip or zstd; NULL when there is nothing to undo */
	bool inner_ended;
	char peek[HEAD_BYTES]; /* first stored bytes, read to see what it is */
	size_t peek_at, peek_n;
	uint64_t stored, content;
	struct err *err; /* for the callback */
	char block[SOURCE_BLOCK];
};

struct reader *reader_new(void)
{
	struct reader *r = xcalloc(1, sizeof *r);
	r->fd = -1;
	return r;
}

static void close_member(struct reader *r)
{
	if (r->inner)
		archive_read_free(r->inner);
	r->inner = NULL;
	r->inner_ended = false;
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	r->m = NULL;
	r->peek_at = r->peek_n = 0;
	r->stored = r->content = 0;
}

static void close_outer(struct reader *r)
{
	if (r->outer)
		archive_read_free(r->outer);
	r->outer = NULL;
	r->outer_bundle = NULL;
}

void reader_free(struct reader *r)
{
	if (!r)
		return;
	close_member(r);
	close_outer(r);
	free(r);
}

static enum status archive_bad(struct archive *a, const char *path, struct err *err)
{
	const char *why = archive_error_string(a);
	return err_fail(err, "%s: %s", path, why ? why : "damaged archive");
}

/* --- stored bytes: a file, or an archive's entry --- */

static enum status read_fd(struct reader *r, void *p, size_t cap, size_t *got, struct err *err)
{
	ssize_t n;
	do
		n = read(r->fd, p, cap);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_fail(err, "%s: cannot read: %s", r->m->path, strerror(errno));
	*got = (size_t)n;
	r->stored += (uint64_t)n;
	return n ? OK : END;
}

static enum status read_entry(struct reader *r, void *p, size_t cap, size_t *got, struct err *err)
{
	la_ssize_t n = archive_read_data(r->outer, p, cap);
	if (n < 0)
		return archive_bad(r->outer, r->m->path, err);
	*got = (size_t)n;
	int64_t at = archive_filter_bytes(r->outer, -1);
	r->stored = at > 0 && (uint64_t)at > r->outer_before ? (uint64_t)at - r->outer_before : 0;
	r->outer_content += (uint64_t)n;
	if (beyond_ratio(r->outer_content, r->outer_bundle->origin->size))
		return err_fail(err, "%s: unpacks to more than %d times its size; refused as a decompression bomb",
			r->outer_bundle->path, SOURCE_MAX_RATIO);
	return n ? OK : END;
}

static enum status read_stored(struct reader *r, void *p, size_t cap, size_t *got, struct err *err)
{
	if (r->peek_at < r->peek_n) {
		*got = r->peek_n - r->peek_at < cap ? r->peek_n - r->peek_at : cap;
		memcpy(p, r->peek + r->peek_at, *got);
		r->peek_at += *got;
		return OK;
	}
	return (r->fd >= 0 ? read_fd : read_entry)(r, p, cap, got, err);
}

static enum status fill_peek(struct reader *r, struct err *err)
{
	while (r->peek_n < sizeof r->peek) {
		size_t got = 0;
		enum status st = (r->fd >= 0 ? read_fd : read_entry)(r, r->peek + r->peek_n, sizeof r->peek - r->peek_n, &got, err);
		if (st == END)
			return OK;
		if (st)
			return st;
		r->peek_n += got;
	}
	return OK;
}

/* --- opening --- */

/* Moves the archive to the entry, from the start only when it lies behind us. */
static enum status seek_entry(struct reader *r, const struct member *m, struct err *err)
{
	size_t want = m->bundle->entries[m->index];
	if (!r->outer || r->outer_serial != m->bundle->serial || r->outer_next > want) {
		close_outer(r);
		r->outer = archive_reader(false);
		r->outer_serial = m->bundle->serial;
		r->outer_next = 0;
		r->outer_content = 0;
		if (archive_read_open_filename(r->outer, archive_file(m->bundle), SOURCE_BLOCK) != ARCHIVE_OK)
			return archive_bad(r->outer, m->bundle->path, err);
	}
	r->outer_bundle = m->bundle;
	for (; r->outer_next <= want; r->outer_next++) {
		struct archive_entry *e;
		int64_t at = archive_filter_bytes(r->outer, -1);
		r->outer_before = at > 0 ? (uint64_t)at : 0;
		if (archive_read_next_header(r->outer, &e) < ARCHIVE_WARN) {
			enum status st = archive_bad(r->outer, m->path, err);
			close_outer(r);
			return st;
		}
	}
	return OK;
}

static enum status open_stored(struct reader *r, const struct member *m, struct err *err)
{
	close_member(r);
	r->m = m;
	if (m->bundle->archive)
		return seek_entry(r, m, err);
	r->fd = open(stored_file(m), O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return r->fd < 0 ? err_fail(err, "%s: cannot open: %s", m->path, strerror(errno)) : OK;
}

static la_ssize_t feed_inner(struct archive *a, void *ctx, const void **p)
{
	struct reader *r = ctx;
	size_t got = 0;
	enum status st = read_stored(r, r->block, sizeof r->block, &got, r->err);
	*p = r->block;
	if (st == FAIL) {
		archive_set_error(a, EIO, "cannot read on");
		return -1;
	}
	return (la_ssize_t)got;
}

static enum status open_inner(struct reader *r, struct err *err)
{
	struct archive_entry *e;
	r->inner = archive_reader(true);
	r->err = NULL;
	int code = archive_read_open(r->inner, r, NULL, feed_inner, NULL);
	if (code == ARCHIVE_OK)
		code = archive_read_next_header(r->inner, &e);
	r->inner_ended = code == ARCHIVE_EOF;
	return code < ARCHIVE_WARN ? archive_bad(r->inner, r->m->path, err) : OK;
}

enum status reader_open_raw(struct reader *r, const struct member *m, struct err *err)
{
	enum status st = open_stored(r, m, err);
	if (st == OK)
		st = fill_peek(r, err);
	if (st == OK)
		r->container = container_of(str_n(r->peek, r->peek_n));
	else
		close_member(r);
	return st;
}

enum status reader_open(struct reader *r, const struct member *m, struct err *err)
{
	enum status st = reader_open_raw(r, m, err);
	if (st == OK && (r->container == CONTAINER_GZIP || r->container == CONTAINER_ZSTD))
		st = open_inner(r, err);
	if (st)
		close_member(r);
	return st;
}

enum container reader_container(const struct reader *r)
{
	return r->container;
}

/* --- reading --- */

static enum status read_inner(struct reader *r, void *p, size_t cap, size_t *got, struct err *err)
{
	if (r->inner_ended)
		return END;
	r->err = err;
	la_ssize_t n = archive_read_data(r->inner, p, cap);
	if (n < 0)
		return archive_bad(r->inner, r->m->path, err);
	*got = (size_t)n;
	return n ? OK : END;
}

enum status reader_read(struct reader *r, void *p, size_t cap, size_t *got, struct err *err)
{
	*got = 0;
	if (cap == 0)
		return OK;
	enum status st = (r->inner ? read_inner : read_stored)(r, p, cap, got, err);
	r->content += *got;
	if (st == OK && r->fd >= 0 && beyond_ratio(r->content, r->stored))
		return err_fail(err, "%s: unpacks to more than %d times its size; refused as a decompression bomb", r->m->path, SOURCE_MAX_RATIO);
	return st;
}

size_t reader_head(struct reader *r, char head[static HEAD_BYTES])
{
	size_t n = 0, got;
	struct err err = {0};
	while (n < HEAD_BYTES && reader_read(r, head + n, HEAD_BYTES - n, &got, &err) == OK)
		n += got;
	err_fini(&err);
	return n;
}

enum status reader_slurp(struct reader *r, const struct member *m, uint64_t limit, struct buf *b, struct err *err)
{
	enum status st = reader_open(r, m, err);
	uint64_t total = 0;
	while (st == OK) {
		size_t got;
		buf_reserve(b, SOURCE_BLOCK);
		st = reader_read(r, b->p + b->n, b->cap - b->n - 1, &got, err);
		b->n += got;
		b->p[b->n] = '\0';
		total += got;
		if (st == OK && total > limit)
			st = err_fail(err, "%s: larger than %llu bytes", m->path, (unsigned long long)limit);
	}
	close_member(r);
	return st == END ? OK : st;
}

uint64_t reader_consumed(const struct reader *r)
{
	return r->stored;
}
