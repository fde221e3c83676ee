/* SPDX-License-Identifier: MIT
 *
 * PyRIT: exports of its memory, JSON or CSV, and tables of what scorers said in several trials.
 */
#include "ingest/imp_pyrit.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/head.h"

extern const struct importer imp_pyrit;

/* ---- memory exports ---- */

static enum status json_piece(void *ctx, const struct walked *w, struct err *err)
{
	struct pyrit *p = ctx;
	(void)err;
	if (w->node->type == JSON_OBJECT)
		pyrit_add(p, &(struct piece_source){.object = w->node}, w->record, w->repairs);
	else
		sink_skip(p->im->sink, w->record->line, "not an object");
	return OK;
}

static enum status csv_piece(
	void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place, struct err *err)
{
	(void)err;
	pyrit_add(ctx, &(struct piece_source){.table = t, .cells = cells}, place, 0);
	return OK;
}

static enum status read_memory(struct pyrit *p, struct err *err)
{
	const struct member *m = p->im->claim->main;
	struct walk walk = {.each = json_piece, .ctx = p};
	const struct csvtable_ops csv = {.row = csv_piece, .ctx = p};
	bool json = records_sniff(m->head) != RECORDS_NONE;
	enum status st = json ? walk_member(p->im, m, &walk, err) : csvtable_read(p->im, m, &csv, err);
	if (!st)
		return pyrit_give(p, err);
	/* Of a file that breaks off no conversation is known to be whole. */
	return st;
}

/* ---- scorers' tables: objective_or_harm, assistant_response, "trial 1", … ---- */

static enum status scorer_row(
	void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place, struct err *err)
{
	struct pyrit *p = ctx;
	struct sink *s = p->im->sink;
	size_t objective = csvtable_column(t, "objective_or_harm"), response = csvtable_column(t, "assistant_response");
	struct sink_result r = SINK_RESULT_INIT;
	struct str harm = csvtable_cell(t, cells, objective), text = csvtable_cell(t, cells, response);
	char hash[SHORT_HASH];
	short_hash(text, hash);
	r.item = str_c(hash);
	r.place = place;
	sink_result(s, &r);
	sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = text});
	if (harm.n)
		sink_category(s, str_c("pyrit-objective"), harm);
	for (size_t i = 0; i < t->n; i++) {
		struct in_score score = {.rater = t->header[i], .value_text = csvtable_cell(t, cells, i)};
		if (i == objective || i == response || !score.value_text.n)
			continue;
		bool trial = str_starts(t->header[i], "trial"), human = str_starts(t->header[i], "human");
		score.name = str_c(trial ? "trial" : "human");
		score.has_num = str_to_double(str_trim(score.value_text), &score.num);
		if (trial || human)
			sink_score(s, &score);
		else
			sink_ignore(s, t->header[i], 1);
	}
	return sink_result_end(s, err);
}

static enum status read_scorer(struct pyrit *p, struct err *err)
{
	const struct csvtable_ops ops = {.row = scorer_row, .ctx = p};
	sink_run(p->im->sink, &(struct in_run){.key = p->stem, .tool = str_c("pyrit"), .task = str_c("pyrit-scorer"), .declared = -1});
	return csvtable_read(p->im, p->im->claim->main, &ops, err);
}

/* ---- recognising ---- */

static bool has(const struct csvtable *t, const char *name)
{
	return csvtable_column(t, name) != NO_COLUMN;
}

static bool is_memory(const struct csvtable *t)
{
	return has(t, "conversation_id") && has(t, "role") && has(t, "sequence") &&
		(has(t, "original_value") || has(t, "converted_value") || has(t, "original_prompt_text"));
}

static bool is_scorer(const struct csvtable *t)
{
	return has(t, "objective_or_harm") && has(t, "assistant_response");
}

static enum status pyrit_read(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {".csv", ".json", NULL};
	struct pyrit p = {.im = im, .stem = path_stem(im->claim->main->path, suffixes)};
	struct arena a = {0};
	struct csvtable t;
	bool scorer = csvtable_head(&a, im->claim->main, &t) && is_scorer(&t);
	enum status st = scorer ? read_scorer(&p, err) : read_memory(&p, err);
	arena_fini(&a);
	arena_fini(&p.keep);
	dict_fini(&p.ids);
	free(p.list);
	free(p.pieces);
	return st;
}

static int pyrit_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"role", "conversation_id", "sequence", "original_value"}, "pieces of messages by conversation"},
		{92, {"role", "conversation_id", "sequence", "converted_value"}, "pieces of messages by conversation"},
		{92, {"role", "conversation_id", "sequence", "original_prompt_text"}, "pieces of messages, under their old names"},
	};
	struct arena a = {0};
	struct csvtable t;
	int sure = inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (!inside && !sure && csvtable_head(&a, m, &t)) {
		sure = is_memory(&t) || is_scorer(&t) ? 92 : 0;
		if (sure)
			snprintf(why, 160, "%s", is_memory(&t) ? "pieces of messages by conversation" : "answers with what a scorer said of them");
	}
	arena_fini(&a);
	return sure;
}

const struct importer imp_pyrit = {
	.name = "pyrit",
	.title = "PyRIT memory exports (.json, .csv) and scorer results (.csv)",
	.version = 1,
	.experimental = true,
	.maps = "A conversation is a result, its pieces by sequence the turns, parts of one message one turn; field names old and new. The "
		"item is the hash of the first prompt before conversion, the epoch the conversation's id, the run the attack or "
		"orchestrator, the model the target's. Scores are named after the scorer's class, with rationale; their harm categories, "
		"the attack and the converters are categories. Conversations of scorers and converters are counted. In a scorer's table "
		"a row is a result and each trial a rating.",
	.polarity = "PyRIT does not say which value of a scorer is bad: the outcome stays missing until a rule does, for example "
		"score.SelfAskTrueFalseScorer=1 => set outcome=fail. Only a refusal is known: SelfAskRefusalScorer true passes.",
	.rules = "task:* => set kind=safety\n"
		"score.SelfAskRefusalScorer=1 => set outcome=pass\n"
		"-error:none => set outcome=missing\n",
	.probe = pyrit_probe,
	.read = pyrit_read,
};
