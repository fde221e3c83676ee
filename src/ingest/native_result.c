/* SPDX-License-Identifier: MIT
 *
 * Results of our own format: values in their spellings, scores, categories,
 * facts, turns.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ingest/native.h"

/* ---- values ---- */

struct str native_str(const struct native_record *rec, enum native_field f)
{
	return json_plain(native_get(rec, f));
}

int64_t native_when(const struct json *v)
{
	int64_t ms;
	bool zone;
	double num;
	if (v->type == JSON_STRING && clock_parse(v->text, &ms, &zone))
		return ms;
	return json_num(v, true, &num) && num > 0 && num < 1e15 ? (int64_t)(num > 1e11 ? num : num * 1000) : 0;
}

double native_number(const struct json *v)
{
	double num;
	return json_num(v, true, &num) ? num : NAN;
}

int64_t native_count(const struct json *v)
{
	int64_t n;
	return json_i64(v, &n) ? n : -1;
}

uint32_t native_turn(const struct json *v)
{
	int64_t n;
	return json_i64(v, &n) && n > 0 && n < UINT32_MAX ? (uint32_t)n : 0;
}

/* true and false are 1 and 0; NaN is no number: unscored. */
void native_score(struct in_score *s, const struct json *v)
{
	s->value_text = json_plain(v);
	s->has_num = json_num(v, true, &s->num);
	if (v->type == JSON_BOOL) {
		s->has_num = true;
		s->num = v->truth;
	}
}

/* ---- results ---- */

static void score_list(struct sink *s, const struct json *list)
{
	JSON_EACH(it, list)
	{
		struct in_score score = {0};
		if (list->type == JSON_ARRAY) {
			struct native_record one;
			native_index(it, &one);
			score.name = native_str(&one, N_NAME);
			score.rater = native_str(&one, N_RATER);
			score.reason = native_str(&one, N_REASON);
			score.turn = native_turn(native_get(&one, N_TURN));
			native_score(&score, native_get(&one, N_VALUE));
		} else {
			score.name = it->key;
			native_score(&score, it);
		}
		sink_score(s, &score);
	}
}

static void read_scores(struct sink *s, const struct native_record *rec)
{
	const struct json *score = native_get(rec, N_SCORE), *judge = native_get(rec, N_JUDGE), *list = native_get(rec, N_SCORES);
	struct str judge_name = json_plain(json_get(judge, "model")), reason = json_plain(json_get(judge, "rationale"));
	if (score->type == JSON_OBJECT)
		list = score;
	else if (score->type != JSON_ABSENT) {
		struct in_score out = {.name = str_c("score"), .rater = judge_name, .reason = reason};
		native_score(&out, score);
		sink_score(s, &out);
	}
	const struct json *confidence = json_get(judge, "confidence");
	if (!json_is_null(confidence)) {
		struct in_score out = {.name = str_c("confidence"), .rater = judge_name};
		if (score->type == JSON_ABSENT)
			out.reason = reason;
		native_score(&out, confidence);
		sink_score(s, &out);
	}
	if (list->type == JSON_ARRAY || list->type == JSON_OBJECT)
		score_list(s, list);
}

struct category_sink {
	struct sink *sink;
	const struct result_key *key; /* NULL: of the open result */
	struct str taxonomy;
};

/* "taxonomy:a/b", or a path of the record's taxonomy. */
static void give_category(const struct category_sink *c, struct str taxonomy, struct str path, uint32_t turn, uint32_t call)
{
	struct str rest = path, head;
	str_cut(&rest, ':', &head);
	if (!taxonomy.n && rest.n && !memchr(head.p, '/', head.n) && !memchr(head.p, ' ', head.n)) {
		taxonomy = head;
		path = rest;
	}
	if (!taxonomy.n)
		taxonomy = c->taxonomy.n ? c->taxonomy : str_c("category");
	if (c->key)
		sink_attach_category(c->sink, c->key, taxonomy, path);
	else
		sink_category_at(c->sink, turn, call, taxonomy, path);
}

static void read_category(const struct category_sink *c, struct str taxonomy, const struct json *v)
{
	const struct json *path = json_get(v, "path");
	if (v->type == JSON_ARRAY) {
		JSON_EACH(it, v)
		read_category(c, taxonomy, it);
	} else if (v->type == JSON_OBJECT && path->type == JSON_STRING) {
		give_category(c, json_str(json_get(v, "taxonomy")), path->text, native_turn(json_get(v, "turn")),
		        native_turn(json_get(v, "call")));
	} else if (v->type == JSON_OBJECT) {
		JSON_EACH(it, v)
		read_category(c, it->key, it);
	} else if (v->type == JSON_STRING || v->type == JSON_NUMBER) {
		give_category(c, taxonomy, json_plain(v), 0, 0);
	}
}

void native_categories(struct sink *s, const struct result_key *key, struct str taxonomy, const struct json *v)
{
	read_category(&(struct category_sink){s, key, taxonomy}, (struct str){0}, v);
}

static void give_meta(struct sink *s, struct str key, const struct json *v)
{
	char name[64];
	size_t n = 0;
	for (; n < key.n && n < sizeof name - 1; n++) {
		char c = key.p[n];
		bool upper = c >= 'A' && c <= 'Z', plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("_.-", c);
		name[n] = (char)(upper ? c + 32 : plain ? c : '_');
	}
	name[n] = '\0';
	double num;
	if (v->type == JSON_NUMBER && json_num(v, false, &num) && (fabs(num) < 9e15 || v->text.n < 16))
		sink_meta_num(s, name, num);
	else if (v->type != JSON_NULL && v->type != JSON_OBJECT && v->type != JSON_ABSENT)
		sink_meta(s, name, json_plain(v));
}

static void read_meta(struct sink *s, const struct native_record *rec)
{
	const struct json *tags = native_get(rec, N_TAGS);
	if (rec->has_others)
		JSON_EACH(it, rec->node)
	if (!native_knows(it->key))
		give_meta(s, it->key, it);
	JSON_EACH(it, native_get(rec, N_META))
	give_meta(s, it->key, it);
	give_meta(s, str_c("result_id"), native_get(rec, N_RESULT_ID));
	if (tags->type == JSON_ARRAY) {
		struct buf b = {0};
		JSON_EACH(it, tags)
		{
			if (b.n)
				buf_add_ch(&b, ',');
			buf_add_str(&b, json_plain(it));
		}
		sink_meta(s, "tags", buf_str(&b));
		buf_fini(&b);
	} else {
		give_meta(s, str_c("tags"), tags);
	}
}

static void text_turn(struct sink *s, enum role role, const struct json *v)
{
	if (v->type == JSON_ARRAY && v->child && v->child->type == JSON_OBJECT && !json_is_null(json_get(v->child, "role")))
		sink_chat(s, v);
	else if (v->type != JSON_ABSENT)
		sink_turn(s, &(struct sink_turn){.role = role, .content = json_plain(v)});
}

void native_turns(struct sink *s, const struct native_record *rec)
{
	const struct json *turns = native_get(rec, N_TURNS);
	if (turns->type == JSON_ARRAY) {
		sink_chat(s, turns);
		return;
	}
	text_turn(s, ROLE_SYSTEM, native_get(rec, N_SYSTEM));
	text_turn(s, ROLE_USER, native_get(rec, N_PROMPT));
	text_turn(s, ROLE_ASSISTANT, native_get(rec, N_RESPONSE));
}

/* What stands beside the turns. place may be NULL. */
void native_open(struct sink *s, const struct native_record *rec, const struct record *place, uint32_t repairs)
{
	struct sink_result r = SINK_RESULT_INIT;
	double duration = native_number(native_get(rec, N_DURATION));
	r.model = native_str(rec, N_MODEL);
	r.provider = native_str(rec, N_PROVIDER);
	r.model_label = native_str(rec, N_MODEL_LABEL);
	r.task = native_str(rec, N_TASK);
	r.item = native_str(rec, N_ITEM);
	r.epoch = native_str(rec, N_EPOCH);
	r.raw_outcome = native_str(rec, N_OUTCOME);
	r.raw_severity = native_str(rec, N_SEVERITY);
	r.raw_item_severity = native_str(rec, N_ITEM_SEVERITY);
	r.target = native_str(rec, N_TARGET);
	r.answer = native_str(rec, N_ANSWER);
	r.error = native_str(rec, N_ERROR);
	r.limit = native_str(rec, N_LIMIT);
	r.started_ms = native_when(native_get(rec, N_STARTED));
	if (duration >= 0 && duration < 1e15)
		r.duration_ms = (int64_t)duration;
	r.fail_turn = native_turn(native_get(rec, N_FAIL_TURN));
	r.truncated = json_is_true(native_get(rec, N_TRUNCATED));
	r.place = place;
	r.repairs = repairs;
	sink_result(s, &r);
}

void native_facts(struct sink *s, const struct native_record *rec)
{
	native_categories(s, NULL, native_str(rec, N_TAXONOMY), native_get(rec, N_CATEGORY));
	read_scores(s, rec);
	read_meta(s, rec);
}
