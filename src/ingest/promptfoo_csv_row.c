/* SPDX-License-Identifier: MIT
 *
 * A row of promptfoo's CSV export: what each provider answered, and how it was graded.
 */
#include "ingest/promptfoo_csv.h"

/* ---- the prompt ---- */

/* "{{ name }}" of the label with the value of that variable; false when the label has no such place. */
static bool fill_in(const struct csv_export *e, const struct csvtable *t, const struct str *cells, struct str label,
	struct buf *out)
{
	bool any = false;
	ptrdiff_t open, close;
	while ((open = str_find(label, str_c("{{"))) >= 0 && (close = str_find(label, str_c("}}"))) > open) {
		struct str name = str_trim(str_sub(label, (size_t)open + 2, (size_t)(close - open) - 2));
		size_t i = 0;
		while (i < t->n && !(e->vars[i] && str_eq(t->header[i], name)))
			i++;
		if (i == t->n)
			return false;
		buf_add_str(out, str_sub(label, 0, (size_t)open));
		buf_add_str(out, cells[i]);
		label = str_sub(label, (size_t)close + 2, label.n);
		any = true;
	}
	buf_add_str(out, label);
	return any;
}

/* Where the label is only a name, the variables are what there is: one alone as it is, several with their names. */
static struct str prompt_of(struct csv_export *e, const struct csvtable *t, const struct str *cells, struct str label)
{
	struct buf text = {0};
	size_t vars = 0;
	if (!fill_in(e, t, cells, label, &text)) {
		buf_clear(&text);
		for (size_t i = 0; i < t->n; i++)
			vars += e->vars[i];
		for (size_t i = 0; i < t->n; i++)
			if (e->vars[i] && vars > 1)
				buf_printf(&text, "%s%.*s: %.*s", text.n ? "\n" : "", (int)t->header[i].n, t->header[i].p, (int)cells[i].n,
					cells[i].p);
			else if (e->vars[i])
				buf_add_str(&text, cells[i]);
	}
	struct str out = arena_str(&e->row, buf_str(&text));
	buf_fini(&text);
	return out;
}

/* ---- a test of a provider ---- */

struct graded {
	struct str status, score, output, reason;
};

/* "[PASS] (1.00) output", "[FAIL] (0.00) reason", a line of hyphens, output. */
static struct graded old_cell(struct str cell)
{
	struct graded g = {.output = cell};
	ptrdiff_t close = str_starts(cell, "[") ? str_find(cell, str_c("]")) : -1;
	if (close < 0 || close > 8)
		return g;
	g.status = str_sub(cell, 1, (size_t)close - 1);
	g.output = str_trim(str_sub(cell, (size_t)close + 1, cell.n));
	close = str_starts(g.output, "(") ? str_find(g.output, str_c(")")) : -1;
	if (close > 0 && close < 16) {
		g.score = str_sub(g.output, 1, (size_t)close - 1);
		g.output = str_trim(str_sub(g.output, (size_t)close + 1, g.output.n));
	}
	ptrdiff_t line = str_eq_c(g.status, "PASS") ? -1 : str_find(g.output, str_c("\n---\n"));
	if (line >= 0) {
		g.reason = str_sub(g.output, 0, (size_t)line);
		g.output = str_sub(g.output, (size_t)line + 5, g.output.n);
	}
	return g;
}

static struct str find_cell(const struct csvtable *t, const struct str *cells, const struct block *b, const char *name)
{
	for (size_t i = b->output + 1; i < b->end; i++)
		if (str_eq_c(t->header[i], name))
			return csvtable_cell(t, cells, i);
	return (struct str){0};
}

static void add_score(struct sink *s, struct str name, struct str value)
{
	struct in_score score = {.name = name, .value_text = value};
	score.has_num = str_to_double(str_trim(value), &score.num);
	if (name.n && value.n)
		sink_score(s, &score);
}

/* Metrics have columns of their own; the named scores are those that have none. */
static void add_scores(struct csv_export *e, const struct csvtable *t, const struct str *cells, const struct block *b)
{
	static const char metric[] = "Metric: ";
	const struct json *named;
	struct str text = find_cell(t, cells, b, "Named Scores");
	size_t metrics = 0;
	for (size_t i = b->output + 1; i < b->end; i++) {
		if (!str_starts(t->header[i], metric))
			continue;
		metrics++;
		add_score(e->im->sink, str_sub(t->header[i], sizeof metric - 1, t->header[i].n), csvtable_cell(t, cells, i));
	}
	if (!metrics && text.n && json_read(&e->row, text, NULL, &named, NULL) == OK)
		JSON_EACH(v, named)
			add_score(e->im->sink, v->key, json_plain(v));
}

static void add_facts(struct csv_export *e, const struct csvtable *t, const struct str *cells, const struct block *b,
	const struct graded *g)
{
	struct sink *s = e->im->sink;
	const struct {
		const char *key;
		struct str value;
	} facts[] = {{"description", csvtable_cell(t, cells, e->description)}, {"reason", g->reason},
		{"comment", find_cell(t, cells, b, "Comment")}, {"prompt", b->label.n <= 100 ? b->label : (struct str){0}}};
	double score;
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (facts[i].value.n)
			sink_meta(s, facts[i].key, facts[i].value);
	if (str_to_double(str_trim(g->score), &score))
		sink_meta_num(s, "score", score);
}

/* An attack loop's conversation; false when the row has none. */
static bool add_conversation(struct csv_export *e, const struct csvtable *t, const struct str *cells)
{
	static const struct json absent;
	const struct json *meta = NULL;
	struct str messages = csvtable_cell(t, cells, e->messages), history = csvtable_cell(t, cells, e->history);
	struct str text = arena_printf(&e->row, "{\"messages\":%.*s,\"redteamHistory\":%.*s}", messages.n ? (int)messages.n : 4,
		messages.n ? messages.p : "null", history.n ? (int)history.n : 4, history.n ? history.p : "null");
	if (!(messages.n || history.n) || json_read(&e->row, text, NULL, &meta, NULL) != OK)
		return false;
	if (!json_get(meta, "messages")->count && !json_get(meta, "redteamHistory")->count)
		return false;
	promptfoo_turns(e->im->sink, &absent, meta, &e->row);
	return true;
}

static void add_attack(struct csv_export *e, const struct csvtable *t, const struct str *cells)
{
	struct sink *s = e->im->sink;
	struct str plugin = csvtable_cell(t, cells, e->plugin), strategy = csvtable_cell(t, cells, e->strategy);
	struct str session = csvtable_cell(t, cells, e->session);
	if (plugin.n) {
		sink_category(s, str_c("promptfoo"), category_path(&e->row, plugin));
		sink_meta(s, "plugin", plugin);
	}
	if (strategy.n && !str_eq_c(strategy, "basic")) { /* the plain attack */
		sink_category(s, str_c("promptfoo-strategy"), category_path(&e->row, strategy));
		sink_meta(s, "strategy", strategy);
	}
	if (session.n)
		sink_meta(s, "session", session);
}

/* Calls stand in the cell as JSON. */
static void add_output(struct csv_export *e, struct str output)
{
	const struct json *node = NULL;
	if (str_starts(output, "[{") && json_read(&e->row, output, NULL, &node, NULL) == OK)
		promptfoo_output(e->im->sink, node);
	else if (output.n)
		sink_turn(e->im->sink, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = output});
}

static enum status add_result(struct csv_export *e, const struct csvtable *t, const struct str *cells, const struct block *b,
	const struct record *place, struct err *err)
{
	struct sink *s = e->im->sink;
	struct sink_result r = SINK_RESULT_INIT;
	struct graded g = b->old ? old_cell(cells[b->output]) : (struct graded){.status = cells[b->output + 1],
		.score = cells[b->output + 2], .output = cells[b->output], .reason = find_cell(t, cells, b, "Grader Reason")};
	char hash[SHORT_HASH];
	bool broken = str_eq_c(g.status, "ERROR"), first = b == e->blocks;
	if (!g.status.n && !g.output.n)
		return OK; /* this provider was not asked */
	if (first && csvtable_cell(t, cells, e->plugin).n)
		r.task = arena_printf(&e->row, "redteam/%.*s", (int)e->task.n, e->task.p);
	r.raw_outcome = broken ? str_c("error") : str_eq_c(g.status, "PASS") ? str_c("pass") : str_eq_c(g.status, "FAIL") ? str_c("fail")
		: g.status;
	r.model = b->model;
	r.provider = b->provider;
	r.item = arena_printf(&e->row, "%llu", (unsigned long long)place->ordinal - 1); /* the header is a row, too */
	if (e->variants) {
		short_hash(b->label, hash);
		r.epoch = str_c(hash);
	}
	if (broken)
		r.error = g.reason.n ? g.reason : g.output.n ? g.output : str_c("error");
	r.place = place;
	sink_result(s, &r);
	if (!first || !add_conversation(e, t, cells)) {
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = prompt_of(e, t, cells, b->label)});
		add_output(e, broken ? (struct str){0} : g.output);
	}
	if (first)
		add_attack(e, t, cells);
	add_scores(e, t, cells, b);
	add_facts(e, t, cells, b, &g);
	return sink_result_end(s, err);
}

enum status promptfoo_csv_row(void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place,
	struct err *err)
{
	struct csv_export *e = ctx;
	enum status st = OK;
	arena_reset(&e->row);
	for (size_t i = 0; i < e->n && st == OK; i++)
		st = add_result(e, t, cells, &e->blocks[i], place, err);
	return st;
}
