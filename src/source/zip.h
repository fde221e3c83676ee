/* SPDX-License-Identifier: MIT
 *
 * Zip files by their central directory. Our own reading of the directory gives
 * names in any locale, the last of two equal names, and any member without
 * walking over the others; unpacking is libarchive's.
 */
#ifndef SOURCE_ZIP_H
#define SOURCE_ZIP_H

#include "base/arena.h"
#include "base/err.h"

struct zip_entry {
	const char *name;
	uint64_t header; /* offset of its local header in the file */
	uint64_t stored, size;
	uint32_t crc;
	uint16_t method, flags;
	int64_t mtime_ms;
};

/* The regular files of the zip at `file`, in the directory's order, names in `a`; free(*out). `path` is for messages. */
enum status zip_list(const char *file, const char *path, struct arena *a, struct zip_entry **out, size_t *n, struct err *err);

struct unzip;
enum status unzip_open(const char *file, const char *path, const struct zip_entry *e, struct unzip **out, struct err *err);
/* Up to cap bytes of content; END after size and checksum were found right. */
enum status unzip_read(struct unzip *u, void *p, size_t cap, size_t *got, struct err *err);
uint64_t unzip_consumed(const struct unzip *u);
void unzip_free(struct unzip *u);

#endif
