/* SPDX-License-Identifier: MIT
 *
 * Small files from disk: rules, maps.
 */
#include "ingest/rulefile.h"

#include <errno.h>
#include <stdio.h>

enum { MAX_BYTES = 16 << 20 };

struct str rulefile_origin(const char *path)
{
	const char *slash = strrchr(path, '/');
	return str_c(slash ? slash + 1 : path);
}

enum status rulefile_read(const char *path, struct buf *out, struct err *err)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return err_fail(err, "%s: %s", path, strerror(errno));
	char block[4096];
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0 && out->n <= MAX_BYTES;)
		buf_add(out, block, n);
	enum status st = OK;
	if (ferror(f))
		st = err_fail(err, "%s: %s", path, strerror(errno));
	else if (out->n > MAX_BYTES)
		st = err_fail(err, "%s: larger than 16 MiB, so it is no such file", path);
	fclose(f);
	return st;
}
