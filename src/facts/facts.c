/* SPDX-License-Identifier: MIT
 *
 * Opening, refreshing and reading the facts.
 */
#include "facts/internal.h"

#include <stdlib.h>

#include "base/mem.h"

const struct decide_order decide_shipped = {
	.order = {DECIDER_ADJUDICATED, DECIDER_HUMAN, DECIDER_AUTO},
	.n = 3,
	.min_reviewers = 1,
};

/* ---- the columns ---- */

static uint32_t highest(const struct facts *f, const uint32_t *column)
{
	uint32_t max = 0;
	for (size_t i = 0; i < f->c.n; i++)
		max = column[i] > max ? column[i] : max;
	return max;
}

static uint8_t highest_u8(const struct facts *f, const uint8_t *column)
{
	uint8_t max = 0;
	for (size_t i = 0; i < f->c.n; i++)
		max = column[i] > max ? column[i] : max;
	return max;
}

/* Loops run over holes as well: there all is 0, whatever was there before. */
static void clear_hole(struct columns *c, size_t i)
{
	c->run[i] = c->source[i] = c->task[i] = c->model[i] = c->item[i] = c->epoch[i] = c->catset[i] = 0;
	c->outcome[i] = c->severity[i] = c->item_severity[i] = 0;
}

/* Loops below index tables by what the columns say; a damaged block must not make them read elsewhere. */
static enum status check_bounds(const struct facts *f, struct err *err)
{
	const struct columns *c = &f->c;
	const struct names *n = &f->n;
	const struct {
		const char *name;
		const uint32_t *column;
		size_t limit;
	} rows[] = {
		{"run", c->run, n->run.n}, {"source", c->source, n->source.n}, {"task", c->task, n->task.n}, {"model", c->model, n->model.n},
		{"epoch", c->epoch, n->epoch.n}, {"category set", c->catset, n->ncatsets},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (highest(f, rows[i].column) >= rows[i].limit && f->c.n > 1)
			return err_fail(err, "the stored columns name a %s that does not exist; plimsoll doctor can rebuild them", rows[i].name);
	if (highest_u8(f, c->outcome) >= OUTCOME_COUNT || highest_u8(f, c->severity) >= SEVERITY_COUNT ||
		highest_u8(f, c->item_severity) >= SEVERITY_COUNT)
		return err_fail(err, "the stored columns hold an outcome or severity that does not exist; plimsoll doctor can rebuild them");
	return OK;
}

enum status facts_index(struct facts *f, struct err *err)
{
	bitset_fini(&f->present);
	bitset_init(&f->present, f->c.n);
	for (size_t i = 0; i < f->c.n; i++) {
		if (i && !(f->c.flags[i] & COLUMN_GONE))
			bitset_set(&f->present, i);
		else
			clear_hole(&f->c, i);
	}
	f->total = bitset_count(&f->present);
	return check_bounds(f, err);
}

/* ---- the ledger ---- */

static enum status take_entry(void *ctx, const struct entry *e, struct err *err)
{
	struct facts *f = ctx;
	(void)err;
	if (dict_find(&f->ids, str_c(e->id)) != DICT_NONE)
		return OK;
	dict_add(&f->ids, str_c(e->id));
	size_t old = f->cap;
	f->annotations = vec_grow(f->annotations, &f->cap, f->nannotations + 1, sizeof *f->annotations);
	if (f->cap != old)
		f->digest_checked = xreallocarray(f->digest_checked, f->cap, sizeof *f->digest_checked);
	f->annotations[f->nannotations] = (struct annotation){.entry = *e};
	f->digest_checked[f->nannotations++] = false;
	return OK;
}

enum status facts_refresh(struct facts *f, bool *changed, struct err *err)
{
	bool moved = false;
	if (changed)
		*changed = false;
	enum status st = columns_load(f->s, &f->c, &f->n, &moved, err);
	if (st == OK && moved)
		st = facts_index(f, err);
	if (st != OK)
		return st;
	size_t before = f->nannotations;
	st = ledger_read(f->s, &f->seen, &f->text, take_entry, f, err);
	if (st == OK && (moved || f->nannotations != before || !f->head[0]))
		st = ledger_head(f->s, f->head, err);
	if (st != OK)
		return st;
	if (moved)
		for (size_t i = 0; i < f->nannotations; i++)
			f->digest_checked[i] = false;
	moved |= f->nannotations != before;
	if (changed)
		*changed = moved;
	return moved || !f->outcome ? facts_overlay(f, err) : OK;
}

enum status facts_open(struct store *s, struct facts **out, struct err *err)
{
	struct facts *f = xcalloc(1, sizeof *f);
	f->s = s;
	enum status st = facts_refresh(f, NULL, err);
	*out = f;
	if (st != OK) {
		facts_close(f);
		*out = NULL;
	}
	return st;
}

void facts_close(struct facts *f)
{
	if (!f)
		return;
	facts_overlay_fini(f);
	bitset_fini(&f->present);
	columns_fini(&f->c);
	names_fini(&f->n);
	dict_fini(&f->ids);
	arena_fini(&f->text);
	free(f->annotations);
	free(f->digest_checked);
	free((char *)(uintptr_t)f->me.p);
	free(f);
}

/* ---- reading ---- */

const struct columns *facts_columns(const struct facts *f)
{
	return &f->c;
}

const struct names *facts_names(const struct facts *f)
{
	return &f->n;
}

struct store *facts_store(const struct facts *f)
{
	return f->s;
}

size_t facts_total(const struct facts *f)
{
	return f->total;
}

static bool is_present(const struct facts *f, int64_t id)
{
	return id > 0 && bitset_test(&f->present, (size_t)id);
}

const struct review *facts_review(const struct facts *f, int64_t result_id)
{
	if (!f->review_of || !is_present(f, result_id) || !f->review_of[result_id])
		return NULL;
	return &f->reviews[f->review_of[result_id] - 1];
}

size_t facts_annotations(const struct facts *f, const struct annotation **out)
{
	*out = f->annotations;
	return f->nannotations;
}

const char *facts_head(const struct facts *f)
{
	return f->head;
}

void facts_set_reviewer(struct facts *f, struct str me)
{
	free((char *)(uintptr_t)f->me.p);
	f->me = me.p ? str_n(xstrndup(me.p, me.n), me.n) : me;
}

void facts_in_scope(const struct facts *f, struct bitset *out)
{
	struct leaf l = {.f = (struct facts *)(uintptr_t)f};
	bitset_init(out, f->c.n);
	uint8_t *table = xcalloc(f->n.run.n + 1, 1);
	for (size_t i = 0; i < f->n.run.n; i++)
		table[i] = f->n.run_in_scope[i] != 0;
	leaf_table_u32(&l, f->c.run, table, &f->present, out);
	free(table);
}

enum outcome facts_outcome(const struct facts *f, int64_t result_id, const struct decide_order *order, enum decider *who)
{
	enum decider ignored;
	if (!is_present(f, result_id)) {
		*(who ? who : &ignored) = DECIDER_AUTO;
		return OUTCOME_NONE;
	}
	return facts_decide(facts_review(f, result_id), (enum outcome)f->c.outcome[result_id], order, who ? who : &ignored);
}

enum severity facts_severity(const struct facts *f, int64_t result_id)
{
	return is_present(f, result_id) ? (enum severity)f->severity[result_id] : SEVERITY_UNRATED;
}

uint32_t facts_fail_step(const struct facts *f, int64_t result_id)
{
	return is_present(f, result_id) ? f->fail_step[result_id] : 0;
}
