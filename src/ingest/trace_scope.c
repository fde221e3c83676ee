/* SPDX-License-Identifier: MIT
 *
 * Whose model calls, whose tools: each agent has one conversation; outside of
 * agents, and under tools, one for each way a conversation begins.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/trace_private.h"

static bool is_owner(const struct node *n)
{
	return n->s.kind == SPAN_AGENT || n->s.kind == SPAN_TOOL;
}

/* The nearest agent or tool above each span; every step upwards is made once. */
static void find_owners(struct trace *t)
{
	uint32_t *path = xcalloc(t->nnodes + 1, sizeof *path);
	bool *known = xcalloc(t->nnodes + 1, sizeof *known);
	for (uint32_t i = 0; i < t->nnodes; i++) {
		size_t n = 0;
		for (uint32_t at = i; at != NO_INDEX && !known[at]; at = t->nodes[at].parent)
			path[n++] = at;
		while (n > 0) {
			uint32_t at = path[--n], up = t->nodes[at].parent;
			known[at] = true;
			if (up != NO_INDEX)
				t->nodes[at].owner = is_owner(&t->nodes[up]) ? up : t->nodes[up].owner;
		}
	}
	free(path);
	free(known);
}

static bool has_messages(const struct node *n)
{
	return n->sides[SPAN_IN].n || n->sides[SPAN_OUT].n;
}

static uint32_t count_messages(const struct node *n)
{
	uint32_t in = n->sides[SPAN_IN].n, out = n->sides[SPAN_OUT].n;
	return in > UINT32_MAX - out ? UINT32_MAX : in + out;
}

/* Tools under which a model was called without an agent. */
static bool *tools_that_talk(const struct trace *t)
{
	bool *talks = xcalloc(t->nnodes + 1, sizeof *talks);
	for (size_t i = 0; i < t->nnodes; i++) {
		const struct node *n = &t->nodes[i];
		if (n->s.kind == SPAN_LLM && n->owner != NO_INDEX && t->nodes[n->owner].s.kind == SPAN_TOOL && has_messages(n))
			talks[n->owner] = true;
	}
	return talks;
}

/* The agent or talking tool that a span belongs to. */
static uint32_t home_of(const struct trace *t, const bool *talks, const struct node *n)
{
	uint32_t at = n->owner;
	while (at != NO_INDEX && t->nodes[at].s.kind == SPAN_TOOL && !talks[at])
		at = t->nodes[at].owner;
	return at;
}

static uint32_t add_scope(struct trace *t, uint32_t span, uint32_t first, int64_t start_ns)
{
	if (t->nscopes == t->scopes_cap)
		t->scopes = vec_grow(t->scopes, &t->scopes_cap, t->nscopes + 1, sizeof *t->scopes);
	t->scopes[t->nscopes] = (struct scope){.span = span, .parent = NO_INDEX, .child = NO_INDEX, .sibling = NO_INDEX,
		.start_ns = start_ns, .first = first, .best = NO_INDEX, .starter = NO_INDEX};
	return (uint32_t)t->nscopes++;
}

struct scoping {
	struct trace *t;
	bool *talks;
	struct dict begun;  /* conversations without an agent: "home first" */
	uint32_t *begun_as; /* by index in `begun`: scope */
	size_t cap;
	uint32_t *latest;   /* by home + 1: the conversation that began last */
};

/* The scope of a conversation that begins with that message. */
static uint32_t conversation(struct scoping *sc, uint32_t home, uint32_t first, int64_t start_ns)
{
	char key[32];
	size_t before = sc->begun.n;
	int n = snprintf(key, sizeof key, "%x %x", home, first);
	uint32_t i = dict_add(&sc->begun, str_n(key, (size_t)n));
	if (sc->begun.n > before) {
		if (sc->begun.n > sc->cap)
			sc->begun_as = vec_grow(sc->begun_as, &sc->cap, sc->begun.n, sizeof *sc->begun_as);
		sc->begun_as[i] = add_scope(sc->t, home, first, start_ns);
		sc->latest[home + 1u] = sc->begun_as[i];
	}
	return sc->begun_as[i];
}

static uint32_t first_message(const struct trace *t, const struct node *n)
{
	const struct side *side = &n->sides[n->sides[SPAN_IN].n ? SPAN_IN : SPAN_OUT];
	uint32_t at = side->first->head;
	for (uint32_t k = side->first->n; k > 1 && t->messages[at].up != NO_INDEX; k--)
		at = t->messages[at].up;
	return at;
}

static void consider(struct trace *t, uint32_t scope, uint32_t node)
{
	struct scope *s = &t->scopes[scope];
	uint32_t n = count_messages(&t->nodes[node]);
	if (n > s->nbest) {
		s->nbest = n;
		s->best = node;
	}
}

static void place_model_calls(struct scoping *sc)
{
	struct trace *t = sc->t;
	for (size_t i = 0; i < t->nnodes; i++) {
		struct node *n = &t->nodes[t->order[i]];
		if (n->s.kind != SPAN_LLM || !has_messages(n))
			continue;
		uint32_t home = home_of(t, sc->talks, n);
		if (home != NO_INDEX && t->nodes[home].s.kind == SPAN_AGENT)
			n->scope = t->nodes[home].scope;
		else
			n->scope = conversation(sc, home, first_message(t, n), n->s.start_ns);
		consider(t, n->scope, t->order[i]);
	}
}

/* Of several conversations at home the last one that had begun. */
static uint32_t scope_at(const struct scoping *sc, uint32_t home, int64_t at_ns)
{
	const struct trace *t = sc->t;
	if (home != NO_INDEX && t->nodes[home].s.kind == SPAN_AGENT)
		return t->nodes[home].scope;
	uint32_t last = sc->latest[home + 1u];
	for (uint32_t i = last; last != NO_INDEX && i < t->nscopes; i--) /* 0 - 1 ends it */
		if (t->scopes[i].span == home && t->scopes[i].start_ns <= at_ns)
			return i;
	return last;
}

static void place_tools(struct scoping *sc)
{
	struct trace *t = sc->t;
	for (size_t i = 0; i < t->nnodes; i++) {
		struct node *n = &t->nodes[t->order[i]];
		if (n->s.kind != SPAN_TOOL)
			continue;
		uint32_t home = home_of(t, sc->talks, n);
		n->scope = scope_at(sc, home, n->s.start_ns);
		if (n->scope == NO_INDEX)
			n->scope = conversation(sc, home, NO_INDEX, n->s.start_ns);
	}
}

static void place_scopes(struct scoping *sc)
{
	struct trace *t = sc->t;
	for (size_t i = 0; i < t->nscopes; i++) {
		struct scope *s = &t->scopes[i];
		if (s->span == NO_INDEX)
			continue;
		const struct node *n = &t->nodes[s->span];
		uint32_t home = home_of(t, sc->talks, n);
		s->parent = scope_at(sc, home, s->start_ns);
		if (n->s.kind == SPAN_TOOL)
			s->starter = s->span;
		else if (n->owner != home && n->owner != NO_INDEX)
			s->starter = n->owner;
		if (s->parent != NO_INDEX) {
			s->sibling = t->scopes[s->parent].child;
			t->scopes[s->parent].child = (uint32_t)i;
		}
	}
}

/* Where no model call has messages, what agents took and gave will do, or what the root did; both must be there. */
static void make_do(struct trace *t)
{
	bool agents = t->nscopes > 0;
	for (size_t i = 0; i < t->nnodes; i++) {
		const struct node *n = &t->nodes[t->order[i]];
		if (!n->sides[SPAN_IN].n || !n->sides[SPAN_OUT].n)
			continue;
		if (n->s.kind == SPAN_AGENT)
			consider(t, n->scope, t->order[i]);
		else if (!agents && !n->has_parent && is_span(n))
			consider(t, add_scope(t, NO_INDEX, NO_INDEX, n->s.start_ns), t->order[i]);
	}
}

/* The tools of each scope side by side. */
static void list_tools(struct trace *t)
{
	uint32_t n = 0;
	t->tools = arena_calloc(&t->arena, t->nnodes + 1, sizeof *t->tools);
	for (size_t i = 0; i < t->nnodes; i++)
		if (t->nodes[i].s.kind == SPAN_TOOL)
			t->scopes[t->nodes[i].scope].ntools++;
	for (size_t i = 0; i < t->nscopes; i++) {
		t->scopes[i].tools = n;
		n += t->scopes[i].ntools;
		t->scopes[i].ntools = 0;
	}
	for (size_t i = 0; i < t->nnodes; i++) {
		const struct node *node = &t->nodes[t->order[i]];
		if (node->s.kind != SPAN_TOOL)
			continue;
		struct scope *s = &t->scopes[node->scope];
		t->tools[s->tools + s->ntools++] = t->order[i];
		dict_add(&t->tool_names, node->s.name);
	}
}

void trace_scopes(struct trace *t)
{
	find_owners(t);
	struct scoping sc = {.t = t, .talks = tools_that_talk(t), .latest = xcalloc(t->nnodes + 1, sizeof *sc.latest)};
	memset(sc.latest, 0xff, (t->nnodes + 1) * sizeof *sc.latest);
	for (size_t i = 0; i < t->nnodes; i++) {
		struct node *n = &t->nodes[t->order[i]];
		if (n->s.kind == SPAN_AGENT)
			n->scope = add_scope(t, t->order[i], NO_INDEX, n->s.start_ns);
	}
	place_model_calls(&sc);
	place_tools(&sc);
	if (!t->has_chat)
		make_do(t);
	place_scopes(&sc);
	list_tools(t);
	dict_fini(&sc.begun);
	free(sc.begun_as);
	free(sc.latest);
	free(sc.talks);
}
