/* SPDX-License-Identifier: MIT
 *
 * Rules over what is stored: loading them, trying and applying them, and
 * deriving one result again after something was attached to it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/importer.h"
#include "ingest/ingest.h"
#include "ingest/ruleset.h"
#include "ingest/rulefile.h"
#include "ingest/run.h"
#include "store/ledger.h"
#include "store/rules.h"

/* ---- loading ---- */

static enum status add_label(void *ctx, const struct stored_label *l, struct err *err)
{
	(void)err;
	ruleset_add_label(ctx, &(struct label){l->task, l->item, l->field, l->value});
	return OK;
}

static enum status load_stored(struct ruleset *rs, struct store *s, struct err *err)
{
	struct stored_rule *rules;
	struct arena a = {0};
	size_t n;
	unsigned line = 0;
	enum status st = store_rules(s, &a, &rules, &n, err);
	for (size_t i = 0; i < n && !st; i++) {
		line = i && str_eq(rules[i].origin, rules[i - 1].origin) ? line + 1 : 1;
		char *origin = xstrndup(rules[i].origin.p, rules[i].origin.n);
		st = ruleset_add_line(rs, origin, line, (struct str){0}, rules[i].text, err);
		free(origin);
	}
	arena_fini(&a);
	return st ? st : store_labels(s, add_label, rs, err);
}

enum status ruleset_load(struct ruleset *rs, struct store *s, struct err *err)
{
	enum status st = OK;
	for (size_t i = 0; importers[i] && !st; i++)
		if (importers[i]->rules)
			st = ruleset_add(rs, importers[i]->name, str_c(importers[i]->name), str_c(importers[i]->rules), err);
	return st || !s ? st : load_stored(rs, s, err);
}

/* ---- one stored result ---- */

struct located {
	struct store *store;
	struct arena *a;
	uint32_t *turns;
	size_t n;
};

static enum status assistant_turns(struct located *l, int64_t id, struct err *err)
{
	struct transcript t;
	enum status st = store_transcript(l->store, id, l->a, &t, err);
	if (st)
		return st == END ? OK : st;
	l->turns = arena_alloc(l->a, (t.n + 1) * sizeof *l->turns);
	for (size_t i = 0; i < t.n; i++)
		if (t.turns[i].role == ROLE_ASSISTANT)
			l->turns[l->n++] = (uint32_t)i + 1;
	return OK;
}

static struct raw_facts facts_of(const struct result_row *row)
{
	return (struct raw_facts){
	        .format = row->format,
	        .tool = row->tool,
	        .run = row->run_key,
	        .task = row->task,
	        .model = row->model,
	        .provider = row->provider,
	        .item = row->item,
	        .epoch = row->epoch,
	        .raw_outcome = row->raw_outcome,
	        .raw_severity = row->raw_severity,
	        .raw_item_severity = row->raw_item_severity,
	        .target = row->target,
	        .answer = row->answer,
	        .error = row->error,
	        .limit = row->limit,
	        .meta = row->meta,
	        .turns = row->turns,
	        .steps = row->steps,
	        .tool_calls = row->tool_calls,
	        .raw_fail_turn = row->raw_fail_turn,
	        .scores = row->scores,
	        .nscores = row->nscores,
	        .categories = row->raw_categories,
	        .ncategories = row->nraw_categories,
	};
}

/* The transcript is read only when the place of the failure may have moved. */
static enum status derive_row(struct store *s, const struct ruleset *rs, const struct result_row *row, struct arena *a,
        struct derived *out, uint64_t *hits, struct err *err)
{
	struct raw_facts raw = facts_of(row);
	ruleset_derive(rs, &raw, a, out, hits);
	if (out->outcome != OUTCOME_FAIL)
		return OK;
	if (row->outcome == OUTCOME_FAIL && !ruleset_sets_turn(rs)) {
		out->fail_turn = row->fail_turn;
		out->fail_step = row->fail_step;
		return OK;
	}
	struct located l = {.store = s, .a = a};
	enum status st = assistant_turns(&l, row->result_id, err);
	raw.assistant = l.turns;
	raw.nassistant = l.n;
	if (!st && l.turns)
		ruleset_derive(rs, &raw, a, out, hits);
	return st;
}

enum status rederive_uid(
        struct store *s, struct writer *w, const struct ruleset *rules, const unsigned char uid[UID_SIZE], struct err *err)
{
	struct arena a = {0};
	struct result_row row;
	struct derived d;
	char hex[2 * UID_SIZE + 1];
	int64_t id;
	hex_encode(uid, UID_SIZE, hex);
	enum status st = store_result_by_uid(s, hex, &id, err);
	if (!st)
		st = store_result(s, id, &a, &row, err);
	if (!st)
		st = derive_row(s, rules, &row, &a, &d, NULL, err);
	if (!st)
		st = writer_set_derived(w, id, &d, err);
	arena_fini(&a);
	return st == END ? OK : st;
}

/* ---- all of them ---- */

struct rule_count {
	uint64_t matches, changes, conflicts;
};

struct rederive {
	struct store *store;
	struct writer *writer; /* NULL: only try */
	struct ruleset *rules;
	struct rule_count *counts;
	uint64_t *hits;
	size_t nhits;
	struct arena a;
	uint64_t changed;
};

static bool same_set(const struct in_category *x, size_t nx, const struct in_category *y, size_t ny)
{
	size_t whole = 0;
	for (size_t i = 0; i < ny; i++) {
		bool found = y[i].turn != 0;
		whole += y[i].turn == 0;
		for (size_t k = 0; k < nx && !found; k++)
			found = str_eq(x[k].taxonomy, y[i].taxonomy) && str_eq(x[k].path, y[i].path);
		if (!found)
			return false;
	}
	return whole == nx;
}

static bool same_score(double a, double b)
{
	return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-6 * fabs(b);
}

/* Kinds were forgotten when rules are applied, so only a try can compare them. */
static bool differs(const struct derived *d, const struct result_row *row, bool kinds)
{
	return d->outcome != row->outcome || d->severity != row->severity || d->item_severity != row->item_severity ||
	       d->fail_turn != row->fail_turn || d->fail_step != row->fail_step || !same_score(d->score, row->score) ||
	       (kinds && d->kind && d->kind != row->kind) ||
	       !same_set(d->categories, d->ncategories, row->categories, row->ncategories);
}

/* A conflict: an earlier rule set a field to something else. Adding categories never conflicts. */
static void count_rules(struct rederive *r, bool changed)
{
	const struct assign *last[SET_COUNT] = {0};
	for (size_t i = 0; i < r->rules->n; i++) {
		const struct rule *rule = &r->rules->rules[i];
		bool conflict = false;
		if (!(r->hits[i / 64] >> (i % 64) & 1))
			continue;
		for (size_t k = 0; k < rule->nassigns; k++) {
			const struct assign *a = &rule->assigns[k], **before = &last[a->field];
			if (*before && a->field != SET_CATEGORY)
				conflict |= a->word != (*before)->word || a->turn != (*before)->turn ||
				            !str_eq(a->text, (*before)->text);
			*before = a;
		}
		r->counts[i].matches++;
		r->counts[i].changes += changed;
		r->counts[i].conflicts += conflict;
	}
}

static enum status derive_stored(void *ctx, const struct result_row *row, struct err *err)
{
	struct rederive *r = ctx;
	struct derived d;
	arena_reset(&r->a);
	memset(r->hits, 0, r->nhits * sizeof *r->hits);
	enum status st = derive_row(r->store, r->rules, row, &r->a, &d, r->hits, err);
	if (st)
		return st;
	bool changed = differs(&d, row, !r->writer);
	r->changed += changed;
	count_rules(r, changed);
	/* Alias and kind belong to model and task: they are said anew whenever there are any. */
	if (!r->writer || (!changed && !d.alias.n && !d.kind && str_eq(d.why, row->why)))
		return OK;
	st = writer_set_derived(r->writer, row->result_id, &d, err);
	return st ? st : writer_checkpoint(r->writer, false, err);
}

static enum status derive_all(struct rederive *r, bool apply, struct err *err)
{
	enum status st = apply ? writer_begin(r->store, &r->writer, err) : OK;
	if (st)
		return st;
	if (apply)
		st = writer_forget_kinds(r->writer, err);
	if (!st)
		st = store_each_result(r->store, derive_stored, r, err);
	if (apply) {
		struct err late = {0};
		enum status st2 = writer_end(r->writer, &late);
		if (st2 && !st)
			st = err_set(err, st2, "%s", err_text(&late));
		err_fini(&late);
	}
	return st;
}

static const struct column rule_columns[] = {
        {.name = "rule", .title = "rule", .kind = CELL_TEXT, .width = 0, .help = "the rule"},
        {.name = "origin", .title = "origin", .kind = CELL_TEXT, .width = 20, .help = "where it stands"},
        {.name = "matches", .title = "matches", .kind = CELL_INT, .width = 9, .help = "results that it matches"},
        {.name = "changes", .title = "changes", .kind = CELL_INT, .width = 9, .help = "of them, results that change"},
        {.name = "conflicts",
                .title = "conflicts",
                .kind = CELL_INT,
                .width = 9,
                .help = "of them, where it overrules an earlier rule"},
};

static void fill_table(const struct rederive *r, struct table *out)
{
	table_init(out, rule_columns, sizeof rule_columns / sizeof *rule_columns);
	for (size_t i = 0; i < r->rules->n; i++) {
		const struct rule *rule = &r->rules->rules[i];
		/* Shipped rules of formats that this database does not hold would only be noise. */
		if (rule->format.p && !r->counts[i].matches)
			continue;
		struct cell *row = table_add_row(out);
		row[0] = cell_text(out, rule->text);
		row[1] = cell_text(out, rule->why);
		row[2] = cell_int((int64_t)r->counts[i].matches);
		row[3] = cell_int((int64_t)r->counts[i].changes);
		row[4] = cell_int((int64_t)r->counts[i].conflicts);
	}
}

/* What holds now, derived again: out may be NULL. */
static enum status rederive(
        struct store *s, struct ruleset *rules, bool apply, struct table *out, uint64_t *changed, struct err *err)
{
	struct rederive r = {.store = s, .rules = rules, .nhits = rules->n / 64 + 1};
	r.counts = xcalloc(rules->n + 1, sizeof *r.counts);
	r.hits = xcalloc(r.nhits, sizeof *r.hits);
	enum status st = derive_all(&r, apply, err);
	*changed = r.changed;
	if (out && !st)
		fill_table(&r, out);
	free(r.counts);
	free(r.hits);
	arena_fini(&r.a);
	return st;
}

static enum status record_change(struct store *s, struct str origin, struct str text, const char *what, struct err *err)
{
	struct entry e = {.kind = str_c("rules"), .subject = origin, .note = text, .value = str_c(what)};
	return ledger_add(s, &e, err);
}

enum status rules_adopt(struct store *s, const char *path, bool *changed, struct err *err)
{
	struct buf text = {0};
	struct ruleset *check = ruleset_new();
	struct str origin = rulefile_origin(path);
	*changed = false;
	enum status st = rulefile_read(path, &text, err);
	if (!st)
		st = ruleset_add(check, path, (struct str){0}, buf_str(&text), err);
	if (!st)
		st = store_rules_replace(s, origin, buf_str(&text), changed, err);
	if (!st && *changed)
		st = record_change(s, origin, buf_str(&text), "rules", err);
	ruleset_free(check);
	buf_fini(&text);
	return st;
}

enum status rules_rederive(struct store *s, uint64_t *changed, struct err *err)
{
	struct ruleset *rs = ruleset_new();
	enum status st = ruleset_load(rs, s, err);
	if (!st)
		st = rederive(s, rs, true, NULL, changed, err);
	ruleset_free(rs);
	return st;
}

enum status ingest_rules(
        struct store *s, const char *rules_path, bool apply, struct table *out, uint64_t *changed, struct err *err)
{
	struct ruleset *rs = ruleset_new();
	struct buf text = {0};
	bool adopted;
	enum status st = OK;
	*changed = 0;
	if (apply && rules_path)
		st = rules_adopt(s, rules_path, &adopted, err);
	if (!st)
		st = ruleset_load(rs, s, err);
	if (!st && !apply && rules_path) {
		st = rulefile_read(rules_path, &text, err);
		if (!st)
			ruleset_drop_origin(rs, rulefile_origin(rules_path));
		if (!st)
			st = ruleset_add(rs, rules_path, (struct str){0}, buf_str(&text), err);
	}
	if (!st)
		st = rederive(s, rs, apply, out, changed, err);
	buf_fini(&text);
	ruleset_free(rs);
	return st;
}
