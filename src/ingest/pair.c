/* SPDX-License-Identifier: MIT
 *
 * Which call does a tool turn answer? A call id is no key: it is empty, missing
 * or used again within one trace. So a result goes to the earliest call with
 * its id that nobody answered yet, and without an id to the earliest
 * unanswered call of the turn before it that could call.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/sink_private.h"

static void grow_index(struct open_calls *o, size_t need)
{
	size_t cap = o->cap;
	o->next = vec_grow(o->next, &cap, need, sizeof *o->next);
	cap = o->cap;
	o->last = vec_grow(o->last, &cap, need, sizeof *o->last);
	o->cap = cap;
}

/* The slot of an id: its chain's, or the free one where it belongs. */
static size_t slot_of(const struct sink *s, struct str id)
{
	const struct open_calls *o = &s->index;
	size_t at = str_hash(id) & (o->nslots - 1);
	while (o->slots[at] && !str_eq(s->calls[o->slots[at] - 1].id, id))
		at = (at + 1) & (o->nslots - 1);
	return at;
}

/* A chain whose calls are all answered keeps its last call as a marker, so that probing never breaks. */
static void index_call(struct sink *s, uint32_t i)
{
	struct open_calls *o = &s->index;
	size_t at = slot_of(s, s->calls[i].id);
	o->next[i] = 0;
	o->last[i] = i + 1;
	if (!o->slots[at]) {
		o->slots[at] = i + 1;
		return;
	}
	uint32_t head = o->slots[at] - 1;
	o->next[o->last[head] - 1] = i + 1;
	o->last[head] = i + 1;
}

static void index_rebuild(struct sink *s)
{
	struct open_calls *o = &s->index;
	size_t nslots = o->nslots ? o->nslots : 16;
	while (nslots < 2 * s->ncalls)
		nslots *= 2;
	if (nslots != o->nslots) {
		o->slots = xreallocarray(o->slots, nslots, sizeof *o->slots);
		o->nslots = nslots;
	}
	memset(o->slots, 0, nslots * sizeof *o->slots);
	o->indexed = 0;
}

static void index_new_calls(struct sink *s)
{
	struct open_calls *o = &s->index;
	if (o->cap < s->ncalls)
		grow_index(o, s->ncalls);
	if (o->nslots < 2 * s->ncalls)
		index_rebuild(s);
	for (; o->indexed < s->ncalls; o->indexed++)
		index_call(s, (uint32_t)o->indexed);
}

static void answer(struct sink *s, uint32_t call, uint32_t by_turn)
{
	s->calls[call].answer = by_turn;
	s->calls[call].answered = true;
}

static bool answer_by_id(struct sink *s, struct str id, uint32_t by_turn)
{
	index_new_calls(s);
	struct open_calls *o = &s->index;
	size_t at = slot_of(s, id);
	for (uint32_t i = o->slots[at]; i; i = o->next[i - 1]) {
		if (s->calls[i - 1].answered) {
			if (!o->next[i - 1])
				return false;
			o->last[o->next[i - 1] - 1] = o->last[i - 1];
			o->slots[at] = o->next[i - 1];
			continue;
		}
		answer(s, i - 1, by_turn);
		return true;
	}
	return false;
}

static bool answer_by_order(struct sink *s, uint32_t by_turn)
{
	if (!s->caller)
		return false;
	struct sink_turn_extra *t = &s->extra[s->caller - 1];
	size_t end = s->caller < s->nturns ? s->extra[s->caller].first_call : s->ncalls;
	for (; t->cursor < end; t->cursor++) {
		if (s->calls[t->cursor].answered)
			continue;
		answer(s, t->cursor, by_turn);
		return true;
	}
	return false;
}

bool pair_answer(struct sink *s, struct str id, uint32_t by_turn)
{
	if (s->ncalls == 0)
		return false;
	return id.n ? answer_by_id(s, id, by_turn) : answer_by_order(s, by_turn);
}

void pair_reset(struct sink *s)
{
	struct open_calls *o = &s->index;
	if (o->indexed)
		memset(o->slots, 0, o->nslots * sizeof *o->slots);
	o->indexed = 0;
}

void pair_fini(struct sink *s)
{
	free(s->index.slots);
	free(s->index.next);
	free(s->index.last);
}

static size_t seen_slot(const struct seen *seen, uint64_t key)
{
	size_t at = key & (seen->nslots - 1);
	while (seen->keys[at] && seen->keys[at] != key)
		at = (at + 1) & (seen->nslots - 1);
	return at;
}

static void seen_grow(struct seen *seen)
{
	struct seen old = *seen;
	seen->nslots = old.nslots ? 2 * old.nslots : 64;
	seen->keys = xcalloc(seen->nslots, sizeof *seen->keys);
	seen->counts = xcalloc(seen->nslots, sizeof *seen->counts);
	for (size_t i = 0; i < old.nslots; i++) {
		if (!old.keys[i])
			continue;
		size_t at = seen_slot(seen, old.keys[i]);
		seen->keys[at] = old.keys[i];
		seen->counts[at] = old.counts[i];
	}
	seen_fini(&old);
}

uint32_t seen_add(struct seen *seen, uint64_t key)
{
	if (4 * (seen->n + 1) > 3 * seen->nslots)
		seen_grow(seen);
	key += key == 0;
	size_t at = seen_slot(seen, key);
	if (!seen->keys[at]) {
		seen->keys[at] = key;
		seen->n++;
	}
	return seen->counts[at]++;
}

void seen_fini(struct seen *seen)
{
	free(seen->keys);
	free(seen->counts);
	*seen = (struct seen){0};
}
