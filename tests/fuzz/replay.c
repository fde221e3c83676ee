/* SPDX-License-Identifier: MIT
 *
 * Runs a fuzz target without a fuzzer: over files, over each of them cut short, and with bytes changed, always the same
 * ones. What once crashed is kept as a file and stays a test.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { CUTS = 12, CHANGES = 24, MAX_FILE = 1 << 18 };

static size_t files;

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void replay(const char *path, const uint8_t *bytes, size_t n)
{
	static const char interesting[] = "{}[]\",:\\0-9eEnt\n\r\x80\xff";
	static uint8_t changed[MAX_FILE];
	uint32_t state = 20260704;
	unsetenv(FUZZ_SEED);
	LLVMFuzzerTestOneInput(bytes, n);
	setenv(FUZZ_SEED, path, 1);
	for (size_t i = 0; i < CUTS && n; i++)
		LLVMFuzzerTestOneInput(bytes, next_random(&state) % n);
	for (size_t i = 0; i < CHANGES && n; i++) {
		memcpy(changed, bytes, n);
		for (size_t k = 0; k <= i / 8; k++)
			changed[next_random(&state) % n] = (uint8_t)interesting[next_random(&state) % (sizeof interesting - 1)];
		LLVMFuzzerTestOneInput(changed, n);
	}
	files++;
}

static void replay_file(const char *path)
{
	static uint8_t bytes[MAX_FILE];
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(99);
	}
	size_t n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	replay(path, bytes, n);
}

static void replay_path(const char *path)
{
	struct stat st;
	struct dirent **names;
	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		replay_file(path);
		return;
	}
	int n = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char below[1024];
		snprintf(below, sizeof below, "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			replay_path(below);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

/* The target's seeds: a folder of its name in tests/fuzz/corpus, else the samples of all formats. */
static void replay_seeds(const char *program)
{
	const char *top = getenv("PLIMSOLL_TOP"), *slash = strrchr(program, '/');
	char path[1024];
	struct stat st;
	snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s", top ? top : ".", slash ? slash + 1 : program);
	if (stat(path, &st) != 0)
		snprintf(path, sizeof path, "%s/sample-data/formats", top ? top : ".");
	replay_path(path);
}

int main(int argc, char **argv)
{
	static const uint8_t none[1];
	LLVMFuzzerTestOneInput(none, 0);
	for (int i = 1; i < argc; i++)
		replay_path(argv[i]);
	if (argc == 1)
		replay_seeds(argv[0]);
	printf("1..1\n%s 1 - %zu files, whole, cut and changed\n", files ? "ok" : "not ok", files);
	return files ? 0 : 1;
}
