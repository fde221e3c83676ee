/* SPDX-License-Identifier: MIT
 *
 * The ledger: annotations, adjudications, declarations, scope changes,
 * confirmations, undos and invalidations as a set of entries that is only ever
 * added to (DESIGN 5). An entry's id is the SHA-256 of its canonical JSON,
 * which includes the ids of the heads its writer saw.
 */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "store/store.h"

struct entry {
	char id[SHA256_HEX]; /* filled in by ledger_add and when read */
	struct str kind;     /* annotation, adjudication, declaration, scope, polarity, undo, invalidation, rules */
	struct str reviewer;
	int64_t at_ms;
	char uid[2 * UID_SIZE + 1];       /* the result; "" for entries about runs, cells, tasks */
	char digest[2 * DIGEST_SIZE + 1]; /* of the result seen */
	struct str subject;               /* run key, task name, "line/model" … for entries without a result */
	uint32_t turn;                    /* 0 = the result */
	uint64_t start, end;              /* byte range in the turn's content; 0, 0 = all */
	char words[SHA256_HEX];           /* hash of those words, or "" */
	enum outcome outcome;             /* NONE = not said */
	enum severity severity;
	bool has_severity;
	struct str category, tags, note; /* tags: comma-separated */
	struct str value;                /* red, not-red, in, out, confirmed …: by kind */
	struct str supersedes;           /* id of the entry that this one replaces, undoes or invalidates; or absent */
};

enum status ledger_add(struct store *s, struct entry *e, struct err *err); /* FULL sync; fills id */
/* Entries with rowid above `after`, in insertion order; *after moves. */
enum status ledger_read(struct store *s, int64_t *after, struct arena *a,
	enum status (*fn)(void *ctx, const struct entry *e, struct err *err), void *ctx, struct err *err);
/* The current entry of like->kind that has the same uid, subject, turn and range, by like->reviewer (absent: by anybody); of
 * several, which merging can bring about, the latest. END: there is none. Text lives in `a`. */
enum status ledger_current(struct store *s, const struct entry *like, struct arena *a, struct entry *out, struct err *err);
/* The reviewer's newest entry that is neither an undo nor undone. END: there is none. */
enum status ledger_newest(struct store *s, struct str reviewer, struct arena *a, struct entry *out, struct err *err);
/* The entry with this id; END: there is none. */
enum status ledger_entry(struct store *s, struct str id, struct arena *a, struct entry *out, struct err *err);

/* Hash of the sorted heads; "" (all zero) for an empty ledger. */
enum status ledger_head(struct store *s, char out[SHA256_HEX], struct err *err);
/* Recomputes every id and link; FAIL names the first entry that was changed, dropped or inserted. */
enum status ledger_verify(struct store *s, struct err *err);
/* Adds the entries of another database that this one lacks. Refuses when either ledger does not verify. */
enum status ledger_merge(struct store *to, struct store *from, uint64_t *added, struct err *err);

#endif
