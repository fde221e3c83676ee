/* SPDX-License-Identifier: MIT
 *
 * What stands beside results: scores, categories and outcomes that name one by
 * its key, parts, published values, raters, and the notes of the source report.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/sink_private.h"

static struct str keep(struct sink *s, struct str text)
{
	return pack_str(&sink_batch(s)->arena, text, NULL);
}

/* Hands over what attachments filled: they may be all that a source holds. A failure is kept for the next result_end. */
static void flush_if_full(struct sink *s)
{
	if (!s->open && !s->broken && batch_size(s->batch) >= BATCH_BYTES)
		sink_flush(s, NULL);
}

/* Absent parts of a key are those of the present run, as in sink_result. */
static void key_uid(struct sink *s, const struct result_key *key, unsigned char uid[static UID_SIZE])
{
	struct result_key full = *key;
	if (!full.tool.p)
		full.tool = s->run.tool.p ? s->run.tool : s->o.format;
	if (s->o.run.p)
		full.run = s->o.run;
	else if (!full.run.p)
		full.run = s->run.key.p ? s->run.key : s->o.path;
	if (!full.model.n)
		full.model = s->o.model;
	if (!full.task.n)
		full.task = s->run.task.n ? s->run.task : s->o.task;
	result_uid(&full, uid);
}

static struct in_attach *add_attach(struct sink *s, const struct result_key *key)
{
	struct in_attach *a = arena_calloc(&sink_batch(s)->arena, 1, sizeof *a);
	key_uid(s, key, a->uid);
	batch_add(s->batch, PACKED_ATTACH)->u.attach = a;
	return a;
}

void sink_attach_score(struct sink *s, const struct result_key *key, const struct in_score *score)
{
	struct in_attach *a = add_attach(s, key);
	struct in_score *copy = arena_alloc(&s->batch->arena, sizeof *copy);
	*copy = *score;
	copy->name = keep(s, score->name.n ? score->name : str_c("score"));
	copy->rater = keep(s, score->rater);
	copy->value_text = keep(s, score->value_text);
	copy->reason = keep(s, score->reason);
	if (!copy->value_text.p && copy->has_num) {
		struct buf b = {0};
		json_write_num(&b, copy->num);
		copy->value_text = keep(s, buf_str(&b));
		buf_fini(&b);
	}
	a->score = copy;
	flush_if_full(s);
}

void sink_attach_category(struct sink *s, const struct result_key *key, struct str taxonomy, struct str path)
{
	struct in_attach *a = add_attach(s, key);
	struct in_category *copy = arena_calloc(&s->batch->arena, 1, sizeof *copy);
	copy->taxonomy = keep(s, taxonomy);
	copy->path = keep(s, path);
	a->category = copy;
	flush_if_full(s);
}

void sink_attach_outcome(struct sink *s, const struct result_key *key, struct str raw_outcome)
{
	add_attach(s, key)->raw_outcome = keep(s, raw_outcome);
	flush_if_full(s);
}

void sink_part(struct sink *s, const struct result_key *key, struct str order, struct str body)
{
	struct in_part *p = arena_alloc(&sink_batch(s)->arena, sizeof *p);
	key_uid(s, key, p->uid);
	p->order = keep(s, order);
	p->body = keep(s, body);
	batch_add(s->batch, PACKED_PART)->u.part = p;
	flush_if_full(s);
}

void sink_aggregate(struct sink *s, const struct in_aggregate *a)
{
	struct in_aggregate *copy = arena_alloc(&sink_batch(s)->arena, sizeof *copy);
	*copy = *a;
	copy->run = keep(s, a->run.p ? a->run : s->run.key.p ? s->run.key : s->o.path);
	copy->model = keep(s, a->model.n ? a->model : s->o.model);
	copy->task = keep(s, a->task.n ? a->task : s->run.task.n ? s->run.task : s->o.task);
	copy->category = keep(s, a->category);
	copy->metric = keep(s, a->metric);
	batch_add(s->batch, PACKED_AGGREGATE)->u.aggregate = copy;
	flush_if_full(s);
}

void sink_rater(struct sink *s, struct str rater, struct str attribute, struct str value)
{
	struct packed_rater *r = arena_alloc(&sink_batch(s)->arena, sizeof *r);
	*r = (struct packed_rater){keep(s, rater), keep(s, attribute), keep(s, value)};
	batch_add(s->batch, PACKED_RATER)->u.rater = r;
	flush_if_full(s);
}

void sink_label(struct sink *s, struct str task, struct str item, const char *field, struct str value)
{
	value = str_trim(value);
	if (!item.n || !value.n)
		return;
	struct packed_label *l = arena_alloc(&sink_batch(s)->arena, sizeof *l);
	*l = (struct packed_label){task.n ? keep(s, task) : str_c(""), keep(s, item), str_c(field), keep(s, value)};
	batch_add(s->batch, PACKED_LABEL)->u.label = l;
	flush_if_full(s);
}

__attribute__((format(printf, 4, 0))) static void add_note(
	struct sink *s, const char *kind, struct str place, const char *fmt, va_list ap)
{
	struct buf text = {0};
	buf_vprintf(&text, fmt, ap);
	struct packed_note *n = arena_alloc(&sink_batch(s)->arena, sizeof *n);
	*n = (struct packed_note){kind, place, keep(s, buf_str(&text))};
	buf_fini(&text);
	batch_add(s->batch, PACKED_NOTE)->u.note = n;
	flush_if_full(s);
}

void sink_skip(struct sink *s, uint64_t line, const char *fmt, ...)
{
	struct str place = {0};
	if (line)
		place = arena_printf(&sink_batch(s)->arena, "line %llu", (unsigned long long)line);
	va_list ap;
	va_start(ap, fmt);
	add_note(s, "skip", place, fmt, ap);
	va_end(ap);
	s->totals.skipped++;
}

void sink_warn(struct sink *s, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	add_note(s, "warning", (struct str){0}, fmt, ap);
	va_end(ap);
	s->totals.warnings++;
}

void sink_declare(struct sink *s, const char *what, double value)
{
	buf_add_ch(&s->declared, s->declared.n ? ',' : '{');
	json_write_str(&s->declared, str_c(what));
	buf_add_ch(&s->declared, ':');
	json_write_num(&s->declared, value);
}
