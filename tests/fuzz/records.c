/* SPDX-License-Identifier: MIT
 *
 * Fuzz target: any bytes as a file, as an archive, and as records. Records
 * must lie in the content, in order, and nothing may be read without end.
 */
#include <stdlib.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source/records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_records(struct reader *r, const struct member *m, const char *const *arrays, size_t limit)
{
	struct err err = {0};
	struct records *rs;
	struct record rec;
	struct str skeleton;
	if (records_open(r, m, arrays, &rs, &err) == OK) {
		uint64_t at = 0;
		records_skeleton(rs, &skeleton, &err);
		while (limit-- && records_next(rs, &rec, &err) == OK) {
			if (rec.offset < at || rec.text.n == 0 || rec.line == 0)
				abort();
			at = rec.offset + rec.text.n;
		}
		if (limit == SIZE_MAX)
			abort();
		records_close(rs);
	}
	err_fini(&err);
}

static void read_bundle(struct reader *r, const struct bundle *b, size_t limit, int depth)
{
	static const char *const arrays[] = {"/samples", "/a/*/b", "/c/1", NULL};
	for (size_t i = 0; i < b->n && i < 8; i++) {
		struct bundle *inside;
		struct err err = {0};
		read_records(r, &b->members[i], NULL, limit);
		read_records(r, &b->members[i], arrays, limit);
		if (depth < 4 && bundle_open_member(&b->members[i], &inside, &err) == OK) {
			read_bundle(r, inside, 1 << 20, depth + 1);
			bundle_free(inside);
		}
		err_fini(&err);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[32];
	struct bundle *b;
	struct err err = {0};
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct reader *r = reader_new();
	if (bundle_open(path, &b, &err) == OK) {
		read_bundle(r, b, b->members[0].container == CONTAINER_PLAIN ? size + 1 : 1 << 20, 0);
		bundle_free(b);
	}
	reader_free(r);
	err_fini(&err);
	close(fd);
	return 0;
}
