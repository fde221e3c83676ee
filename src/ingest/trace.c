/* SPDX-License-Identifier: MIT
 *
 * One result of one trace: what it is, how it ended, and what is known besides
 * its turns.
 */
#include "ingest/trace.h"

#include "ingest/trace_private.h"

enum { FACT_MAX = 4096 };

static struct str text(const struct json *o, const char *name)
{
	return json_str(json_get(o, name));
}

static int64_t ms_of(int64_t ns)
{
	return ns / 1000000;
}

/* ---- what it is ---- */

static const struct span *trace_itself(struct trace *t)
{
	uint32_t i = dict_find(&t->ids, str_c(""));
	static const struct span nothing;
	return i == DICT_NONE ? &nothing : &t->nodes[i].s;
}

/* The first span that says it, the roots before all others. */
static struct str first_said(const struct trace *t, size_t offset, enum span_kind kind)
{
	for (int roots = 1; roots >= 0; roots--) {
		for (size_t i = 0; i < t->nnodes; i++) {
			const struct node *n = &t->nodes[t->order[i]];
			struct str v = span_text_get(&n->s, offset);
			if (v.n && is_span(n) && n->has_parent == !roots && (kind == SPAN_UNSAID || n->s.kind == kind))
				return v;
		}
	}
	return (struct str){0};
}
#define SAID(t, member, kind) first_said(t, offsetof(struct span, member), kind)

/* The first node that says it, be it a span, a note or the trace itself. */
static struct str said_anywhere(const struct trace *t, size_t offset)
{
	for (size_t i = 0; i < t->nnodes; i++) {
		struct str v = span_text_get(&t->nodes[t->order[i]].s, offset);
		if (v.n)
			return v;
	}
	return (struct str){0};
}

/* How the trace ended: its roots, or any span, in an error. */
static void judge(struct telling *g, struct sink_result *r)
{
	bool rooted = false, failed = false;
	for (size_t i = 0; i < g->t->nnodes; i++) {
		const struct node *n = &g->t->nodes[g->t->order[i]];
		bool counts = is_span(n) && (!n->has_parent || g->form->any_error);
		rooted |= is_span(n) && !n->has_parent;
		if (!counts || n->s.status != SPAN_ERROR)
			continue;
		if (!r->error.p && !n->has_parent)
			r->error = n->s.error.n ? n->s.error : str_c("error");
		failed = true;
	}
	struct str own = trace_itself(g->t)->outcome;
	r->raw_outcome = own.n ? own : failed ? str_c("error") : rooted ? str_c("ok") : (struct str){0};
}

static void measure(const struct trace *t, struct sink_result *r, size_t *spans)
{
	int64_t first = 0, last = 0;
	for (size_t i = 0; i < t->nnodes; i++) {
		const struct node *n = &t->nodes[t->order[i]];
		r->truncated |= n->s.dropped > 0;
		r->repairs += n->s.repairs;
		*spans += is_span(n);
		if (!is_span(n) || n->s.start_ns <= 0)
			continue;
		if (!first)
			first = n->s.start_ns;
		if (n->s.end_ns > last)
			last = n->s.end_ns;
	}
	r->started_ms = ms_of(first);
	if (first && last >= first)
		r->duration_ms = ms_of(last - first);
}

static struct str task_of(struct telling *g)
{
	struct trace *t = g->t;
	struct str own = trace_itself(t)->task, agent = SAID(t, agent, SPAN_AGENT), name = SAID(t, name, SPAN_AGENT);
	if (own.n || agent.n || name.n)
		return own.n ? own : agent.n ? agent : name;
	return SAID(t, name, SPAN_UNSAID);
}

/* ---- what is known besides ---- */

static void tell_meta(struct telling *g, struct dict *told, const struct json *meta)
{
	JSON_EACH(v, meta) {
		size_t before = told->n;
		if (json_str(v).n > FACT_MAX || (dict_add(told, v->key), told->n == before))
			continue;
		char *key = arena_cstr(&g->t->arena, v->key);
		sink_meta(g->s, key, json_str(v));
	}
}

static void tell_scores(struct telling *g, const struct node *n, const struct json *scores)
{
	uint32_t about = n->s.kind == SPAN_NOTE ? n->parent : NO_INDEX, message;
	const struct node *of = about == NO_INDEX ? n : &g->t->nodes[about];
	message = of->s.kind == SPAN_LLM ? of->last_message : NO_INDEX;
	JSON_EACH(v, scores) {
		struct in_score score = {.name = text(v, "name"), .rater = text(v, "rater"), .value_text = text(v, "text"),
			.reason = text(v, "reason")};
		score.has_num = json_num(json_get(v, "num"), false, &score.num);
		score.turn = message == NO_INDEX ? 0 : g->t->messages[message].turn;
		sink_score(g->s, &score);
	}
}

/* Messages whose words are in no turn: of other conversations of the same agents, and other versions of those that are. What
 * came out is told apart from what went in when its span came in pieces, and is then the same words twice. */
static size_t count_aside(const struct trace *t)
{
	struct dict used = {0};
	size_t n = 0;
	for (int turns = 1; turns >= 0; turns--) {
		for (size_t i = 0; i < t->nmessages; i++) {
			const struct message *m = &t->messages[i];
			uint64_t hash = m->body ? str_hash(m->body->src) : 0;
			struct str key = str_n((const char *)&hash, sizeof hash);
			if ((m->turn > 0) != turns || !m->body)
				continue;
			if (turns)
				dict_add(&used, key);
			else
				n += dict_find(&used, key) == DICT_NONE;
		}
	}
	dict_fini(&used);
	return n;
}

static void tell_facts(struct telling *g, size_t spans)
{
	struct trace *t = g->t;
	struct dict told = {0};
	for (size_t i = 0; i < t->nnodes; i++) {
		const struct node *n = &t->nodes[t->order[i]];
		for (const struct piece *p = n->pieces; p; p = p->next) {
			tell_meta(g, &told, json_get(p->body, "meta"));
			tell_scores(g, n, json_get(p->body, "scores"));
			JSON_EACH(c, json_get(p->body, "categories"))
				sink_category(g->s, text(c, "taxonomy"), text(c, "path"));
		}
	}
	size_t aside = count_aside(t);
	if (spans)
		sink_meta_num(g->s, "spans", (double)spans);
	if (g->not_run.n)
		sink_meta(g->s, "calls_not_run", buf_str(&g->not_run));
	if (aside)
		sink_meta_num(g->s, "messages_aside", (double)aside);
	dict_fini(&told);
}

/* Agents that keep their conversation say it whole: what their model calls were told is left aside. */
static void hear_agents(struct trace *t)
{
	bool tell = false;
	for (size_t i = 0; i < t->nnodes; i++)
		tell |= t->nodes[i].s.kind == SPAN_AGENT && t->nodes[i].sides[SPAN_IN].n;
	for (size_t i = 0; i < t->nnodes && tell; i++)
		if (t->nodes[i].s.kind == SPAN_LLM)
			memset(t->nodes[i].sides, 0, sizeof t->nodes[i].sides);
	t->has_chat = t->has_chat && !tell;
}

enum status trace_assemble(
	struct sink *s, const struct trace_form *form, const struct in_part *parts, size_t n, struct err *err)
{
	struct trace t = {0};
	struct telling g = {.t = &t, .s = s, .form = form};
	struct sink_result r = SINK_RESULT_INIT;
	size_t spans = 0;
	enum status st = trace_read(&t, parts, n, err);
	if (st == OK && t.told) { /* scores may come first, and make no result */
		if (form->agents_tell)
			hear_agents(&t);
		trace_scopes(&t);
		struct str service = SAID(&t, service, SPAN_UNSAID);
		sink_run(s, &(struct in_run){.key = service.n ? service : str_c(form->tool), .tool = str_c(form->tool), .declared = -1});
		r.item = t.name;
		r.task = task_of(&g);
		r.model = SAID(&t, model, SPAN_LLM);
		r.provider = SAID(&t, provider, SPAN_LLM);
		if (!r.model.n)
			r.model = SAID(&t, model, SPAN_UNSAID);
		r.raw_severity = said_anywhere(&t, offsetof(struct span, severity));
		r.raw_item_severity = said_anywhere(&t, offsetof(struct span, item_severity));
		judge(&g, &r);
		measure(&t, &r, &spans);
		sink_result(s, &r);
		trace_tell(&g);
		tell_facts(&g, spans);
		st = sink_result_end(s, err);
	}
	buf_fini(&g.not_run);
	trace_free(&t);
	return st;
}
