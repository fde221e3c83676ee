/* SPDX-License-Identifier: MIT
 *
 * Importers on any bytes, all of them or the one that $FUZZ_IMPORTER names: each must come back, and each result it
 * gives must be whole: its transcript is readable, its counts are those of the transcript, its strings are UTF-8
 * without NUL. A new row in the table of importers is fuzzed without a change here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "ingest/importer.h"
#include "ingest/sink_private.h"

enum { MAX_INPUT = 1 << 20 };

static const struct importer *importer; /* at work */

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s: %s\n", importer->name, what);
	abort();
}

static void check_text(struct str s)
{
	must(!s.n || (s.p && utf8_valid(s) && !memchr(s.p, '\0', s.n)), "text that is not clean UTF-8");
}

static void check_result(const struct in_result *r)
{
	struct arena a = {0};
	struct transcript t;
	uint32_t calls = 0, answered = 0;
	must(transcript_read(&a, r->transcript, &t, NULL) == OK, "a transcript that can not be read back");
	must(t.n == r->turns, "another number of turns than said");
	for (size_t i = 0; i < t.n; i++) {
		calls += (uint32_t)t.turns[i].ncalls;
		for (size_t k = 0; k < t.turns[i].ncalls; k++)
			answered += t.turns[i].calls[k].answered;
		check_text(t.turns[i].content);
	}
	must(calls == r->tool_calls, "another number of calls than said");
	must(answered == r->answered, "another number of answers than said");
	must(r->run && r->run->key.n && r->item.n, "a result without run or item");
	must(r->raw_fail_turn <= r->turns, "a failing turn that is not there");
	check_text(r->model);
	check_text(r->item);
	check_text(r->error);
	check_text(r->meta);
	for (size_t i = 0; i < r->nscores; i++)
		check_text(r->scores[i].value_text);
	arena_fini(&a);
}

/* Pieces of results, kept until their file has been read. */
static struct {
	struct arena text;
	struct in_part *list;
	size_t n, cap;
} parts;

static void keep_part(const struct in_part *p)
{
	if (parts.n == parts.cap)
		parts.list = vec_grow(parts.list, &parts.cap, parts.n + 1, sizeof *parts.list);
	parts.list[parts.n] = *p;
	parts.list[parts.n].order = arena_str(&parts.text, p->order);
	parts.list[parts.n++].body = arena_str(&parts.text, p->body);
}

static enum status take(void *ctx, struct batch *b, struct err *err)
{
	(void)ctx;
	(void)err;
	for (size_t i = 0; i < b->n; i++) {
		if (b->items[i].kind == PACKED_RESULT)
			check_result(&b->items[i].u.result->r);
		if (b->items[i].kind == PACKED_PART)
			keep_part(b->items[i].u.part);
	}
	batch_free(b);
	return OK;
}

static int in_order(const void *a, const void *b)
{
	const struct in_part *x = a, *y = b;
	int by_uid = memcmp(x->uid, y->uid, UID_SIZE), by_order = str_cmp(x->order, y->order);
	return by_uid ? by_uid : by_order ? by_order : str_cmp(x->body, y->body);
}

/* Every result of which there is a piece. */
static void assemble_all(struct err *err)
{
	must(!parts.n || importer->assemble, "pieces that nobody assembles");
	if (parts.n)
		qsort(parts.list, parts.n, sizeof *parts.list, in_order);
	for (size_t from = 0, to; from < parts.n; from = to) {
		const struct sink_options o = {.format = str_c(importer->name), .path = str_c(""), .rebuild = true,
			.uid = parts.list[from].uid, .take = take};
		struct sink *sink = sink_new(&o);
		for (to = from + 1; to < parts.n && !memcmp(parts.list[from].uid, parts.list[to].uid, UID_SIZE);)
			to++;
		if (importer->assemble(sink, &parts.list[from], to - from, err) == OK)
			sink_flush(sink, err);
		sink_free(sink);
	}
	free(parts.list);
	arena_fini(&parts.text);
	memset(&parts, 0, sizeof parts);
}

static struct str no_setting(const struct import *im, const char *key)
{
	(void)im;
	(void)key;
	return (struct str){0};
}

static void read_file(const char *path)
{
	struct bundle *b = NULL;
	struct err err = {0};
	char why[160] = "";
	if (bundle_open(path, &b, &err) == OK && b->n == 1) {
		const struct member *m = &b->members[0];
		struct claim claim = {.importer = importer, .main = m, .members = &m, .n = 1, .confidence = 1};
		struct reader *reader = reader_new();
		struct sink *sink = sink_new(&(struct sink_options){.format = str_c(importer->name), .path = str_c("fuzz"), .take = take});
		struct import im = {.claim = &claim, .reader = reader, .sink = sink, .setting = no_setting};
		int sure = importer_probe(importer, m, NULL, why);
		must(sure >= 0 && sure <= 100 && memchr(why, '\0', sizeof why), "a probe out of range");
		if (importer_read(&im, &err) == OK)
			must(sink_flush(sink, &err) == OK, "the last batch was refused");
		sink_free(sink);
		assemble_all(&err);
		reader_free(reader);
	}
	bundle_free(b);
	err_fini(&err);
}

/* A broken sample of one format goes to its importer and to those that read anything; a whole one goes to all. */
static bool is_for(const struct importer *imp, const char *seed)
{
	char folder[80];
	if (!seed || strcmp(imp->name, "native") == 0 || strcmp(imp->name, "table") == 0)
		return true;
	snprintf(folder, sizeof folder, "/formats/%s/", imp->name);
	return strstr(seed, folder) || !strstr(seed, "/formats/");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *only = getenv("FUZZ_IMPORTER"), *seed = getenv(FUZZ_SEED);
	char path[40];
	int fd = memfd_create("fuzz", 0);
	if (size > MAX_INPUT || fd < 0 || write(fd, data, size) != (ssize_t)size) {
		close(fd);
		return 0;
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	for (size_t i = 0; importers[i]; i++) {
		importer = importers[i];
		if (only ? strcmp(importer->name, only) == 0 : is_for(importer, seed))
			read_file(path);
	}
	close(fd);
	return 0;
}
