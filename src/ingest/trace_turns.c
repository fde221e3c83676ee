/* SPDX-License-Identifier: MIT
 *
 * The turns of a trace: each agent's conversation with its calls, those of
 * agents that it started behind the answers to the calls that started them.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/trace_private.h"

enum { DEPTH_MAX = 64, ARGUMENTS_SHOWN = 4096 };

static struct str text(const struct json *o, const char *name)
{
	return json_str(json_get(o, name));
}

/* ---- turns ---- */

/* Who speaks, and since which call. */
struct speaker {
	struct str name, parent_call;
};

static struct str joined(struct arena *a, const struct json *results)
{
	struct buf b = {0};
	if (results->count == 1)
		return text(results->child, "content");
	JSON_EACH(r, results) {
		if (b.n)
			buf_add_ch(&b, '\n');
		buf_add_str(&b, text(r, "content"));
	}
	struct str s = arena_str(a, buf_str(&b));
	buf_fini(&b);
	return s;
}

static void tell_call(struct telling *g, const struct want *w)
{
	const struct span *s = w->node == NO_INDEX ? NULL : &g->t->nodes[w->node].s;
	bool turn = w->answered && !w->shared;
	struct str name = w->call ? text(w->call, "name") : s->name;
	struct str arguments = w->call ? text(w->call, "arguments") : s->arguments;
	if (w->never_ran) {
		buf_add_c(&g->not_run, g->not_run.n ? "\n" : "");
		buf_add_str(&g->not_run, name);
		buf_add_ch(&g->not_run, ' ');
		buf_add_str(&g->not_run, str_sub(arguments, 0, ARGUMENTS_SHOWN));
		return;
	}
	sink_call(g->s, &(struct sink_call){
		.id = w->call ? text(w->call, "id") : s->call_id,
		.name = name,
		.arguments = arguments.p || !s ? arguments : s->arguments,
		.result = turn ? (struct str){0} : w->result,
		.error = turn ? (struct str){0} : w->error,
		.has_result = !turn && (w->result.p || w->error.p || w->answered), /* an error is an answer */
	});
}

static void tell_message(struct telling *g, const struct talk *k, size_t i, const struct speaker *who)
{
	struct message *m = &g->t->messages[k->messages[i]];
	const struct json *results = m->body ? json_get(m->body, "results") : NULL;
	if (!m->body)
		return;
	struct str role = text(m->body, "role"), name = text(m->body, "name");
	struct sink_turn turn = {.role = role_parse(role), .role_text = role, .name = who->name.n ? who->name : name,
		.content = text(m->body, "content"), .reasoning = text(m->body, "reasoning"), .parent_call = who->parent_call,
		.at_ms = m->at_ns / 1000000};
	if (results->count) {
		const struct want *w = k->answers[i] == NO_INDEX ? NULL : &k->wants[k->answers[i]];
		turn.content = joined(&g->t->arena, results);
		turn.tool_call_id = text(results->child, "id");
		if (w && !turn.content.n)
			turn.content = w->result;
		if (w && !w->never_ran)
			turn.error = w->error;
	}
	m->turn = sink_turn(g->s, &turn);
	for (uint32_t w = k->first_want[i]; w < k->first_want[i + 1]; w++)
		tell_call(g, &k->wants[w]);
	if (i == k->last_answer)
		for (size_t w = k->first_want[k->nmessages]; w < k->nwants; w++)
			tell_call(g, &k->wants[w]);
}

/* Tools that ran although no message asks for them and none could have: a turn that only calls. */
static void tell_bare_calls(struct telling *g, const struct talk *k, const struct speaker *who)
{
	size_t from = k->first_want[k->nmessages];
	if (k->last_answer != NO_INDEX || from == k->nwants)
		return;
	sink_turn(g->s, &(struct sink_turn){.role = ROLE_ASSISTANT, .role_text = str_c("assistant"), .name = who->name,
		.parent_call = who->parent_call, .content = str_c("")});
	for (size_t w = from; w < k->nwants; w++)
		tell_call(g, &k->wants[w]);
}

/* ---- agents within agents ---- */

struct child {
	uint32_t scope;
	uint32_t after; /* the message behind which it comes */
	int64_t start_ns;
	struct speaker who;
};

static int in_order(const void *a, const void *b)
{
	const struct child *x = a, *y = b;
	if (x->after != y->after)
		return x->after < y->after ? -1 : 1;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return x->scope < y->scope ? -1 : x->scope > y->scope;
}

static bool is_answer(const struct telling *g, const struct talk *k, size_t i)
{
	const struct json *m = g->t->messages[k->messages[i]].body;
	return m && json_get(m, "results")->count > 0;
}

static struct str name_of(const struct telling *g, const struct scope *s)
{
	if (s->span == NO_INDEX)
		return (struct str){0};
	const struct span *span = &g->t->nodes[s->span].s;
	return span->agent.n ? span->agent : span->name;
}

/* The call that started it, among those of the conversation; NULL when nothing says which did. */
static const struct want *starting_call(const struct telling *g, const struct talk *k, const struct scope *s)
{
	if (s->starter != NO_INDEX) {
		uint32_t w = g->t->nodes[s->starter].want;
		return w < k->nwants && k->wants[w].node == s->starter ? &k->wants[w] : NULL;
	}
	struct str id = s->span == NO_INDEX ? (struct str){0} : g->t->nodes[s->span].s.call_id;
	for (size_t i = 0; id.n && i < k->nwants; i++)
		if (k->wants[i].call && str_eq(text(k->wants[i].call, "id"), id))
			return &k->wants[i];
	return NULL;
}

/* Behind the answers to the call that started it, else at the end. */
static struct child place_child(const struct telling *g, const struct talk *k, uint32_t scope)
{
	const struct scope *s = &g->t->scopes[scope];
	const struct want *w = starting_call(g, k, s);
	uint32_t said_by = s->starter != NO_INDEX ? s->starter : s->span;
	struct child c = {.scope = scope, .start_ns = s->start_ns, .who.name = name_of(g, s)};
	c.after = k->nmessages ? (uint32_t)k->nmessages - 1 : 0;
	if (said_by != NO_INDEX)
		c.who.parent_call = g->t->nodes[said_by].s.call_id;
	if (w && w->call) {
		if (text(w->call, "id").n)
			c.who.parent_call = text(w->call, "id");
		c.after = w->message;
		while (c.after + 1 < k->nmessages && is_answer(g, k, c.after + 1))
			c.after++;
	}
	return c;
}

static struct child *children_of(const struct telling *g, const struct talk *k, uint32_t scope, size_t *n)
{
	struct child *list = NULL;
	size_t cap = 0;
	*n = 0;
	for (uint32_t i = g->t->scopes[scope].child; i != NO_INDEX; i = g->t->scopes[i].sibling) {
		list = *n == cap ? vec_grow(list, &cap, *n + 1, sizeof *list) : list;
		list[(*n)++] = place_child(g, k, i);
	}
	if (*n)
		qsort(list, *n, sizeof *list, in_order);
	return list;
}

static void tell_scope(struct telling *g, uint32_t scope, const struct speaker *who, int depth)
{
	struct talk k;
	size_t nchildren = 0, next = 0;
	g->t->scopes[scope].done = true;
	talk_open(g->t, &k, scope, g->form->calls_are_spans);
	struct child *children = depth < DEPTH_MAX ? children_of(g, &k, scope, &nchildren) : NULL;
	for (size_t i = 0; i < k.nmessages; i++) {
		tell_message(g, &k, i, who);
		for (; next < nchildren && children[next].after <= i; next++)
			tell_scope(g, children[next].scope, &children[next].who, depth + 1);
	}
	tell_bare_calls(g, &k, who);
	for (; next < nchildren; next++)
		tell_scope(g, children[next].scope, &children[next].who, depth + 1);
	free(children);
	talk_close(&k);
}

struct begin {
	int64_t start_ns;
	uint32_t scope;
};

static int begins_earlier(const void *a, const void *b)
{
	const struct begin *x = a, *y = b;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return x->scope < y->scope ? -1 : x->scope > y->scope;
}

/* Those that nobody started, by time; several of them go by their names. What is nested too deeply comes last. */
void trace_tell(struct telling *g)
{
	struct trace *t = g->t;
	struct begin *list = xcalloc(t->nscopes + 1, sizeof *list);
	size_t n = 0;
	for (uint32_t i = 0; i < t->nscopes; i++)
		if (t->scopes[i].parent == NO_INDEX)
			list[n++] = (struct begin){t->scopes[i].start_ns, i};
	qsort(list, n, sizeof *list, begins_earlier);
	for (size_t i = 0; i < n; i++) {
		struct speaker who = {.name = n > 1 ? name_of(g, &t->scopes[list[i].scope]) : (struct str){0}};
		tell_scope(g, list[i].scope, &who, 0);
	}
	for (uint32_t i = 0; i < t->nscopes; i++)
		if (!t->scopes[i].done)
			tell_scope(g, i, &(struct speaker){.name = name_of(g, &t->scopes[i])}, 0);
	free(list);
}
