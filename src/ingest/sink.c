/* SPDX-License-Identifier: MIT
 *
 * The sink as importers see it: copies what they say about runs, results,
 * turns, calls, scores and categories. pack.c makes the record of it.
 */
#include "ingest/sink.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/redact.h"
#include "ingest/sink_private.h"

struct sink *sink_new(const struct sink_options *o)
{
	struct sink *s = xcalloc(1, sizeof *s);
	s->o = *o;
	s->run = (struct in_run){.declared = -1};
	return s;
}

void sink_free(struct sink *s)
{
	if (!s)
		return;
	batch_free(s->batch);
	free(s->broken_text);
	arena_fini(&s->source);
	arena_fini(&s->scratch);
	seen_fini(&s->seen);
	pair_fini(s);
	buf_fini(&s->declared);
	buf_fini(&s->meta);
	free(s->turns);
	free(s->extra);
	free(s->calls);
	free(s->has_result);
	free(s->call_turn);
	free(s->scores);
	free(s->categories);
	free(s->assistant);
	free(s->ignored);
	free(s);
}

struct batch *sink_batch(struct sink *s)
{
	if (!s->batch) {
		s->batch = batch_new();
		s->batch_run = NULL;
	}
	return s->batch;
}

bool sink_stopped(const struct sink *s)
{
	return s->broken || (s->o.stop && atomic_load(s->o.stop));
}

static struct str keep(struct sink *s, struct str text)
{
	return pack_str(&s->source, text, NULL);
}

static struct str redacted_meta(struct sink *s, struct str meta)
{
	if (!meta.p)
		return meta;
	struct arena a = {0};
	struct buf out = {0};
	const struct json *node;
	struct str kept = {0};
	if (json_read(&a, meta, NULL, &node, NULL) == OK && node->type == JSON_OBJECT) {
		redact_json(&out, &a, node);
		kept = arena_str(&s->source, buf_str(&out));
	}
	buf_fini(&out);
	arena_fini(&a);
	return kept;
}

void sink_run(struct sink *s, const struct in_run *run)
{
	struct str key = s->o.run.p ? s->o.run : run->key.p ? run->key : s->o.path;
	s->run = (struct in_run){
	        .key = keep(s, key),
	        .name = keep(s, run->name.p && !s->o.run.p ? run->name : key),
	        .tool = keep(s, run->tool.p ? run->tool : s->o.format),
	        .tool_version = keep(s, run->tool_version),
	        .task = keep(s, run->task.n ? run->task : s->o.task),
	        .status = keep(s, run->status),
	        .created_ms = run->created_ms,
	        .declared = run->declared,
	        .meta = redacted_meta(s, run->meta),
	};
	s->has_run = true;
	s->default_run = !s->o.run.p && !run->key.p;
	s->batch_run = NULL;
}

/* ---- one result ---- */

static struct str put(struct sink *s, struct str text)
{
	return pack_str(&sink_batch(s)->arena, text, &s->r.repairs);
}

static struct str put_or(struct sink *s, struct str text, struct str otherwise)
{
	return put(s, text.n ? text : otherwise);
}

static void forget(struct sink *s)
{
	arena_reset(&s->scratch);
	pair_reset(s);
	s->nturns = s->ncalls = s->nscores = s->ncategories = s->nassistant = 0;
	s->caller = 0;
	buf_clear(&s->meta);
}

static struct str item_of(struct sink *s, const struct sink_result *r)
{
	if (r->item.n)
		return put(s, r->item);
	return arena_printf(&sink_batch(s)->arena, "#%llu", (unsigned long long)s->ordinal);
}

void sink_result(struct sink *s, const struct sink_result *r)
{
	assert(!s->open);
	if (!s->has_run)
		sink_run(s, &(struct in_run){.declared = -1});
	forget(s);
	s->open = true;
	s->ordinal++;
	s->r = (struct in_result){.repairs = r->repairs};
	struct in_result *out = &s->r;
	out->authority = r->authority;
	out->model = put_or(s, r->model, s->o.model);
	s->key_model = r->key_model.n ? put(s, r->key_model) : out->model;
	out->provider = put_or(s, r->provider, s->o.provider);
	out->model_label = put(s, r->model_label);
	out->task = put_or(s, r->task, s->run.task.n ? s->run.task : s->o.task);
	out->item = item_of(s, r);
	out->epoch = r->epoch.p ? put(s, r->epoch) : str_c("");
	out->raw_outcome = put(s, r->raw_outcome);
	out->raw_severity = put(s, r->raw_severity);
	out->raw_item_severity = put(s, r->raw_item_severity);
	out->target = put(s, r->target);
	out->answer = put(s, r->answer);
	out->error = put(s, r->error);
	out->limit = put(s, r->limit);
	out->started_ms = r->started_ms;
	out->duration_ms = r->duration_ms;
	out->raw_fail_turn = r->fail_turn;
	out->truncated = r->truncated;
	out->member = put(s, r->member);
	if (r->place) {
		out->offset = r->place->offset;
		out->length = r->place->text.n;
		out->line = r->place->line;
	}
}

static struct str scratch(struct sink *s, struct str text)
{
	return pack_str(&s->scratch, text, &s->r.repairs);
}

static struct turn *add_turn(struct sink *s)
{
	if (s->nturns == s->turns_cap)
		s->turns = vec_grow(s->turns, &s->turns_cap, s->nturns + 1, sizeof *s->turns);
	if (s->nturns == s->extra_cap)
		s->extra = vec_grow(s->extra, &s->extra_cap, s->nturns + 1, sizeof *s->extra);
	s->extra[s->nturns] = (struct sink_turn_extra){(uint32_t)s->ncalls, (uint32_t)s->ncalls, false};
	struct turn *t = &s->turns[s->nturns++];
	*t = (struct turn){0};
	return t;
}

static void note_assistant(struct sink *s, uint32_t turn)
{
	if (s->nassistant == s->assistant_cap)
		s->assistant = vec_grow(s->assistant, &s->assistant_cap, s->nassistant + 1, sizeof *s->assistant);
	s->assistant[s->nassistant++] = turn;
	s->caller = turn;
}

uint32_t sink_turn(struct sink *s, const struct sink_turn *t)
{
	assert(s->open);
	struct turn *out = add_turn(s);
	uint32_t number = (uint32_t)s->nturns;
	out->role = t->role;
	out->role_text = t->role == ROLE_OTHER ? scratch(s, t->role_text) : (struct str){0};
	out->name = scratch(s, t->name);
	out->content = scratch(s, t->content);
	out->reasoning = scratch(s, t->reasoning);
	out->error = scratch(s, t->error);
	out->tool_call_id = scratch(s, t->tool_call_id);
	out->parent = scratch(s, t->parent_call.n ? t->parent_call : (struct str){0});
	out->at_ms = t->at_ms;
	out->outcome = t->outcome;
	bool answers = s->extra[number - 1].answers = t->role == ROLE_TOOL || t->answers;
	if (t->role == ROLE_ASSISTANT)
		note_assistant(s, number);
	else if (answers && !t->unasked)
		pair_answer(s, out->tool_call_id, number);
	if (t->outcome == OUTCOME_FAIL && !s->r.raw_fail_turn)
		s->r.raw_fail_turn = number;
	return number;
}

static size_t add_call(struct sink *s)
{
	size_t n = s->ncalls + 1;
	if (s->calls_cap < n)
		s->calls = vec_grow(s->calls, &s->calls_cap, n, sizeof *s->calls);
	if (s->has_cap < n)
		s->has_result = vec_grow(s->has_result, &s->has_cap, n, sizeof *s->has_result);
	if (s->turn_cap < n)
		s->call_turn = vec_grow(s->call_turn, &s->turn_cap, n, sizeof *s->call_turn);
	return s->ncalls++;
}

void sink_call(struct sink *s, const struct sink_call *c)
{
	assert(s->open && s->nturns > 0);
	size_t i = add_call(s);
	bool has_result = c->has_result || c->result.p;
	s->calls[i] = (struct call){
	        .id = scratch(s, c->id),
	        .name = scratch(s, c->name),
	        .arguments = scratch(s, c->arguments),
	        .result = scratch(s, has_result && !c->result.p ? str_c("") : c->result),
	        .error = scratch(s, c->error),
	        .answered = has_result,
	};
	s->has_result[i] = has_result;
	s->call_turn[i] = s->caller = (uint32_t)s->nturns;
}

void sink_score(struct sink *s, const struct in_score *score)
{
	assert(s->open);
	if (s->nscores == s->scores_cap)
		s->scores = vec_grow(s->scores, &s->scores_cap, s->nscores + 1, sizeof *s->scores);
	struct in_score *out = &s->scores[s->nscores++];
	*out = *score;
	out->name = put_or(s, score->name, str_c("score"));
	out->rater = put(s, score->rater);
	out->value_text = put(s, score->value_text);
	out->reason = put(s, score->reason);
	if (out->has_num && !isfinite(out->num))
		out->has_num = false;
	if (!out->value_text.p && out->has_num) {
		struct buf b = {0};
		json_write_num(&b, out->num);
		out->value_text = arena_str(&s->batch->arena, buf_str(&b));
		buf_fini(&b);
	}
}

void sink_category(struct sink *s, struct str taxonomy, struct str path)
{
	sink_category_at(s, 0, 0, taxonomy, path);
}

void sink_category_at(struct sink *s, uint32_t turn, uint32_t call, struct str taxonomy, struct str path)
{
	assert(s->open);
	path = str_trim(path);
	if (path.n == 0)
		return;
	if (s->ncategories == s->categories_cap)
		s->categories = vec_grow(s->categories, &s->categories_cap, s->ncategories + 1, sizeof *s->categories);
	s->categories[s->ncategories++] = (struct in_category){put(s, str_trim(taxonomy)), put(s, path), turn, call};
}

static void meta_name(struct sink *s, const char *key)
{
	buf_add_ch(&s->meta, s->meta.n ? ',' : '{');
	json_write_str(&s->meta, str_c(key));
	buf_add_ch(&s->meta, ':');
}

void sink_meta(struct sink *s, const char *key, struct str value)
{
	assert(s->open);
	double num;
	if (!value.p)
		return;
	meta_name(s, key);
	if (redact_key(str_c(key)) && value.n && !str_to_double(value, &num))
		value = str_c("[redacted]");
	json_write_str(&s->meta, redact_value(&s->scratch, value));
}

void sink_meta_num(struct sink *s, const char *key, double value)
{
	assert(s->open);
	if (!isfinite(value))
		return;
	meta_name(s, key);
	json_write_num(&s->meta, value);
}
