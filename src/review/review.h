/* SPDX-License-Identifier: MIT
 *
 * The review workflow: annotations, undo, adjudication, declarations, scope
 * and direction as ledger entries; words derived from them.
 */
#ifndef REVIEW_REVIEW_H
#define REVIEW_REVIEW_H

#include "facts/facts.h"

/* Who annotates: --as, config, else the login name. Never NULL. */
const char *reviewer_name(const char *as);

struct review_note {
	int64_t result_id;
	uint32_t turn;       /* 0 = the result */
	uint64_t start, end; /* byte range in the turn's content */
	enum outcome outcome;   /* NONE = not said */
	bool has_severity;
	enum severity severity;
	struct str category, tags, note;
};

/* Adds an annotation; fields not said (outcome NONE, no severity, absent text) are taken over from this reviewer's current one
 * on the same result, turn and range, which it supersedes; text that is "" takes a field back. id gets the entry's id.
 * USAGE when nothing is said, or the turn or range is not there. f may be NULL: everything is read from the store. */
enum status review_annotate(struct store *s, const struct facts *f, const char *reviewer, const struct review_note *n,
	char id[static SHA256_HEX], struct err *err);
/* Settles a result that reviewers disagree on; supersedes the adjudication that stands, whoever made it. */
enum status review_adjudicate(struct store *s, const char *reviewer, const struct review_note *n, char id[static SHA256_HEX], struct err *err);
/* An entry no longer counts, for a reason (spam, wrong account); what it replaced does not come back. */
enum status review_invalidate(struct store *s, const char *reviewer, struct str entry_id, struct str reason, struct err *err);
/* Reverses this reviewer's newest entry that is not undone; what (may be NULL) gets words for it. END: nothing to undo. */
enum status review_undo(struct store *s, const struct facts *f, const char *reviewer, struct buf *what, struct err *err);
/* Run in or out of scope, with a reason (out needs one); task direction confirmed; declaration red | not-red on "line/model",
 * with a reason. Each supersedes what was said of the same subject. */
enum status review_scope(struct store *s, const char *reviewer, struct str run_key, bool in, struct str reason, struct err *err);
enum status review_confirm_direction(struct store *s, const char *reviewer, struct str task, struct err *err);
enum status review_declare(struct store *s, const char *reviewer, struct str line, struct str model, bool red, struct str reason, struct err *err);

/* "confirmed", "false positive", "missed failure", "agrees: pass", "resolved: fail" …; "" when nobody decided. */
const char *review_ruling(enum outcome automatic, enum outcome human);

#endif
