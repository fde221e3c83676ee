/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the PyRIT importer: pieces of messages, as a memory export lists them, and conversations made of them.
 */
#ifndef INGEST_IMP_PYRIT_H
#define INGEST_IMP_PYRIT_H

#include "base/dict.h"
#include "ingest/csvtable.h"
#include "ingest/walk.h"

/* A part of a message. Parts of one message share its sequence. */
struct piece {
	struct str role, text, original, error, originator;
	struct str model, run, attack;
	struct str prompt;               /* what was asked, before converters: names the item when it is the first */
	const struct json *converters, *scores, *labels;
	int64_t sequence, at_ms;
	size_t next; /* of the same conversation, + 1 */
	struct record place;
	uint32_t repairs;
};

struct conversation {
	size_t first, last, n; /* pieces, + 1 */
};

struct pyrit {
	struct import *im;
	struct arena keep;
	struct dict ids; /* of conversations */
	struct conversation *list;
	struct piece *pieces;
	size_t list_cap, npieces, pieces_cap;
	struct str stem;
	uint64_t others; /* conversations of scorers and converters */
};

/* Where a piece's members are: a JSON object, or cells, in which Python printed dicts and lists. */
struct piece_source {
	const struct json *object;
	const struct csvtable *table;
	const struct str *cells;
};
void pyrit_add(struct pyrit *p, const struct piece_source *from, const struct record *place, uint32_t repairs);
/* All conversations as results, in the order in which they began. */
enum status pyrit_give(struct pyrit *p, struct err *err);

#endif
