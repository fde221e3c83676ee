/* SPDX-License-Identifier: MIT
 *
 * garak hit logs: one line a detector that hit, so several lines can be of one output, far apart. The first pass
 * notes which detectors hit what; the second gives each output once, with all of them. Where the report is there
 * too, its result is the same one (imp_garak.h) and counts more.
 */
#include "ingest/imp_garak.h"

#include <stdlib.h>

#include "base/mem.h"

struct hit {
	uint32_t detector; /* in `detectors` */
	uint32_t value;    /* in `values`, as spelt */
	bool has_num;
	double num;
	size_t next;       /* of the same output, + 1 */
};

struct hitlog {
	struct garak *g;
	struct dict outputs, detectors, values;
	struct str generator; /* of the last line, as spelt */
	size_t *first; /* by output: its hits, + 1; 0 once given */
	struct hit *hits;
	size_t n, cap, outputs_cap;
};

static struct str output_key(const struct walked *w)
{
	struct str id = json_plain(json_get(w->node, "attempt_id")), seq = json_plain(json_get(w->node, "attempt_seq"));
	struct str idx = json_plain(json_get(w->node, "attempt_idx")), probe = json_str(json_get(w->node, "probe"));
	return arena_printf(w->arena, "%.*s %.*s %.*s %.*s", (int)id.n, id.p ? id.p : "", (int)seq.n, seq.p ? seq.p : "", (int)idx.n,
		idx.p ? idx.p : "", (int)probe.n, probe.p ? probe.p : "");
}

static enum status note_hit(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct hitlog *h = ctx;
	struct in_score score;
	if (w->node->type != JSON_OBJECT)
		return OK;
	score_of(json_get(w->node, "score"), "", &score);
	uint32_t output = dict_add(&h->outputs, output_key(w));
	if (output == h->outputs_cap) {
		h->outputs_cap = h->outputs_cap ? h->outputs_cap * 2 : 64;
		h->first = xreallocarray(h->first, h->outputs_cap, sizeof *h->first);
		memset(h->first + output, 0, (h->outputs_cap - output) * sizeof *h->first);
	}
	if (h->n == h->cap) {
		h->cap = h->cap ? h->cap * 2 : 64;
		h->hits = xreallocarray(h->hits, h->cap, sizeof *h->hits);
	}
	h->hits[h->n] = (struct hit){.detector = dict_add(&h->detectors, json_plain(json_get(w->node, "detector"))),
		.value = dict_add(&h->values, score.value_text), .has_num = score.has_num, .num = score.num, .next = h->first[output]};
	h->first[output] = ++h->n;
	if (!h->g->run.p)
		h->g->run = arena_str(&h->g->keep, json_str(json_get(w->node, "run_id")));
	return OK;
}

static void take_generator(struct hitlog *h, struct str generator)
{
	struct str rest = generator, type = {0};
	if (h->generator.p && str_eq(generator, h->generator))
		return;
	h->generator = arena_str(&h->g->keep, generator);
	str_cut(&rest, ' ', &type);
	garak_model(h->g, type, rest);
}

static enum status add_hit(void *ctx, const struct walked *w, struct err *err)
{
	struct hitlog *h = ctx;
	struct sink *s = h->g->im->sink;
	uint32_t output = dict_find(&h->outputs, output_key(w));
	struct sink_result r;
	double idx;
	if (w->node->type != JSON_OBJECT || output == DICT_NONE || !h->first[output])
		return OK;
	struct str probe = json_str(json_get(w->node, "probe"));
	if (!json_num(json_get(w->node, "attempt_idx"), true, &idx) || idx < 0 || idx > 1e9)
		idx = 0;
	take_generator(h, json_str(json_get(w->node, "generator")));
	garak_result(h->g, &r, w, probe, json_get(w->node, "prompt"), json_plain(json_get(w->node, "attempt_seq")), (size_t)idx);
	r.authority = GARAK_HITLOG;
	r.raw_outcome = str_c("hit");
	r.target = garak_trigger(w->node);
	sink_result(s, &r);
	garak_turns(s, json_get(w->node, "prompt"));
	sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT,
		.content = garak_text(w->arena, json_get(w->node, "output"))});
	for (size_t i = h->first[output]; i; i = h->hits[i - 1].next) {
		const struct hit *hit = &h->hits[i - 1];
		sink_score(s, &(struct in_score){.name = dict_name(&h->detectors, hit->detector),
			.value_text = dict_name(&h->values, hit->value), .has_num = hit->has_num, .num = hit->num});
	}
	h->first[output] = 0;
	garak_facts(h->g, w->node, probe);
	return sink_result_end(s, err);
}

enum status garak_read_hitlog(struct garak *g, struct err *err)
{
	struct hitlog h = {.g = g};
	struct walk note = {.quiet = true, .each = note_hit, .ctx = &h}, add = {.each = add_hit, .ctx = &h};
	enum status st = walk_member(g->im, g->im->claim->main, &note, err);
	if (st == OK) {
		garak_run(g);
		st = walk_member(g->im, g->im->claim->main, &add, err);
	}
	dict_fini(&h.outputs);
	dict_fini(&h.detectors);
	dict_fini(&h.values);
	free(h.first);
	free(h.hits);
	return st;
}
