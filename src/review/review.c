/* SPDX-License-Identifier: MIT
 *
 * What reviewers do, as entries of the ledger. Everything that decides what an
 * entry links to is read from the store at that moment, so that two quick
 * annotations in a row never miss each other.
 */
#include "review/review.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *reviewer_name(const char *as)
{
	static char name[256];
	if (as && *as)
		return as;
	const struct passwd *pw = getpwuid(geteuid());
	const char *login = pw && pw->pw_name ? pw->pw_name : getenv("LOGNAME");
	snprintf(name, sizeof name, "%s", login && *login ? login : "unknown");
	return name;
}

const char *review_ruling(enum outcome automatic, enum outcome human)
{
	return facts_ruling(automatic, human);
}

/* ---- what an annotation points to ---- */

/* Names the result, and hashes the words that were seen. */
static enum status point(struct store *s, const struct review_note *n, struct arena *a, struct entry *e, struct err *err)
{
	struct result_row row;
	struct transcript t;
	unsigned char sum[SHA256_SIZE];
	enum status status = store_result(s, n->result_id, a, &row, err);
	if (status == END)
		return err_usage(err, "there is no result %lld", (long long)n->result_id);
	if (status)
		return status;
	memcpy(e->uid, row.uid, sizeof e->uid);
	hex_encode(row.digest, DIGEST_SIZE, e->digest);
	e->turn = n->turn;
	e->start = n->start;
	e->end = n->end;
	if (!n->turn)
		return n->start || n->end ? err_usage(err, "words can be marked in a turn only") : OK;
	status = store_transcript(s, n->result_id, a, &t, err);
	if (status && status != END)
		return status;
	if (n->turn > t.n)
		return err_usage(err, "result %lld has %zu turns, not %u", (long long)n->result_id, t.n, n->turn);
	struct str words = t.turns[n->turn - 1].content;
	if (n->start > n->end || n->end > words.n)
		return err_usage(err, "turn %u has %zu bytes: %llu to %llu is no part of it", n->turn, words.n,
			(unsigned long long)n->start, (unsigned long long)n->end);
	if (n->end)
		words = str_sub(words, (size_t)n->start, (size_t)(n->end - n->start));
	sha256_of(words.p ? words : str_n("", 0), sum);
	hex_encode(sum, sizeof sum, e->words);
	return OK;
}

static bool says_something(const struct review_note *n)
{
	return n->outcome != OUTCOME_NONE || n->has_severity || n->category.p || n->tags.p || n->note.p;
}

static struct str said_or(struct str said, struct str before)
{
	return said.p ? said : before;
}

/* Fields from the note, else from the entry that it replaces (NULL: none). */
static void fill(struct entry *e, const struct review_note *n, const struct entry *old)
{
	const struct entry none = {0};
	if (!old)
		old = &none;
	e->outcome = n->outcome != OUTCOME_NONE ? n->outcome : old->outcome;
	e->has_severity = n->has_severity || old->has_severity;
	e->severity = n->has_severity ? n->severity : old->severity;
	e->category = said_or(n->category, old->category);
	e->tags = said_or(n->tags, old->tags);
	e->note = said_or(n->note, old->note);
	e->supersedes = old->id[0] ? str_c(old->id) : str_n(NULL, 0);
}

/* An annotation replaces the reviewer's own, an adjudication anybody's. */
static enum status add_note(
	struct store *s, const char *kind, const char *reviewer, const struct review_note *n, char *id, struct err *err)
{
	struct arena a = {0};
	struct entry e = {.kind = str_c(kind)}, old;
	bool own = strcmp(kind, "annotation") == 0;
	if (!says_something(n))
		return err_usage(err, "nothing is said: give an outcome, severity, category, tag or note");
	if (n->outcome == OUTCOME_MISSING)
		return err_usage(err, "\"missing\" is for the program to say; a reviewer says fail, pass, unsure or invalid");
	enum status status = point(s, n, &a, &e, err);
	e.reviewer = own ? str_c(reviewer) : str_n(NULL, 0);
	if (!status)
		status = ledger_current(s, &e, &a, &old, err);
	if (status == OK || status == END) {
		fill(&e, n, status == OK ? &old : NULL);
		e.reviewer = str_c(reviewer);
		status = ledger_add(s, &e, err);
	}
	if (!status)
		memcpy(id, e.id, SHA256_HEX);
	arena_fini(&a);
	return status;
}

enum status review_annotate(struct store *s, const struct facts *f, const char *reviewer, const struct review_note *n,
	char id[static SHA256_HEX], struct err *err)
{
	(void)f;
	return add_note(s, "annotation", reviewer, n, id, err);
}

enum status review_adjudicate(
	struct store *s, const char *reviewer, const struct review_note *n, char id[static SHA256_HEX], struct err *err)
{
	return add_note(s, "adjudication", reviewer, n, id, err);
}

/* ---- taking back ---- */

static void describe_place(struct store *s, const struct entry *e, struct buf *what)
{
	struct arena a = {0};
	struct result_row row;
	int64_t id;
	if (e->uid[0] && store_result_by_uid(s, e->uid, &id, NULL) == OK && store_result(s, id, &a, &row, NULL) == OK) {
		buf_add_c(what, " of ");
		buf_add_str(what, row.item);
	} else if (e->subject.n) {
		buf_add_c(what, " of ");
		buf_add_str(what, e->subject);
	}
	if (e->turn)
		buf_printf(what, ", turn %u", e->turn);
	arena_fini(&a);
}

/* "annotation of item-3, turn 2: fail, high, \"note\"" */
static void describe(struct store *s, const struct entry *e, struct buf *what)
{
	const char *gap = ": ";
	buf_add_str(what, e->kind);
	describe_place(s, e, what);
	const struct str words[] = {str_c(outcome_name(e->outcome)),
		e->has_severity ? str_c(severity_name(e->severity)) : str_n(NULL, 0), e->category, e->tags, e->value, e->note};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!words[i].n)
			continue;
		buf_add_c(what, gap);
		buf_add_str(what, words[i]);
		gap = ", ";
	}
}

enum status review_undo(struct store *s, const struct facts *f, const char *reviewer, struct buf *what, struct err *err)
{
	struct arena a = {0};
	struct entry newest;
	(void)f;
	enum status status = ledger_newest(s, str_c(reviewer), &a, &newest, err);
	if (!status) {
		struct entry undo = {.kind = str_c("undo"), .reviewer = str_c(reviewer), .supersedes = str_c(newest.id)};
		memcpy(undo.uid, newest.uid, sizeof undo.uid);
		status = ledger_add(s, &undo, err);
	}
	if (!status && what)
		describe(s, &newest, what);
	arena_fini(&a);
	return status;
}

enum status review_invalidate(struct store *s, const char *reviewer, struct str entry_id, struct str reason, struct err *err)
{
	struct arena a = {0};
	struct entry target;
	if (!reason.n)
		return err_usage(err, "an invalidation needs a reason");
	enum status status = ledger_entry(s, entry_id, &a, &target, err);
	if (status == END)
		status = err_usage(err, "there is no entry %.*s", (int)(entry_id.n < 64 ? entry_id.n : 64), entry_id.p);
	if (!status && (str_eq_c(target.kind, "undo") || str_eq_c(target.kind, "invalidation")))
		status = err_usage(err, "an %.*s can not be invalidated", (int)target.kind.n, target.kind.p);
	if (!status) {
		struct entry e = {.kind = str_c("invalidation"),
			.reviewer = str_c(reviewer),
			.note = reason,
			.supersedes = str_c(target.id)};
		memcpy(e.uid, target.uid, sizeof e.uid);
		status = ledger_add(s, &e, err);
	}
	arena_fini(&a);
	return status;
}

/* ---- about runs, tasks and cells ---- */

/* Says `value` of a subject and supersedes what was said of it before, by whomever. */
static enum status say(struct store *s, const char *kind, const char *reviewer, struct str subject, const char *value,
	struct str reason, struct err *err)
{
	struct arena a = {0};
	struct entry e = {.kind = str_c(kind), .subject = subject, .value = str_c(value), .note = reason}, old;
	enum status status = ledger_current(s, &e, &a, &old, err);
	if (status == OK)
		e.supersedes = str_c(old.id);
	e.reviewer = str_c(reviewer);
	if (status == OK || status == END)
		status = ledger_add(s, &e, err);
	arena_fini(&a);
	return status;
}

enum status review_scope(struct store *s, const char *reviewer, struct str run_key, bool in, struct str reason, struct err *err)
{
	if (!in && !reason.n)
		return err_usage(err, "taking a run out of scope needs a reason");
	return say(s, "scope", reviewer, run_key, in ? "in" : "out", reason, err);
}

enum status review_confirm_direction(struct store *s, const char *reviewer, struct str task, struct err *err)
{
	return say(s, "polarity", reviewer, task, "confirmed", str_n(NULL, 0), err);
}

enum status review_declare(
	struct store *s, const char *reviewer, struct str line, struct str model, bool red, struct str reason, struct err *err)
{
	if (!reason.n)
		return err_usage(err, "a declaration needs a reason");
	struct buf subject = {0};
	buf_add_str(&subject, line);
	buf_add_ch(&subject, '/');
	buf_add_str(&subject, model);
	enum status status = say(s, "declaration", reviewer, buf_str(&subject), red ? "red" : "not-red", reason, err);
	buf_fini(&subject);
	return status;
}
