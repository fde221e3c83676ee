/* SPDX-License-Identifier: MIT
 *
 * A result and its transcript as text, JSON and Markdown.
 */
#include "cli/show.h"

#include <inttypes.h>
#include <math.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/json.h"
#include "export/export.h"

/* ---- text ---- */

/* Each line of a text with a margin before it. */
static void add_indented(struct buf *out, struct str text, const char *margin)
{
	struct buf shown = {0};
	struct str rest, line;
	escape_text(&shown, text, ESCAPE_LF | ESCAPE_TAB);
	rest = buf_str(&shown);
	while (str_cut(&rest, '\n', &line)) {
		buf_add_c(out, margin);
		buf_add_str(out, line);
		buf_add_ch(out, '\n');
	}
	buf_fini(&shown);
}

static void add_escaped(struct buf *out, struct str text)
{
	escape_text(out, text, 0);
}

static void role_words(struct buf *out, const struct turn *t)
{
	if (t->role == ROLE_OTHER && t->role_text.n)
		add_escaped(out, t->role_text);
	else
		buf_add_c(out, t->role == ROLE_OTHER ? "other" : role_name(t->role));
	if (t->name.n) {
		buf_add_ch(out, ' ');
		add_escaped(out, t->name);
	}
}

static void turn_heading(struct buf *out, const struct shown *s, size_t i, unsigned step)
{
	const struct turn *t = &s->transcript.turns[i];
	bool failing = s->row.fail_turn == i + 1;
	buf_printf(out, "\n%s%zu ", s->color ? failing ? "\033[1;31m" : "\033[1m" : "", i + 1);
	role_words(out, t);
	if (t->role == ROLE_ASSISTANT)
		buf_printf(out, ", step %u", step);
	uint32_t starter = transcript_starter(&s->transcript, i);
	if (starter)
		buf_printf(out, ", started by the call of turn %u", (unsigned)starter);
	if (failing)
		buf_add_c(out, " - fails here");
	else if (t->outcome)
		buf_printf(out, " - %s", outcome_name(t->outcome));
	buf_add_c(out, s->color ? "\033[0m\n" : "\n");
}

static void text_call(struct buf *out, const struct call *c)
{
	buf_add_c(out, "    * ");
	add_escaped(out, c->name);
	buf_add_ch(out, ' ');
	add_escaped(out, c->arguments);
	buf_add_ch(out, '\n');
	if (c->answer)
		buf_printf(out, "      answered in turn %u\n", c->answer);
	else if (c->answered)
		add_indented(out, c->result, "      > ");
	else
		buf_add_c(out, "      not answered\n");
	if (c->error.n)
		add_indented(out, c->error, "      ! ");
}

/* Labels of a turn (call 0) or of one of its calls, and a turn's scores. */
static void text_labels(struct buf *out, const struct shown *s, uint32_t turn, uint32_t call, const char *indent)
{
	for (size_t i = 0; i < s->row.ncategories; i++) {
		const struct in_category *c = &s->row.categories[i];
		if (c->turn != turn || c->call != call)
			continue;
		buf_add_c(out, indent);
		add_escaped(out, c->taxonomy);
		buf_add_ch(out, ':');
		add_escaped(out, c->path);
		buf_add_ch(out, '\n');
	}
	for (size_t i = 0; i < s->row.nscores && !call; i++) {
		const struct in_score *score = &s->row.scores[i];
		if (score->turn != turn)
			continue;
		buf_add_c(out, indent);
		add_escaped(out, score->name);
		buf_add_c(out, " = ");
		add_escaped(out, score->value_text);
		if (score->rater.n) {
			buf_add_c(out, " by ");
			add_escaped(out, score->rater);
		}
		buf_add_ch(out, '\n');
	}
}

void show_text(struct buf *out, const struct shown *s)
{
	struct table facts;
	unsigned step = 0;
	show_facts(&facts, s);
	for (size_t i = 0; i < facts.nrows; i++) {
		buf_printf(out, "%-11s ", table_cell(&facts, i, 0)->text.p);
		add_escaped(out, table_cell(&facts, i, 1)->text);
		buf_add_ch(out, '\n');
	}
	table_fini(&facts);
	for (size_t i = 0; i < s->transcript.n; i++) {
		const struct turn *t = &s->transcript.turns[i];
		step += t->role == ROLE_ASSISTANT;
		turn_heading(out, s, i, step);
		if (t->reasoning.n)
			add_indented(out, t->reasoning, "  ~ ");
		if (t->content.n)
			add_indented(out, t->content, "    ");
		for (size_t c = 0; c < t->ncalls; c++) {
			text_call(out, &t->calls[c]);
			text_labels(out, s, (uint32_t)i + 1, (uint32_t)c + 1, "      ^ ");
		}
		if (t->error.n)
			add_indented(out, t->error, "  ! ");
		text_labels(out, s, (uint32_t)i + 1, 0, "  ^ ");
	}
}

/* ---- JSON ---- */

struct object {
	struct buf *out;
	bool any;
};

static void key(struct object *o, const char *name)
{
	if (o->any)
		buf_add_ch(o->out, ',');
	o->any = true;
	json_write_str(o->out, str_c(name));
	buf_add_ch(o->out, ':');
}

static void put_str(struct object *o, const char *name, struct str value)
{
	key(o, name);
	if (value.p)
		json_write_str(o->out, value);
	else
		buf_add_c(o->out, "null");
}

static void put_word(struct object *o, const char *name, const char *value)
{
	put_str(o, name, value && *value ? str_c(value) : str_n(NULL, 0));
}

static void put_int(struct object *o, const char *name, int64_t value)
{
	key(o, name);
	buf_printf(o->out, "%" PRId64, value);
}

static void put_num(struct object *o, const char *name, double value)
{
	key(o, name);
	json_write_num(o->out, value);
}

static void put_time(struct object *o, const char *name, int64_t ms)
{
	char text[25];
	clock_format(ms, text);
	put_word(o, name, ms ? text : NULL);
}

static void json_scores(struct object *o, const struct shown *s)
{
	key(o, "scores");
	buf_add_ch(o->out, '[');
	for (size_t i = 0; i < s->row.nscores; i++) {
		const struct in_score *score = &s->row.scores[i];
		struct object x = {o->out, false};
		buf_add_c(o->out, i ? ",{" : "{");
		put_str(&x, "name", score->name);
		put_int(&x, "turn", score->turn);
		put_str(&x, "rater", score->rater);
		put_str(&x, "value_text", score->value_text);
		put_num(&x, "value_num", score->has_num ? score->num : NAN);
		put_str(&x, "reason", score->reason);
		buf_add_ch(o->out, '}');
	}
	buf_add_ch(o->out, ']');
}

static void json_categories(struct object *o, const struct shown *s)
{
	key(o, "categories");
	buf_add_ch(o->out, '[');
	for (size_t i = 0; i < s->row.ncategories; i++) {
		const struct in_category *c = &s->row.categories[i];
		struct object x = {o->out, false};
		buf_add_c(o->out, i ? ",{" : "{");
		put_str(&x, "taxonomy", c->taxonomy);
		put_str(&x, "category", c->path);
		put_int(&x, "turn", c->turn);
		put_int(&x, "call", c->call);
		buf_add_ch(o->out, '}');
	}
	buf_add_ch(o->out, ']');
}

static void json_annotations(struct object *o, const struct shown *s)
{
	const struct annotation *all;
	size_t n = facts_annotations(s->facts, &all);
	bool any = false;
	key(o, "annotations");
	buf_add_ch(o->out, '[');
	for (size_t i = 0; i < n; i++) {
		const struct entry *e = &all[i].entry;
		struct object x = {o->out, false};
		if (all[i].result_id != s->row.result_id)
			continue;
		buf_add_c(o->out, any ? ",{" : "{");
		any = true;
		put_word(&x, "annotation_id", e->id);
		put_str(&x, "kind", e->kind);
		put_str(&x, "reviewer", e->reviewer);
		put_int(&x, "turn", e->turn);
		put_word(&x, "outcome", e->outcome ? outcome_name(e->outcome) : NULL);
		put_word(&x, "severity", e->has_severity ? severity_name(e->severity) : NULL);
		put_str(&x, "category", e->category);
		put_str(&x, "tags", e->tags);
		put_str(&x, "note", e->note);
		put_time(&x, "created_at", e->at_ms);
		put_word(&x, "state", !all[i].current ? "superseded" : all[i].moved ? "evidence moved" : "current");
		buf_add_ch(o->out, '}');
	}
	buf_add_ch(o->out, ']');
}

static void json_calls(struct object *o, const struct turn *t)
{
	key(o, "calls");
	buf_add_ch(o->out, '[');
	for (size_t i = 0; i < t->ncalls; i++) {
		const struct call *c = &t->calls[i];
		struct object x = {o->out, false};
		buf_add_c(o->out, i ? ",{" : "{");
		put_str(&x, "id", c->id);
		put_str(&x, "name", c->name);
		put_str(&x, "arguments", c->arguments);
		key(&x, "answered_in_turn");
		if (c->answer)
			buf_printf(o->out, "%u", c->answer);
		else
			buf_add_c(o->out, "null");
		put_str(&x, "result", c->answered ? c->result : str_n(NULL, 0));
		put_str(&x, "error", c->error);
		buf_add_ch(o->out, '}');
	}
	buf_add_ch(o->out, ']');
}

static void json_turns(struct object *o, const struct shown *s)
{
	key(o, "turns");
	buf_add_ch(o->out, '[');
	for (size_t i = 0; i < s->transcript.n; i++) {
		const struct turn *t = &s->transcript.turns[i];
		struct object x = {o->out, false};
		buf_add_c(o->out, i ? ",\n{" : "\n{");
		put_int(&x, "turn", (int64_t)i + 1);
		put_str(&x, "role", t->role == ROLE_OTHER && t->role_text.n ? t->role_text : str_c(role_name(t->role)));
		put_str(&x, "name", t->name);
		put_str(&x, "content", t->content);
		put_str(&x, "reasoning", t->reasoning);
		put_str(&x, "tool_call_id", t->tool_call_id);
		put_str(&x, "parent_call", t->parent);
		put_str(&x, "error", t->error);
		put_word(&x, "outcome", t->outcome ? outcome_name(t->outcome) : NULL);
		put_time(&x, "at", t->at_ms);
		json_calls(&x, t);
		buf_add_ch(o->out, '}');
	}
	buf_add_c(o->out, "\n]");
}

void show_json(struct buf *out, const struct shown *s)
{
	const struct result_row *r = &s->row;
	struct object o = {out, false};
	enum decider who = DECIDER_AUTO;
	enum outcome effective = facts_outcome(s->facts, r->result_id, &decide_shipped, &who);
	static const char *const deciders[] = {"adjudicated", "human", "automatic"};
	buf_add_ch(out, '{');
	put_word(&o, "schema", "plimsoll-result-1");
	put_int(&o, "result_id", r->result_id);
	put_word(&o, "uid", r->uid);
	put_str(&o, "source", r->source_path);
	put_str(&o, "source_sha256", r->sha256);
	put_str(&o, "member", r->member.n ? r->member : str_n(NULL, 0));
	put_int(&o, "line", (int64_t)r->line);
	put_int(&o, "offset", (int64_t)r->offset);
	put_int(&o, "length", (int64_t)r->length);
	put_str(&o, "format", r->format);
	put_str(&o, "tool", r->tool);
	put_str(&o, "run", r->run);
	put_str(&o, "run_key", r->run_key);
	put_str(&o, "model", r->model);
	put_str(&o, "provider", r->provider);
	put_str(&o, "task", r->task);
	put_word(&o, "kind", kind_name(r->kind));
	put_str(&o, "item", r->item);
	put_str(&o, "epoch", r->epoch);
	put_word(&o, "outcome", outcome_name(effective));
	put_word(&o, "decided_by", deciders[who]);
	put_word(&o, "auto_outcome", outcome_name(r->outcome));
	put_str(&o, "why", r->why);
	enum severity severity = facts_severity(s->facts, r->result_id);
	put_word(&o, "severity", severity ? severity_name(severity) : NULL);
	put_word(&o, "auto_severity", r->severity ? severity_name(r->severity) : NULL);
	put_word(&o, "item_severity", r->item_severity ? severity_name(r->item_severity) : NULL);
	put_int(&o, "fail_turn", r->fail_turn);
	put_int(&o, "fail_step", r->fail_step);
	put_num(&o, "score", r->score);
	put_str(&o, "raw_outcome", r->raw_outcome);
	put_str(&o, "raw_severity", r->raw_severity);
	put_str(&o, "target", r->target);
	put_str(&o, "answer", r->answer);
	put_str(&o, "error", r->error);
	put_str(&o, "limit", r->limit);
	put_time(&o, "started_at", r->started_ms);
	key(&o, "meta");
	if (r->meta.n)
		buf_add_str(out, r->meta); /* canonical JSON, as stored */
	else
		buf_add_c(out, "null");
	json_categories(&o, s);
	json_scores(&o, s);
	json_annotations(&o, s);
	json_turns(&o, s);
	buf_add_c(out, "}\n");
}

/* ---- Markdown ---- */

static size_t longest_backticks(struct str s)
{
	size_t best = 0, run = 0;
	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		if (run > best)
			best = run;
	}
	return best;
}

/* A block that the text can not end: its fence is longer than any row of backticks in it. */
static void add_fenced(struct buf *out, const char *info, struct str text)
{
	struct buf shown = {0};
	escape_text(&shown, text, ESCAPE_LF | ESCAPE_TAB);
	size_t n = longest_backticks(buf_str(&shown)) + 1;
	for (size_t i = 0; i < (n < 3 ? 3 : n); i++)
		buf_add_ch(out, '`');
	buf_printf(out, "%s\n", info);
	buf_add_str(out, buf_str(&shown));
	buf_add_ch(out, '\n');
	for (size_t i = 0; i < (n < 3 ? 3 : n); i++)
		buf_add_ch(out, '`');
	buf_add_c(out, "\n\n");
	buf_fini(&shown);
}

void show_markdown(struct buf *out, const struct shown *s)
{
	struct table facts;
	struct writer_options o = {0};
	buf_printf(out, "# Result %" PRId64 "\n\n", s->row.result_id);
	show_facts(&facts, s);
	export_table(out, export_format_find("md"), &facts, &o);
	table_fini(&facts);
	for (size_t i = 0; i < s->transcript.n; i++) {
		const struct turn *t = &s->transcript.turns[i];
		buf_printf(out, "\n## %zu %s%s\n\n", i + 1, t->role == ROLE_OTHER ? "other" : role_name(t->role),
			s->row.fail_turn == i + 1 ? " (fails here)" : "");
		if (t->name.n)
			add_fenced(out, "name", t->name);
		if (t->parent.n)
			add_fenced(out, "started by call", t->parent);
		if (t->reasoning.n)
			add_fenced(out, "reasoning", t->reasoning);
		if (t->content.n)
			add_fenced(out, "text", t->content);
		for (size_t c = 0; c < t->ncalls; c++) {
			add_fenced(out, "call", t->calls[c].name);
			add_fenced(out, "arguments", t->calls[c].arguments);
			if (t->calls[c].answered && !t->calls[c].answer)
				add_fenced(out, "result", t->calls[c].result);
		}
		if (t->error.n)
			add_fenced(out, "error", t->error);
	}
}
