/* SPDX-License-Identifier: MIT
 *
 * The end of a result: counts, canonical transcript, natural key, digest, what
 * rules derive; and the hand-over of full batches.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "ingest/refusal.h"
#include "ingest/sink_private.h"

static void hash_str(struct sha256 *h, struct str s)
{
	/* Absent and empty are told apart; lengths keep neighbours apart. */
	uint64_t n = s.p ? (uint64_t)s.n + 1 : 0;
	unsigned char len[8];
	for (size_t i = 0; i < sizeof len; i++)
		len[i] = (unsigned char)(n >> (8 * i));
	sha256_add(h, len, sizeof len);
	if (s.n)
		sha256_add(h, s.p, s.n);
}

static void hash_num(struct sha256 *h, uint64_t n)
{
	unsigned char b[8];
	for (size_t i = 0; i < sizeof b; i++)
		b[i] = (unsigned char)(n >> (8 * i));
	sha256_add(h, b, sizeof b);
}

static struct str known(struct str s)
{
	return s.p ? s : str_c("");
}

void result_uid(const struct result_key *key, unsigned char uid[static UID_SIZE])
{
	struct sha256 *h = sha256_new();
	hash_str(h, known(key->tool));
	hash_str(h, known(key->run));
	hash_str(h, known(key->model));
	hash_str(h, known(key->task));
	hash_str(h, known(key->item));
	hash_str(h, known(key->epoch));
	unsigned char sum[SHA256_SIZE];
	sha256_end(h, sum);
	memcpy(uid, sum, UID_SIZE);
}

/* ---- what the open result counts ---- */

static void count(struct sink *s)
{
	struct in_result *r = &s->r;
	r->turns = (uint32_t)s->nturns;
	r->steps = (uint32_t)s->nassistant;
	r->tool_calls = (uint32_t)s->ncalls;
	for (size_t i = 0; i < s->ncalls; i++) {
		r->answered += s->calls[i].answered;
		/* The error of a call that a turn answers is told by that turn. */
		r->call_errors += s->calls[i].error.n > 0 && !s->calls[i].answer;
	}
	for (size_t i = 0; i < s->nturns; i++) {
		const struct turn *t = &s->turns[i];
		r->call_errors += s->extra[i].answers && t->error.n > 0;
		if (!r->has_invisible)
			r->has_invisible = escape_has_invisible(t->content) || escape_has_invisible(t->reasoning);
	}
}

static void link_calls(struct sink *s)
{
	for (size_t i = 0; i < s->ncalls; i++) {
		struct turn *t = &s->turns[s->call_turn[i] - 1];
		if (!t->ncalls)
			t->calls = &s->calls[i];
		t->ncalls++;
	}
}

static void hash_scores(struct sha256 *h, const struct in_result *r)
{
	hash_num(h, r->nscores);
	for (size_t i = 0; i < r->nscores; i++) {
		const struct in_score *sc = &r->scores[i];
		uint64_t bits = 0;
		if (sc->has_num)
			memcpy(&bits, &sc->num, sizeof bits);
		hash_num(h, sc->turn);
		hash_num(h, bits);
		hash_str(h, sc->name);
		hash_str(h, sc->rater);
		hash_str(h, sc->value_text);
		hash_str(h, sc->reason);
	}
	hash_num(h, r->ncategories);
	for (size_t i = 0; i < r->ncategories; i++) {
		hash_num(h, (uint64_t)r->categories[i].turn << 32 | r->categories[i].call);
		hash_str(h, r->categories[i].taxonomy);
		hash_str(h, r->categories[i].path);
	}
}

/* All that the source says; not where it stands (a file that grew in front changes nothing). */
static void digest(struct in_result *r)
{
	const struct str texts[] = {r->model, r->provider, r->model_label, r->task, r->item, r->epoch, r->raw_outcome,
	        r->raw_severity, r->raw_item_severity, r->target, r->answer, r->error, r->limit, r->meta, r->transcript};
	struct sha256 *h = sha256_new();
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		hash_str(h, texts[i]);
	hash_num(h, (uint64_t)r->started_ms);
	hash_num(h, (uint64_t)r->duration_ms);
	hash_num(h, (uint64_t)r->raw_fail_turn << 1 | r->truncated);
	hash_scores(h, r);
	unsigned char sum[SHA256_SIZE];
	sha256_end(h, sum);
	memcpy(r->digest, sum, DIGEST_SIZE);
}

static const struct in_run *run_in_batch(struct sink *s)
{
	if (s->batch_run)
		return s->batch_run;
	struct arena *a = &sink_batch(s)->arena;
	struct in_run *run = arena_alloc(a, sizeof *run);
	*run = s->run;
	struct str *texts[] = {&run->key, &run->name, &run->tool, &run->tool_version, &run->task, &run->status, &run->meta};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*texts[i] = arena_str(a, *texts[i]);
	return s->batch_run = run;
}

static uint64_t key64(const unsigned char uid[UID_SIZE])
{
	uint64_t k;
	memcpy(&k, uid, sizeof k);
	return k;
}

/* The natural key; the second result of a source with an equal one is epoch "#2" of it. */
static void name_result(struct sink *s)
{
	struct in_result *r = &s->r;
	struct result_key key = {s->run.tool, s->run.key, s->key_model, r->task, r->item, r->epoch};
	result_uid(&key, r->uid);
	if (s->o.uid)
		memcpy(r->uid, s->o.uid, UID_SIZE);
	if (s->o.rebuild)
		return;
	uint32_t before = seen_add(&s->seen, key64(r->uid));
	for (uint32_t n = before + 1; before; n++) {
		key.epoch = arena_printf(&s->batch->arena, "%.*s#%u", (int)r->epoch.n, r->epoch.p, n);
		result_uid(&key, r->uid);
		before = seen_add(&s->seen, key64(r->uid));
		if (!before)
			r->epoch = key.epoch;
	}
}

static void derive(struct sink *s, struct packed_result *p)
{
	struct in_result *r = &p->r;
	r->derived = (struct derived){.score = NAN};
	if (!s->o.rules)
		return;
	struct raw_facts raw = {
	        .format = s->o.format,
	        .tool = s->run.tool,
	        .run = s->run.key,
	        .task = r->task,
	        .model = r->model,
	        .provider = r->provider,
	        .item = r->item,
	        .epoch = r->epoch,
	        .raw_outcome = r->raw_outcome,
	        .raw_severity = r->raw_severity,
	        .raw_item_severity = r->raw_item_severity,
	        .target = r->target,
	        .answer = r->answer,
	        .error = r->error,
	        .limit = r->limit,
	        .meta = r->meta,
	        .turns = r->turns,
	        .steps = r->steps,
	        .tool_calls = r->tool_calls,
	        .raw_fail_turn = r->raw_fail_turn,
	        .assistant = s->assistant,
	        .nassistant = s->nassistant,
	        .scores = r->scores,
	        .nscores = r->nscores,
	        .categories = r->categories,
	        .ncategories = r->ncategories,
	};
	ruleset_derive(s->o.rules, &raw, &s->batch->arena, &r->derived, NULL);
}

static void tally(struct sink *s, const struct packed_result *p)
{
	struct sink_totals *t = &s->totals;
	t->results++;
	t->turns += p->r.turns;
	t->tool_calls += p->r.tool_calls;
	t->answered += p->r.answered;
	t->call_errors += p->r.call_errors;
	t->repaired += p->r.repairs > 0;
	switch (p->r.derived.outcome) {
	case OUTCOME_PASS:
		t->pass++;
		break;
	case OUTCOME_FAIL:
		t->fail++;
		break;
	case OUTCOME_UNSURE:
		t->unsure++;
		break;
	default:
		t->missing++;
	}
}

static bool reads_refusal(const struct sink *s)
{
	struct str last = s->nassistant ? s->turns[s->assistant[s->nassistant - 1] - 1].content : s->r.answer;
	return refusal_opening(last);
}

static void copy_vectors(struct sink *s, struct in_result *r)
{
	struct arena *a = &s->batch->arena;
	r->nscores = s->nscores;
	r->ncategories = s->ncategories;
	if (s->nscores)
		r->scores = memcpy(arena_alloc(a, s->nscores * sizeof *r->scores), s->scores, s->nscores * sizeof *r->scores);
	if (s->ncategories)
		r->categories = memcpy(arena_alloc(a, s->ncategories * sizeof *r->categories), s->categories,
		        s->ncategories * sizeof *r->categories);
	if (s->meta.n) {
		buf_add_ch(&s->meta, '}');
		r->meta = arena_str(a, buf_str(&s->meta));
	}
}

enum status sink_result_end(struct sink *s, struct err *err)
{
	assert(s->open);
	s->open = false;
	struct batch *b = sink_batch(s);
	struct packed_result *p = arena_alloc(&b->arena, sizeof *p);
	count(s);
	link_calls(s);
	copy_vectors(s, &s->r);
	name_result(s);
	*p = (struct packed_result){.r = s->r, .text_at = b->text.n};
	p->r.run = run_in_batch(s);
	if (!b->text.p) /* it will be full, most likely: growing step by step would copy it once more */
		buf_reserve(&b->text, BATCH_BYTES);
	transcript_write(&b->text, &(struct transcript){s->turns, s->nturns});
	p->r.transcript = str_n(b->text.p + p->text_at, b->text.n - p->text_at);
	digest(&p->r);
	derive(s, p);
	p->default_run = s->default_run;
	p->reads_refusal = reads_refusal(s);
	tally(s, p);
	batch_add(b, PACKED_RESULT)->u.result = p;
	if (batch_size(b) >= BATCH_BYTES)
		return sink_flush(s, err);
	return s->broken ? err_set(err, s->broken, "%s", s->broken_text ? s->broken_text : "stopped") : OK;
}

enum status sink_flush(struct sink *s, struct err *err)
{
	if (s->broken)
		return err_set(err, s->broken, "%s", s->broken_text ? s->broken_text : "stopped");
	struct batch *b = s->batch;
	if (!b)
		return OK;
	s->batch = NULL;
	batch_seal(b);
	b->consumed = s->o.consumed ? s->o.consumed(s->o.ctx) : 0;
	struct err why = {0};
	s->broken = s->o.take(s->o.ctx, b, &why);
	if (!s->broken) {
		err_fini(&why);
		return OK;
	}
	s->broken_text = xstrdup(err_text(&why));
	err_fini(&why);
	return err_set(err, s->broken, "%s", s->broken_text);
}

const struct sink_totals *sink_totals(struct sink *s)
{
	if (s->declared.n) {
		s->totals.declared = arena_printf(&s->source, "%.*s}", (int)s->declared.n, s->declared.p);
		buf_clear(&s->declared);
	}
	s->totals.ignored = ignored_text(s);
	return &s->totals;
}
