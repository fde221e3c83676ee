/* SPDX-License-Identifier: MIT
 *
 * Private to store: the canonical JSON of an entry, and its id.
 */
#ifndef STORE_LEDGER_TEXT_H
#define STORE_LEDGER_TEXT_H

#include "base/json.h"
#include "store/db.h"
#include "store/ledger.h"

/* Members in one order, absent ones left out; parents as given (sorted). */
void entry_write(struct buf *out, const struct entry *e, const struct str *parents, size_t n);
void entry_id(struct str body, char id[static SHA256_HEX]);
/* Text lives in `a` or in body. FAIL when body is no entry. */
enum status entry_read(
	struct arena *a, struct str id, struct str body, struct entry *out, struct str **parents, size_t *n, struct err *err);
void id_list_write(struct buf *out, const struct str *ids, size_t n);

/* Heads as recorded, and as the entries say. */
enum status ledger_heads(struct store *s, struct arena *a, struct str **heads, size_t *n, struct err *err);
enum status ledger_heads_compute(struct store *s, struct arena *a, struct str **heads, size_t *n, struct err *err);

#endif
