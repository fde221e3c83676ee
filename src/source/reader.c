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
	int fd;              /* of a plain file, or -1 */
	struct unzip *unzip; /* of a zip's member, or NULL */

	/* The tar that was read last stays open, so that going on is one pass. */
	struct archive *tar;
	uint64_t tar_serial;
	size_t tar_next; /* ordinal of the next header */
	uint64_t tar_before;

	struct archive *inner; /* undoes gzip or zstd; NULL when there is nothing to undo */
	bool inner_ended, feed_failed;
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
	unzip_free(r->unzip);
	if (r->fd >= 0)
		close(r->fd);
	r->inner = NULL;
	r->unzip = NULL;
	r->fd = -1;
	r->m = NULL;
	r->inner_ended = r->feed_failed = false;
	r->peek_at = r->peek_n = 0;
	r->stored = r->content = 0;
}

static void close_tar(struct reader *r)
{
	if (r->tar)
		archive_read_free(r->tar);
	r->tar = NULL;
}

void reader_free(struct reader *r)
{
	if (!r)
		return;
	close_member(r);
	close_tar(r);
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

static enum status read_tar(struct reader *r, void *p, size_t cap, size_t *got, struct err *err)
{
	la_ssize_t n = archive_read_data(r->tar, p, cap);
	if (n < 0)
		return archive_bad(r->tar, r->m->path, err);
	*got = (size_t)n;
	int64_t at = archive_filter_bytes(r->tar, -1);
	r->stored = at > 0 && (uint64_t)at > r->tar_before ? (uint64_t)at - r->tar_before : 0;
	return n ? OK : END;
}

static enum status read_unpeeked(struct reader *r, void *p, size_t cap, size_t *got, struct err *err)
{
	if (r->fd >= 0)
		return read_fd(r, p, cap, got, err);
	if (!r->unzip)
		return read_tar(r, p, cap, got, err);
	enum status st = unzip_read(r->unzip, p, cap, got, err);
	r->stored = unzip_consumed(r->unzip);
	return st;
}

static enum status read_stored(struct reader *r, void *p, size_t cap, size_t *got, struct err *err)
{
	if (r->peek_at < r->peek_n) {
		*got = r->peek_n - r->peek_at < cap ? r->peek_n - r->peek_at : cap;
		memcpy(p, r->peek + r->peek_at, *got);
		r->peek_at += *got;
		return OK;
	}
	return read_unpeeked(r, p, cap, got, err);
}

static enum status fill_peek(struct reader *r, struct err *err)
{
	while (r->peek_n < sizeof r->peek) {
		size_t got = 0;
		enum status st = read_unpeeked(r, r->peek + r->peek_n, sizeof r->peek - r->peek_n, &got, err);
		if (st == END)
			return OK;
		if (st)
			return st;
		r->peek_n += got;
	}
	return OK;
}

/* --- opening --- */

/* Moves the tar to the entry, from the start only when it lies behind us. */
static enum status seek_tar(struct reader *r, const struct member *m, struct err *err)
{
	size_t want = m->bundle->entries[m->index];
	if (!r->tar || r->tar_serial != m->bundle->serial || r->tar_next > want) {
		close_tar(r);
		r->tar = archive_reader(false);
		r->tar_serial = m->bundle->serial;
		r->tar_next = 0;
		if (archive_read_open_filename(r->tar, archive_file(m->bundle), SOURCE_BLOCK) != ARCHIVE_OK)
			return archive_bad(r->tar, m->bundle->path, err);
	}
	for (; r->tar_next <= want; r->tar_next++) {
		struct archive_entry *e;
		int64_t at = archive_filter_bytes(r->tar, -1);
		r->tar_before = at > 0 ? (uint64_t)at : 0;
		if (archive_read_next_header(r->tar, &e) < ARCHIVE_WARN) {
			enum status st = archive_bad(r->tar, m->path, err);
			close_tar(r);
			return st;
		}
	}
	return OK;
}

static enum status open_stored(struct reader *r, const struct member *m, struct err *err)
{
	close_member(r);
	r->m = m;
	if (m->bundle->zip)
		return unzip_open(archive_file(m->bundle), m->path, &m->bundle->zip[m->index], &r->unzip, err);
	if (m->bundle->archive)
		return seek_tar(r, m, err);
	r->fd = open(stored_file(m), O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return r->fd < 0 ? err_fail(err, "%s: cannot open: %s", m->path, strerror(errno)) : OK;
}

static la_ssize_t feed_inner(struct archive *a, void *ctx, const void **p)
{
	struct reader *r = ctx;
	size_t got = 0;
	enum status st = read_stored(r, r->block, sizeof r->block, &got, r->err);
	*p = r->block;
	if (st != FAIL)
		return (la_ssize_t)got;
	r->feed_failed = true; /* and r->err says why */
	archive_set_error(a, EIO, "cannot read on");
	return -1;
}

static enum status inner_bad(struct reader *r, struct err *err)
{
	return r->feed_failed ? FAIL : archive_bad(r->inner, r->m->path, err);
}

static enum status open_inner(struct reader *r, struct err *err)
{
	struct archive_entry *e;
	r->inner = archive_reader(true);
	r->err = err;
	int code = archive_read_open(r->inner, r, NULL, feed_inner, NULL);
	if (code == ARCHIVE_OK)
		code = archive_read_next_header(r->inner, &e);
	r->inner_ended = code == ARCHIVE_EOF;
	return code < ARCHIVE_WARN ? inner_bad(r, err) : OK;
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
		return inner_bad(r, err);
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
	if (st == OK && beyond_ratio(r->content, r->stored))
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
