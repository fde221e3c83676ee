/* SPDX-License-Identifier: MIT
 *
 * Runs a fuzz target over its seeds, tests/fuzz/corpus/NAME/, in an ordinary
 * build: a crash that was fixed stays fixed. NAME is the program's own.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_file(const char *path, struct buf *b)
{
	char block[4096];
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		buf_add(b, block, n);
	return fclose(f) == 0;
}

int main(int argc, char **argv)
{
	char path[4096];
	int n = 0, bad = 0;
	const char *slash = argc ? strrchr(argv[0], '/') : NULL, *name = slash ? slash + 1 : "none";
	struct dirent **seeds = NULL;
	snprintf(path, sizeof path, "%s/fuzz/corpus/%s", PLIMSOLL_TESTS_DIR, name);
	int count = scandir(path, &seeds, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		struct buf b = {0};
		if (seeds[i]->d_name[0] != '.') {
			snprintf(path, sizeof path, "%s/fuzz/corpus/%s/%s", PLIMSOLL_TESTS_DIR, name, seeds[i]->d_name);
			bool ok = read_file(path, &b) && LLVMFuzzerTestOneInput((const uint8_t *)(b.p ? b.p : ""), b.n) == 0;
			bad += !ok;
			printf("%s %d - %s\n", ok ? "ok" : "not ok", ++n, seeds[i]->d_name);
		}
		buf_fini(&b);
		free(seeds[i]);
	}
	free(seeds);
	if (n == 0)
		printf("not ok %d - no seeds in %s\n", ++n, path);
	printf("1..%d\n", n);
	return bad ? 1 : 0;
}
