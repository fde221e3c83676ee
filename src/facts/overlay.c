/* SPDX-License-Identifier: MIT
 *
 * The overlay: which ledger entries are current, which results they speak of,
 * and what they make of outcome, severity and place of failure. The rules are
 * those of the views i_entry, i_vote and i_review of the database.
 */
#include "facts/internal.h"

#include <stdlib.h>

#include "base/mem.h"

void facts_overlay_fini(struct facts *f)
{
	if (f->has_overlay) {
		free(f->outcome);
		free(f->severity);
		free(f->fail_turn);
		free(f->fail_step);
	}
	f->has_overlay = false;
	f->outcome = f->severity = NULL;
	f->fail_turn = f->fail_step = NULL;
	free(f->reviews);
	free(f->review_ids);
	free(f->review_at);
	free(f->review_entries);
	free(f->review_of);
	f->reviews = NULL;
	f->review_ids = f->review_at = f->review_entries = f->review_of = NULL;
	f->nreviews = 0;
}

/* ---- current entries ---- */

enum mark { MARK_UNDONE = 1, MARK_INVALID = 2, MARK_SUPERSEDED = 4 };

static void mark_targets(const struct facts *f, uint8_t *marks, bool undos)
{
	for (size_t i = 0; i < f->nannotations; i++) {
		const struct entry *e = &f->annotations[i].entry;
		uint32_t target = e->supersedes.p ? dict_find(&f->ids, e->supersedes) : DICT_NONE;
		bool undo = str_eq_c(e->kind, "undo");
		if (target == DICT_NONE || undo != undos)
			continue;
		if (undo)
			marks[target] |= MARK_UNDONE;
		else if (!(marks[i] & MARK_UNDONE))
			marks[target] |= str_eq_c(e->kind, "invalidation") ? MARK_INVALID : MARK_SUPERSEDED;
	}
}

/* What is undone never was; what an invalidated entry replaced does not come back. */
static void find_current(struct facts *f)
{
	uint8_t *marks = xcalloc(f->nannotations + 1, 1);
	mark_targets(f, marks, true);
	mark_targets(f, marks, false);
	for (size_t i = 0; i < f->nannotations; i++)
		f->annotations[i].current = marks[i] == 0;
	free(marks);
}

/* ---- which results ---- */

/* A small open-addressing table from the first 8 bytes of a uid to a result. */
struct uid_slot {
	uint64_t uid;
	uint32_t id;
	bool used;
};

struct uid_table {
	struct uid_slot *slots;
	size_t mask;
};

static struct uid_slot *uid_slot(const struct uid_table *t, uint64_t uid)
{
	size_t i = (size_t)(uid * UINT64_C(0x9e3779b97f4a7c15) >> 20) & t->mask;
	while (t->slots[i].used && t->slots[i].uid != uid)
		i = (i + 1) & t->mask;
	return &t->slots[i];
}

static bool parse_uid(const char *hex, uint64_t *out)
{
	uint64_t v = 0;
	for (int i = 0; i < 16; i++) {
		char c = hex[i];
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
		if (digit < 0)
			return false;
		v = v << 4 | (unsigned)digit;
	}
	*out = v;
	return true;
}

/* One pass over the uids for all entries together. */
static void find_results(struct facts *f)
{
	struct uid_table t = {NULL, 63};
	uint64_t uid;
	while (t.mask < 4 * f->nannotations)
		t.mask = 2 * t.mask + 1;
	t.slots = xcalloc(t.mask + 1, sizeof *t.slots);
	for (size_t i = 0; i < f->nannotations; i++)
		if (parse_uid(f->annotations[i].entry.uid, &uid))
			*uid_slot(&t, uid) = (struct uid_slot){uid, 0, true};
	for (size_t i = 1; i < f->c.n; i++) {
		struct uid_slot *slot = uid_slot(&t, f->c.uid[i]);
		if (slot->used && bitset_test(&f->present, i))
			slot->id = (uint32_t)i;
	}
	for (size_t i = 0; i < f->nannotations; i++) {
		bool about_result = parse_uid(f->annotations[i].entry.uid, &uid);
		f->annotations[i].result_id = about_result ? uid_slot(&t, uid)->id : 0;
	}
	free(t.slots);
}

/* ---- gathering by result ---- */

static bool counts(const struct annotation *a)
{
	bool speaks = str_eq_c(a->entry.kind, "annotation") || str_eq_c(a->entry.kind, "adjudication");
	return speaks && a->current && a->result_id;
}

struct ranked {
	uint32_t id, index;
};

static int by_result(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static void gather(struct facts *f)
{
	struct ranked *r = xmalloc((f->nannotations + 1) * sizeof *r);
	size_t n = 0;
	for (size_t i = 0; i < f->nannotations; i++)
		if (counts(&f->annotations[i]))
			r[n++] = (struct ranked){(uint32_t)f->annotations[i].result_id, (uint32_t)i};
	qsort(r, n, sizeof *r, by_result);
	f->review_entries = xmalloc((n + 1) * sizeof *f->review_entries);
	f->review_ids = xmalloc((n + 1) * sizeof *f->review_ids);
	f->review_at = xmalloc((n + 1) * sizeof *f->review_at);
	f->reviews = xcalloc(n + 1, sizeof *f->reviews);
	f->review_of = n ? xcalloc(f->c.n, sizeof *f->review_of) : NULL;
	for (size_t i = 0; i < n; i++) {
		f->review_entries[i] = r[i].index;
		if (i && r[i].id == r[i - 1].id)
			continue;
		f->review_ids[f->nreviews] = r[i].id;
		f->review_at[f->nreviews] = (uint32_t)i;
		f->review_of[r[i].id] = (uint32_t)++f->nreviews;
	}
	f->review_at[f->nreviews] = (uint32_t)n;
	free(r);
}

/* ---- one review ---- */

/* The worst first, as in i_vote; what counts as no vote comes last. */
static unsigned badness(enum outcome o)
{
	static const uint8_t order[OUTCOME_COUNT] = {
		[OUTCOME_FAIL] = 1, [OUTCOME_INVALID] = 2, [OUTCOME_UNSURE] = 3, [OUTCOME_PASS] = 4, [OUTCOME_NONE] = 0,
			[OUTCOME_MISSING] = 0,
	};
	return order[o];
}

static const struct annotation *entry_of(const struct facts *f, size_t k)
{
	return &f->annotations[f->review_entries[k]];
}

/* One vote a reviewer: what they say of the whole result, else the worst they say of a turn. */
static enum outcome vote_of(const struct facts *f, size_t from, size_t to, struct str reviewer)
{
	enum outcome best = OUTCOME_NONE;
	unsigned best_rank = UINT32_MAX;
	for (size_t k = from; k < to; k++) {
		const struct entry *e = &entry_of(f, k)->entry;
		if (!str_eq_c(e->kind, "annotation") || !str_eq(e->reviewer, reviewer) || !badness(e->outcome))
			continue;
		bool whole = !e->turn && !e->start && !e->end;
		unsigned rank = badness(e->outcome) + (whole ? 0 : 10);
		if (rank < best_rank) {
			best_rank = rank;
			best = e->outcome;
		}
	}
	return best;
}

static bool is_first_of_reviewer(const struct facts *f, size_t from, size_t k)
{
	for (size_t i = from; i < k; i++)
		if (str_eq_c(entry_of(f, i)->entry.kind, "annotation") && str_eq(entry_of(f, i)->entry.reviewer, entry_of(f,
			k)->entry.reviewer))
			return false;
	return true;
}

static void add_count(uint8_t *n)
{
	if (*n < UINT8_MAX)
		++*n;
}

static void count_annotation(const struct facts *f, struct review *r, size_t from, size_t to, size_t k)
{
	const struct entry *e = &entry_of(f, k)->entry;
	if (e->has_severity && e->severity > r->severity)
		r->severity = (uint8_t)e->severity;
	r->has_note |= e->note.n > 0;
	if (e->outcome == OUTCOME_FAIL && e->turn && (!r->fail_turn || e->turn < r->fail_turn))
		r->fail_turn = e->turn;
	if (!is_first_of_reviewer(f, from, k))
		return;
	add_count(&r->reviewers);
	enum outcome vote = vote_of(f, from, to, e->reviewer);
	if (vote != OUTCOME_NONE)
		add_count(&r->votes[vote]);
}

/* Adjudications that contradict one another leave it unsure. */
static void count_adjudication(struct review *r, const struct entry *e, uint8_t *severity)
{
	add_count(&r->adjudications);
	if (e->outcome != OUTCOME_NONE)
		r->adjudicated = r->adjudicated && r->adjudicated != e->outcome ? OUTCOME_UNSURE : (uint8_t)e->outcome;
	if (e->has_severity && e->severity > *severity)
		*severity = (uint8_t)e->severity;
	r->has_note |= e->note.n > 0;
}

static void build_review(struct facts *f, size_t i)
{
	struct review *r = &f->reviews[i];
	uint8_t severity = SEVERITY_UNRATED;
	for (size_t k = f->review_at[i]; k < f->review_at[i + 1]; k++) {
		r->moved |= entry_of(f, k)->moved;
		if (str_eq_c(entry_of(f, k)->entry.kind, "adjudication"))
			count_adjudication(r, &entry_of(f, k)->entry, &severity);
		else
			count_annotation(f, r, f->review_at[i], f->review_at[i + 1], k);
	}
	if (severity != SEVERITY_UNRATED)
		r->severity = severity;
}

/* ---- evidence and place, which need the transcript ---- */

/* The words that the entry points to, as they are now. */
static bool words_moved(const struct entry *e, const struct transcript *t)
{
	unsigned char sum[SHA256_SIZE];
	char hex[SHA256_HEX];
	if (!e->words[0] || !e->turn)
		return true;
	if (e->turn > t->n)
		return true;
	struct str content = t->turns[e->turn - 1].content;
	if (e->end) {
		if (e->end > content.n || e->start > e->end)
			return true;
		content = str_sub(content, (size_t)e->start, (size_t)(e->end - e->start));
	}
	sha256_of(content.p ? content : str_c(""), sum);
	hex_encode(sum, sizeof sum, hex);
	return strcmp(hex, e->words) != 0;
}

static bool digest_differs(const struct entry *e, const struct result_row *row)
{
	char hex[2 * DIGEST_SIZE + 1];
	hex_encode(row->digest, DIGEST_SIZE, hex);
	return e->digest[0] && strcmp(hex, e->digest) != 0;
}

static enum status check_evidence(struct facts *f, size_t i, struct arena *a, struct err *err)
{
	struct result_row row;
	struct transcript t = {0};
	bool have_row = false, have_transcript = false;
	for (size_t k = f->review_at[i]; k < f->review_at[i + 1]; k++) {
		size_t index = f->review_entries[k];
		const struct entry *e = &f->annotations[index].entry;
		if (f->digest_checked[index])
			continue;
		enum status st = have_row ? OK : store_result(f->s, f->review_ids[i], a, &row, err);
		if (st != OK)
			return st == END ? OK : st;
		have_row = f->digest_checked[index] = true;
		f->annotations[index].moved = digest_differs(e, &row);
		if (!f->annotations[index].moved || !e->words[0])
			continue;
		st = have_transcript ? OK : store_transcript(f->s, f->review_ids[i], a, &t, err);
		if (st != OK && st != END)
			return st;
		have_transcript = true;
		f->annotations[index].moved = words_moved(e, &t);
	}
	return OK;
}

/* The assistant turns up to the failing one. */
static enum status find_step(struct facts *f, size_t i, struct arena *a, struct err *err)
{
	struct review *r = &f->reviews[i];
	struct transcript t = {0};
	if (!r->fail_turn || f->c.fail_turn[f->review_ids[i]])
		return OK;
	enum status st = store_transcript(f->s, f->review_ids[i], a, &t, err);
	if (st != OK)
		return st == END ? OK : st;
	for (size_t k = 0; k < t.n && k < r->fail_turn; k++)
		r->fail_step += t.turns[k].role == ROLE_ASSISTANT;
	return OK;
}

/* ---- columns with the overlay ---- */

static void *copy(const void *p, size_t size)
{
	return memcpy(xmalloc(size + 1), p, size);
}

static uint16_t saturate(uint32_t v)
{
	return v > UINT16_MAX ? UINT16_MAX : (uint16_t)v;
}

static void apply(struct facts *f)
{
	if (!f->nreviews) {
		f->outcome = f->c.outcome;
		f->severity = f->c.severity;
		f->fail_turn = f->c.fail_turn;
		f->fail_step = f->c.fail_step;
		return;
	}
	f->has_overlay = true;
	f->outcome = copy(f->c.outcome, f->c.n);
	f->severity = copy(f->c.severity, f->c.n);
	f->fail_turn = copy(f->c.fail_turn, f->c.n * sizeof *f->fail_turn);
	f->fail_step = copy(f->c.fail_step, f->c.n * sizeof *f->fail_step);
	for (size_t i = 0; i < f->nreviews; i++) {
		const struct review *r = &f->reviews[i];
		uint32_t id = f->review_ids[i];
		enum decider who;
		f->outcome[id] = (uint8_t)facts_decide(r, (enum outcome)f->c.outcome[id], &decide_shipped, &who);
		if (r->severity != SEVERITY_UNRATED)
			f->severity[id] = r->severity;
		if (!f->c.fail_turn[id] && r->fail_turn) {
			f->fail_turn[id] = saturate(r->fail_turn);
			f->fail_step[id] = saturate(r->fail_step);
		}
	}
}

enum status facts_overlay(struct facts *f, struct err *err)
{
	struct arena a = {0};
	enum status st = OK;
	facts_overlay_fini(f);
	find_current(f);
	find_results(f);
	gather(f);
	for (size_t i = 0; st == OK && i < f->nreviews; i++) {
		st = check_evidence(f, i, &a, err);
		build_review(f, i);
		if (st == OK)
			st = find_step(f, i, &a, err);
		arena_reset(&a);
	}
	apply(f);
	arena_fini(&a);
	return st;
}
