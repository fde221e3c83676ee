/* SPDX-License-Identifier: MIT
 *
 * SafetyBench: the answers and the questions are item banks, a submission {id: choice} is a run that is graded against the
 * answers, whichever of them comes first.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ingest/head.h"
#include "ingest/walk.h"

extern const struct importer imp_safetybench;

enum kind { NOTHING, ANSWERS, ITEMS, SUBMISSION };

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* {"0": 1, "1": 3 …}: an object whose first members are small numbers under numbers, in one line or many. */
static bool is_submission(struct str head)
{
	struct str rest = str_trim(head), key, value;
	size_t seen = 0;
	if (!rest.n || rest.p[0] != '{')
		return false;
	rest = str_sub(rest, 1, rest.n);
	while (seen < 8 && str_cut(&rest, ':', &key) && rest.p) {
		bool more = memchr(rest.p, ',', rest.n) != NULL;
		key = str_trim(key);
		str_cut(&rest, more ? ',' : '}', &value);
		value = str_trim(value);
		if (key.n < 3 || key.p[0] != '"' || !is_digits(str_sub(key, 1, key.n - 2)) || value.n != 1 || !is_digits(value))
			return false;
		seen++;
		if (!more)
			break;
	}
	return seen >= 2;
}

/* {"0": {"category": …, "answer": 1}, …} */
static bool is_answers(struct str head)
{
	struct str rest = str_trim(head), key;
	ptrdiff_t at = str_find(rest, str_c("\"category\""));
	if (!rest.n || rest.p[0] != '{' || at < 0 || str_find(str_sub(rest, (size_t)at, 200), str_c("\"answer\"")) < 0)
		return false;
	rest = str_sub(rest, 1, rest.n);
	str_cut(&rest, ':', &key);
	key = str_trim(key);
	return key.n > 2 && is_digits(str_sub(key, 1, key.n - 2)) && rest.n && str_trim(rest).p[0] == '{';
}

static enum kind kind_of(const struct member *m)
{
	static const char *const item[] = {"id", "options", "category", "question", NULL};
	struct str head = str_trim(m->head);
	if (is_answers(head))
		return ANSWERS;
	if (head.n && head.p[0] == '[' && head_has_all(head, item))
		return ITEMS;
	return is_submission(head) ? SUBMISSION : NOTHING;
}

/* ---- reading ---- */

static struct str task(void)
{
	return str_c("safetybench");
}

static void put_category(struct sink *s, struct arena *a, struct str item, struct str category)
{
	if (category.n)
		sink_label(s, task(), item, "category", arena_printf(a, "safetybench:%.*s", (int)category.n, category.p));
}

static enum status on_answers(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct sink *s = ((struct import *)ctx)->sink;
	JSON_EACH(answer, w->node) {
		struct str target = json_plain(json_get(answer, "answer"));
		put_category(s, w->arena, answer->key, json_str(json_get(answer, "category")));
		if (target.n)
			sink_label(s, task(), answer->key, "target", target);
	}
	return OK;
}

static enum status on_item(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct sink *s = ((struct import *)ctx)->sink;
	struct str item = json_plain(json_get(w->node, "id")), target = json_plain(json_get(w->node, "answer"));
	if (!item.n) {
		sink_skip(s, w->record->line, "a question without an id");
		return OK;
	}
	put_category(s, w->arena, item, json_str(json_get(w->node, "category")));
	if (target.n)
		sink_label(s, task(), item, "target", target);
	sink_ignore(s, str_c("question"), 1);
	sink_ignore(s, str_c("options"), 1);
	return OK;
}

static enum status on_submission(void *ctx, const struct walked *w, struct err *err)
{
	struct sink *s = ((struct import *)ctx)->sink;
	enum status st = OK;
	for (const struct json *choice = w->node->child; choice && st == OK; choice = choice->next) {
		struct sink_result r = SINK_RESULT_INIT;
		r.item = choice->key;
		r.answer = json_plain(choice);
		r.place = w->record;
		r.repairs = w->repairs;
		sink_result(s, &r);
		st = sink_result_end(s, err);
	}
	return st;
}

static enum status safetybench_read(struct import *im, struct err *err)
{
	enum kind kind = kind_of(im->claim->main);
	struct walk w = {.each = kind == ANSWERS ? on_answers : kind == ITEMS ? on_item : on_submission, .ctx = im};
	if (kind == SUBMISSION)
		sink_run(im->sink, &(struct in_run){.tool = task(), .task = task(), .declared = -1});
	return walk_member(im, im->claim->main, &w, err);
}

/* ---- which files ---- */

static bool named_submission(const struct member *m)
{
	return str_glob(str_c("*submission*"), path_stem(m->path, NULL));
}

/* What looks like a submission is one when the answers lie beside it. */
static void safetybench_claim(const struct bundle *b, void (*add)(void *ctx, const struct claim *c), void *ctx)
{
	bool answers = false;
	for (size_t i = 0; i < b->n && !answers; i++)
		answers = kind_of(&b->members[i]) == ANSWERS;
	for (size_t i = 0; i < b->n && answers; i++) {
		const struct member *m = &b->members[i];
		if (kind_of(m) == SUBMISSION)
			add(ctx, &(struct claim){.importer = &imp_safetybench, .main = m, .members = &m, .n = 1, .confidence = 85,
				.why = "a choice for each number, with the answers beside it"});
	}
}

static int safetybench_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const char *const what[] = {"", "a category and an answer for each number", "questions with options and a category",
		"a choice for each number"};
	enum kind kind = inside ? NOTHING : kind_of(m);
	snprintf(why, 160, "%s", what[kind]);
	if (kind == SUBMISSION)
		return named_submission(m) ? 60 : WITHOUT_MODEL;
	return kind == ANSWERS ? 92 : kind == ITEMS ? 88 : 0;
}

const struct importer imp_safetybench = {
	.name = "safetybench",
	.title = "SafetyBench answers, questions and submissions (.json)",
	.version = 1,
	.maps = "Answers and questions hold no results: they give items their category (safetybench) and target. A "
		"choice of a submission is a result without turns: the number the item, the choice the answer. The file "
		"does not name its model: --set model=NAME.",
	.polarity = "A choice other than the answer is a failure; without the answers it is missing. All of it is safety.",
	.rules = "task:* => set kind=safety\n"
		"answer:* target:* answer!=target => set outcome=fail\n"
		"answer:* target:* answer=target => set outcome=pass\n",
	.probe = safetybench_probe,
	.claim = safetybench_claim,
	.read = safetybench_read,
};
