/* SPDX-License-Identifier: MIT
 *
 * Scores of an Inspect sample: their numbers as Inspect itself counts them, and
 * the word for the outcome where a direction is stated.
 */
#include "ingest/imp_inspect.h"

#include <stdio.h>

static const struct letter {
	const char *text, *word;
	double num;
	bool nocase;
} letters[] = {
	{"C", "correct", 1, false},
	{"P", "partial", 0.5, false},
	{"I", "incorrect", 0, false},
	{"N", "noanswer", 0, false},
	{"yes", NULL, 1, true},
	{"true", NULL, 1, true},
	{"no", NULL, 0, true},
	{"false", NULL, 0, true},
};

static const struct letter *letter_of(const struct json *v)
{
	struct str s = json_str(v);
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (letters[i].nocase ? str_eq_nocase(s, str_c(letters[i].text)) : str_eq_c(s, letters[i].text))
			return &letters[i];
	return NULL;
}

/* Inspect's value_to_float, without its 0 for what it does not understand. */
static bool number_of(const struct json *v, double *num)
{
	const struct letter *l = letter_of(v);
	if (l || v->type == JSON_BOOL) {
		*num = l ? l->num : v->truth ? 1 : 0;
		return true;
	}
	return json_num(v, true, num);
}

/* ---- the outcome ---- */

static struct str outcome_word(const struct inspect *in, struct str scorer, const struct json *value)
{
	const struct letter *l = letter_of(value);
	const struct inspect_scorer *known = inspect_scorer_find(in, scorer);
	double num;
	if (l && l->word)
		return str_c(l->word);
	if (json_is_null(value) || value->type == JSON_NAN)
		return str_c("unscored");
	if (!known || !known->accuracy || !number_of(value, &num) || num < 0 || num > 1)
		return (struct str){0};
	return str_c(num < 0.5 ? "incorrect" : num > 0.5 ? "correct" : "partial");
}

/* The value of the scorer `name`, or of one key of it: "scorer/key". Absent when it is not there. */
static const struct json *value_named(const struct json *scores, struct str name, struct str *scorer, const struct json **score)
{
	*scorer = name;
	*score = json_member(scores, name);
	for (size_t i = name.n; (*score)->type == JSON_ABSENT && i-- > 0;) {
		if (name.p[i] != '/')
			continue;
		*scorer = str_sub(name, 0, i);
		*score = json_member(scores, *scorer);
		return json_member(json_get(*score, "value"), str_sub(name, i + 1, name.n));
	}
	return json_get(*score, "value");
}

/* The first scorer whose value is one value, in the header's order, else in the sample's. */
static const struct json *first_value(const struct inspect *in, const struct json *scores, struct str *scorer, const struct json **score)
{
	const struct json *v;
	for (size_t i = 0; i < in->nscorers; i++) {
		v = value_named(scores, in->scorers[i].name, scorer, score);
		if (v->type != JSON_ABSENT && v->type != JSON_OBJECT && v->type != JSON_ARRAY)
			return v;
	}
	JSON_EACH(s, scores) {
		v = json_get(s, "value");
		if (v->type == JSON_OBJECT || v->type == JSON_ARRAY || v->type == JSON_ABSENT)
			continue;
		*scorer = s->key;
		*score = s;
		return v;
	}
	*score = json_at(scores, 0);
	return *score;
}

struct inspect_outcome inspect_outcome_of(const struct inspect *in, const struct json *sample)
{
	const struct json *scores = json_get(sample, "scores"), *old = json_get(sample, "score"), *score, *value;
	struct str scorer = {0};
	if (scores->type == JSON_OBJECT && in->primary.n) {
		value = value_named(scores, in->primary, &scorer, &score);
	} else if (scores->type == JSON_OBJECT) {
		value = first_value(in, scores, &scorer, &score);
	} else {
		score = old;
		scorer = in->old_scorer;
		value = json_get(old, "value");
	}
	struct inspect_outcome out = {.answer = json_plain(json_get(score, "answer"))};
	if (value->type != JSON_ABSENT)
		out.word = outcome_word(in, scorer, value);
	return out;
}

/* ---- the scores ---- */

static void put_value(struct inspect *in, struct str name, struct str scorer, const struct json *value, struct str reason)
{
	struct in_score score = {.name = name, .rater = scorer, .reason = reason};
	score.value_text = json_is_null(value) ? str_c("null") : json_plain(value);
	score.has_num = number_of(value, &score.num);
	sink_score(in->im->sink, &score);
}

/* What a score was before it was edited stays as a fact: keys are plain, so the scorer's name is made so. */
static void put_history(struct inspect *in, struct str scorer, const struct json *history)
{
	char key[96] = "history.";
	size_t n = strlen(key);
	if (history->type != JSON_ARRAY || history->count == 0)
		return;
	for (size_t i = 0; i < scorer.n && n + 1 < sizeof key; i++) {
		char c = scorer.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
		key[n++] = plain ? c : c >= 'A' && c <= 'Z' ? (char)(c + 32) : '_';
	}
	key[n] = '\0';
	sink_meta(in->im->sink, key, history->src);
}

static void put_score(struct inspect *in, struct str scorer, const struct json *score, struct arena *a)
{
	const struct json *value = json_get(score, "value");
	struct str reason = json_plain(json_get(score, "explanation"));
	if (value->type == JSON_OBJECT) {
		JSON_EACH(v, value) {
			struct buf name = {0};
			buf_add_str(&name, scorer);
			buf_add_ch(&name, '/');
			buf_add_str(&name, v->key);
			put_value(in, arena_str(a, buf_str(&name)), scorer, v, reason);
			buf_fini(&name);
		}
	} else {
		put_value(in, scorer, scorer, value, reason);
	}
	put_history(in, scorer, json_get(score, "history"));
}

void inspect_scores_put(struct inspect *in, const struct json *sample, struct arena *a)
{
	const struct json *scores = json_get(sample, "scores"), *old = json_get(sample, "score");
	if (scores->type == JSON_OBJECT) {
		JSON_EACH(s, scores)
			if (s->type == JSON_OBJECT)
				put_score(in, s->key, s, a);
	} else if (old->type == JSON_OBJECT) {
		put_score(in, in->old_scorer.n ? in->old_scorer : str_c("score"), old, a);
	}
}
