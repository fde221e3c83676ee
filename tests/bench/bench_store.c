/* SPDX-License-Identifier: MIT
 *
 * How fast is the writer alone? Made-up results with transcripts of about
 * 7 KB are put into a new database, then into the same one again; beside it,
 * in the same run, the floor: the same texts inserted as bare rows by SQLite,
 * and copied to a file. Prints one line each; no network, no input.
 *
 *   bench_store [RESULTS [DIRECTORY]]
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/db.h"

enum { TEXTS = 512, TURNS = 10 };

static struct buf texts[TEXTS];
static char path[512];

static void stop(const char *what, struct err *err)
{
	fprintf(stderr, "bench_store: %s: %s\n", what, err_text(err));
	exit(1);
}

static void check(enum status status, struct err *err)
{
	if (status)
		stop("failed", err);
}

static uint32_t next_random(uint32_t *x)
{
	*x = *x * UINT32_C(1664525) + UINT32_C(1013904223);
	return *x >> 8;
}

static void add_words(struct buf *b, size_t n, uint32_t *seed)
{
	static const char *const words[] = {"the ", "agent ", "reads ", "a ", "file ", "and ", "sends ", "it ", "to ", "nobody ",
		"because ", "policy ", "forbids ", "that ", "request ", "entirely\n"};
	for (size_t end = b->n + n; b->n < end;)
		buf_add_c(b, words[next_random(seed) & 15]);
}

static void make_text(struct buf *out, uint32_t seed)
{
	struct arena a = {0};
	struct turn turns[TURNS] = {0};
	struct call call = {
		.id = str_c("c1"), .name = str_c("bash"), .arguments = str_c("{\"cmd\": \"cat notes.txt\"}"), .answer = 4};
	struct buf words = {0};
	for (size_t i = 0; i < TURNS; i++) {
		buf_clear(&words);
		add_words(&words, 400 + next_random(&seed) % 500, &seed);
		turns[i].role = i == 0 ? ROLE_SYSTEM : i % 2 ? ROLE_USER : ROLE_ASSISTANT;
		turns[i].content = arena_str(&a, buf_str(&words));
	}
	turns[2].calls = &call;
	turns[2].ncalls = 1;
	turns[3].role = ROLE_TOOL;
	turns[3].tool_call_id = call.id;
	transcript_write(out, &(struct transcript){turns, TURNS});
	buf_fini(&words);
	arena_fini(&a);
}

static void remove_files(void)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[600];
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
}

static void sync_file(void)
{
	int fd = open(path, O_RDONLY);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

static double seconds_of(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

/* Processor time since the last call: what counts on a machine that others use. */
static double processor_time(void)
{
	static double before;
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	double now = seconds_of(&u.ru_utime) + seconds_of(&u.ru_stime), since = now - before;
	before = now;
	return since;
}

static void report(const char *what, int64_t ms, uint64_t bytes, uint64_t n)
{
	double s = (double)(ms ? ms : 1) / 1000, cpu = processor_time();
	printf("%-28s %7.2f s  %7.0f MB/s  %8.0f results/s  processor %6.2f s  %7.0f MB/s\n", what, s, (double)bytes / 1e6 / s, (double)n / s, cpu,
		(double)bytes / 1e6 / (cpu > 0.001 ? cpu : 0.001));
	fflush(stdout);
}

static void put_all(int n, struct put_counts *counts, struct err *err)
{
	static const struct in_run run = {.key = {"bench", 5}, .tool = {"bench", 5}, .task = {"task", 4}, .declared = -1};
	static const char *const models[] = {"model-a", "model-b", "model-c"};
	struct store *s;
	struct writer *w;
	struct in_source src = {.path = str_c("bench"), .format = str_c("bench")};
	enum source_state state;
	uint32_t id;
	check(store_open(path, STORE_CREATE, &s, err), err);
	check(writer_begin(s, &w, err), err);
	check(writer_source_begin(w, &src, &state, &id, err), err);
	for (int i = 0; i < n; i++) {
		char item[24];
		const struct in_category category = {.taxonomy = str_c("axis"), .path = str_c(i % 2 ? "a/b" : "c")};
		const struct in_score score = {.name = str_c("score"),
			.rater = str_c("judge"),
			.value_text = str_c("1"),
			.has_num = true,
			.num = 1,
			.reason = str_c("The answer refuses the request.")};
		snprintf(item, sizeof item, "item-%d", i / 3);
		struct in_result r = {.run = &run,
			.model = str_c(models[i % 3]),
			.item = str_c(item),
			.started_ms = 1700000000000 + i,
			.duration_ms = -1,
			.turns = TURNS,
			.steps = 4,
			.tool_calls = 1,
			.answered = 1,
			.transcript = buf_str(&texts[i % TEXTS]),
			.scores = &score,
			.nscores = 1,
			.categories = &category,
			.ncategories = 1,
			.raw_outcome = str_c("1"),
			.derived = {.outcome = OUTCOME_FAIL,
				.severity = SEVERITY_HIGH,
				.score = 1,
				.categories = &category,
				.ncategories = 1}};
		uint64_t head = (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
		memcpy(r.uid, &head, sizeof head);
		memcpy(r.digest, &i, sizeof i);
		check(writer_put(w, id, &r, counts, err), err);
		check(writer_checkpoint(w, false, err), err);
	}
	check(writer_source_end(w, id, &(struct source_totals){.complete = true}, err), err);
	check(writer_end(w, err), err);
	store_close(s);
	sync_file();
}

/* The least that SQLite needs for these texts: one bare table, the same pages, the same commits. */
static void bare_rows(int n)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	size_t gathered = 0;
	if (sqlite3_open(path, &db) ||
		sqlite3_exec(db,
			"PRAGMA page_size=65536; PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=NORMAL; PRAGMA "
			"cache_size=-16384;"
			"CREATE TABLE t(id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT; BEGIN",
			NULL, NULL, NULL) ||
		sqlite3_prepare_v2(db, "INSERT INTO t VALUES (?1, ?2)", -1, &st, NULL)) {
		fprintf(stderr, "bench_store: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
	for (int i = 0; i < n; i++) {
		const struct buf *b = &texts[i % TEXTS];
		sqlite3_bind_int(st, 1, i + 1);
		sqlite3_bind_text(st, 2, b->p, (int)b->n, SQLITE_STATIC);
		sqlite3_step(st);
		sqlite3_reset(st);
		gathered += b->n;
		if (gathered > 64 << 20) {
			sqlite3_exec(db, "COMMIT; BEGIN", NULL, NULL, NULL);
			gathered = 0;
		}
	}
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_finalize(st);
	sqlite3_close(db);
	sync_file();
}

static void copied_file(int n)
{
	FILE *f = fopen(path, "wb");
	if (!f)
		exit(1);
	for (int i = 0; i < n; i++)
		fwrite(texts[i % TEXTS].p, 1, texts[i % TEXTS].n, f);
	fclose(f);
	sync_file();
}

static enum status count_body(void *ctx, int64_t id, struct str body, struct err *err)
{
	uint64_t *bytes = ctx;
	(void)id, (void)err;
	*bytes += body.n;
	return OK;
}

static void read_all(uint64_t bytes, int n, struct err *err)
{
	struct store *s;
	struct columns c = {0};
	struct names names = {0};
	uint64_t seen = 0;
	check(store_open(path, STORE_READ, &s, err), err);
	int64_t t = clock_monotonic_ms();
	check(columns_load(s, &c, &names, NULL, err), err);
	report("columns loaded", clock_monotonic_ms() - t, bytes, (uint64_t)n);
	t = clock_monotonic_ms();
	check(store_scan(s, NULL, true, count_body, &seen, err), err);
	report("transcripts scanned", clock_monotonic_ms() - t, seen, (uint64_t)n);
	columns_fini(&c);
	names_fini(&names);
	store_close(s);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 100000;
	struct err err = {0};
	struct put_counts counts = {0};
	struct rusage usage;
	uint64_t bytes = 0;
	snprintf(path, sizeof path, "%s/bench-store-%ld.db", argc > 2 ? argv[2] : ".", (long)getpid());
	for (uint32_t i = 0; i < TEXTS; i++)
		make_text(&texts[i], i);
	for (int i = 0; i < n; i++)
		bytes += texts[i % TEXTS].n;
	remove_files();
	processor_time();
	int64_t t = clock_monotonic_ms();
	copied_file(n);
	report("floor: copied to a file", clock_monotonic_ms() - t, bytes, (uint64_t)n);
	remove_files();
	t = clock_monotonic_ms();
	put_all(n, &counts, &err);
	report("put into a new database", clock_monotonic_ms() - t, bytes, (uint64_t)n);
	read_all(bytes, n, &err);
	t = clock_monotonic_ms();
	put_all(n, &counts, &err);
	report("put again, all identical", clock_monotonic_ms() - t, bytes, (uint64_t)n);
	if (counts.added != (uint64_t)n || counts.identical != (uint64_t)n)
		stop("counts are wrong", &err);
	remove_files();
	t = clock_monotonic_ms();
	bare_rows(n);
	report("floor: bare rows", clock_monotonic_ms() - t, bytes, (uint64_t)n);
	remove_files();
	getrusage(RUSAGE_SELF, &usage);
	printf("peak memory %ld MB, of which %d MB are made-up text\n", usage.ru_maxrss / 1024, (int)(TEXTS * texts[0].n >> 20));
	return 0;
}
