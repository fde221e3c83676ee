/* SPDX-License-Identifier: MIT
 *
 * Who scored, and how groups of raters differ: scores of the set are counted by
 * rater, name and value, and then by what the sources say of the raters.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dict.h"
#include "base/mem.h"
#include "query/made.h"

enum { VALUES_MAX = 40, VALUE_BYTES = 60 }; /* a score with more different values than that is told by its mean */

/* Equal scores of one rater, or of one group of raters. */
struct said {
	uint32_t who, score, value;
	uint64_t n, numbers, raters;
	double sum; /* of the numbers */
};

/* Counts by (who, score, value), in order of appearance. */
struct tallies {
	struct dict keys;
	struct said *list;
	size_t cap;
};

struct scored {
	const struct opening *o;
	struct dict raters, scores, values, groups;
	struct dict pairs;      /* score and value */
	uint32_t *nvalues;      /* by score: different values */
	size_t nvalues_cap;
	struct tallies by_rater, by_group, totals; /* totals: value is 0 */
	struct buf about;       /* of the rater in hand */
};

static void *grown(void *list, size_t *cap, size_t need, size_t size)
{
	size_t old = *cap;
	list = vec_grow(list, cap, need, size);
	if (*cap > old)
		memset((char *)list + old * size, 0, (*cap - old) * size);
	return list;
}

static struct said *tally(struct tallies *t, uint32_t who, uint32_t score, uint32_t value)
{
	char key[48];
	int n = snprintf(key, sizeof key, "%u %u %u", who, score, value);
	uint32_t at = dict_add(&t->keys, str_n(key, (size_t)n));
	t->list = grown(t->list, &t->cap, (size_t)at + 1, sizeof *t->list);
	t->list[at].who = who;
	t->list[at].score = score;
	t->list[at].value = value;
	return &t->list[at];
}

static void add(struct said *to, const struct said *c)
{
	to->n += c->n;
	to->numbers += c->numbers;
	to->sum += c->sum;
	to->raters++;
}

static void tallies_fini(struct tallies *t)
{
	dict_fini(&t->keys);
	free(t->list);
}

static void take_score(void *ctx, sqlite3_stmt *st)
{
	struct scored *s = ctx;
	char pair[32];
	if (!bitset_test(s->o->set, (size_t)sqlite3_column_int64(st, 0)))
		return;
	uint32_t rater = dict_add(&s->raters, made_text(st, 1)), score = dict_add(&s->scores, made_text(st, 2));
	uint32_t value = dict_add(&s->values, str_sub(made_text(st, 3), 0, VALUE_BYTES));
	size_t before = s->pairs.n;
	int n = snprintf(pair, sizeof pair, "%u %u", score, value);
	dict_add(&s->pairs, str_n(pair, (size_t)n));
	s->nvalues = grown(s->nvalues, &s->nvalues_cap, (size_t)score + 1, sizeof *s->nvalues);
	s->nvalues[score] += s->pairs.n > before;
	struct said *c = tally(&s->by_rater, rater, score, value);
	c->n++;
	if (sqlite3_column_type(st, 4) != SQLITE_NULL) {
		c->numbers++;
		c->sum += sqlite3_column_double(st, 4);
	}
}

static enum status read_scores(struct scored *s, const char *of, struct err *err)
{
	char *sql = xasprintf("SELECT score_id >> 16, rater, name, value_text, value_num FROM score WHERE rater IS NOT NULL %s", of);
	enum status st = made_select(s->o, sql, take_score, s, err);
	free(sql);
	return st;
}

static void scored_fini(struct scored *s)
{
	struct dict *dicts[] = {&s->raters, &s->scores, &s->values, &s->groups, &s->pairs};
	for (size_t i = 0; i < sizeof dicts / sizeof *dicts; i++)
		dict_fini(dicts[i]);
	tallies_fini(&s->by_rater);
	tallies_fini(&s->by_group);
	tallies_fini(&s->totals);
	free(s->nvalues);
	buf_fini(&s->about);
}

/* ---- one row a rater and score ---- */

struct about {
	struct buf *texts; /* by rater */
	const struct dict *raters;
};

static void take_about(void *ctx, sqlite3_stmt *st)
{
	struct about *a = ctx;
	uint32_t rater = dict_find(a->raters, made_text(st, 0));
	if (rater == DICT_NONE)
		return;
	struct buf *b = &a->texts[rater];
	struct str name = made_text(st, 1), value = made_text(st, 2);
	buf_printf(b, "%s%.*s: %.*s", b->n ? "; " : "", (int)name.n, name.p, (int)value.n, value.p);
}

enum status make_raters(struct table *t, const struct opening *o, struct err *err)
{
	struct scored s = {.o = o};
	struct about about = {.raters = &s.raters};
	enum status st = read_scores(&s, "", err);
	about.texts = xcalloc(s.raters.n + 1, sizeof *about.texts);
	if (!st)
		st = made_select(o, "SELECT rater, attribute, value FROM rater ORDER BY 1, 2, 3", take_about, &about, err);
	for (uint32_t i = 0; i < s.by_rater.keys.n; i++)
		add(tally(&s.totals, s.by_rater.list[i].who, s.by_rater.list[i].score, 0), &s.by_rater.list[i]);
	for (uint32_t i = 0; i < s.totals.keys.n && !st; i++) {
		const struct said *c = &s.totals.list[i];
		struct cell *row = table_add_row(t);
		row[0] = cell_text(t, dict_name(&s.raters, c->who));
		row[1] = cell_text(t, dict_name(&s.scores, c->score));
		row[2] = cell_int((int64_t)c->n);
		row[3] = c->numbers ? cell_real(c->sum / (double)c->numbers) : (struct cell){0};
		row[4] = about.texts[c->who].n ? cell_text(t, buf_str(&about.texts[c->who])) : (struct cell){0};
	}
	for (size_t i = 0; i < s.raters.n; i++)
		buf_fini(&about.texts[i]);
	free(about.texts);
	scored_fini(&s);
	return st;
}

/* ---- one row an attribute of raters, score and value ---- */

struct regroup {
	struct scored *s;
	uint32_t *first, *next; /* by rater and by tally: chains of the tallies of a rater, number + 1 */
};

static void take_attribute(void *ctx, sqlite3_stmt *st)
{
	struct regroup *g = ctx;
	struct scored *s = g->s;
	uint32_t rater = dict_find(&s->raters, made_text(st, 0));
	if (rater == DICT_NONE)
		return;
	struct str name = made_text(st, 1), value = made_text(st, 2);
	buf_clear(&s->about);
	buf_printf(&s->about, "%.*s\x1f%.*s", (int)name.n, name.p, (int)value.n, value.p);
	uint32_t group = dict_add(&s->groups, buf_str(&s->about));
	for (uint32_t i = g->first[rater]; i; i = g->next[i - 1]) {
		const struct said *c = &s->by_rater.list[i - 1];
		bool many = s->nvalues[c->score] > VALUES_MAX;
		add(tally(&s->by_group, group, c->score, many ? 0 : c->value + 1), c);
		add(tally(&s->totals, group, c->score, 0), c);
	}
}

static void put_group(struct table *t, struct scored *s, const struct said *c)
{
	struct cell *row = table_add_row(t);
	struct str value = dict_name(&s->groups, c->who), name;
	const struct said *all = tally(&s->totals, c->who, c->score, 0);
	str_cut(&value, '\x1f', &name);
	row[0] = cell_text(t, name);
	row[1] = cell_text(t, value);
	row[2] = cell_text(t, dict_name(&s->scores, c->score));
	row[3] = c->value ? cell_text(t, dict_name(&s->values, c->value - 1)) : (struct cell){0};
	row[4] = cell_int((int64_t)c->n);
	row[5] = cell_rate((double)c->n / (double)all->n);
	row[6] = c->numbers ? cell_real(c->sum / (double)c->numbers) : (struct cell){0};
}

enum status make_rater_groups(struct table *t, const struct opening *o, struct err *err)
{
	struct scored s = {.o = o};
	struct regroup g = {.s = &s};
	enum status st = read_scores(&s, "AND rater IN (SELECT rater FROM rater)", err);
	g.first = xcalloc(s.raters.n + 1, sizeof *g.first);
	g.next = xcalloc(s.by_rater.keys.n + 1, sizeof *g.next);
	for (uint32_t i = 0; i < s.by_rater.keys.n; i++) {
		uint32_t rater = s.by_rater.list[i].who;
		g.next[i] = g.first[rater];
		g.first[rater] = i + 1;
	}
	if (!st)
		st = made_select(o, "SELECT rater, attribute, value FROM rater ORDER BY 2, 3, 1", take_attribute, &g, err);
	for (uint32_t i = 0; i < s.by_group.keys.n && !st; i++)
		put_group(t, &s, &s.by_group.list[i]);
	free(g.first);
	free(g.next);
	scored_fini(&s);
	return st;
}
