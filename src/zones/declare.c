/* SPDX-License-Identifier: MIT
 *
 * Red lines that are statements: what reviewers declared about a cell, and
 * whether it still speaks of the cell as it is.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/dict.h"
#include "base/mem.h"
#include "zones/internal.h"

/* Declarations, and what undoes or invalidates them. */
struct word {
	struct str id, subject, value, tags, supersedes;
	bool declaration;
};

struct words {
	struct arena arena;
	struct dict ids; /* of what was taken */
	struct word *items;
	size_t n, cap;
};

static enum status take_entry(void *ctx, const struct entry *e, struct err *err)
{
	(void)err;
	struct words *w = ctx;
	bool declaration = str_eq_c(e->kind, "declaration");
	bool ends = (str_eq_c(e->kind, "undo") || str_eq_c(e->kind, "invalidation")) &&
		    dict_find(&w->ids, e->supersedes) != DICT_NONE;
	if ((!declaration && !ends) || dict_find(&w->ids, str_c(e->id)) != DICT_NONE)
		return OK;
	dict_add(&w->ids, str_c(e->id));
	w->items = vec_grow(w->items, &w->cap, w->n + 1, sizeof *w->items);
	w->items[w->n++] = (struct word){arena_str(&w->arena, str_c(e->id)), arena_str(&w->arena, e->subject),
		arena_str(&w->arena, e->value), arena_str(&w->arena, e->tags), arena_str(&w->arena, e->supersedes), declaration};
	return OK;
}

/* An entry counts unless one that counts supersedes it. Entries name only older ones, so this ends. */
static bool is_live(const struct words *w, size_t i, int depth)
{
	for (size_t j = 0; j < w->n && depth < 1000; j++)
		if (j != i && w->items[j].supersedes.n && str_eq(w->items[j].supersedes, w->items[i].id) &&
			is_live(w, j, depth + 1))
			return false;
	return true;
}

static enum status read_words(struct store *s, struct words *w, struct err *err)
{
	enum status st = OK;
	/* An undo may have come before what it undoes when ledgers were merged: until nothing new is found. */
	for (size_t before = SIZE_MAX; before != w->n && !st;) {
		int64_t after = 0;
		struct arena a = {0};
		before = w->n;
		st = ledger_read(s, &after, &a, take_entry, w, err);
		arena_fini(&a);
	}
	return st;
}

/* "LINE/MODEL"; a line with several rows names the row too: "LINE@AREA/MODEL". */
static void subject_of(struct buf *out, const struct board *b, const struct zone_cell *c)
{
	buf_add_c(out, b->policy->lines[c->line].id);
	if (b->rows[c->area].expanded)
		buf_printf(out, "@%s", b->areas[c->area].name);
	buf_printf(out, "/%s", b->models[c->model]);
}

/* What a declaration saw; it goes stale when this changes. */
static void state_of(struct buf *out, const struct board *b, const struct zone_cell *c)
{
	buf_printf(out, "k=%llu,n=%llu,policy=%s", (unsigned long long)c->k, (unsigned long long)c->n, b->policy->sha256);
}

static void apply(const struct board *b, const struct words *w, struct zone_cell *c)
{
	struct buf subject = {0}, state = {0};
	bool red = false, clear = false;
	subject_of(&subject, b, c);
	state_of(&state, b, c);
	for (size_t i = 0; i < w->n; i++) {
		const struct word *x = &w->items[i];
		if (!x->declaration || !str_eq(x->subject, buf_str(&subject)) || !is_live(w, i, 0))
			continue;
		if (x->tags.n && !str_eq(x->tags, buf_str(&state))) {
			c->declaration_stale = true;
			continue;
		}
		red = red || str_eq_c(x->value, "red");
		clear = clear || str_eq_c(x->value, "not-red");
	}
	if (red || clear) {
		c->red_not_assessed = c->declaration_stale = false;
		c->declared = red ? VERDICT_RED : VERDICT_GREEN;
	}
	if (red) {
		c->verdict = c->reads = c->at_worst = VERDICT_RED;
		c->confirmed = false;
	}
	buf_fini(&subject);
	buf_fini(&state);
}

static bool asks_for_words(const struct policy *p)
{
	for (size_t i = 0; i < p->nlines; i++)
		if (p->lines[i].red_kind == RED_REVIEW)
			return true;
	return false;
}

enum status board_declarations(struct board *b, struct store *s, struct err *err)
{
	struct words w = {0};
	if (!s || !asks_for_words(b->policy))
		return OK;
	enum status st = read_words(s, &w, err);
	for (size_t i = 0; i < b->nareas * b->nmodels && !st; i++)
		if (b->cells[i].red_not_assessed)
			apply(b, &w, &b->cells[i]);
	dict_fini(&w.ids);
	arena_fini(&w.arena);
	free(w.items);
	return st;
}

/* The id of the declaration that counts for a subject, or an absent str. */
static struct str present_word(const struct words *w, struct str subject)
{
	for (size_t i = w->n; i > 0; i--)
		if (w->items[i - 1].declaration && str_eq(w->items[i - 1].subject, subject) && is_live(w, i - 1, 0))
			return w->items[i - 1].id;
	return str_n(NULL, 0);
}

enum status zone_declare(struct store *s, const struct board *b, const struct zone_cell *c, const char *reviewer, bool red,
	struct str reason, struct err *err)
{
	if (!b->policy || c->line < 0 || b->policy->lines[c->line].red_kind != RED_REVIEW)
		return err_usage(err, "only a line with \"red\": \"review\" takes a declaration");
	if (!str_trim(reason).n)
		return err_usage(err, "a declaration needs a reason");
	struct words w = {0};
	struct buf subject = {0}, state = {0};
	enum status st = read_words(s, &w, err);
	subject_of(&subject, b, c);
	state_of(&state, b, c);
	struct entry e = {.kind = str_c("declaration"),
		.reviewer = str_c(reviewer),
		.at_ms = clock_wall_ms(),
		.subject = buf_str(&subject),
		.note = reason,
		.tags = buf_str(&state),
		.value = str_c(red ? "red" : "not-red"),
		.supersedes = present_word(&w, buf_str(&subject))};
	if (!st)
		st = ledger_add(s, &e, err);
	buf_fini(&subject);
	buf_fini(&state);
	dict_fini(&w.ids);
	arena_fini(&w.arena);
	free(w.items);
	return st;
}
