/* SPDX-License-Identifier: MIT
 *
 * Made-up runs and results for the tests of store and what stands on it.
 */
#ifndef STORE_MAKE_H
#define STORE_MAKE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/ledger.h"
#include "store/store.h"
#include "unit.h"

/* A path for a database that is not there, removed together with its side files at the end. */
static inline const char *make_path(void)
{
	static char path[256];
	const char *dir = getenv("TMPDIR");
	if (!path[0]) /* a child process keeps its parent's */
		snprintf(path, sizeof path, "%s/plimsoll-unit-%ld.db", dir ? dir : "/tmp", (long)getpid());
	return path;
}

static inline void drop_path(void)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[300];
		snprintf(name, sizeof name, "%s%s", make_path(), ends[i]);
		unlink(name);
	}
}

static inline void ok(enum status status, const struct err *err)
{
	if (status != OK)
		fail_msg("status %d: %s", status, err_text(err));
}

static const struct in_run make_run = {
	.key = {"runs/a.json", 11},
	.name = {"run a", 5},
	.tool = {"tool", 4},
	.tool_version = {"1.2", 3},
	.task = {"chem", 4},
	.status = {"success", 7},
	.created_ms = 1700000000000,
	.declared = 3,
	.meta = {"{\"temperature\":0.5}", 19},
};
static const char *const make_transcript =
	"[{\"role\":\"user\",\"content\":\"do it\"},"
	"{\"role\":\"assistant\",\"content\":\"ok\",\"reasoning\":\"hm\",\"calls\":[{\"id\":\"c1\",\"name\":\"bash\","
	"\"arguments\":\"{\\\"cmd\\\": \\\"ls\\\"}\","
	"\"answer\":3},{\"name\":\"get\",\"arguments\":\"{}\",\"result\":\"42\"}]},"
	"{\"role\":\"tool\",\"name\":\"bash\",\"content\":\"a.txt\",\"error\":\"exit 1\",\"id\":\"c1\"}]";

static const struct in_category make_derived_categories[] = {{{"ax", 2}, {"a/b", 3}, 0, 0}, {{"ax", 2}, {"c", 1}, 0, 0}};
static const struct in_category make_raw_categories[] = {{{"raw", 3}, {"x", 1}, 0, 0}, {{"raw", 3}, {"turn", 4}, 2, 0}};
static const struct in_score make_scores[] = {
	{.turn = 0,
		.name = {"acc", 3},
		.rater = {"judge", 5},
		.value_text = {"0.5", 3},
		.has_num = true,
		.num = 0.5,
		.reason = {"so so", 5}},
	{.turn = 2, .name = {"harm", 4}, .value_text = {"C", 1}},
};

/* Result i: item "item-i", full of facts. The digest depends on i and version. */
static inline struct in_result make_result(int i, int version, char item[static 24])
{
	struct in_result r = {.run = &make_run, .authority = 1};
	snprintf(item, 24, "item-%d", i);
	unsigned char sum[SHA256_SIZE];
	char text[64];
	sha256_of(str_c(item), sum);
	memcpy(r.uid, sum, UID_SIZE);
	snprintf(text, sizeof text, "%d/%d", i, version);
	sha256_of(str_c(text), sum);
	memcpy(r.digest, sum, DIGEST_SIZE);
	r.model = str_c(i % 2 ? "gpt-x" : "llama-y");
	r.provider = str_c("prov");
	r.task = str_c("chem");
	r.item = str_c(item);
	r.epoch = str_c(i % 3 ? "" : "2");
	r.raw_outcome = str_c(version ? "C" : "I");
	r.target = str_c("B");
	r.answer = str_c("A");
	r.started_ms = 1700000001500;
	r.duration_ms = 1500;
	r.offset = (uint64_t)i * 100;
	r.length = 100;
	r.line = (uint64_t)i + 1;
	r.turns = 3;
	r.steps = 1;
	r.tool_calls = 2;
	r.answered = 2;
	r.call_errors = 1;
	r.meta = str_c("{\"level\":2,\"style\":\"poem\"}");
	r.transcript = str_c(make_transcript);
	r.scores = make_scores;
	r.nscores = 2;
	r.categories = make_raw_categories;
	r.ncategories = 2;
	r.derived = (struct derived){.outcome = version ? OUTCOME_PASS : OUTCOME_FAIL,
		.severity = SEVERITY_HIGH,
		.item_severity = SEVERITY_LOW,
		.kind = KIND_SAFETY,
		.fail_turn = 2,
		.fail_step = 1,
		.alias = str_c(i % 2 ? NULL : "Alias"),
		.why = str_c("tool:1"),
		.score = 0.5,
		.categories = make_derived_categories,
		.ncategories = 2};
	return r;
}

static inline struct in_source make_source(const char *path, unsigned char content)
{
	struct in_source s = {
		.path = str_c(path), .format = str_c("tool"), .importer_version = 1, .bytes = 1000, .settings = str_c("")};
	memset(s.sha256, content, sizeof s.sha256);
	return s;
}

/* Ingests results from, from + 1 … to - 1 as one source; asserts that all went well. */
static inline struct put_counts make_load(struct store *s, const char *path, unsigned char content, int from, int to, int version)
{
	struct err err = {0};
	struct writer *w;
	struct put_counts counts = {0};
	struct in_source src = make_source(path, content);
	enum source_state state;
	uint32_t id;
	ok(writer_begin(s, &w, &err), &err);
	ok(writer_source_begin(w, &src, &state, &id, &err), &err);
	for (int i = from; i < to; i++) {
		char item[24];
		struct in_result r = make_result(i, version, item);
		ok(writer_put(w, id, &r, &counts, &err), &err);
		ok(writer_checkpoint(w, i % 7 == 0, &err), &err);
	}
	struct source_totals totals = {.results = (uint64_t)(to - from), .turns = 3, .tool_calls = 2, .complete = true};
	ok(writer_source_end(w, id, &totals, &err), &err);
	ok(writer_end(w, &err), &err);
	return counts;
}

static inline struct store *make_open(enum store_mode mode)
{
	struct err err = {0};
	struct store *s;
	ok(store_open(make_path(), mode, &s, &err), &err);
	return s;
}

#endif
