/* SPDX-License-Identifier: MIT
 *
 * Our own format: records of the types in native_fields.c, one a line or one
 * an element. Records about a result may come before it, after it, or in
 * another file.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ingest/importer.h"
#include "ingest/map.h"
#include "ingest/native_fields.h"
#include "ingest/sniff.h"

extern const struct importer imp_native;

struct native_read {
	struct import *im; /* NULL when parts are assembled */
	struct sink *sink;
	struct arena keep; /* runs of the file */
	struct native_run {
		struct in_run run;
	} * runs;
	size_t nruns, cap;
	struct str current; /* key of the run the sink is at */
	bool in_run;
};

/* ---- recognising ---- */

/* A conversation, or a question with its answer; of a record that goes on behind the head, the question will do. */
static bool has_conversation(struct str head)
{
	static const char *const turns[] = {"turns", "messages", NULL}, *const prompt[] = {"prompt", NULL},
	                         *const response[] = {"response", NULL};
	return sniff_has(head, turns) || (sniff_has(head, prompt) && (sniff_has(head, response) || sniff_cut(head)));
}

/* Other tools' records have a model, too: it takes one that says what it is about, or how it ended. */
static bool is_result(struct str head, bool typed)
{
	static const char *const model[] = {"model", NULL}, *const about[] = {"item", "item_id", "id", "outcome", NULL};
	return sniff_has(head, model) && sniff_has(head, about) && (typed || has_conversation(head)) && !fieldmap_is(head);
}

static int probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const char *const marked[] = {"plimsoll", NULL}, *const ids[] = {"result_id", "run_id", "run", NULL};
	(void)inside;
	enum native_type type = NATIVE_RESULT;
	if (records_sniff(m->head) == RECORDS_NONE)
		return 0;
	if (sniff_has(m->head, marked)) {
		snprintf(why, 160, "says that it is this format");
		return 98;
	}
	bool typed = native_type_find(sniff_value(m->head, "type"), &type);
	if (type != NATIVE_RESULT && native_is_whole(type, m->head)) {
		snprintf(why, 160, "first record is of type %s", native_type_name(type));
		return 60;
	}
	if (type != NATIVE_RESULT || !is_result(m->head, typed))
		return 0;
	snprintf(why, 160, "records with model, item or outcome, and a conversation");
	return sniff_has(m->head, ids) ? 80 : 60;
}

/* ---- values ---- */

static struct str get(const struct native_record *rec, enum native_field f)
{
	return json_plain(native_get(rec, f));
}

static int64_t when(const struct json *v)
{
	int64_t ms;
	bool zone;
	double num;
	if (v->type == JSON_STRING && clock_parse(v->text, &ms, &zone))
		return ms;
	return json_num(v, true, &num) && num > 0 && num < 1e15 ? (int64_t)(num > 1e11 ? num : num * 1000) : 0;
}

static double number(const struct json *v)
{
	double num;
	return json_num(v, true, &num) ? num : NAN;
}

static int64_t count_of(const struct json *v)
{
	int64_t n;
	return json_i64(v, &n) ? n : -1;
}

static uint32_t turn_of(const struct json *v)
{
	int64_t n;
	return json_i64(v, &n) && n > 0 && n < UINT32_MAX ? (uint32_t)n : 0;
}

/* true and false are 1 and 0; NaN is no number: unscored. */
static void score_value(struct in_score *s, const struct json *v)
{
	s->value_text = json_plain(v);
	s->has_num = json_num(v, true, &s->num);
	if (v->type == JSON_BOOL) {
		s->has_num = true;
		s->num = v->truth;
	}
}

/* ---- runs ---- */

static struct native_run *find_run(struct native_read *n, struct str key)
{
	for (size_t i = n->nruns; i-- > 0;)
		if (str_eq(n->runs[i].run.key, key))
			return &n->runs[i];
	return NULL;
}

static struct str keep(struct native_read *n, struct str s)
{
	return arena_str(&n->keep, s);
}

static void start_run(struct native_read *n, const struct in_run *run)
{
	sink_run(n->sink, run);
	n->current = keep(n, run->key);
	n->in_run = true;
}

static void read_run(struct native_read *n, const struct native_record *rec)
{
	const struct json *config = native_get(rec, N_CONFIG);
	struct in_run run = {
	        .key = keep(n, get(rec, N_RUN)),
	        .name = keep(n, get(rec, N_NAME)),
	        .tool = keep(n, get(rec, N_TOOL)),
	        .tool_version = keep(n, get(rec, N_TOOL_VERSION)),
	        .task = keep(n, get(rec, N_TASK)),
	        .status = keep(n, get(rec, N_STATUS)),
	        .created_ms = when(native_get(rec, N_CREATED)),
	        .declared = count_of(native_get(rec, N_DECLARED)),
	        .meta = config->type == JSON_OBJECT ? keep(n, config->src) : (struct str){0},
	};
	struct native_run *known = find_run(n, run.key);
	if (!known) {
		if (n->nruns == n->cap)
			n->runs = vec_grow(n->runs, &n->cap, n->nruns + 1, sizeof *n->runs);
		known = &n->runs[n->nruns++];
	}
	known->run = run;
	start_run(n, &run);
}

/* A record that names no run belongs to the one before it; one that names another switches. */
static void enter_run(struct native_read *n, const struct native_record *rec)
{
	struct str key = get(rec, N_RUN);
	if (n->in_run && (!key.p || str_eq(key, n->current)))
		return;
	const struct native_run *known = key.p ? find_run(n, key) : NULL;
	struct in_run run = {.key = key, .declared = -1, .tool = get(rec, N_TOOL)};
	start_run(n, known ? &known->run : &run);
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
			score.name = get(&one, N_NAME);
			score.rater = get(&one, N_RATER);
			score.reason = get(&one, N_REASON);
			score.turn = turn_of(native_get(&one, N_TURN));
			score_value(&score, native_get(&one, N_VALUE));
		} else {
			score.name = it->key;
			score_value(&score, it);
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
		score_value(&out, score);
		sink_score(s, &out);
	}
	const struct json *confidence = json_get(judge, "confidence");
	if (!json_is_null(confidence)) {
		struct in_score out = {.name = str_c("confidence"), .rater = judge_name};
		if (score->type == JSON_ABSENT)
			out.reason = reason;
		score_value(&out, confidence);
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
		give_category(c, json_str(json_get(v, "taxonomy")), path->text, turn_of(json_get(v, "turn")),
		        turn_of(json_get(v, "call")));
	} else if (v->type == JSON_OBJECT) {
		JSON_EACH(it, v)
		read_category(c, it->key, it);
	} else if (v->type == JSON_STRING || v->type == JSON_NUMBER) {
		give_category(c, taxonomy, json_plain(v), 0, 0);
	}
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

static void read_turns(struct sink *s, const struct native_record *rec)
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
static void open_result(struct sink *s, const struct native_record *rec, const struct record *place, uint32_t repairs)
{
	struct sink_result r = SINK_RESULT_INIT;
	double duration = number(native_get(rec, N_DURATION));
	r.model = get(rec, N_MODEL);
	r.provider = get(rec, N_PROVIDER);
	r.model_label = get(rec, N_MODEL_LABEL);
	r.task = get(rec, N_TASK);
	r.item = get(rec, N_ITEM);
	r.epoch = get(rec, N_EPOCH);
	r.raw_outcome = get(rec, N_OUTCOME);
	r.raw_severity = get(rec, N_SEVERITY);
	r.raw_item_severity = get(rec, N_ITEM_SEVERITY);
	r.target = get(rec, N_TARGET);
	r.answer = get(rec, N_ANSWER);
	r.error = get(rec, N_ERROR);
	r.limit = get(rec, N_LIMIT);
	r.started_ms = when(native_get(rec, N_STARTED));
	if (duration >= 0 && duration < 1e15)
		r.duration_ms = (int64_t)duration;
	r.fail_turn = turn_of(native_get(rec, N_FAIL_TURN));
	r.truncated = json_is_true(native_get(rec, N_TRUNCATED));
	r.place = place;
	r.repairs = repairs;
	sink_result(s, &r);
}

static void read_facts(struct sink *s, const struct native_record *rec)
{
	read_category(&(struct category_sink){s, NULL, get(rec, N_TAXONOMY)}, (struct str){0}, native_get(rec, N_CATEGORY));
	read_scores(s, rec);
	read_meta(s, rec);
}

static enum status read_result(
        struct native_read *n, const struct native_record *rec, const struct record *place, uint32_t repairs, struct err *err)
{
	if (!get(rec, N_MODEL).n && !(n->im && n->im->setting(n->im, "model").n)) {
		sink_skip(n->sink, place->line, "no model; name it with --set model=NAME");
		return OK;
	}
	enter_run(n, rec);
	open_result(n->sink, rec, place, repairs);
	read_turns(n->sink, rec);
	read_facts(n->sink, rec);
	return sink_result_end(n->sink, err);
}

/* ---- late facts, parts, published values ---- */

static struct result_key key_of(const struct native_record *rec)
{
	return (struct result_key){
	        .tool = get(rec, N_TOOL),
	        .run = get(rec, N_RUN),
	        .model = get(rec, N_MODEL),
	        .task = get(rec, N_TASK),
	        .item = get(rec, N_ITEM),
	        .epoch = get(rec, N_EPOCH),
	};
}

static void read_late(struct native_read *n, enum native_type type, const struct native_record *rec)
{
	enter_run(n, rec);
	struct result_key key = key_of(rec);
	if (type == NATIVE_CATEGORY) {
		read_category(&(struct category_sink){n->sink, &key, get(rec, N_TAXONOMY)}, (struct str){0},
		        native_get(rec, N_CATEGORY));
		return;
	}
	if (type == NATIVE_OUTCOME) {
		sink_attach_outcome(n->sink, &key, get(rec, N_OUTCOME));
		return;
	}
	struct in_score score = {
	        .turn = turn_of(native_get(rec, N_TURN)),
	        .name = get(rec, N_NAME),
	        .rater = get(rec, N_RATER),
	        .reason = get(rec, N_REASON),
	};
	score_value(&score, native_get(rec, N_VALUE));
	sink_attach_score(n->sink, &key, &score);
}

static void put_member(struct buf *b, const char *name, struct str value)
{
	if (!value.p)
		return;
	buf_printf(b, "\"%s\":", name);
	json_write_str(b, value);
	buf_add_ch(b, ',');
}

/* A part must make sense on its own later: what the run says goes in front, what the record says comes after it and wins. */
static void read_part(struct native_read *n, const struct native_record *rec)
{
	int64_t part = count_of(native_get(rec, N_PART));
	char order[24];
	struct buf body = {0};
	enter_run(n, rec);
	const struct native_run *run = find_run(n, n->current);
	struct result_key key = key_of(rec);
	snprintf(order, sizeof order, "%012lld", (long long)(part < 0 ? 0 : part));
	buf_add_ch(&body, '{');
	put_member(&body, "run", n->current.p ? n->current : str_c(n->im->claim->main->path));
	put_member(&body, "tool", run ? run->run.tool : (struct str){0});
	put_member(&body, "task", run ? run->run.task : (struct str){0});
	buf_add_str(&body, str_sub(rec->node->src, 1, rec->node->src.n - 1));
	sink_part(n->sink, &key, str_c(order), buf_str(&body));
	buf_fini(&body);
}

static void read_aggregate(struct native_read *n, const struct native_record *rec)
{
	enter_run(n, rec);
	sink_aggregate(n->sink, &(struct in_aggregate){
	                                .run = get(rec, N_RUN),
	                                .model = get(rec, N_MODEL),
	                                .task = get(rec, N_TASK),
	                                .category = get(rec, N_CATEGORY),
	                                .metric = get(rec, N_METRIC),
	                                .k = count_of(native_get(rec, N_K)),
	                                .n = count_of(native_get(rec, N_N)),
	                                .value = number(native_get(rec, N_VALUE)),
	                                .low = number(native_get(rec, N_LOW)),
	                                .high = number(native_get(rec, N_HIGH)),
	                        });
}

static void read_rater(struct native_read *n, const struct native_record *rec)
{
	const struct json *attributes = native_get(rec, N_ATTRIBUTES);
	JSON_EACH(it, attributes)
	sink_rater(n->sink, get(rec, N_RATER), it->key, json_plain(it));
}

/* ---- the file ---- */

static enum status read_record(
        struct native_read *n, const struct native_record *rec, const struct record *place, uint32_t repairs, struct err *err)
{
	enum native_type type = NATIVE_RESULT;
	struct str named = json_str(native_get(rec, N_TYPE));
	if (rec->node->type != JSON_OBJECT) {
		sink_skip(n->sink, place->line, "not an object");
		return OK;
	}
	if (named.p && !native_type_find(named, &type) && !get(rec, N_MODEL).n) {
		sink_skip(n->sink, place->line, "unknown type \"%.*s\"", (int)(named.n < 40 ? named.n : 40), named.p);
		return OK;
	}
	switch (type) {
	case NATIVE_RUN:
		read_run(n, rec);
		return OK;
	case NATIVE_RESULT:
		return read_result(n, rec, place, repairs, err);
	case NATIVE_PART:
		read_part(n, rec);
		return OK;
	case NATIVE_AGGREGATE:
		read_aggregate(n, rec);
		return OK;
	case NATIVE_RATER:
		read_rater(n, rec);
		return OK;
	default:
		read_late(n, type, rec);
		return OK;
	}
}

static void on_skip(void *ctx, uint64_t line, uint64_t offset, const char *why)
{
	(void)offset;
	sink_skip(ctx, line, "%s", why);
}

static enum status read_text(struct native_read *n, struct arena *a, const struct record *place, struct err *err)
{
	struct json_repairs repairs = {0};
	struct err bad = {0};
	const struct json *node;
	struct native_record rec;
	if (json_read(a, place->text, &repairs, &node, &bad) != OK) {
		sink_skip(n->sink, place->line, "%s", err_text(&bad));
		err_fini(&bad);
		return OK;
	}
	native_index(node, &rec);
	return read_record(n, &rec, place, repairs.nul + repairs.surrogates + repairs.invalid_utf8, err);
}

static enum status each_record(struct native_read *n, struct records *rs, struct err *err)
{
	struct arena a = {0};
	struct record place;
	enum status st = OK;
	while (!st && !sink_stopped(n->sink) && (st = records_next(rs, &place, err)) == OK) {
		arena_reset(&a);
		st = read_text(n, &a, &place, err);
	}
	arena_fini(&a);
	return st == END ? OK : st;
}

static enum status read(struct import *im, struct err *err)
{
	static const char *const arrays[] = {"/results", NULL};
	struct native_read n = {.im = im, .sink = im->sink};
	struct records *rs;
	bool document = records_sniff(im->claim->main->head) == RECORDS_DOCUMENT;
	static const char *const results[] = {"results", NULL};
	bool wrapped = document && sniff_has(im->claim->main->head, results);
	enum status st = records_open(im->reader, im->claim->main, wrapped ? arrays : NULL, &rs, err);
	if (st)
		return st;
	records_on_skip(rs, on_skip, im->sink);
	st = each_record(&n, rs, err);
	records_close(rs);
	free(n.runs);
	arena_fini(&n.keep);
	return st;
}

/* A result from its parts: the first part that says a fact counts; turns come in the order of the parts. */
static enum status assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err)
{
	struct arena a = {0};
	enum status st = OK;
	bool open = false;
	for (size_t i = 0; i < n && !st; i++) {
		const struct json *node;
		struct native_record rec;
		st = json_read(&a, parts[i].body, NULL, &node, err);
		if (st)
			break;
		native_index(node, &rec);
		if (!open) {
			sink_run(s, &(struct in_run){.key = get(&rec, N_RUN),
			                    .tool = get(&rec, N_TOOL),
			                    .task = get(&rec, N_TASK),
			                    .declared = -1});
			open_result(s, &rec, NULL, 0);
			open = true;
		}
		const struct json *message = native_get(&rec, N_MESSAGE);
		if (message->type == JSON_OBJECT)
			sink_chat_message(s, message);
		read_turns(s, &rec);
		read_facts(s, &rec);
	}
	if (open && !st)
		st = sink_result_end(s, err);
	arena_fini(&a);
	return st;
}

const struct importer imp_native = {
        .name = "native",
        .title = "plimsoll results (.jsonl, .json)",
        .version = 1,
        .assembles = true,
        .maps = "A record is a result, or says something about a run or a result that may stand in another file; plimsoll(5) and "
                "schemas/native.schema.json name its members. The run is `run` or `run_id`, the item `item` or `item_id`; "
                "categories are paths; "
                "a severity is one of our words, or 0 to 5 (5 is critical as well); members that are not named become facts, "
                "meta.NAME.",
        .polarity = "The outcome is the source's word: pass, safe and refused pass; fail, harmful and unsafe fail; partial and "
                    "unsure are unsure; "
                    "error, missing and unscored are missing, and so is a result with an error. A score alone has no direction.",
        .rules = "said:pass,safe,refused => set outcome=pass\n"
                 "said:fail,harmful,unsafe => set outcome=fail\n"
                 "said:partial,unsure => set outcome=unsure\n"
                 "said:error,missing,unscored => set outcome=missing\n"
                 "said:invalid => set outcome=invalid\n"
                 "error:* => set outcome=missing\n"
                 "said_severity:0 => set severity=none\n"
                 "said_severity:1 => set severity=low\n"
                 "said_severity:2 => set severity=medium\n"
                 "said_severity:3 => set severity=high\n"
                 "said_severity:4,5 => set severity=critical\n",
        .probe = probe,
        .read = read,
        .assemble = assemble,
};
