/* SPDX-License-Identifier: MIT
 *
 * A conversation of PyRIT's memory as a result: its pieces by sequence, with what converters and scorers did.
 */
#include "ingest/imp_pyrit.h"

#include <stdlib.h>

#include "base/mem.h"

struct giving {
	struct pyrit *p;
	struct sink *s;
	const struct piece **pieces; /* by sequence */
	size_t n;
	struct dict said; /* categories given already */
};

static int by_sequence(const void *a, const void *b)
{
	const struct piece *x = *(const struct piece *const *)a, *y = *(const struct piece *const *)b;
	if (x->sequence != y->sequence)
		return x->sequence < y->sequence ? -1 : 1;
	return x < y ? -1 : x > y; /* as listed */
}

/* "simulated_assistant" and its kin count as what they play. */
static enum role role_of(struct str role)
{
	enum role r = role_parse(role);
	return r == ROLE_OTHER && str_ends(role, "assistant") ? ROLE_ASSISTANT : r;
}

static bool is_error(struct str error)
{
	return str_eq_c(error, "processing") || str_eq_c(error, "unknown") || str_eq_c(error, "empty");
}

static struct str type_of(const struct json *identifier)
{
	static const char *const names[] = {"__type__", "class_name", "scorer_name", NULL};
	for (size_t i = 0; names[i]; i++)
		if (json_str(json_get(identifier, names[i])).n)
			return json_str(json_get(identifier, names[i]));
	return json_str(identifier);
}

static void add_category(struct giving *g, const char *taxonomy, struct str path)
{
	struct arena a = {0};
	size_t before = g->said.n;
	if (path.n) {
		dict_add(&g->said, arena_printf(&a, "%s:%.*s", taxonomy, (int)path.n, path.p));
		if (g->said.n > before)
			sink_category(g->s, str_c(taxonomy), path);
	}
	arena_fini(&a);
}

static void add_score(struct giving *g, const struct json *score, uint32_t turn)
{
	const struct json *category = json_get(score, "score_category");
	struct str value = json_plain(json_get(score, "score_value"));
	struct in_score out = {.turn = turn, .rater = type_of(json_get(score, "scorer_class_identifier")), .value_text = value,
		.reason = json_str(json_get(score, "score_rationale"))};
	out.name = out.rater.n ? out.rater : str_c("score");
	if (str_eq_nocase(value, str_c("true")) || str_eq_nocase(value, str_c("false"))) {
		out.has_num = true;
		out.num = str_eq_nocase(value, str_c("true"));
	} else {
		out.has_num = str_to_double(value, &out.num);
	}
	if (!out.reason.n)
		out.reason = (struct str){0};
	sink_score(g->s, &out);
	add_category(g, "pyrit-harm", json_str(category));
	JSON_EACH(c, category)
	add_category(g, "pyrit-harm", json_str(c));
}

/* Parts of one message are one turn. */
static void add_turns(struct giving *g)
{
	for (size_t i = 0, end; i < g->n; i = end) {
		const struct piece *first = g->pieces[i];
		struct buf text = {0};
		struct sink_turn t = {.role = role_of(first->role), .role_text = first->role, .at_ms = first->at_ms};
		for (end = i; end < g->n && g->pieces[end]->sequence == first->sequence && str_eq(g->pieces[end]->role, first->role); end++) {
			if (end > i)
				buf_add_ch(&text, '\n');
			buf_add_str(&text, g->pieces[end]->text);
			if (g->pieces[end]->error.n)
				t.error = g->pieces[end]->error;
			if (first->sequence < 0) { /* not numbered: each is a message */
				end++;
				break;
			}
		}
		t.content = buf_str(&text);
		uint32_t turn = sink_turn(g->s, &t);
		for (size_t k = i; k < end; k++)
			JSON_EACH(score, g->pieces[k]->scores)
		add_score(g, score, turn);
		buf_fini(&text);
	}
}

static void add_facts(struct giving *g)
{
	/* Who ran it is nobody's business. */
	static const char *const users[] = {"user", "user_name", "username", "user_id", "operator", NULL};
	struct str original = {0};
	for (size_t i = 0; i < g->n; i++) {
		const struct piece *it = g->pieces[i];
		add_category(g, "pyrit-attack", it->attack);
		JSON_EACH(converter, it->converters)
		add_category(g, "pyrit-converter", type_of(converter));
		if (it->original.n && !original.n)
			original = it->original;
	}
	if (original.n)
		sink_meta(g->s, "original_prompt", original);
	sink_rest(g->s, "label.", g->pieces[0]->labels, users);
}

static bool is_of(const struct piece *it, const char *who)
{
	return str_eq_c(it->originator, who);
}

static enum status give_one(struct giving *g, struct str id, struct err *err)
{
	struct sink_result r = SINK_RESULT_INIT;
	const struct piece *first = g->pieces[0];
	struct str prompt = {0}, run = {0};
	char hash[SHORT_HASH];
	for (size_t i = 0; i < g->n; i++) {
		const struct piece *it = g->pieces[i];
		if (role_of(it->role) == ROLE_USER && !prompt.p)
			prompt = it->prompt;
		r.model = it->model.n ? it->model : r.model;
		run = run.n ? run : it->run;
		r.repairs += it->repairs;
		if (role_of(it->role) == ROLE_ASSISTANT)
			r.error = is_error(it->error) ? it->error : (struct str){0};
	}
	short_hash(prompt.p ? prompt : first->prompt, hash);
	sink_run(g->s, &(struct in_run){.key = run.n ? run : g->p->stem, .tool = str_c("pyrit"), .task = str_c("pyrit"), .declared = -1});
	r.item = arena_printf(&g->p->keep, "prompt-%s", hash);
	r.epoch = id;
	r.started_ms = first->at_ms;
	r.place = &first->place;
	sink_result(g->s, &r);
	add_turns(g);
	add_facts(g);
	return sink_result_end(g->s, err);
}

enum status pyrit_give(struct pyrit *p, struct err *err)
{
	enum status st = OK;
	for (uint32_t i = 0; i < p->ids.n && !st; i++) {
		const struct conversation *c = &p->list[i];
		struct giving g = {.p = p, .s = p->im->sink};
		size_t others = 0;
		g.pieces = xcalloc(c->n, sizeof(const struct piece *));
		for (size_t k = c->first; k; k = p->pieces[k - 1].next) {
			g.pieces[g.n++] = &p->pieces[k - 1];
			others += is_of(&p->pieces[k - 1], "scorer") || is_of(&p->pieces[k - 1], "converter");
		}
		qsort(g.pieces, g.n, sizeof *g.pieces, by_sequence);
		if (others == g.n)
			p->others++;
		else
			st = give_one(&g, dict_name(&p->ids, i), err);
		free(g.pieces);
		dict_fini(&g.said);
		if (!st && sink_stopped(p->im->sink))
			st = err_set(err, CANCELLED, "%s: stopped", p->im->claim->main->path);
	}
	if (p->others)
		sink_ignore(p->im->sink, str_c("conversations of scorers and converters"), p->others);
	return st;
}
