/* SPDX-License-Identifier: MIT
 *
 * Jobs that read: views, pages, counts, searches, transcripts, boards. Those
 * that write are in change.c. See request.h.
 */
#include "job/request.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "job/job_new.h"

static const char not_loaded[] = "the results are not loaded yet";

/* ---- rows and pages ---- */

struct rowset *rowset_ref(struct rowset *r)
{
	if (r)
		atomic_fetch_add(&r->refs, 1);
	return r;
}

void rowset_unref(struct rowset *r)
{
	if (!r || atomic_fetch_sub(&r->refs, 1) != 1)
		return;
	rows_close(r->rows);
	free(r->columns);
	free(r->filter);
	free(r);
}

void page_free(struct page *p)
{
	if (!p)
		return;
	for (size_t i = 0; p->enter && i < p->n; i++)
		free(p->enter[i]);
	free(p->enter);
	free(p->results);
	free(p->turns);
	table_fini(&p->table);
	free(p);
}

/* Cells may point into names that a refresh replaces; a page owns its text. */
static void own_cells(struct table *t)
{
	for (size_t i = 0; i < t->nrows * t->ncolumns; i++)
		t->cells[i].text = arena_str(&t->arena, t->cells[i].text);
}

static enum status page_fill(struct rowset *r, struct store *s, size_t from, size_t n, struct page **out, struct err *err)
{
	struct page *p = xcalloc(1, sizeof *p);
	p->from = from < r->count ? from : r->count;
	size_t left = r->count - p->from;
	p->n = n < left ? n : left;
	p->early = s == NULL;
	enum status st = rows_fetch(r->rows, s, p->from, p->n, &p->table, err);
	if (st != OK) {
		p->n = 0;
		page_free(p);
		return st;
	}
	p->n = p->table.nrows;
	own_cells(&p->table);
	p->results = xcalloc(p->n + 1, sizeof *p->results);
	p->turns = xcalloc(p->n + 1, sizeof *p->turns);
	p->enter = xcalloc(p->n + 1, sizeof *p->enter);
	struct buf term = {0};
	for (size_t i = 0; i < p->n; i++) {
		p->results[i] = rows_result(r->rows, p->from + i, &p->turns[i]);
		buf_clear(&term);
		rows_enter_filter(r->rows, p->from + i, str_c(r->filter), &term);
		p->enter[i] = xstrndup(term.p ? term.p : "", term.n);
	}
	buf_fini(&term);
	*out = p;
	return OK;
}

struct page *page_early(struct jobs *jobs, struct rowset *r, size_t from, size_t n)
{
	struct page *p = NULL;
	if (!jobs_facts_try(jobs))
		return NULL;
	page_fill(r, NULL, from, n, &p, NULL);
	jobs_facts_leave(jobs);
	return p;
}

/* ---- open ---- */

static enum status open_run(struct job *j, struct job_env *env, struct err *err)
{
	struct open_job *o = (struct open_job *)j;
	if (!env->facts)
		return err_fail(err, not_loaded);
	struct rows *rows = NULL;
	struct query_options options = {.order = o->order};
	enum status st = rows_open(env->facts, env->store, o->view, str_c(o->filter), &options, &j->cancel, &rows, err);
	if (st != OK)
		return st;
	struct rowset *r = xcalloc(1, sizeof *r);
	atomic_init(&r->refs, 1);
	r->rows = rows;
	r->view = o->view;
	r->filter = xstrdup(o->filter);
	r->count = rows_count(rows);
	r->total = facts_total(env->facts);
	const struct column *columns = rows_columns(rows, &r->ncolumns);
	r->columns = xcalloc(r->ncolumns + 1, sizeof *r->columns);
	for (size_t i = 0; i < r->ncolumns; i++)
		r->columns[i] = columns[i];
	o->kept_at = o->keep ? rows_find(rows, o->keep) : SIZE_MAX;
	o->rows = r;
	return OK;
}

static void open_destroy(struct job *j)
{
	struct open_job *o = (struct open_job *)j;
	rowset_unref(o->rows);
	free(o->filter);
	free(o->order);
	free(o);
}

struct open_job *open_job_new(const struct view *v, struct str filter, const char *order, int64_t keep)
{
	struct open_job *o = JOB_NEW(struct open_job, LANE_QUERY, open);
	o->view = v;
	o->filter = xstrndup(filter.p ? filter.p : "", filter.n);
	o->order = order ? xstrdup(order) : NULL;
	o->keep = keep;
	o->kept_at = SIZE_MAX;
	return o;
}

/* ---- page ---- */

static enum status page_run(struct job *j, struct job_env *env, struct err *err)
{
	struct page_job *p = (struct page_job *)j;
	return page_fill(p->rows, env->store, p->from, p->n, &p->page, err);
}

static void page_destroy(struct job *j)
{
	struct page_job *p = (struct page_job *)j;
	rowset_unref(p->rows);
	page_free(p->page);
	free(p);
}

struct page_job *page_job_new(struct rowset *r, size_t from, size_t n)
{
	struct page_job *p = JOB_NEW(struct page_job, LANE_PAGE, page);
	p->rows = rowset_ref(r);
	p->from = from;
	p->n = n;
	return p;
}

/* ---- count ---- */

static enum status count_run(struct job *j, struct job_env *env, struct err *err)
{
	struct count_job *c = (struct count_job *)j;
	if (!env->facts)
		return err_fail(err, not_loaded);
	struct filter_env names = facts_filter_env(env->facts);
	struct filter *filter = NULL;
	enum status st = filter_parse(str_c(c->filter), &names, &filter, NULL, err);
	if (st != OK)
		return st;
	struct bitset set = {0};
	st = facts_select(env->facts, env->store, filter, &decide_shipped, &j->cancel, &set, err);
	if (st == OK)
		c->count = bitset_count(&set);
	c->total = facts_total(env->facts);
	bitset_fini(&set);
	filter_free(filter);
	return st;
}

static void count_destroy(struct job *j)
{
	struct count_job *c = (struct count_job *)j;
	free(c->filter);
	free(c);
}

struct count_job *count_job_new(struct str filter)
{
	struct count_job *c = JOB_NEW(struct count_job, LANE_QUERY, count);
	c->filter = xstrndup(filter.p ? filter.p : "", filter.n);
	return c;
}

/* ---- search ---- */

static bool has_upper(const char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			return true;
	return false;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool holds(struct str text, struct str needle, bool exact)
{
	if (exact)
		return str_find(text, needle) >= 0;
	for (size_t i = 0; needle.n && i + needle.n <= text.n; i++) {
		size_t k = 0;
		while (k < needle.n && lower(text.p[i + k]) == lower(needle.p[k]))
			k++;
		if (k == needle.n)
			return true;
	}
	return false;
}

static bool row_holds(const struct table *t, size_t row, const char *text, struct buf *scratch)
{
	bool exact = has_upper(text);
	for (size_t c = 0; c < t->ncolumns; c++) {
		buf_clear(scratch);
		cell_format(scratch, table_cell(t, row, c), true);
		if (holds(buf_str(scratch), str_c(text), exact))
			return true;
	}
	return false;
}

static void add_hit(struct search_job *s, size_t row)
{
	s->hits = vec_grow(s->hits, &s->hits_cap, s->nhits + 1, sizeof *s->hits);
	s->hits[s->nhits++] = row;
}

static enum status search_text(struct search_job *s, struct store *store, struct err *err)
{
	struct buf scratch = {0};
	enum status st = OK;
	size_t end = s->rows->count < SEARCH_ROWS ? s->rows->count : SEARCH_ROWS;
	for (size_t from = 0; st == OK && from < end; from += 256) {
		struct table t = {0};
		size_t n = end - from < 256 ? end - from : 256;
		st = atomic_load(&s->job.cancel) ? CANCELLED : rows_fetch(s->rows->rows, store, from, n, &t, err);
		for (size_t i = 0; st == OK && i < t.nrows; i++)
			if (row_holds(&t, i, s->text, &scratch))
				add_hit(s, from + i);
		table_fini(&t);
	}
	s->complete = end == s->rows->count;
	buf_fini(&scratch);
	return st;
}

static void search_unreviewed(struct search_job *s, const struct facts *f)
{
	size_t n = s->rows->count;
	for (size_t i = 1; i <= n && !atomic_load(&s->job.cancel); i++) {
		size_t row = (s->from + i) % n;
		int64_t id = rows_result(s->rows->rows, row, NULL);
		const struct review *r = id ? facts_review(f, id) : NULL;
		if (id && (!r || !r->reviewers)) {
			add_hit(s, row);
			break;
		}
	}
	s->complete = true;
}

static enum status search_run(struct job *j, struct job_env *env, struct err *err)
{
	struct search_job *s = (struct search_job *)j;
	if (!env->facts)
		return err_fail(err, not_loaded);
	if (s->text)
		return search_text(s, env->store, err);
	search_unreviewed(s, env->facts);
	return OK;
}

static void search_destroy(struct job *j)
{
	struct search_job *s = (struct search_job *)j;
	rowset_unref(s->rows);
	free(s->text);
	free(s->hits);
	free(s);
}

struct search_job *search_job_new(struct rowset *r, const char *text, size_t from)
{
	struct search_job *s = JOB_NEW(struct search_job, LANE_QUERY, search);
	s->rows = rowset_ref(r);
	s->text = text ? xstrdup(text) : NULL;
	s->from = from;
	return s;
}

/* ---- transcript ---- */

void reading_free(struct reading *r)
{
	if (!r)
		return;
	arena_fini(&r->arena);
	free(r->notes);
	free(r->draft);
	free(r);
}

static void own_entry(struct arena *a, struct entry *e)
{
	struct str *texts[] = {&e->kind, &e->reviewer, &e->subject, &e->category, &e->tags, &e->note, &e->value, &e->supersedes};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*texts[i] = arena_str(a, *texts[i]);
}

static void read_notes(struct reading *r, const struct facts *f)
{
	const struct annotation *all;
	size_t n = facts_annotations(f, &all), cap = 0;
	for (size_t i = 0; i < n; i++) {
		if (all[i].result_id != r->result_id || !all[i].current)
			continue;
		r->notes = vec_grow(r->notes, &cap, r->nnotes + 1, sizeof *r->notes);
		r->notes[r->nnotes] = all[i];
		own_entry(&r->arena, &r->notes[r->nnotes++].entry);
	}
}

static void read_review(struct reading *r, const struct facts *f)
{
	const struct review *review = facts_review(f, r->result_id);
	r->outcome = facts_outcome(f, r->result_id, &decide_shipped, &r->decider);
	r->severity = facts_severity(f, r->result_id);
	r->reviewers = review ? review->reviewers : 0;
	r->fail_turn = r->row.fail_turn ? r->row.fail_turn : review ? review->fail_turn : 0;
	const struct names *names = facts_names(f);
	const struct columns *c = facts_columns(f);
	size_t id = (size_t)r->result_id;
	r->confirmed = id < c->n && names->task_confirmed && c->task[id] < names->task.n && names->task_confirmed[c->task[id]];
}

static enum status transcript_run(struct job *j, struct job_env *env, struct err *err)
{
	struct transcript_job *t = (struct transcript_job *)j;
	if (!env->facts)
		return err_fail(err, not_loaded);
	struct reading *r = xcalloc(1, sizeof *r);
	r->result_id = t->result_id;
	enum status st = store_result(env->store, t->result_id, &r->arena, &r->row, err);
	if (st == END)
		st = err_fail(err, "there is no result %lld any more", (long long)t->result_id);
	if (st == OK)
		st = store_transcript(env->store, t->result_id, &r->arena, &r->transcript, err);
	if (st == END) /* a result without turns */
		st = OK;
	if (st == OK && t->draft_key)
		st = store_setting_get(env->store, t->draft_key, &r->draft, err);
	if (st != OK) {
		reading_free(r);
		return st;
	}
	read_notes(r, env->facts);
	read_review(r, env->facts);
	t->reading = r;
	return OK;
}

static void transcript_destroy(struct job *j)
{
	struct transcript_job *t = (struct transcript_job *)j;
	reading_free(t->reading);
	free(t->draft_key);
	free(t);
}

struct transcript_job *transcript_job_new(int64_t result_id, const char *draft_key)
{
	struct transcript_job *t = JOB_NEW(struct transcript_job, LANE_PAGE, transcript);
	t->result_id = result_id;
	t->draft_key = draft_key ? xstrdup(draft_key) : NULL;
	return t;
}

/* ---- board ---- */

static void summary_median(struct summary *m, uint64_t located)
{
	uint64_t seen = 0;
	for (unsigned i = 0; i < 32 && located; i++) {
		seen += m->by_step[i];
		if (2 * seen >= located) {
			m->median_step = i + 1;
			return;
		}
	}
}

static void summarise_failures(struct summary *m, const struct facts *f, const struct bitset *set)
{
	const struct columns *c = facts_columns(f);
	const struct names *names = facts_names(f);
	uint64_t located = 0;
	for (size_t id = bitset_next(set, 0); id < c->n; id = bitset_next(set, id + 1)) {
		if (names->run_in_scope && !names->run_in_scope[c->run[id]])
			continue;
		const struct review *review = facts_review(f, (int64_t)id);
		bool reviewed = review && review->reviewers;
		m->reviewed += reviewed;
		if (facts_outcome(f, (int64_t)id, &decide_shipped, NULL) != OUTCOME_FAIL)
			continue;
		m->unreviewed += !reviewed;
		m->by_severity[facts_severity(f, (int64_t)id)]++;
		uint32_t step = facts_fail_step(f, (int64_t)id);
		if (step == 0)
			m->unlocated++;
		else
			m->by_step[step < 32 ? step - 1 : 31]++;
		located += step != 0;
	}
	summary_median(m, located);
}

/* Tasks that have results here and whose direction nobody confirmed yet. */
static void summarise_directions(struct summary *m, const struct facts *f, const struct bitset *set)
{
	const struct columns *c = facts_columns(f);
	const struct names *names = facts_names(f);
	bool *seen = xcalloc(names->task.n + 1, sizeof *seen);
	for (size_t id = bitset_next(set, 0); id < c->n; id = bitset_next(set, id + 1)) {
		uint32_t task = c->task[id];
		if (task >= names->task.n || seen[task] || (names->run_in_scope && !names->run_in_scope[c->run[id]]))
			continue;
		seen[task] = true;
		if (names->task_confirmed && names->task_confirmed[task])
			continue;
		struct str name = dict_name(&names->task, task);
		m->unconfirmed++;
		if (!m->unconfirmed_task[0] && name.n)
			snprintf(m->unconfirmed_task, sizeof m->unconfirmed_task, "%.*s", (int)name.n, name.p ? name.p : "");
	}
	free(seen);
}

static void summarise(struct summary *m, const struct facts *f, const struct bitset *set)
{
	const struct names *names = facts_names(f);
	const struct annotation *all;
	m->results = facts_total(f);
	uint32_t *same = names_same_models(names);
	for (uint32_t i = 1; i < names->model.n; i++)
		m->models += same[i] == i;
	free(same);
	m->tasks = names->task.n ? names->task.n - 1 : 0;
	m->runs = names->run.n ? names->run.n - 1 : 0;
	for (size_t i = 1; i <= m->runs; i++)
		m->runs_in_scope += !names->run_in_scope || names->run_in_scope[i];
	size_t n = facts_annotations(f, &all);
	for (size_t i = 0; i < n; i++)
		m->annotations += all[i].current;
	strncpy(m->head, facts_head(f), sizeof m->head - 1);
	summarise_failures(m, f, set);
	summarise_directions(m, f, set);
}

static enum status board_run(struct job *j, struct job_env *env, struct err *err)
{
	struct board_job *b = (struct board_job *)j;
	if (!env->facts)
		return err_fail(err, not_loaded);
	struct bitset set = {0};
	enum status st = facts_select_text(env->facts, env->store, str_c(b->filter), &set, err);
	if (st == OK)
		summarise(&b->summary, env->facts, &set);
	bitset_fini(&set);
	if (st == OK && b->summary.results)
		st = zones_evaluate(env->facts, env->store, b->policy, str_c(b->filter), &j->cancel, &b->board, err);
	return st;
}

static void board_destroy(struct job *j)
{
	struct board_job *b = (struct board_job *)j;
	if (b->board)
		board_free(b->board);
	free(b->filter);
	free(b);
}

struct board_job *board_job_new(const struct policy *p, struct str filter)
{
	struct board_job *b = JOB_NEW(struct board_job, LANE_QUERY, board);
	b->policy = p;
	b->filter = xstrndup(filter.p ? filter.p : "", filter.n);
	return b;
}

/* ---- refresh, starter policy ---- */

static enum status refresh_run(struct job *j, struct job_env *env, struct err *err)
{
	struct refresh_job *r = (struct refresh_job *)j;
	enum status st = jobs_refresh(env, &r->changed, err);
	r->total = st == OK ? facts_total(env->facts) : 0;
	return st;
}

static void refresh_destroy(struct job *j)
{
	free(j);
}

struct refresh_job *refresh_job_new(void)
{
	return JOB_NEW(struct refresh_job, LANE_QUERY, refresh);
}

static enum status starter_run(struct job *j, struct job_env *env, struct err *err)
{
	if (!env->facts)
		return err_fail(err, not_loaded);
	return zone_starter(env->facts, env->store, &((struct starter_job *)j)->text, err);
}

static void starter_destroy(struct job *j)
{
	buf_fini(&((struct starter_job *)j)->text);
	free(j);
}

struct starter_job *starter_job_new(void)
{
	return JOB_NEW(struct starter_job, LANE_QUERY, starter);
}

static enum status setting_get_run(struct job *j, struct job_env *env, struct err *err)
{
	struct setting_job *s = (struct setting_job *)j;
	return store_setting_get(env->store, s->key, &s->value, err);
}

static void setting_get_destroy(struct job *j)
{
	struct setting_job *s = (struct setting_job *)j;
	free(s->key);
	free(s->value);
	free(s);
}

struct setting_job *setting_get_job_new(const char *key)
{
	struct setting_job *s = JOB_NEW(struct setting_job, LANE_PAGE, setting_get);
	s->key = xstrdup(key);
	return s;
}
