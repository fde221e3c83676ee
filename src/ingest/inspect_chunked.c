/* SPDX-License-Identifier: MIT
 *
 * Samples that lie in pieces: a shell, and chunks of a pool of messages and of
 * attachments, each named by the index of its first element. The conversation
 * is a list of half-open ranges of the pool.
 */
#include "ingest/imp_inspect.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

struct chunk {
	int64_t first;
	const struct member *member;
};

/* Elements by their index in the sequence. */
struct pool {
	const struct json **items;
	size_t n, cap;
};

static int by_first(const void *va, const void *vb)
{
	const struct chunk *a = va, *b = vb;
	return a->first < b->first ? -1 : a->first > b->first;
}

/* The members "DIR/KIND/NUMBER.json", in numeric order. */
static struct chunk *find_chunks(const struct bundle *b, struct str dir, const char *kind, size_t *n)
{
	struct chunk *all = NULL;
	size_t cap = 0, skip = dir.n + strlen(kind) + 1;
	*n = 0;
	for (size_t i = 0; i < b->n; i++) {
		struct str name = str_c(b->members[i].name);
		int64_t first;
		if (name.n <= skip + 5 || memcmp(name.p, dir.p, dir.n) != 0 || !str_starts(str_sub(name, dir.n, name.n), kind) ||
			name.p[skip - 1] != '/' || !str_ends(name, ".json") || !str_to_i64(str_sub(name, skip, name.n - skip - 5), &first))
			continue;
		all = vec_grow(all, &cap, *n + 1, sizeof *all);
		all[(*n)++] = (struct chunk){first, &b->members[i]};
	}
	if (*n)
		qsort(all, *n, sizeof *all, by_first);
	return all;
}

static enum status add_chunk(struct inspect *in, struct pool *p, const struct chunk *c, struct arena *a, uint32_t *repairs, struct err *err)
{
	const struct json *array;
	enum status st = inspect_slurp(in, c->member, a, repairs, &array, err);
	if (st)
		return st;
	if (array->type != JSON_ARRAY || c->first != (int64_t)p->n)
		return err_fail(err, "%s: expected an array that begins at element %zu", c->member->path, p->n);
	p->items = vec_grow(p->items, &p->cap, p->n + array->count, sizeof *p->items);
	JSON_EACH(e, array)
		p->items[p->n++] = e;
	return OK;
}

static enum status read_pool(struct inspect *in, struct str dir, const char *kind, struct pool *p, struct arena *a, uint32_t *repairs,
	struct err *err)
{
	size_t n;
	struct chunk *chunks = find_chunks(in->im->inside, dir, kind, &n);
	enum status st = OK;
	for (size_t i = 0; i < n && st == OK; i++)
		st = add_chunk(in, p, &chunks[i], a, repairs, err);
	free(chunks);
	return st;
}

/* The conversation: each range of the pool in turn; the whole pool when there are no ranges. */
static enum status pick_messages(const struct member *shell, const struct json *refs, const struct pool *pool, struct pool *out, struct err *err)
{
	int64_t from, to;
	if (refs->type != JSON_ARRAY) {
		out->items = vec_grow(NULL, &out->cap, pool->n + 1, sizeof *out->items);
		if (pool->n)
			memcpy(out->items, pool->items, pool->n * sizeof *out->items);
		out->n = pool->n;
		return OK;
	}
	JSON_EACH(r, refs) {
		if (!json_i64(json_at(r, 0), &from) || !json_i64(json_at(r, 1), &to) || from < 0 || to < from || (uint64_t)to > pool->n ||
			(uint64_t)(to - from) > pool->n * 16 - out->n)
			return err_fail(err, "%s: a message reference that points outside of the %zu messages", shell->path, pool->n);
		out->items = vec_grow(out->items, &out->cap, out->n + (size_t)(to - from) + 1, sizeof *out->items);
		for (; from < to; from++)
			out->items[out->n++] = pool->items[from];
	}
	return OK;
}

/* Metadata stands in a member of its own when there is any. */
static enum status read_metadata(struct inspect *in, struct str dir, struct inspect_sample *s, struct err *err)
{
	struct str name = arena_printf(s->arena, "%.*smetadata.json", (int)dir.n, dir.p);
	const struct member *m = bundle_find(in->im->inside, name.p);
	s->metadata = json_get(s->node, "metadata");
	return m ? inspect_slurp(in, m, s->arena, &s->repairs, &s->metadata, err) : OK;
}

enum status inspect_chunked(struct inspect *in, const struct member *shell, struct arena *a, struct err *err)
{
	struct inspect_sample s = {.arena = a, .member = str_c(shell->name)};
	struct pool messages = {0}, attachments = {0}, picked = {0};
	struct str dir = str_sub(s.member, 0, s.member.n - strlen("sample.json"));
	enum status st = inspect_slurp(in, shell, a, &s.repairs, &s.node, err);
	if (st == OK)
		st = read_metadata(in, dir, &s, err);
	if (st == OK)
		st = read_pool(in, dir, "attachments", &attachments, a, &s.repairs, err);
	if (st == OK)
		st = read_pool(in, dir, "messages", &messages, a, &s.repairs, err);
	if (st == OK)
		st = pick_messages(shell, json_get(s.node, "message_refs"), &messages, &picked, err);
	if (st == OK) {
		s.messages = picked.items;
		s.n = picked.n;
		s.attachments.by_index = attachments.items;
		s.attachments.n = attachments.n;
		st = inspect_sample_put(in, &s, err);
	}
	free(messages.items);
	free(attachments.items);
	free(picked.items);
	return st;
}
