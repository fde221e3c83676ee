/* SPDX-License-Identifier: MIT
 *
 * Spans as parts. A message is a part of its own, named by the hash of itself
 * and of all before it: a conversation that goes on adds only what is new. A
 * piece of a span names the last message that went in and the last that came out.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sha256.h"
#include "ingest/trace_chat.h"
#include "ingest/trace_private.h"

enum { HASH_BYTES = 12, HASH_HEX = 2 * HASH_BYTES + 1, SEEN_MAX = 1 << 20 };

/* The messages of one side: those behind `base` up to `head`. */
struct chain {
	char head[HASH_HEX], base[HASH_HEX];
	uint64_t n;
};

struct traces {
	struct sink *sink;
	struct str tool;
	struct dict seen; /* messages that are parts already */
	struct str trace;
	struct span span;
	struct chain chains[2];
	struct buf meta, scores, categories, order, body, message;
};

struct traces *traces_new(struct sink *s, const char *tool)
{
	struct traces *t = xcalloc(1, sizeof *t);
	t->sink = s;
	t->tool = str_c(tool);
	return t;
}

void traces_free(struct traces *t)
{
	if (!t)
		return;
	struct buf *const bufs[] = {&t->meta, &t->scores, &t->categories, &t->order, &t->body, &t->message};
	for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++)
		buf_fini(bufs[i]);
	dict_fini(&t->seen);
	free(t);
}

void span_begin(struct traces *t, struct str trace, const struct span *span)
{
	t->trace = trace;
	t->span = *span;
	memset(t->chains, 0, sizeof t->chains);
	buf_clear(&t->meta);
	buf_clear(&t->scores);
	buf_clear(&t->categories);
}

static void put_part(struct traces *t)
{
	const struct str none = str_c("");
	sink_part(t->sink, &(struct result_key){.tool = t->tool, .run = none, .item = t->trace}, buf_str(&t->order), buf_str(&t->body));
}

/* ---- messages ---- */

static bool seen_before(struct traces *t, const char *hash)
{
	size_t n = t->seen.n;
	buf_clear(&t->order);
	buf_add_str(&t->order, t->trace);
	buf_add_c(&t->order, hash);
	if (n >= SEEN_MAX) { /* telling a message twice costs space, not sense */
		dict_fini(&t->seen);
		n = 0;
	}
	dict_add(&t->seen, buf_str(&t->order));
	return t->seen.n == n;
}

static void put_message(struct traces *t, struct chain *c, struct str message)
{
	unsigned char sum[SHA256_SIZE];
	char up[HASH_HEX];
	struct sha256 *h = sha256_new();
	memcpy(up, c->head, sizeof up);
	sha256_add(h, up, strlen(up));
	sha256_add(h, message.p, message.n);
	sha256_end(h, sum);
	hex_encode(sum, HASH_BYTES, c->head);
	c->n++;
	if (seen_before(t, c->head))
		return;
	buf_clear(&t->order);
	buf_printf(&t->order, "m%s", c->head);
	buf_clear(&t->body);
	buf_printf(&t->body, "{\"up\":\"%s\",\"m\":", up);
	buf_add_str(&t->body, message);
	buf_add_ch(&t->body, '}');
	put_part(t);
}

/* What comes out goes on from what went in. */
static struct chain *chain_of(struct traces *t, enum span_side side)
{
	struct chain *c = &t->chains[side];
	if (side == SPAN_OUT && !c->n) {
		memcpy(c->base, t->chains[SPAN_IN].head, sizeof c->base);
		memcpy(c->head, c->base, sizeof c->head);
	}
	return c;
}

struct giving {
	struct traces *t;
	struct chain *chain;
};

static void each_message(void *ctx, struct str message)
{
	const struct giving *s = ctx;
	put_message(s->t, s->chain, message);
}

void span_chat(struct traces *t, enum span_side side, const struct json *chat)
{
	struct giving s = {t, chain_of(t, side)};
	trace_chat(chat, side == SPAN_IN ? "user" : "assistant", each_message, &s);
}

void span_text(struct traces *t, enum span_side side, const char *role, struct str text)
{
	if (!text.p)
		return;
	buf_clear(&t->message);
	buf_add_ch(&t->message, '{');
	member_put(&t->message, "role", str_c(role));
	member_put(&t->message, "content", text);
	buf_add_ch(&t->message, '}');
	put_message(t, chain_of(t, side), buf_str(&t->message));
}

/* ---- facts ---- */

void span_meta(struct traces *t, const char *key, struct str value)
{
	if (!t->meta.n)
		buf_add_ch(&t->meta, '{');
	buf_clear(&t->message);
	fact_key(&t->message, str_c(key));
	if (t->message.n)
		member_put(&t->meta, t->message.p, value);
}

void span_score(struct traces *t, const struct in_score *score)
{
	buf_add_c(&t->scores, t->scores.n ? ",{" : "{");
	member_put(&t->scores, "name", score->name);
	member_put(&t->scores, "rater", score->rater);
	member_put(&t->scores, "text", score->value_text);
	member_put(&t->scores, "reason", score->reason);
	if (score->has_num) {
		buf_add_c(&t->scores, t->scores.p[t->scores.n - 1] == '{' ? "\"num\":" : ",\"num\":");
		json_write_num(&t->scores, score->num);
	}
	buf_add_ch(&t->scores, '}');
}

void span_category(struct traces *t, struct str taxonomy, struct str path)
{
	buf_add_c(&t->categories, t->categories.n ? ",{" : "{");
	member_put(&t->categories, "taxonomy", taxonomy);
	member_put(&t->categories, "path", path);
	buf_add_ch(&t->categories, '}');
}

/* ---- the piece ---- */

static void put_number(struct buf *b, const char *name, int64_t v)
{
	if (v)
		buf_printf(b, ",\"%s\":%lld", name, (long long)v);
}

static void put_chain(struct buf *b, const char *name, const struct chain *c)
{
	if (c->n)
		buf_printf(b, ",\"%s\":{\"head\":\"%s\",\"base\":\"%s\",\"n\":%llu}", name, c->head, c->base, (unsigned long long)c->n);
}

static void put_list(struct buf *b, const char *name, const struct buf *list)
{
	if (list->n)
		buf_printf(b, ",\"%s\":[%.*s]", name, (int)list->n, list->p);
}

void span_end(struct traces *t)
{
	const struct span *s = &t->span;
	struct buf *b = &t->body;
	const struct str id = s->id.p ? s->id : str_c("");
	buf_clear(&t->order);
	buf_printf(&t->order, "s%.*s %.*s", (int)id.n, id.p, (int)s->version.n, s->version.p ? s->version.p : "");
	buf_clear(b);
	buf_add_ch(b, '{');
	member_put(b, "trace", t->trace);
	member_put(b, "id", id);
	for (const struct span_text *m = span_texts; m->name; m++)
		member_put(b, m->name, span_text_get(s, m->offset));
	put_number(b, "adds", s->adds);
	put_number(b, "kind", (int64_t)s->kind);
	put_number(b, "status", (int64_t)s->status);
	put_number(b, "start", s->start_ns);
	put_number(b, "end", s->end_ns);
	put_number(b, "dropped", (int64_t)(s->dropped & INT64_MAX));
	put_number(b, "repairs", s->repairs);
	put_chain(b, "in", &t->chains[SPAN_IN]);
	put_chain(b, "out", &t->chains[SPAN_OUT]);
	if (t->meta.n)
		buf_printf(b, ",\"meta\":%.*s}", (int)t->meta.n, t->meta.p);
	put_list(b, "scores", &t->scores);
	put_list(b, "categories", &t->categories);
	buf_add_ch(b, '}');
	put_part(t);
}
