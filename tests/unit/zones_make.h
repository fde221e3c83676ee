/* SPDX-License-Identifier: MIT
 *
 * Made-up databases for the tests of zones: results by run, model, task, item.
 */
#ifndef ZONES_MAKE_H
#define ZONES_MAKE_H

#include "store_make.h"

#include "facts/facts.h"
#include "zones/zones.h"

struct unit {
	const char *run; /* NULL: the model's own run of the task */
	const char *model, *alias, *task;
	enum task_kind kind;
	int item, epoch;
	const char *category; /* "taxonomy:path" */
	enum outcome outcome;
	double score; /* the primary one, when has_score */
	bool has_score;
	const char *score_name; /* a named score with the number `named` */
	double named;
	int64_t declared; /* by the run; 0 = not said */
};

static struct store *make_store;
static struct writer *make_writer;
static uint32_t make_source_id;
static struct facts *make_facts;

static inline void db_new(void)
{
	struct err err = {0};
	drop_path();
	make_store = make_open(STORE_CREATE);
	ok(writer_begin(make_store, &make_writer, &err), &err);
	struct in_source src = make_source("made-up.json", 1);
	enum source_state state;
	ok(writer_source_begin(make_writer, &src, &state, &make_source_id, &err), &err);
}

static inline void uid_of(const struct unit *u, unsigned char out[static UID_SIZE])
{
	char key[512];
	unsigned char sum[SHA256_SIZE];
	snprintf(key, sizeof key, "%s|%s|%s|%d|%d", u->run ? u->run : "", u->model, u->task, u->item, u->epoch);
	sha256_of(str_c(key), sum);
	memcpy(out, sum, UID_SIZE);
}

static inline void put(struct unit u)
{
	struct err err = {0};
	struct put_counts counts = {0};
	char run[256], item[32], epoch[16] = "";
	snprintf(run, sizeof run, "%s", u.run ? u.run : "");
	if (!u.run)
		snprintf(run, sizeof run, "%s on %s", u.model, u.task);
	snprintf(item, sizeof item, "item-%d", u.item);
	if (u.epoch)
		snprintf(epoch, sizeof epoch, "%d", u.epoch);
	struct in_run in_run = {.key = str_c(run),
		.name = str_c(run),
		.tool = str_c("tool"),
		.tool_version = str_c("1"),
		.task = str_c(u.task),
		.status = str_c("success"),
		.declared = u.declared ? u.declared : -1};
	struct str category = str_c(u.category), taxonomy;
	str_cut(&category, ':', &taxonomy);
	struct in_category categories[1] = {{u.category ? taxonomy : str_c(""), category, 0, 0}};
	struct in_score score = {.name = str_c(u.score_name), .value_text = str_c("x"), .has_num = true, .num = u.named};
	struct in_result r = {.run = &in_run,
		.authority = 1,
		.model = str_c(u.model),
		.provider = str_c("prov"),
		.task = str_c(u.task),
		.item = str_c(item),
		.epoch = str_c(epoch),
		.duration_ms = -1,
		.transcript = str_c("[]"),
		.scores = &score,
		.nscores = u.score_name != NULL,
		.derived = {.outcome = u.outcome,
			.kind = u.kind,
			.alias = str_c(u.alias),
			.why = str_c("made-up:1"),
			.score = u.has_score ? u.score : (double)NAN,
			.categories = categories,
			.ncategories = u.category != NULL}};
	uid_of(&u, r.uid);
	memcpy(r.digest, r.uid, DIGEST_SIZE);
	ok(writer_put(make_writer, make_source_id, &r, &counts, &err), &err);
}

/* n items from `first` on, the first k of them failing (or passing, when it is a capability). */
static inline void put_many(struct unit u, int first, int k, int n)
{
	enum outcome rest = u.outcome == OUTCOME_FAIL ? OUTCOME_PASS : OUTCOME_FAIL, event = u.outcome;
	for (int i = 0; i < n; i++) {
		u.item = first + i;
		u.outcome = i < k ? event : rest;
		put(u);
	}
}

static inline struct facts *db_done(void)
{
	struct err err = {0};
	struct source_totals totals = {.complete = true};
	ok(writer_source_end(make_writer, make_source_id, &totals, &err), &err);
	ok(writer_end(make_writer, &err), &err);
	ok(facts_open(make_store, &make_facts, &err), &err);
	return make_facts;
}

static inline void db_drop(void)
{
	facts_close(make_facts);
	store_close(make_store);
	drop_path();
	make_facts = NULL;
}

static inline void annotate(struct unit u, const char *reviewer, const char *kind, enum outcome said)
{
	struct err err = {0};
	unsigned char uid[UID_SIZE];
	struct entry e = {.kind = str_c(kind), .reviewer = str_c(reviewer), .at_ms = 1700000000000, .outcome = said};
	uid_of(&u, uid);
	hex_encode(uid, UID_SIZE, e.uid);
	hex_encode(uid, DIGEST_SIZE, e.digest);
	ok(ledger_add(make_store, &e, &err), &err);
}

static inline void refresh(void)
{
	struct err err = {0};
	ok(facts_refresh(make_facts, NULL, &err), &err);
}

static inline struct policy *policy_of(const char *text)
{
	struct err err = {0};
	struct policy *p = NULL;
	ok(policy_read(str_c(text), "p.json", &p, &err), &err);
	return p;
}

static inline struct board *board_of(const struct policy *p, const char *filter)
{
	struct err err = {0};
	struct board *b = NULL;
	ok(zones_evaluate(make_facts, make_store, p, str_c(filter), NULL, &b, &err), &err);
	return b;
}

static inline const struct zone_cell *cell_of(const struct board *b, const char *line, const char *model)
{
	const struct zone_cell *c = zone_find(b, str_c(line), str_c(model));
	if (!c)
		fail_msg("no cell %s / %s", line, model);
	return c;
}

/* The words of a cell; valid until the call after next. */
static inline const char *words_of(const struct zone_cell *c)
{
	static struct buf b[2];
	static int turn;
	struct buf *use = &b[turn++ % 2];
	buf_clear(use);
	zone_words(use, c);
	return use->p;
}

/* How many results a filter selects. */
static inline size_t selected(struct str filter)
{
	struct err err = {0};
	struct bitset set = {0};
	ok(facts_select_text(make_facts, make_store, filter, &set, &err), &err);
	size_t n = bitset_count(&set);
	bitset_fini(&set);
	return n;
}

static inline void near(double got, double want, double within)
{
	if (!(fabs(got - want) <= within))
		fail_msg("got %.17g, want %.17g", got, want);
}

static const struct unit safety = {.model = "m", .kind = KIND_SAFETY, .outcome = OUTCOME_FAIL};

static inline struct unit on(const char *model, const char *task)
{
	struct unit u = safety;
	u.model = model;
	u.task = task;
	return u;
}

#define LINE(id, more) "{\"id\":\"" id "\",\"area\":\"" id "\",\"where\":\"task:" id "\"" more "}"

/* What an explanation says of something. */
static inline const char *told(const struct table *t, const char *label)
{
	for (size_t i = 0; i < t->nrows; i++)
		if (str_eq_c(table_cell(t, i, 0)->text, label))
			return table_cell(t, i, 1)->text.p;
	fail_msg("nothing is told of %s", label);
	return "";
}

#endif
