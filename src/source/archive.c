/* SPDX-License-Identifier: MIT
 *
 * Archives as bundles, and what recognises containers.
 */
#include "source/source_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"

const char *archive_file(const struct bundle *b)
{
	return b->spool ? b->spool : stored_file(b->origin);
}

/* A tar header's checksum: the sum of its 512 bytes with the checksum itself read as blanks. */
static bool is_tar(struct str head)
{
	unsigned sum = 0, stated = 0, digits = 0;
	if (head.n < 512 || head.p[0] == '\0')
		return false;
	for (size_t i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)head.p[i];
	for (size_t i = 148; i < 156; i++) {
		if (head.p[i] >= '0' && head.p[i] <= '7') {
			stated = stated * 8 + (unsigned)(head.p[i] - '0');
			digits++;
		} else if (digits) {
			break;
		}
	}
	return digits && stated == sum;
}

enum container container_of(struct str head)
{
	if (str_starts(head, "\x1f\x8b\x08"))
		return CONTAINER_GZIP;
	bool skippable = head.n >= 4 && ((unsigned char)head.p[0] & 0xF0) == 0x50 && memcmp(head.p + 1, "\x2a\x4d\x18", 3) == 0;
	if (str_starts(head, "\x28\xb5\x2f\xfd") || skippable)
		return CONTAINER_ZSTD;
	if (str_starts(head, "PK\003\004") || str_starts(head, "PK\005\006"))
		return CONTAINER_ZIP;
	return is_tar(head) ? CONTAINER_TAR : CONTAINER_PLAIN;
}

struct archive *archive_reader(bool raw)
{
	struct archive *a = archive_read_new();
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_zstd(a);
	if (raw) {
		archive_read_support_format_raw(a);
		return a;
	}
	archive_read_support_format_tar(a);
	return a;
}

/* A regular file's name in UTF-8 where it can be had, without a leading "./"; NULL for anything else. */
static const char *entry_name(struct archive_entry *e)
{
	const char *name = archive_entry_pathname_utf8(e);
	if (!name)
		name = archive_entry_pathname(e);
	if (!name || (archive_entry_filetype(e) != AE_IFREG && archive_entry_filetype(e) != 0) || archive_entry_hardlink(e))
		return NULL;
	while (name[0] == '.' && name[1] == '/')
		name += 2;
	size_t n = strlen(name);
	return n && name[n - 1] != '/' ? name : NULL;
}

bool beyond_ratio(uint64_t content, uint64_t stored)
{
	return content > SOURCE_FREE_BYTES && content / SOURCE_MAX_RATIO > stored;
}

enum status member_look(struct reader *r, struct bundle *b, size_t i, struct err *err)
{
	struct member *m = &b->members[i];
	char head[HEAD_BYTES];
	enum status st = reader_open(r, m, err);
	if (st)
		return st;
	m->container = reader_container(r);
	m->head = arena_str(&b->arena, str_n(head, reader_head(r, head)));
	/* A compressed tar opens as an archive. */
	if (m->container != CONTAINER_PLAIN && container_of(m->head) == CONTAINER_TAR)
		m->container = CONTAINER_TAR;
	return OK;
}

/* --- listing --- */

struct found {
	const char *name;
	size_t ordinal;
	uint64_t size;
	int64_t mtime_ms;
};

static int by_name_then_place(const void *va, const void *vb)
{
	const struct found *a = va, *b = vb;
	int c = strcmp(a->name, b->name);
	return c ? c : a->ordinal < b->ordinal ? -1 : a->ordinal > b->ordinal;
}

static int by_place(const void *va, const void *vb)
{
	const struct found *a = va, *b = vb;
	return a->ordinal < b->ordinal ? -1 : a->ordinal > b->ordinal;
}

/* Of equal names the last stays; the rest keep the archive's order. */
static size_t drop_replaced(struct found *all, size_t n)
{
	size_t kept = 0;
	if (n == 0)
		return 0;
	qsort(all, n, sizeof *all, by_name_then_place);
	for (size_t i = 0; i < n; i++)
		if (i + 1 == n || strcmp(all[i].name, all[i + 1].name) != 0)
			all[kept++] = all[i];
	qsort(all, kept, sizeof *all, by_place);
	return kept;
}

static enum status bomb(const struct bundle *b, struct err *err)
{
	return err_fail(err, "%s: unpacks to more than %d times its size; refused as a decompression bomb", b->path, SOURCE_MAX_RATIO);
}

static enum status find_in_tar(struct archive *a, struct bundle *b, struct found **all, size_t *n, struct err *err)
{
	size_t cap = 0;
	for (size_t ordinal = 0;; ordinal++) {
		struct archive_entry *e;
		int code = archive_read_next_header(a, &e);
		if (code == ARCHIVE_EOF)
			return OK;
		if (code < ARCHIVE_WARN)
			return err_fail(err, "%s: damaged archive at entry %zu: %s", b->path, ordinal + 1, archive_error_string(a));
		if (beyond_ratio((uint64_t)archive_filter_bytes(a, 0), (uint64_t)archive_filter_bytes(a, -1)))
			return bomb(b, err);
		const char *name = entry_name(e);
		if (!name)
			continue;
		*all = vec_grow(*all, &cap, *n + 1, sizeof **all);
		(*all)[(*n)++] = (struct found){
			.name = arena_cstr(&b->arena, str_c(name)),
			.ordinal = ordinal,
			.size = archive_entry_size_is_set(e) ? (uint64_t)archive_entry_size(e) : UINT64_MAX,
			.mtime_ms = archive_entry_mtime_is_set(e) ? (int64_t)archive_entry_mtime(e) * 1000 : 0,
		};
	}
}

static enum status list_tar(struct bundle *b, struct found **all, size_t *n, struct err *err)
{
	struct archive *a = archive_reader(false);
	enum status st = archive_read_open_filename(a, archive_file(b), SOURCE_BLOCK) == ARCHIVE_OK
		? find_in_tar(a, b, all, n, err)
		: err_fail(err, "%s: not a readable archive: %s", b->path, archive_error_string(a));
	archive_read_free(a);
	return st;
}

static enum status list_zip(struct bundle *b, struct found **all, size_t *n, struct err *err)
{
	enum status st = zip_list(archive_file(b), b->path, &b->arena, &b->zip, n, err);
	if (st)
		return st;
	uint64_t content = 0, stored = 0;
	*all = xcalloc(*n + 1, sizeof **all);
	for (size_t i = 0; i < *n; i++) {
		const struct zip_entry *e = &b->zip[i];
		(*all)[i] = (struct found){e->name, i, e->size, e->mtime_ms};
		content += e->size < UINT32_MAX ? e->size : UINT32_MAX; /* no overflow; the reader watches each member */
		stored += e->stored < UINT32_MAX ? e->stored : UINT32_MAX;
	}
	/* Members that overlap in the file make a bomb whose members are each harmless. */
	struct stat file;
	uint64_t size = stat(archive_file(b), &file) == 0 ? (uint64_t)file.st_size : stored;
	return beyond_ratio(content, size) ? bomb(b, err) : OK;
}

/* Members in order; the table of places follows it. */
static void take_members(struct bundle *b, const struct found *all, size_t n)
{
	size_t *entries = arena_alloc(&b->arena, (n + 1) * sizeof *entries);
	struct zip_entry *zip = b->zip ? xcalloc(n + 1, sizeof *zip) : NULL;
	b->members = xcalloc(n + 1, sizeof *b->members);
	for (size_t i = 0; i < n; i++) {
		entries[i] = all[i].ordinal;
		if (zip)
			zip[i] = b->zip[all[i].ordinal];
		b->members[i] = (struct member){
			.path = arena_printf(&b->arena, "%s!%s", b->path, all[i].name).p,
			.name = all[i].name,
			.size = all[i].size,
			.mtime_ms = all[i].mtime_ms,
			.bundle = b,
			.index = i,
		};
	}
	free(b->zip);
	b->zip = zip;
	b->entries = entries;
	b->n = n;
}

static void look_at_members(struct bundle *b)
{
	struct reader *r = reader_new();
	for (size_t i = 0; i < b->n; i++) {
		/* What can not be unpacked (encrypted, a method unknown here) stays listed; reading it says why. */
		struct err err = {0};
		member_look(r, b, i, &err);
		err_fini(&err);
	}
	reader_free(r);
}

static enum status list_archive(struct bundle *b, struct err *err)
{
	struct found *all = NULL;
	size_t n = 0;
	enum status st = (b->origin->container == CONTAINER_ZIP ? list_zip : list_tar)(b, &all, &n, err);
	if (st == OK) {
		take_members(b, all, drop_replaced(all, n));
		look_at_members(b);
	}
	free(all);
	return st;
}

static enum status fill_from_reader(void *ctx, void *p, size_t cap, size_t *got, struct err *err)
{
	return reader_read(ctx, p, cap, got, err);
}

/* An archive inside an archive is copied out: its directory stands at its end. */
static enum status spool_member(struct bundle *b, const struct member *m, struct err *err)
{
	struct reader *r = reader_new();
	enum status st = reader_open_raw(r, m, err);
	if (st == OK)
		st = spool_copy(fill_from_reader, r, &b->spool, err);
	reader_free(r);
	return st;
}

enum status bundle_open_member(const struct member *m, struct bundle **out, struct err *err)
{
	int depth = 1;
	*out = NULL;
	if (m->container != CONTAINER_ZIP && m->container != CONTAINER_TAR)
		return err_fail(err, "%s: not an archive", m->path);
	for (const struct bundle *above = m->bundle; above->origin; above = above->origin->bundle)
		depth++;
	if (depth > SOURCE_MAX_NESTING)
		return err_fail(err, "%s: archives nested deeper than %d", m->path, SOURCE_MAX_NESTING);
	struct bundle *b = bundle_new(m->path);
	b->archive = true;
	b->origin = m;
	enum status st = m->bundle->archive ? spool_member(b, m, err) : OK;
	if (st == OK)
		st = list_archive(b, err);
	if (st)
		bundle_free(b);
	else
		*out = b;
	return st;
}

/* "libarchive 3.6.2" */
const char *source_library_version(void)
{
	const char *s = archive_version_string(), *blank = strrchr(s, ' ');
	return blank ? blank + 1 : s;
}
