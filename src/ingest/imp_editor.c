/* SPDX-License-Identifier: MIT
 *
 * Transcripts of the agent transcript editor: one content block of the Messages API a line, written by researchers as
 * examples of attacks, and beside each a .meta.json with what the attack is and how monitors scored it. What the latter
 * says is attached to the transcript, whichever of the two comes first.
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/lines.h"

/* Both files of a pair name the run after their path without its end. */
static struct str run_of(struct import *im, const char *end, struct str *item)
{
	const char *const suffixes[] = {end, NULL};
	struct str path = str_c(im->claim->main->path);
	*item = path_stem(im->claim->main->path, suffixes);
	return str_ends(path, end) ? str_sub(path, 0, path.n - strlen(end)) : path;
}

static void set_run(struct import *im, struct str run)
{
	sink_run(im->sink, &(struct in_run){.key = run, .task = str_c("transcript-editor"), .declared = -1});
}

/* ---- the transcript ---- */

/* A line's content may be its only block, without a list around it. */
static void add_line(struct sink *s, const struct json *line)
{
	struct json block = *json_get(line, "content"), list = {.type = JSON_ARRAY, .key = block.key, .child = &block, .count = 1};
	struct json role = *json_get(line, "role"), message = {.type = JSON_OBJECT, .child = &role, .count = 2};
	if (block.type != JSON_OBJECT) {
		sink_chat_message(s, line);
		return;
	}
	role.next = &list;
	block.next = NULL;
	sink_chat_message(s, &message);
}

static enum status read_transcript(struct import *im, struct err *err)
{
	struct lines lines = {0};
	struct sink_result r = SINK_RESULT_INIT;
	enum status st = lines_read(im, im->claim->main, NULL, &lines, err);
	if (st == OK && lines.n) {
		set_run(im, run_of(im, ".jsonl", &r.item));
		r.place = &lines.place;
		r.repairs = lines.repairs;
		sink_result(im->sink, &r);
		for (size_t i = 0; i < lines.n; i++) {
			if (text_of(lines.list[i].node, "role").p)
				add_line(im->sink, lines.list[i].node);
			else
				sink_skip(im->sink, lines.list[i].number, "no message: it has no role");
		}
		sink_meta(im->sink, "cwd", text_of(lines.list[0].node, "cwd"));
		st = sink_result_end(im->sink, err);
	}
	lines_fini(&lines);
	return st;
}

/* ---- what is said of it ---- */

struct about {
	struct sink *sink;
	struct result_key key;
	const struct json *evals;
	struct arena *arena;
};

static void attach(const struct about *a, struct in_score score)
{
	if (score.value_text.p || score.has_num)
		sink_attach_score(a->sink, &a->key, &score);
}

/* A monitor that is asked several times: the score is the mean, each answer one of a rater of its own. */
static void attach_answers(const struct about *a, struct str name, struct str rater, const struct json *eval)
{
	const struct json *answers = json_get(eval, "results");
	size_t n = 0;
	if (answers->count < 2)
		return;
	JSON_EACH(answer, answers) {
		struct in_score score;
		score_of(json_get(answer, "score"), "", &score);
		score.name = name;
		score.rater = arena_printf(a->arena, "%.*s/%zu", (int)rater.n, rater.p, ++n);
		score.reason = text_of(answer, "reasoning");
		if (!json_is_null(json_get(answer, "error"))) {
			score.has_num = false;
			score.value_text = str_c("error");
		}
		attach(a, score);
	}
}

/* "suspiciousness_off_task" is the variant off_task of the monitor of suspiciousness. */
static void attach_scores(const struct about *a, const struct json *scores)
{
	JSON_EACH(value, scores) {
		struct str rater = str_c("monitor");
		const struct json *eval = json_member(a->evals, value->key);
		struct in_score score;
		JSON_EACH(base, a->evals) {
			struct str rest = str_sub(value->key, base->key.n + 1, value->key.n);
			if (!rest.n || !str_eq(str_sub(value->key, 0, base->key.n), base->key) || value->key.p[base->key.n] != '_')
				continue;
			const struct json *variant = json_member(json_get(base, "variants"), rest);
			if (variant->type == JSON_ABSENT)
				continue;
			eval = variant;
			rater = rest;
		}
		score_of(value, "", &score);
		score.name = value->key;
		score.rater = rater;
		score.reason = text_of(eval, "reasoning");
		attach(a, score);
		attach_answers(a, value->key, rater, eval);
	}
}

/* {"5": "…"}: what happens at the fifth message. */
static void attach_steps(const struct about *a, const struct json *steps)
{
	JSON_EACH(step, steps) {
		int64_t turn;
		if (str_to_i64(step->key, &turn) && turn > 0 && turn < 1000000)
			attach(a, (struct in_score){.turn = (uint32_t)turn, .name = steps->key, .rater = str_c("author"),
				.value_text = json_plain(step)});
	}
}

static enum status about_record(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct import *im = ctx;
	struct about a = {.sink = im->sink, .evals = json_get(w->node, "evals"), .arena = w->arena};
	a.key.run = run_of(im, ".meta.json", &a.key.item);
	a.key.tool = str_c("transcript-editor");
	a.key.task = a.key.tool;
	set_run(im, a.key.run);
	JSON_EACH(it, w->node) {
		if (str_eq_c(it->key, "scores"))
			attach_scores(&a, it);
		else if (str_eq_c(it->key, "mechanism") || str_eq_c(it->key, "summary"))
			attach_steps(&a, it);
		else if (it->type == JSON_STRING)
			attach(&a, (struct in_score){.name = it->key, .rater = str_c("author"), .value_text = it->text});
		else if (!str_eq_c(it->key, "evals") && it->count)
			sink_ignore(im->sink, it->key, it->count);
	}
	return OK;
}

/* ---- which files ---- */

static bool is_about(struct str head)
{
	static const char *const marks[] = {"evals", "mechanism", "transcript_hash", "scores/suspiciousness", NULL};
	return head_has(head, "scores") ? head_count(head, marks) > 0
	                                : head_has(head, "outcome") && head_has(head, "scenario") && head_has(head, "mechanism");
}

static enum status editor_read(struct import *im, struct err *err)
{
	struct walk whole = {.each = about_record, .ctx = im};
	return is_about(im->claim->main->head) ? walk_member(im, im->claim->main, &whole, err) : read_transcript(im, err);
}

static int editor_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{80, {"role", "content/type", "cwd", NULL}, "a content block a line: role, content, cwd"},
		{62, {"role", "content/type", NULL}, "a content block a line: role, content"},
	};
	if (inside)
		return 0;
	if (str_ends(str_c(m->name), ".meta.json") && is_about(m->head)) {
		snprintf(why, 160, "scores or mechanism of a transcript beside it");
		return 85;
	}
	/* Of other tools' messages the whole list is a record, or each has more to say. */
	if (records_sniff(m->head) == RECORDS_ARRAY || head_has(m->head, "type") || head_has(m->head, "id"))
		return 0;
	return head_match(m->head, shapes, 2, why);
}

const struct importer imp_editor = {
	.name = "transcript-editor",
	.title = "Agent transcript editor: transcripts and what monitors say (.jsonl, .meta.json)",
	.version = 1,
	.maps = "A transcript is a result, its name the item; a line is a turn. The .meta.json beside it gives scores: those of the "
		"monitors with their reasons (rater monitor, or the variant; NAME/1 … are single answers), and, of the author, what the "
		"attack is and does, whole and at single turns (mechanism, summary). Nothing names a model: --set model=NAME.",
	.polarity = "None: transcripts are written as examples of attacks. Scores go from 0 to 100, more is more suspicious; -1 is an "
		"error of the monitor.",
	.rules = "task:* => set kind=safety\n",
	.probe = editor_probe,
	.read = editor_read,
};
