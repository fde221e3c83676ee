/* SPDX-License-Identifier: MIT
 *
 * Files, directories, archives and pipes as bundles. Archives are built here:
 * those that libarchive writes by libarchive, the odd zips by hand.
 */
#include "unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "source/bundle.h"

static char dir[] = "/tmp/plimsoll-bundle-XXXXXX";

static char *path_of(const char *name)
{
	static char path[4][256];
	static int turn;
	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof path[0], "%s/%s", dir, name);
	return path[turn];
}

static void put(const char *name, const void *p, size_t n)
{
	FILE *f = fopen(path_of(name), "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void put_c(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	char command[300];
	snprintf(command, sizeof command, "rm -rf '%s'", dir);
	return system(command);
}

/* --- building --- */

static la_ssize_t to_buf(struct archive *a, void *ctx, const void *p, size_t n)
{
	(void)a;
	buf_add(ctx, p, n);
	return (la_ssize_t)n;
}

/* Compresses with libarchive's filter ("gzip", "zstd"). */
static void compress_with(const char *filter, struct str content, struct buf *out)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	archive_write_add_filter_by_name(a, filter);
	archive_write_set_format_raw(a);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open2(a, out, NULL, to_buf, NULL, NULL), ARCHIVE_OK);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_pathname(e, "x");
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, content.p, content.n), (la_ssize_t)content.n);
	archive_entry_free(e);
	assert_int_equal(archive_write_free(a), ARCHIVE_OK);
}

static void add_entry(struct archive *a, const char *name, struct str content)
{
	struct archive_entry *e = archive_entry_new();
	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)content.n);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, content.p, content.n), (la_ssize_t)content.n);
	archive_entry_free(e);
}

/* A zip or tar with two files, as libarchive writes it to a pipe (data descriptors in the zip). */
static void build(const char *format, const char *filter, const char *options, struct buf *out)
{
	struct archive *a = archive_write_new();
	assert_int_equal(archive_write_set_format_by_name(a, format), ARCHIVE_OK);
	if (filter)
		archive_write_add_filter_by_name(a, filter);
	if (options)
		assert_int_equal(archive_write_set_options(a, options), ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open2(a, out, NULL, to_buf, NULL, NULL), ARCHIVE_OK);
	add_entry(a, "b/one.json", str_c("{\"one\":1}"));
	add_entry(a, "./a.txt", str_c("second"));
	assert_int_equal(archive_write_free(a), ARCHIVE_OK);
}

static uint32_t crc32_of(struct str s)
{
	uint32_t crc = UINT32_MAX;
	for (size_t i = 0; i < s.n; i++) {
		crc ^= (unsigned char)s.p[i];
		for (int k = 0; k < 8; k++)
			crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
	}
	return ~crc;
}

static void le(struct buf *b, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_ch(b, (char)(v >> 8 * i & 0xFF));
}

/* A zip by hand: one stored or zstd member at a time, then its directory. */
struct zip {
	struct buf file, directory;
	uint32_t entries;
};

static void zip_add(struct zip *z, const char *name, struct str content, struct str stored, uint32_t method)
{
	uint32_t at = (uint32_t)z->file.n, crc = crc32_of(content);
	for (int central = 0; central < 2; central++) {
		struct buf *b = central ? &z->directory : &z->file;
		buf_add_c(b, central ? "PK\001\002" : "PK\003\004");
		if (central)
			le(b, 63, 2);
		le(b, 63, 2);
		le(b, 0x800, 2);
		le(b, method, 2);
		le(b, 0x21 << 16, 4);
		le(b, crc, 4);
		le(b, (uint32_t)stored.n, 4);
		le(b, (uint32_t)content.n, 4);
		le(b, (uint32_t)strlen(name), 2);
		le(b, 0, 2);
		if (central) {
			le(b, 0, 2);
			le(b, 0, 4);
			le(b, 0100644u << 16, 4);
			le(b, at, 4);
		}
		buf_add_c(b, name);
	}
	buf_add_str(&z->file, stored);
	z->entries++;
}

static void zip_end(struct zip *z)
{
	uint32_t at = (uint32_t)z->file.n;
	buf_add_str(&z->file, buf_str(&z->directory));
	buf_add_c(&z->file, "PK\005\006");
	le(&z->file, 0, 4);
	le(&z->file, z->entries, 2);
	le(&z->file, z->entries, 2);
	le(&z->file, (uint32_t)z->directory.n, 4);
	le(&z->file, at, 4);
	le(&z->file, 0, 2);
	buf_fini(&z->directory);
}

/* --- checking --- */

static struct bundle *open_ok(const char *path)
{
	struct err err = {0};
	struct bundle *b;
	if (bundle_open(path, &b, &err))
		fail_msg("%s", err_text(&err));
	return b;
}

static struct bundle *inside_ok(const struct bundle *b)
{
	struct err err = {0};
	struct bundle *in;
	if (bundle_open_member(&b->members[0], &in, &err))
		fail_msg("%s", err_text(&err));
	return in;
}

static void content_is(struct reader *r, const struct member *m, const char *text)
{
	struct err err = {0};
	struct buf b = {0};
	assert_non_null(m);
	if (reader_slurp(r, m, 1 << 20, &b, &err))
		fail_msg("%s", err_text(&err));
	assert_string_equal(b.p, text);
	buf_fini(&b);
}

static void slurp_fails(const struct member *m, uint64_t limit, const char *message)
{
	struct err err = {0};
	struct buf b = {0};
	struct reader *r = reader_new();
	assert_int_equal(reader_slurp(r, m, limit, &b, &err), FAIL);
	if (!strstr(err_text(&err), message))
		fail_msg("%s", err_text(&err));
	err_fini(&err);
	buf_fini(&b);
	reader_free(r);
}

static void a_file_is_one_member(void **state)
{
	(void)state;
	put_c("one.txt", "hello");
	struct bundle *b = open_ok(path_of("one.txt"));
	struct reader *r = reader_new();
	assert_int_equal(b->n, 1);
	assert_string_equal(b->members[0].name, "one.txt");
	assert_int_equal(b->members[0].size, 5);
	assert_true(str_eq_c(b->members[0].head, "hello"));
	content_is(r, &b->members[0], "hello");
	unsigned char sum[SHA256_SIZE], want[SHA256_SIZE];
	assert_int_equal(member_sha256(&b->members[0], sum, NULL), OK);
	sha256_of(str_c("hello"), want);
	assert_memory_equal(sum, want, sizeof sum);
	slurp_fails(&b->members[0], 4, "larger than 4 bytes");
	reader_free(r);
	bundle_free(b);
	struct err err = {0};
	assert_int_equal(bundle_open(path_of("none"), &b, &err), FAIL);
	assert_non_null(strstr(err_text(&err), "No such file"));
	err_fini(&err);
}

static void a_directory_is_sorted_and_stays_inside(void **state)
{
	(void)state;
	mkdir(path_of("d"), 0755);
	mkdir(path_of("d/b"), 0755);
	mkdir(path_of("d/.git"), 0755);
	put_c("outside.txt", "secret");
	put_c("d/b.txt", "2");
	put_c("d/b/z.txt", "3");
	put_c("d/A.txt", "1");
	put_c("d/.git/config", "x");
	assert_int_equal(symlink("../outside.txt", path_of("d/link.txt")), 0);
	assert_int_equal(symlink("..", path_of("d/up")), 0);
	struct bundle *b = open_ok(path_of("d"));
	assert_int_equal(b->n, 3);
	assert_string_equal(b->members[0].name, "A.txt");
	assert_string_equal(b->members[1].name, "b.txt");
	assert_string_equal(b->members[2].name, "b/z.txt");
	assert_string_equal(b->members[2].path, path_of("d/b/z.txt"));
	assert_null(b->trouble);
	assert_ptr_equal(bundle_find(b, "b/z.txt"), &b->members[2]);
	assert_null(bundle_find(b, "link.txt"));
	bundle_free(b);
}

static void gzip_and_zstd_are_undone(void **state)
{
	(void)state;
	static const char *const filters[] = {"gzip", "zstd"};
	struct reader *r = reader_new();
	for (int i = 0; i < 2; i++) {
		struct buf z = {0};
		compress_with(filters[i], str_c("first "), &z);
		compress_with(filters[i], str_c("second"), &z); /* members and frames one behind the other */
		put("packed", z.p, z.n);
		struct bundle *b = open_ok(path_of("packed"));
		assert_int_equal(b->members[0].container, i ? CONTAINER_ZSTD : CONTAINER_GZIP);
		assert_true(str_eq_c(b->members[0].head, "first second"));
		assert_int_equal(b->members[0].size, z.n);
		content_is(r, &b->members[0], "first second");
		unsigned char sum[SHA256_SIZE], want[SHA256_SIZE];
		assert_int_equal(member_sha256(&b->members[0], sum, NULL), OK);
		sha256_of(buf_str(&z), want);
		assert_memory_equal(sum, want, sizeof sum);
		bundle_free(b);
		put("packed", z.p, z.n - 9);
		struct err err = {0};
		assert_int_equal(bundle_open(path_of("packed"), &b, &err), FAIL);
		assert_non_null(strstr(err_text(&err), "packed: "));
		err_fini(&err);
		buf_fini(&z);
	}
	reader_free(r);
}

static void archives_are_bundles(void **state)
{
	(void)state;
	static const struct {
		const char *format, *filter, *options;
	} rows[] = {
		{"zip", NULL, NULL}, {"zip", NULL, "zip:compression=store"}, {"zip", NULL, "zip:zip64"},
		{"ustar", NULL, NULL}, {"paxr", "gzip", NULL}, {"gnutar", "zstd", NULL},
	};
	struct reader *r = reader_new();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf z = {0};
		build(rows[i].format, rows[i].filter, rows[i].options, &z);
		put("archive", z.p, z.n);
		buf_fini(&z);
		struct bundle *b = open_ok(path_of("archive")), *in = inside_ok(b);
		assert_int_equal(b->n, 1);
		assert_int_equal(b->members[0].container, i < 3 ? CONTAINER_ZIP : CONTAINER_TAR);
		assert_int_equal(in->n, 2);
		assert_string_equal(in->members[0].name, "b/one.json");
		assert_true(str_ends(str_c(in->members[0].path), "archive!b/one.json"));
		assert_true(str_eq_c(in->members[1].head, "second"));
		content_is(r, bundle_find(in, "a.txt"), "second");
		content_is(r, bundle_find(in, "b/one.json"), "{\"one\":1}"); /* backwards */
		bundle_free(in);
		bundle_free(b);
	}
	reader_free(r);
}

static void odd_zips_are_read(void **state)
{
	(void)state;
	struct zip z = {0};
	struct buf frames = {0};
	compress_with("zstd", str_c("first frame, "), &frames);
	compress_with("zstd", str_c("second frame"), &frames);
	zip_add(&z, "same.json", str_c("old"), str_c("old"), 0);
	buf_add_c(&z.file, "dead bytes of a rewritten header PK\003\004");
	zip_add(&z, "frames.json", str_c("first frame, second frame"), buf_str(&frames), 93);
	zip_add(&z, "same.json", str_c("new"), str_c("new"), 0);
	zip_add(&z, "caf\xC3\xA9/x", str_c("name"), str_c("name"), 0);
	zip_end(&z);
	put("odd.zip", z.file.p, z.file.n);
	struct bundle *b = open_ok(path_of("odd.zip")), *in = inside_ok(b);
	struct reader *r = reader_new();
	assert_int_equal(in->n, 3);
	content_is(r, bundle_find(in, "frames.json"), "first frame, second frame");
	content_is(r, bundle_find(in, "same.json"), "new");
	content_is(r, bundle_find(in, "caf\xC3\xA9/x"), "name");
	bundle_free(in);
	bundle_free(b);
	/* Cut short: the directory is missing. */
	put("odd.zip", z.file.p, z.file.n - 60);
	b = open_ok(path_of("odd.zip"));
	struct err err = {0};
	assert_int_equal(bundle_open_member(&b->members[0], &in, &err), FAIL);
	assert_non_null(strstr(err_text(&err), "cut short?"));
	err_fini(&err);
	bundle_free(b);
	reader_free(r);
	buf_fini(&frames);
	buf_fini(&z.file);
}

static void damage_inside_is_named(void **state)
{
	(void)state;
	struct zip z = {0};
	zip_add(&z, "bad.json", str_c("abc"), str_c("abd"), 0);
	zip_end(&z);
	put("bad.zip", z.file.p, z.file.n);
	struct bundle *b = open_ok(path_of("bad.zip")), *in = inside_ok(b);
	slurp_fails(&in->members[0], 100, "bad.zip!bad.json");
	bundle_free(in);
	bundle_free(b);
	buf_fini(&z.file);
}

static void nesting_ends_at_three(void **state)
{
	(void)state;
	struct buf inner = {0};
	buf_add_c(&inner, "core");
	for (int i = 0; i < 4; i++) {
		struct zip z = {0};
		char name[16];
		snprintf(name, sizeof name, "level%d", i);
		zip_add(&z, name, buf_str(&inner), buf_str(&inner), 0);
		zip_end(&z);
		buf_fini(&inner);
		inner = z.file;
	}
	put("nested.zip", inner.p, inner.n);
	buf_fini(&inner);
	struct bundle *b[4] = {open_ok(path_of("nested.zip"))};
	for (int i = 1; i < 4; i++)
		b[i] = inside_ok(b[i - 1]);
	assert_true(str_ends(str_c(b[3]->members[0].path), "nested.zip!level3!level2!level1"));
	struct err err = {0};
	struct bundle *none;
	assert_int_equal(bundle_open_member(&b[3]->members[0], &none, &err), FAIL);
	assert_non_null(strstr(err_text(&err), "nested deeper than 3"));
	err_fini(&err);
	for (int i = 3; i >= 0; i--)
		bundle_free(b[i]);
}

static void a_size_that_lies_is_noticed(void **state)
{
	(void)state;
	struct zip z = {0};
	struct buf packed = {0};
	compress_with("zstd", str_c("much longer than stated"), &packed);
	zip_add(&z, "lie", str_c("short"), buf_str(&packed), 93);
	zip_end(&z);
	put("lie.zip", z.file.p, z.file.n);
	struct bundle *b = open_ok(path_of("lie.zip")), *in = inside_ok(b);
	slurp_fails(&in->members[0], 1000, "size or checksum differ");
	bundle_free(in);
	bundle_free(b);
	buf_fini(&packed);
	buf_fini(&z.file);
}

static void bombs_are_refused(void **state)
{
	(void)state;
	size_t n = (size_t)100 << 20;
	char *zeros = xcalloc(1, n);
	struct buf z = {0};
	compress_with("zstd", str_n(zeros, n), &z);
	put("bomb.zst", z.p, z.n);
	struct bundle *b = open_ok(path_of("bomb.zst"));
	slurp_fails(&b->members[0], UINT64_MAX, "decompression bomb");
	bundle_free(b);
	struct zip zip = {0};
	zip_add(&zip, "bomb", str_n(zeros, n), buf_str(&z), 93);
	zip_end(&zip);
	put("bomb.zip", zip.file.p, zip.file.n);
	b = open_ok(path_of("bomb.zip"));
	struct bundle *in;
	struct err err = {0};
	assert_int_equal(bundle_open_member(&b->members[0], &in, &err), FAIL);
	assert_non_null(strstr(err_text(&err), "decompression bomb"));
	err_fini(&err);
	bundle_free(b);
	buf_fini(&zip.file);
	buf_fini(&z);
	free(zeros);
}

static void standard_input_can_be_read_twice(void **state)
{
	(void)state;
	put_c("stdin", "piped");
	int saved = dup(0), fd = open(path_of("stdin"), O_RDONLY);
	assert_true(fd >= 0 && dup2(fd, 0) == 0);
	struct bundle *b = open_ok("-");
	dup2(saved, 0);
	close(saved);
	close(fd);
	struct reader *r = reader_new();
	assert_string_equal(b->members[0].path, "-");
	content_is(r, &b->members[0], "piped");
	content_is(r, &b->members[0], "piped");
	char *spool = xstrdup(b->spool);
	bundle_free(b);
	assert_int_equal(access(spool, F_OK), -1);
	free(spool);
	reader_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_one_member),
		cmocka_unit_test(a_directory_is_sorted_and_stays_inside),
		cmocka_unit_test(gzip_and_zstd_are_undone),
		cmocka_unit_test(archives_are_bundles),
		cmocka_unit_test(odd_zips_are_read),
		cmocka_unit_test(damage_inside_is_named),
		cmocka_unit_test(nesting_ends_at_three),
		cmocka_unit_test(a_size_that_lies_is_noticed),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(standard_input_can_be_read_twice),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
