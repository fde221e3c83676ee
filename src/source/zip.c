/* SPDX-License-Identifier: MIT
 *
 * Zip: directory, zip64, stored, deflate and Zstandard members. Layout after
 * PKWARE's APPNOTE 6.3.10. A deflate member is given to libarchive's gzip
 * filter between a made-up head and tail; a Zstandard member is what its
 * filter expects, in one frame or several.
 */
#include "source/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { METHOD_STORED = 0, METHOD_DEFLATE = 8, METHOD_ZSTD = 93, METHOD_ZSTD_OLD = 20 };
enum { END_RECORD = 22, END64_LOCATOR = 20, END64_RECORD = 56, CENTRAL_HEADER = 46, LOCAL_HEADER = 30, COMMENT_MAX = 65535 };
#define DIRECTORY_MAX ((uint64_t)512 << 20)

static uint64_t le(const char *p, int bytes)
{
	uint64_t v = 0;
	for (int i = bytes - 1; i >= 0; i--)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

/* Exactly n bytes at an offset. */
static bool read_at(int fd, uint64_t at, void *p, size_t n)
{
	char *to = p;
	while (n) {
		ssize_t k = pread(fd, to, n, (off_t)at);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		to += k;
		at += (uint64_t)k;
		n -= (size_t)k;
	}
	return true;
}

/* --- the directory --- */

struct directory {
	uint64_t at, size, entries;
	uint64_t shift; /* bytes put in front of the archive */
};

/* The last end-of-directory record of the file. */
static bool find_end(int fd, uint64_t file_size, char end[static END_RECORD], uint64_t *at)
{
	uint64_t n = file_size < END_RECORD + COMMENT_MAX ? file_size : END_RECORD + COMMENT_MAX;
	char *tail = xmalloc(n ? n : 1);
	bool found = false;
	if (n >= END_RECORD && read_at(fd, file_size - n, tail, n)) {
		for (uint64_t i = n - END_RECORD + 1; i-- > 0 && !found;) {
			if (memcmp(tail + i, "PK\005\006", 4) != 0 || i + END_RECORD + le(tail + i + 20, 2) > n)
				continue;
			memcpy(end, tail + i, END_RECORD);
			*at = file_size - n + i;
			found = true;
		}
	}
	free(tail);
	return found;
}

static bool read_end64(int fd, uint64_t end_at, struct directory *d, uint64_t *records_at)
{
	char locator[END64_LOCATOR], end[END64_RECORD];
	if (end_at < END64_LOCATOR || !read_at(fd, end_at - END64_LOCATOR, locator, sizeof locator) || memcmp(locator, "PK\006\007", 4) != 0)
		return false;
	uint64_t at = le(locator + 8, 8);
	if (!read_at(fd, at, end, sizeof end) || memcmp(end, "PK\006\006", 4) != 0)
		return false;
	d->entries = le(end + 32, 8);
	d->size = le(end + 40, 8);
	d->at = le(end + 48, 8);
	*records_at = at;
	return true;
}

static enum status find_directory(int fd, uint64_t file_size, const char *path, struct directory *d, struct err *err)
{
	char end[END_RECORD];
	uint64_t at;
	if (!find_end(fd, file_size, end, &at))
		return err_fail(err, "%s: the zip has no directory at its end (cut short?)", path);
	d->entries = le(end + 10, 2);
	d->size = le(end + 12, 4);
	d->at = le(end + 16, 4);
	if (!read_end64(fd, at, d, &at) && d->at == UINT32_MAX)
		return err_fail(err, "%s: the zip's 64-bit directory can not be found", path);
	if (d->size > at || d->at > at - d->size || d->size > DIRECTORY_MAX)
		return err_fail(err, "%s: the zip's directory does not lie in the file", path);
	d->shift = at - d->size - d->at;
	return OK;
}

/* The 64-bit values that stand in an extra field, in this order, for those fields that are all ones. */
static void take_zip64(const char *p, size_t n, struct zip_entry *e)
{
	uint64_t *const fields[] = {&e->size, &e->stored, &e->header};
	while (n >= 4) {
		size_t size = (size_t)le(p + 2, 2);
		if (size > n - 4)
			return;
		if (le(p, 2) == 1) {
			size_t at = 0;
			for (int i = 0; i < 3; i++) {
				if (*fields[i] == UINT32_MAX && at + 8 <= size) {
					*fields[i] = le(p + 4 + at, 8);
					at += 8;
				}
			}
			return;
		}
		p += 4 + size;
		n -= 4 + size;
	}
}

static int64_t dos_time(uint64_t v)
{
	struct tm tm = {
		.tm_year = (int)(v >> 25 & 0x7F) + 80,
		.tm_mon = (int)(v >> 21 & 0xF) - 1,
		.tm_mday = (int)(v >> 16 & 0x1F),
		.tm_hour = (int)(v >> 11 & 0x1F),
		.tm_min = (int)(v >> 5 & 0x3F),
		.tm_sec = (int)(v & 0x1F) * 2,
	};
	return (int64_t)timegm(&tm) * 1000;
}

static struct str entry_name(const char *p)
{
	struct str name = str_n(p + CENTRAL_HEADER, (size_t)le(p + 28, 2));
	while (str_starts(name, "./"))
		name = str_sub(name, 2, name.n);
	return name;
}

static bool is_file(const char *p, struct str name)
{
	uint64_t unix_mode = le(p + 4, 2) >> 8 == 3 ? le(p + 38, 4) >> 16 : 0;
	return name.n && name.p[name.n - 1] != '/' && (unix_mode & S_IFMT) != S_IFLNK;
}

static enum status parse_directory(const char *p, const struct directory *d, const char *path, struct arena *a,
	struct zip_entry **out, size_t *n, struct err *err)
{
	size_t cap = 0, at = 0;
	for (uint64_t i = 0; i < d->entries; i++) {
		const char *h = p + at;
		size_t left = (size_t)d->size - at;
		if (left < CENTRAL_HEADER || memcmp(h, "PK\001\002", 4) != 0)
			return err_fail(err, "%s: damaged zip directory at entry %llu of %llu", path, (unsigned long long)i + 1,
				(unsigned long long)d->entries);
		size_t name = (size_t)le(h + 28, 2), extra = (size_t)le(h + 30, 2), comment = (size_t)le(h + 32, 2);
		if (left - CENTRAL_HEADER < name + extra + comment)
			return err_fail(err, "%s: damaged zip directory at entry %llu", path, (unsigned long long)i + 1);
		at += CENTRAL_HEADER + name + extra + comment;
		if (!is_file(h, entry_name(h)))
			continue;
		*out = vec_grow(*out, &cap, *n + 1, sizeof **out);
		struct zip_entry *e = &(*out)[(*n)++];
		*e = (struct zip_entry){
			.name = arena_cstr(a, entry_name(h)),
			.header = le(h + 42, 4),
			.stored = le(h + 20, 4),
			.size = le(h + 24, 4),
			.crc = (uint32_t)le(h + 16, 4),
			.method = (uint16_t)le(h + 10, 2),
			.flags = (uint16_t)le(h + 8, 2),
			.mtime_ms = dos_time(le(h + 12, 4)),
		};
		take_zip64(h + CENTRAL_HEADER + name, extra, e);
		e->header += d->shift;
	}
	return OK;
}

enum status zip_list(const char *file, const char *path, struct arena *a, struct zip_entry **out, size_t *n, struct err *err)
{
	struct stat st;
	struct directory d = {0};
	char *bytes = NULL;
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	*out = NULL;
	*n = 0;
	if (fd < 0 || fstat(fd, &st)) {
		enum status bad = err_fail(err, "%s: cannot open: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return bad;
	}
	enum status status = find_directory(fd, (uint64_t)st.st_size, path, &d, err);
	if (status)
		goto out;
	bytes = xmalloc(d.size + 1);
	status = read_at(fd, d.at + d.shift, bytes, d.size) ? parse_directory(bytes, &d, path, a, out, n, err)
							    : err_fail(err, "%s: cannot read the zip's directory", path);
out:
	free(bytes);
	close(fd);
	if (status) {
		free(*out);
		*out = NULL;
	}
	return status;
}

/* --- unpacking --- */

struct unzip {
	const char *path;
	struct zip_entry entry;
	int fd;
	uint64_t left, content;
	uint32_t crc;
	uint32_t crc_table[8][256];
	struct archive *filter; /* NULL for a stored member */
	bool ended, cut;
	size_t lead, tail; /* bytes of the made-up gzip head and tail still to give */
	char block[64 * 1024];
};

/* Eight tables, so that eight bytes are taken in at once; the checksum is as fast as unpacking is. */
static void make_crc_table(uint32_t crc_table[8][256])
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;
		for (int k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xEDB88320u : c >> 1;
		crc_table[0][i] = c;
	}
	for (int t = 1; t < 8; t++)
		for (uint32_t i = 0; i < 256; i++)
			crc_table[t][i] = crc_table[t - 1][i] >> 8 ^ crc_table[0][crc_table[t - 1][i] & 0xFF];
}

static uint32_t crc_add(uint32_t crc_table[8][256], uint32_t crc, const unsigned char *p, size_t n)
{
	crc = ~crc;
	for (; n >= 8; p += 8, n -= 8) {
		uint32_t low = crc ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
		crc = crc_table[7][low & 0xFF] ^ crc_table[6][low >> 8 & 0xFF] ^ crc_table[5][low >> 16 & 0xFF] ^ crc_table[4][low >> 24] ^
			crc_table[3][p[4]] ^ crc_table[2][p[5]] ^ crc_table[1][p[6]] ^ crc_table[0][p[7]];
	}
	for (; n; p++, n--)
		crc = crc >> 8 ^ crc_table[0][(crc ^ *p) & 0xFF];
	return ~crc;
}

static la_ssize_t take(size_t *left, const char *bytes, size_t n, const void **p)
{
	*p = bytes + (n - *left);
	size_t give = *left;
	*left = 0;
	return (la_ssize_t)give;
}

/* Bytes of the member as the file has them; 0 at their end, -1 when the file ends before. */
static la_ssize_t read_range(struct unzip *u, void *p, size_t cap)
{
	if (cap > u->left)
		cap = (size_t)u->left;
	ssize_t n;
	do
		n = cap ? read(u->fd, p, cap) : 0;
	while (n < 0 && errno == EINTR);
	if (cap && n <= 0) {
		u->cut = true;
		return -1;
	}
	u->left -= (uint64_t)n;
	return n;
}

static la_ssize_t feed(struct archive *a, void *ctx, const void **p)
{
	static const char head[10] = "\x1f\x8b\x08\0\0\0\0\0\0\xff", tail[8];
	struct unzip *u = ctx;
	if (u->lead)
		return take(&u->lead, head, sizeof head, p);
	la_ssize_t n = read_range(u, u->block, sizeof u->block);
	*p = u->block;
	if (n == 0 && u->tail)
		return take(&u->tail, tail, sizeof tail, p);
	if (n < 0)
		archive_set_error(a, EIO, "the file ends inside the member");
	return n;
}

static enum status unpack_bad(const struct unzip *u, struct err *err)
{
	const char *why = u->filter ? archive_error_string(u->filter) : NULL;
	return err_fail(err, "%s: damaged: %s", u->path, u->cut ? "the file ends inside this member" : why ? why : "its bytes are not what its zip says");
}

static enum status start_filter(struct unzip *u, struct err *err)
{
	struct archive_entry *e;
	bool deflate = u->entry.method == METHOD_DEFLATE;
	u->lead = deflate ? 10 : 0;
	u->tail = deflate ? 8 : 0;
	u->filter = archive_read_new();
	archive_read_support_format_raw(u->filter);
	archive_read_append_filter(u->filter, deflate ? ARCHIVE_FILTER_GZIP : ARCHIVE_FILTER_ZSTD);
	int code = archive_read_open(u->filter, u, NULL, feed, NULL);
	if (code == ARCHIVE_OK)
		code = archive_read_next_header(u->filter, &e);
	u->ended = code == ARCHIVE_EOF;
	return code < ARCHIVE_WARN ? unpack_bad(u, err) : OK;
}

static enum status find_content(struct unzip *u, struct err *err)
{
	char h[LOCAL_HEADER];
	if (!read_at(u->fd, u->entry.header, h, sizeof h) || memcmp(h, "PK\003\004", 4) != 0)
		return err_fail(err, "%s: damaged: not where its zip says", u->path);
	uint64_t at = u->entry.header + LOCAL_HEADER + le(h + 26, 2) + le(h + 28, 2);
	if (lseek(u->fd, (off_t)at, SEEK_SET) < 0)
		return err_fail(err, "%s: cannot read: %s", u->path, strerror(errno));
	u->left = u->entry.stored;
	return OK;
}

static enum status start(struct unzip *u, const char *file, struct err *err)
{
	unsigned method = u->entry.method;
	if (u->entry.flags & 1)
		return err_fail(err, "%s: encrypted", u->path);
	if (method != METHOD_STORED && method != METHOD_DEFLATE && method != METHOD_ZSTD && method != METHOD_ZSTD_OLD)
		return err_fail(err, "%s: packed by zip method %u, which is not supported (stored, deflate and Zstandard are)", u->path, method);
	u->fd = open(file, O_RDONLY | O_CLOEXEC);
	if (u->fd < 0)
		return err_fail(err, "%s: cannot open: %s", u->path, strerror(errno));
	enum status st = find_content(u, err);
	return st || method == METHOD_STORED ? st : start_filter(u, err);
}

enum status unzip_open(const char *file, const char *path, const struct zip_entry *e, struct unzip **out, struct err *err)
{
	struct unzip *u = xcalloc(1, sizeof *u);
	u->path = path;
	u->entry = *e;
	u->fd = -1;
	make_crc_table(u->crc_table);
	enum status st = start(u, file, err);
	*out = u;
	if (st) {
		unzip_free(u);
		*out = NULL;
	}
	return st;
}

enum status unzip_read(struct unzip *u, void *p, size_t cap, size_t *got, struct err *err)
{
	*got = 0;
	la_ssize_t n = u->ended ? 0 : u->filter ? archive_read_data(u->filter, p, cap) : read_range(u, p, cap);
	if (n < 0)
		return unpack_bad(u, err);
	*got = (size_t)n;
	u->content += *got;
	u->crc = crc_add(u->crc_table, u->crc, p, *got);
	if (u->content > u->entry.size || (n == 0 && (u->content != u->entry.size || u->crc != u->entry.crc)))
		return err_fail(err, "%s: damaged: size or checksum differ from what its zip says", u->path);
	return n ? OK : END;
}

uint64_t unzip_consumed(const struct unzip *u)
{
	return u->entry.stored - u->left;
}

void unzip_free(struct unzip *u)
{
	if (!u)
		return;
	if (u->filter)
		archive_read_free(u->filter);
	if (u->fd >= 0)
		close(u->fd);
	free(u);
}
