/* SPDX-License-Identifier: MIT
 *
 * Which of a conversation's calls ran as which span, and which message answers
 * it. Ids are no keys: they are empty, missing or used again, so each finds the
 * earliest call that is still open.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/trace_private.h"

enum { LOOK_AHEAD = 256 }; /* open calls that a span without an id is compared with */

/* Calls by id, in order. */
struct by_id {
	struct dict ids;
	uint32_t *head; /* by id: the earliest open call */
	size_t cap;
};

static struct str text(const struct json *o, const char *name)
{
	return json_str(json_get(o, name));
}

static struct want *add_want(struct talk *k, const struct json *call, uint32_t message)
{
	if (k->nwants == k->cap)
		k->wants = vec_grow(k->wants, &k->cap, k->nwants + 1, sizeof *k->wants);
	struct want *w = &k->wants[k->nwants++];
	*w = (struct want){.call = call, .message = message, .node = NO_INDEX, .next = NO_INDEX};
	return w;
}

static void collect_wants(const struct trace *t, struct talk *k)
{
	k->first_want = xcalloc(k->nmessages + 1, sizeof *k->first_want);
	k->answers = xcalloc(k->nmessages + 1, sizeof *k->answers);
	for (size_t i = 0; i < k->nmessages; i++) {
		const struct json *m = t->messages[k->messages[i]].body;
		k->first_want[i] = (uint32_t)k->nwants;
		k->answers[i] = NO_INDEX;
		if (!m)
			continue;
		if (role_parse(text(m, "role")) == ROLE_ASSISTANT)
			k->last_answer = (uint32_t)i;
		JSON_EACH(call, json_get(m, "calls"))
			add_want(k, call, (uint32_t)i);
	}
	k->first_want[k->nmessages] = (uint32_t)k->nwants;
}

/* ---- by id ---- */

static void index_ids(struct talk *k, struct by_id *x)
{
	*x = (struct by_id){0};
	for (size_t i = k->nwants; i-- > 0;) {
		struct str id = text(k->wants[i].call, "id");
		size_t before = x->ids.n;
		uint32_t slot = id.n ? dict_add(&x->ids, id) : DICT_NONE;
		if (slot == DICT_NONE)
			continue;
		if (x->ids.n > x->cap)
			x->head = vec_grow(x->head, &x->cap, x->ids.n, sizeof *x->head);
		k->wants[i].next = x->ids.n > before ? NO_INDEX : x->head[slot];
		x->head[slot] = (uint32_t)i;
	}
}

/* The earliest call with that id that was not taken yet. */
static uint32_t take_by_id(const struct talk *k, struct by_id *x, struct str id)
{
	uint32_t slot = id.n ? dict_find(&x->ids, id) : DICT_NONE;
	uint32_t i = slot == DICT_NONE ? NO_INDEX : x->head[slot];
	if (i != NO_INDEX)
		x->head[slot] = k->wants[i].next;
	return i;
}

static void by_id_fini(struct by_id *x)
{
	dict_fini(&x->ids);
	free(x->head);
}

/* ---- spans ---- */

static bool fits(const struct want *w, const struct span *s, bool arguments)
{
	bool named = str_eq(text(w->call, "name"), s->name);
	bool ids = s->call_id.n && text(w->call, "id").n; /* of which each is somebody else's */
	return named && !ids && (!arguments || str_eq(text(w->call, "arguments"), s->arguments));
}

/* Spans without an id, in order: each takes the earliest call that fits. */
static void match_by_name(struct trace *t, struct talk *k, const struct scope *s, bool *taken, bool arguments)
{
	size_t open = 0;
	for (uint32_t i = 0; i < s->ntools; i++) {
		const struct span *span = &t->nodes[t->tools[s->tools + i]].s;
		while (open < k->nwants && k->wants[open].node != NO_INDEX)
			open++;
		for (size_t w = open; !taken[i] && w < k->nwants && w < open + LOOK_AHEAD; w++) {
			if (k->wants[w].node != NO_INDEX || !fits(&k->wants[w], span, arguments))
				continue;
			k->wants[w].node = t->tools[s->tools + i];
			taken[i] = true;
		}
	}
}

static void match_spans(struct trace *t, struct talk *k, const struct scope *s, bool calls_are_spans)
{
	struct by_id x;
	bool *taken = xcalloc(s->ntools + 1u, sizeof *taken);
	size_t asked = k->nwants;
	index_ids(k, &x);
	for (uint32_t i = 0; i < s->ntools; i++) {
		uint32_t w = take_by_id(k, &x, t->nodes[t->tools[s->tools + i]].s.call_id);
		taken[i] = w != NO_INDEX;
		if (taken[i])
			k->wants[w].node = t->tools[s->tools + i];
	}
	match_by_name(t, k, s, taken, true);
	match_by_name(t, k, s, taken, false);
	for (size_t i = 0; i < asked; i++)
		k->wants[i].never_ran = k->wants[i].node == NO_INDEX &&
			(calls_are_spans || dict_find(&t->tool_names, text(k->wants[i].call, "name")) != DICT_NONE);
	for (uint32_t i = 0; i < s->ntools; i++)
		if (!taken[i])
			add_want(k, NULL, k->last_answer)->node = t->tools[s->tools + i];
	by_id_fini(&x);
	free(taken);
}

/* ---- answers ---- */

/* Without an id: the earliest open call of the assistant's message before it. */
static uint32_t take_by_order(const struct talk *k, uint32_t caller)
{
	if (caller == NO_INDEX)
		return NO_INDEX;
	for (uint32_t i = k->first_want[caller]; i < k->first_want[caller + 1]; i++)
		if (!k->wants[i].answered)
			return i;
	return NO_INDEX;
}

static void match_answers(const struct trace *t, struct talk *k)
{
	struct by_id x;
	uint32_t caller = NO_INDEX;
	index_ids(k, &x);
	for (uint32_t i = 0; i < k->nmessages; i++) {
		const struct json *m = t->messages[k->messages[i]].body, *results = m ? json_get(m, "results") : NULL;
		if (k->first_want[i + 1] > k->first_want[i])
			caller = i;
		if (!results)
			continue;
		JSON_EACH(r, results) {
			struct str id = text(r, "id");
			uint32_t w = id.n ? take_by_id(k, &x, id) : take_by_order(k, caller);
			if (w == NO_INDEX)
				continue;
			k->wants[w].answered = true;
			k->wants[w].shared = results->count > 1;
			k->wants[w].result = text(r, "content");
			k->wants[w].error = text(r, "error");
			if (results->count == 1)
				k->answers[i] = w;
		}
	}
	by_id_fini(&x);
}

/* What a span says of how its call went counts more than what the next message says. */
static void take_span_facts(struct trace *t, struct talk *k)
{
	for (uint32_t i = 0; i < k->nwants; i++) {
		struct want *w = &k->wants[i];
		const struct span *s = w->node == NO_INDEX ? NULL : &t->nodes[w->node].s;
		if (!s)
			continue;
		t->nodes[w->node].want = i;
		if (!w->result.n) /* no answer, or one whose text was left out */
			w->result = s->result.p ? s->result : w->result;
		w->error = s->status != SPAN_ERROR ? (struct str){0} : s->error.n ? s->error : w->result.n ? w->result : str_c("error");
	}
}

void talk_open(struct trace *t, struct talk *k, uint32_t scope, bool calls_are_spans)
{
	const struct scope *s = &t->scopes[scope];
	*k = (struct talk){.last_answer = NO_INDEX};
	if (s->best != NO_INDEX)
		k->messages = trace_messages(t, &t->nodes[s->best], &k->nmessages);
	collect_wants(t, k);
	match_answers(t, k);
	match_spans(t, k, s, calls_are_spans);
	take_span_facts(t, k);
}

void talk_close(struct talk *k)
{
	free(k->wants);
	free(k->first_want);
	free(k->answers);
}
