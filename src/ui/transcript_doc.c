/* SPDX-License-Identifier: MIT
 *
 * A transcript as lines: facts and judgements first, then the turns, each call
 * with its result beside it, long texts folded with the number of lines left
 * out. See transcript_doc.h.
 */
#include "ui/transcript_doc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/mem.h"

enum { FOLD_CONTENT = 40, SHOW_CONTENT = 24, FOLD_RESULT = 14, SHOW_RESULT = 8, INDENT = 3, TEXT_MAX = 16 << 20 };

struct builder {
	struct app *app;
	struct transcript_screen *t;
	const struct reading *r;
	struct doc *doc;
	uint32_t turn;
	bool open;
};

static const char *dot(void)
{
	return escape_is_ascii() ? " / " : " · ";
}

/* ---- words of others ---- */

static size_t count_lines(struct str s)
{
	size_t n = s.n ? 1 : 0;
	for (size_t i = 0; i + 1 < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

/* The first n lines of s. */
static struct str first_lines(struct str s, size_t n)
{
	size_t at = 0;
	while (n > 0 && at < s.n)
		if (s.p[at++] == '\n')
			n--;
	return str_sub(s, 0, at);
}

/* Takes escapes out of the lines added since `from`, for those who want to read what was meant. */
static void hide_escapes(struct doc *d, size_t from)
{
	for (size_t i = from; i < d->nlines; i++) {
		struct doc_line *line = &d->lines[i];
		char *p = d->text.p + line->at;
		size_t out = 0;
		bool inside = false;
		for (size_t k = 0; k < line->len; k++) {
			if (p[k] == '\001' || p[k] == '\002')
				inside = p[k] == '\001';
			else if (!inside)
				p[out++] = p[k];
		}
		line->len = out;
	}
}

static void add_text(struct builder *b, unsigned style, int indent, struct str text, size_t fold, size_t show)
{
	size_t from = b->doc->nlines, lines = count_lines(text);
	bool folded = !b->open && lines > fold;
	struct str shown = folded ? first_lines(text, show) : text;
	bool cut = shown.n > TEXT_MAX;
	if (shown.n && shown.p[shown.n - 1] == '\n')
		shown.n--;
	if (shown.n)
		doc_add_raw(b->doc, style, indent, str_sub(shown, 0, TEXT_MAX), b->turn);
	if (b->app->plain_invisible)
		hide_escapes(b->doc, from);
	if (folded)
		doc_printf(b->doc, STYLE_FOLD, indent, "%s %zu lines more (Enter unfolds)", escape_is_ascii() ? "..." : "…",
			lines - show)->part = b->turn;
	if (cut)
		doc_printf(b->doc, STYLE_ERROR, indent, "only the first 16 MB are shown: plimsoll show prints all")->part = b->turn;
}

static struct doc_line *add_line(struct builder *b, unsigned style, int indent, const struct buf *text)
{
	struct doc_line *line = doc_add(b->doc, style, indent, buf_str(text));
	line->part = b->turn;
	return line;
}

static void add_escaped(struct buf *out, struct str s, size_t most)
{
	struct buf text = {0};
	escape_text(&text, str_sub(s, 0, most), ESCAPE_MARK);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\n')
			text.p[i] = ' ';
	buf_add_str(out, buf_str(&text));
	if (s.n > most)
		buf_add_c(out, escape_is_ascii() ? "..." : "…");
	buf_fini(&text);
}

/* ---- judgements ---- */

static void add_score(struct builder *b, const struct in_score *score, int indent)
{
	struct buf line = {0};
	add_escaped(&line, score->name, 60);
	buf_add_ch(&line, ' ');
	add_escaped(&line, score->value_text, 60);
	if (score->rater.n) {
		buf_add_c(&line, " by ");
		add_escaped(&line, score->rater, 60);
	}
	if (score->reason.n) {
		buf_add_c(&line, "  ");
		add_escaped(&line, score->reason, b->open || b->turn == 0 ? 2000 : 200);
	}
	add_line(b, STYLE_DIM, indent, &line);
	buf_fini(&line);
}

static void add_scores(struct builder *b, int indent)
{
	for (size_t i = 0; i < b->r->row.nscores; i++)
		if (b->r->row.scores[i].turn == b->turn)
			add_score(b, &b->r->row.scores[i], indent);
}

static void add_annotation(struct builder *b, const struct annotation *a, int indent)
{
	struct buf line = {0};
	char at[25];
	buf_add_c(&line, escape_is_ascii() ? "# " : "✎ ");
	add_escaped(&line, a->entry.reviewer, 60);
	clock_format(a->entry.at_ms, at);
	buf_printf(&line, " %.10s  ", at);
	if (a->entry.outcome != OUTCOME_NONE)
		buf_printf(&line, "%s  ", outcome_mark(a->entry.outcome));
	if (a->entry.has_severity)
		buf_printf(&line, "%s  ", severity_mark(a->entry.severity));
	if (a->entry.category.n) {
		add_escaped(&line, a->entry.category, 100);
		buf_add_c(&line, "  ");
	}
	if (a->moved)
		buf_add_c(&line, "(evidence moved)  ");
	add_line(b, STYLE_NOTE, indent, &line);
	if (a->entry.note.n)
		doc_add_raw(b->doc, STYLE_NOTE, indent + 2, a->entry.note, b->turn);
	buf_fini(&line);
}

static void add_annotations(struct builder *b, int indent)
{
	for (size_t i = 0; i < b->r->nnotes; i++)
		if (b->r->notes[i].entry.turn == b->turn)
			add_annotation(b, &b->r->notes[i], indent);
}

bool transcript_turn_failed(const struct reading *r, uint32_t turn)
{
	if (turn == 0 || turn > r->transcript.n)
		return false;
	if (r->fail_turn == turn || r->transcript.turns[turn - 1].outcome == OUTCOME_FAIL)
		return true;
	for (size_t i = 0; i < r->nnotes; i++)
		if (r->notes[i].entry.turn == turn && r->notes[i].entry.outcome == OUTCOME_FAIL)
			return true;
	return false;
}

static const char *decider_word(enum decider d)
{
	switch (d) {
	case DECIDER_ADJUDICATED:
		return "adjudicated";
	case DECIDER_HUMAN:
		return "by reviewers";
	case DECIDER_AUTO:
		break;
	}
	return "automatic";
}

static void add_verdict(struct builder *b)
{
	const struct reading *r = b->r;
	struct buf line = {0};
	buf_printf(&line, "%s  %s  %s", outcome_mark(r->outcome), severity_mark(r->severity), decider_word(r->decider));
	if (r->decider != DECIDER_AUTO && r->row.outcome != r->outcome)
		buf_printf(&line, " (automatic: %s)", outcome_name(r->row.outcome));
	if (r->row.why.n) {
		buf_add_c(&line, "  rule ");
		add_escaped(&line, r->row.why, 120);
	}
	if (r->reviewers)
		buf_printf(&line, "  %u reviewer%s", r->reviewers, r->reviewers == 1 ? "" : "s");
	add_line(b, outcome_style(r->outcome), 1, &line);
	buf_fini(&line);
	if (!r->confirmed && (r->outcome == OUTCOME_FAIL || r->outcome == OUTCOME_PASS) && r->decider == DECIDER_AUTO)
		doc_add(b->doc, STYLE_UNSURE, 1, str_c("the direction of this task's scores is not confirmed yet: see plimsoll polarity"));
}

static void add_field(struct builder *b, const char *label, struct str value)
{
	struct buf line = {0};
	if (value.n == 0)
		return;
	buf_printf(&line, "%-8s ", label);
	add_escaped(&line, value, 400);
	add_line(b, STYLE_DIM, 1, &line);
	buf_fini(&line);
}

/* "tax:a/b, tax:c" of the whole result (0, 0), of a turn, or of one of its calls. */
static void categories_of(const struct builder *b, uint32_t turn, uint32_t call, struct buf *line)
{
	for (size_t i = 0; i < b->r->row.ncategories; i++) {
		const struct in_category *c = &b->r->row.categories[i];
		if (c->turn != turn || c->call != call)
			continue;
		if (line->n)
			buf_add_c(line, ", ");
		buf_add_str(line, c->taxonomy);
		buf_add_ch(line, ':');
		buf_add_str(line, c->path);
	}
}

static void add_categories(struct builder *b)
{
	struct buf line = {0};
	categories_of(b, 0, 0, &line);
	add_field(b, "category", buf_str(&line));
	buf_fini(&line);
}

/* What the source says of this turn, or of its call of that number. */
static void add_labels(struct builder *b, uint32_t call, int indent)
{
	struct buf names = {0}, line = {0};
	categories_of(b, b->turn, call, &names);
	if (names.n) {
		buf_add_c(&line, escape_is_ascii() ? "^ " : "⌂ ");
		add_escaped(&line, buf_str(&names), 400);
		add_line(b, STYLE_NOTE, indent, &line);
	}
	buf_fini(&names);
	buf_fini(&line);
}

static void add_place(struct builder *b)
{
	const struct result_row *row = &b->r->row;
	struct buf line = {0};
	buf_add_str(&line, row->source_path);
	if (row->member.n)
		buf_printf(&line, "!%.*s", (int)row->member.n, row->member.p);
	if (row->line)
		buf_printf(&line, ":%llu", (unsigned long long)row->line);
	add_field(b, "source", buf_str(&line));
	buf_fini(&line);
}

/* Further facts of the source, as far as a line goes; show lists all. */
static void add_meta(struct builder *b)
{
	struct arena scratch = {0};
	struct buf line = {0};
	const struct json *meta;
	if (b->r->row.meta.n && json_read(&scratch, b->r->row.meta, NULL, &meta, NULL) == OK)
		JSON_EACH(m, meta) {
			struct str value = json_plain(m);
			buf_printf(&line, "%s%.*s=%.*s", line.n ? "  " : "", (int)m->key.n, m->key.p, (int)(value.n < 60 ? value.n : 60),
				value.p ? value.p : "");
		}
	add_field(b, "meta", buf_str(&line));
	buf_fini(&line);
	arena_fini(&scratch);
}

static void add_facts(struct builder *b)
{
	const struct result_row *row = &b->r->row;
	b->turn = 0;
	b->open = true;
	add_verdict(b);
	add_annotations(b, 1);
	add_scores(b, 1);
	add_categories(b);
	add_field(b, "task", row->task);
	add_field(b, "run", row->run);
	add_place(b);
	add_field(b, "target", row->target);
	add_field(b, "answer", row->answer);
	if (row->error.n)
		add_text(b, STYLE_ERROR, 1, row->error, FOLD_RESULT, SHOW_RESULT);
	add_field(b, "limit", row->limit);
	add_meta(b);
	if (row->repairs)
		doc_printf(b->doc, STYLE_ESCAPE, 1, "%u characters of the source could not be kept as they were", row->repairs);
	if (row->truncated)
		doc_add(b->doc, STYLE_ERROR, 1, str_c("the source cut this record short"));
}

/* ---- calls ---- */

static void add_member(struct builder *b, const struct json *member)
{
	struct buf line = {0};
	struct str value = json_plain(member);
	bool tall = member->type == JSON_STRING && count_lines(value) > 1;
	add_escaped(&line, member->key, 80);
	if (!tall) {
		buf_add_c(&line, "  ");
		add_escaped(&line, value, b->open ? 100000 : 600);
	}
	add_line(b, STYLE_NORMAL, INDENT + 2, &line);
	if (tall)
		add_text(b, STYLE_NORMAL, INDENT + 4, value, FOLD_RESULT, SHOW_RESULT);
	buf_fini(&line);
}

/* A JSON object is laid out by member, unless raw is asked for; anything else is shown as it is. */
static void add_arguments(struct builder *b, struct str arguments)
{
	struct arena scratch = {0};
	const struct json *tree = NULL;
	bool object = !b->app->raw && arguments.n < (1 << 20) && str_starts(str_trim(arguments), "{") &&
		      json_read(&scratch, arguments, NULL, &tree, NULL) == OK && tree->type == JSON_OBJECT;
	if (object)
		JSON_EACH(member, tree)
			add_member(b, member);
	else if (arguments.n)
		add_text(b, STYLE_NORMAL, INDENT + 2, arguments, FOLD_RESULT, SHOW_RESULT);
	arena_fini(&scratch);
}

static void add_call(struct builder *b, const struct call *c)
{
	struct buf line = {0};
	buf_add_c(&line, escape_is_ascii() ? "$ " : "⚙ ");
	add_escaped(&line, c->name, 200);
	if (!c->answered)
		buf_add_c(&line, "  (no answer)");
	else if (c->answer)
		buf_printf(&line, "  %s turn %u", escape_is_ascii() ? "->" : "→", (unsigned)c->answer);
	add_line(b, STYLE_TOOL, INDENT, &line);
	buf_fini(&line);
	add_arguments(b, c->arguments);
	if (c->error.n)
		add_text(b, STYLE_ERROR, INDENT + 2, c->error, FOLD_RESULT, SHOW_RESULT);
	if (c->result.n && !(b->app->raw && c->answer)) {
		struct buf arrow = {0};
		buf_printf(&arrow, "%s %zu line%s", escape_is_ascii() ? "=>" : "⇒", count_lines(c->result), count_lines(c->result) == 1 ? "" : "s");
		add_line(b, STYLE_DIM, INDENT + 1, &arrow);
		buf_fini(&arrow);
		add_text(b, STYLE_NORMAL, INDENT + 3, c->result, FOLD_RESULT, SHOW_RESULT);
	}
}

/* ---- turns ---- */

static unsigned role_style(enum role r)
{
	switch (r) {
	case ROLE_SYSTEM:
		return STYLE_SYSTEM;
	case ROLE_USER:
		return STYLE_USER;
	case ROLE_ASSISTANT:
		return STYLE_ASSISTANT;
	case ROLE_TOOL:
		return STYLE_TOOL;
	case ROLE_OTHER:
	case ROLE_COUNT:
		break;
	}
	return STYLE_TITLE;
}

/* The call that a tool turn answers, told by turn numbers; 0 = none. */
static uint32_t asked_by(const struct transcript *t, uint32_t turn, const struct call **call)
{
	for (size_t i = turn; i-- > 0;)
		for (size_t k = 0; k < t->turns[i].ncalls; k++)
			if (t->turns[i].calls[k].answer == turn) {
				*call = &t->turns[i].calls[k];
				return (uint32_t)i + 1;
			}
	return 0;
}

static void add_heading(struct builder *b, const struct turn *turn, uint32_t step, uint32_t asked, const struct call *call)
{
	struct buf line = {0};
	buf_printf(&line, "%s %u ", escape_is_ascii() ? "-" : "─", (unsigned)b->turn);
	if (turn->role_text.n)
		add_escaped(&line, turn->role_text, 40);
	else
		buf_add_c(&line, role_name(turn->role));
	if (turn->name.n) {
		buf_add_ch(&line, ' ');
		add_escaped(&line, turn->name, 60);
	}
	if (turn->role == ROLE_ASSISTANT)
		buf_printf(&line, "%sstep %u", dot(), (unsigned)step);
	uint32_t starter = transcript_starter(&b->r->transcript, b->turn - 1);
	if (starter)
		buf_printf(&line, "%sstarted by the call in turn %u", dot(), (unsigned)starter);
	if (asked && call) {
		buf_add_c(&line, dot());
		if (!turn->name.n) {
			add_escaped(&line, call->name, 60);
			buf_add_ch(&line, ' ');
		}
		buf_printf(&line, "answers turn %u", (unsigned)asked);
	}
	if (b->app->show_time && turn->at_ms) {
		char at[25];
		clock_format(turn->at_ms, at);
		buf_printf(&line, "%s%.8s", dot(), at + 11);
	}
	if (escape_has_invisible(turn->content) || escape_has_invisible(turn->reasoning))
		buf_printf(&line, "%sinvisible characters", dot());
	if (turn->outcome != OUTCOME_NONE)
		buf_printf(&line, "  %s", outcome_mark(turn->outcome));
	else if (transcript_turn_failed(b->r, b->turn))
		buf_printf(&line, "  %s%s%s", outcome_mark(OUTCOME_FAIL), dot(), severity_mark(b->r->severity));
	bool failed = transcript_turn_failed(b->r, b->turn);
	add_line(b, failed ? STYLE_FAIL : role_style(turn->role), 0, &line)->rule = true;
	buf_fini(&line);
}

static size_t count_words(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] > ' ' && (i == 0 || (s.p[i - 1] <= ' ' && s.p[i - 1] >= 0));
	return n;
}

static void add_reasoning(struct builder *b, const struct turn *turn)
{
	if (turn->reasoning.n == 0)
		return;
	bool shown = b->app->show_reasoning || b->open;
	struct buf line = {0};
	buf_printf(&line, "%s reasoning (%zu words)%s", escape_is_ascii() ? "~" : "⌁", count_words(turn->reasoning), shown ? "" : "  z shows it");
	add_line(b, STYLE_REASONING, INDENT, &line);
	buf_fini(&line);
	if (shown)
		add_text(b, STYLE_REASONING, INDENT + 2, turn->reasoning, FOLD_CONTENT, SHOW_CONTENT);
}

static void add_turn(struct builder *b, const struct turn *turn, uint32_t step)
{
	const struct call *call = NULL;
	uint32_t asked = turn->role == ROLE_TOOL ? asked_by(&b->r->transcript, b->turn, &call) : 0;
	b->open = b->t->open[b->turn];
	add_heading(b, turn, step, asked, call);
	add_reasoning(b, turn);
	bool beside = asked && !b->open && !b->app->raw && turn->content.n;
	size_t lines = count_lines(turn->content);
	if (beside)
		doc_printf(b->doc, STYLE_FOLD, INDENT, "%zu %s, beside the call in turn %u (Enter unfolds)", lines,
			lines == 1 ? "line" : "lines", (unsigned)asked)->part = b->turn;
	else if (turn->content.n)
		add_text(b, STYLE_NORMAL, INDENT, turn->content, FOLD_CONTENT, SHOW_CONTENT);
	if (turn->error.n)
		add_text(b, STYLE_ERROR, INDENT, turn->error, FOLD_RESULT, SHOW_RESULT);
	for (size_t i = 0; i < turn->ncalls; i++) {
		add_call(b, &turn->calls[i]);
		add_labels(b, (uint32_t)i + 1, INDENT + 2);
	}
	add_labels(b, 0, INDENT);
	add_scores(b, INDENT);
	add_annotations(b, INDENT);
}

void transcript_build(struct app *app, struct transcript_screen *t)
{
	struct builder b = {.app = app, .t = t, .r = t->reading, .doc = &t->doc};
	uint32_t step = 0;
	doc_clear(&t->doc);
	add_facts(&b);
	for (size_t i = 0; i < b.r->transcript.n; i++) {
		const struct turn *turn = &b.r->transcript.turns[i];
		b.turn = (uint32_t)i + 1;
		step += turn->role == ROLE_ASSISTANT;
		add_turn(&b, turn, step);
	}
	if (b.r->transcript.n == 0)
		doc_add(&t->doc, STYLE_DIM, 1, str_c("this result has no turns"));
}

void transcript_unfold_hits(struct transcript_screen *t, struct str text, bool raw)
{
	const struct transcript *all = &t->reading->transcript;
	const struct call *call;
	bool exact = text_is_exact(text);
	for (size_t i = 0; i < all->n; i++) {
		const struct turn *turn = &all->turns[i];
		/* What stands beside its call is found there, once. */
		if (!raw && turn->role == ROLE_TOOL && asked_by(all, (uint32_t)i + 1, &call))
			continue;
		bool hit = text_find(turn->content, text, 0, exact) >= 0 || text_find(turn->reasoning, text, 0, exact) >= 0;
		for (size_t k = 0; k < turn->ncalls && !hit; k++)
			hit = text_find(turn->calls[k].arguments, text, 0, exact) >= 0 || text_find(turn->calls[k].result, text, 0, exact) >= 0;
		if (hit)
			t->open[i + 1] = true;
	}
}
