/* SPDX-License-Identifier: MIT
 *
 * Deciding results by their transcripts. The packed text is a sieve: what a
 * term needs and the text does not hold is refused at once; the rest is
 * decoded, and the decoded turns decide.
 */
#include "facts/internal.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"

bool plan_is_scan_term(const struct node *node)
{
	if (node->kind == NODE_WORD || node->kind == NODE_PHRASE || node->kind == NODE_REGEX)
		return true;
	if (node->kind != NODE_COMPARE)
		return false;
	enum field_id id = node->field->id;
	if (id == F_HAS)
		return !leaf_in_columns(node);
	return id == F_TOOL || id == F_TOOL_ARG || id == F_ROLE || id == F_IN;
}

void scan_plan_fini(struct plan *p)
{
	bitset_fini(&p->set);
	turn_group_free(p->group);
	for (size_t i = 0; i < p->nliterals; i++)
		free((char *)(uintptr_t)p->literals[i].text.p);
	free(p->literals);
	for (size_t i = 0; i < p->n; i++)
		scan_plan_fini(&p->children[i]);
	free(p->children);
}

/* One result under decision. */
struct record {
	int64_t id;
	struct str body;
	struct arena arena;
	struct transcript transcript;
	bool decoded;
	struct err *err;
};

static enum status decode(struct record *r)
{
	if (r->decoded)
		return OK;
	enum status st = transcript_read(&r->arena, r->body, &r->transcript, r->err);
	if (st != OK)
		err_prefix(r->err, "result %lld", (long long)r->id);
	r->decoded = st == OK;
	return st;
}

/* ---- turns ---- */

static void add_piece(struct turn_text *t, struct turn_piece *pieces, enum turn_where where, struct str text)
{
	if (text.p)
		pieces[t->n++] = (struct turn_piece){where, text};
}

/* Does the turn that answers the call say this error itself? */
static bool is_said_there(const struct transcript *t, const struct call *c)
{
	return c->answer && c->answer <= t->n && c->error.p && t->turns[c->answer - 1].error.p &&
		str_eq(t->turns[c->answer - 1].error, c->error);
}

/* Results that lie in a turn of their own are that turn's content. */
struct turn_text turn_pieces(struct arena *a, const struct transcript *tr, const struct turn *turn)
{
	struct turn_piece *pieces = arena_alloc(a, (3 + 3 * turn->ncalls) * sizeof *pieces);
	struct turn_text t = {.role = turn->role, .pieces = pieces};
	add_piece(&t, pieces, WHERE_CONTENT, turn->content);
	add_piece(&t, pieces, WHERE_REASONING, turn->reasoning);
	add_piece(&t, pieces, WHERE_RESULTS, turn->error);
	for (size_t i = 0; i < turn->ncalls; i++) {
		add_piece(&t, pieces, WHERE_ARGUMENTS, turn->calls[i].arguments);
		if (!turn->calls[i].answer)
			add_piece(&t, pieces, WHERE_RESULTS, turn->calls[i].result);
		if (!is_said_there(tr, &turn->calls[i]))
			add_piece(&t, pieces, WHERE_RESULTS, turn->calls[i].error);
	}
	return t;
}

static enum status decide_turns(const struct plan *p, struct record *r, bool *matches)
{
	*matches = false;
	if (!turn_group_may_match(p->group, r->body))
		return OK;
	enum status st = decode(r);
	for (size_t i = 0; st == OK && !*matches && i < r->transcript.n; i++) {
		struct turn_text t = turn_pieces(&r->arena, &r->transcript, &r->transcript.turns[i]);
		st = turn_group_matches(p->group, &t, matches, r->err);
		if (st != OK)
			err_prefix(r->err, "result %lld, turn %zu", (long long)r->id, i + 1);
	}
	return st;
}

/* ---- tools ---- */

static bool sieved_out(const struct plan *p, struct str body)
{
	for (size_t i = 0; i < p->nliterals; i++)
		if (text_literal_in(&p->literals[i], body))
			return false;
	return p->nliterals > 0;
}

static enum status decide_tool(const struct plan *p, struct record *r, bool *matches)
{
	bool present = false;
	*matches = false;
	if (sieved_out(p, r->body))
		return OK;
	enum status st = decode(r);
	for (size_t i = 0; st == OK && i < r->transcript.n; i++)
		for (size_t k = 0; !*matches && k < r->transcript.turns[i].ncalls; k++) {
			struct match_value v = {.text = r->transcript.turns[i].calls[k].name};
			if (!v.text.p)
				continue;
			present = true;
			*matches = filter_value_matches(p->node, &v);
		}
	*matches |= st == OK && !present && filter_wants_absent(p->node);
	return st;
}

struct str call_argument(struct arena *a, struct str arguments, struct str name)
{
	const struct json *root;
	if (!arguments.p || json_read(a, arguments, NULL, &root, NULL) != OK || root->type != JSON_OBJECT)
		return str_n(NULL, 0);
	JSON_EACH(it, root)
		if (str_eq_nocase(it->key, name))
			return json_plain(it);
	return str_n(NULL, 0);
}

static enum status decide_tool_arg(const struct plan *p, struct record *r, bool *matches)
{
	bool present = false;
	*matches = false;
	enum status st = decode(r);
	for (size_t i = 0; st == OK && i < r->transcript.n; i++)
		for (size_t k = 0; !*matches && k < r->transcript.turns[i].ncalls; k++) {
			struct match_value v = {.text = call_argument(&r->arena, r->transcript.turns[i].calls[k].arguments, p->node->sub)};
			if (!v.text.p)
				continue;
			present = true;
			*matches = filter_value_matches(p->node, &v);
		}
	*matches |= st == OK && !present && filter_wants_absent(p->node);
	return st;
}

/* Quotes within strings are escaped, so this can only be the member itself. */
static bool has_reasoning(struct str body)
{
	static const char member[] = "\"reasoning\":\"";
	size_t n = sizeof member - 1;
	for (size_t at = 0; at + n < body.n;) {
		const char *hit = memmem(body.p + at, body.n - at, member, n);
		if (!hit)
			return false;
		at = (size_t)(hit - body.p) + n;
		if (at < body.n && body.p[at] != '"')
			return true;
	}
	return false;
}

/* ---- the tree ---- */

static enum status decide(const struct plan *p, struct record *r, bool *matches)
{
	enum status st = OK;
	switch (p->kind) {
	case PLAN_SET:
		*matches = bitset_test(&p->set, (size_t)r->id);
		return OK;
	case PLAN_TURNS:
		return decide_turns(p, r, matches);
	case PLAN_TOOL:
		return decide_tool(p, r, matches);
	case PLAN_TOOL_ARG:
		return decide_tool_arg(p, r, matches);
	case PLAN_REASONING:
		*matches = has_reasoning(r->body);
		return OK;
	case PLAN_NOT:
		st = decide(&p->children[0], r, matches);
		*matches = !*matches;
		return st;
	case PLAN_AND:
	case PLAN_OR:
		break;
	}
	*matches = p->kind == PLAN_AND;
	for (size_t i = 0; st == OK && i < p->n && *matches == (p->kind == PLAN_AND); i++)
		st = decide(&p->children[i], r, matches);
	return st;
}

struct scanning {
	struct plan *plan;
	struct record record;
	struct bitset left; /* not decided yet */
	struct bitset *out;
	atomic_bool *cancel;
};

static enum status scan_one(void *ctx, int64_t result_id, struct str body, struct err *err)
{
	struct scanning *s = ctx;
	struct record *r = &s->record;
	bool matches = false;
	if (facts_cancelled(s->cancel))
		return CANCELLED;
	if (!bitset_test(&s->left, (size_t)result_id))
		return OK;
	r->id = result_id;
	r->body = body;
	r->decoded = false;
	r->err = err;
	enum status st = decide(s->plan, r, &matches);
	if (st == OK && matches)
		bitset_set(s->out, (size_t)result_id);
	bitset_clear(&s->left, (size_t)result_id);
	arena_reset(&r->arena);
	return st;
}

enum status plan_scan(struct plan *p, struct store *s, const struct bitset *among, atomic_bool *cancel, struct bitset *out,
	struct err *err)
{
	struct scanning sc = {.plan = p, .out = out, .cancel = cancel};
	bitset_copy(&sc.left, among);
	enum status st = OK;
	if (bitset_next(among, 0) != SIZE_MAX)
		st = store_scan(s, among, true, scan_one, &sc, err);
	/* A result without a stored transcript has no turns. */
	for (size_t id = bitset_next(&sc.left, 0); st == OK && id != SIZE_MAX; id = bitset_next(&sc.left, id))
		st = scan_one(&sc, (int64_t)id, str_c("[]"), err);
	bitset_fini(&sc.left);
	arena_fini(&sc.record.arena);
	return st;
}
