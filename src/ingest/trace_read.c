/* SPDX-License-Identifier: MIT
 *
 * A trace as it was told: messages by hash, and of each span all pieces merged.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/trace_private.h"

const struct span_text span_texts[] = {
	{"parent", offsetof(struct span, parent)}, {"name", offsetof(struct span, name)}, {"agent", offsetof(struct span, agent)},
	{"error", offsetof(struct span, error)}, {"model", offsetof(struct span, model)},
	{"provider", offsetof(struct span, provider)}, {"service", offsetof(struct span, service)},
	{"task", offsetof(struct span, task)}, {"outcome", offsetof(struct span, outcome)},
	{"call", offsetof(struct span, call_id)}, {"arguments", offsetof(struct span, arguments)},
	{"result", offsetof(struct span, result)}, {"severity", offsetof(struct span, severity)},
	{"item_severity", offsetof(struct span, item_severity)}, {NULL, 0},
};

static int64_t number(const struct json *v)
{
	int64_t n;
	return json_i64(v, &n) ? n : 0;
}

/* ---- messages ---- */

/* The message of that name; one that is not there yet is made, without a body. */
static uint32_t message_of(struct trace *t, struct str hash)
{
	if (!hash.n)
		return NO_INDEX;
	uint32_t i = dict_add(&t->hashes, hash);
	if (i == t->nmessages) {
		if (t->nmessages == t->messages_cap)
			t->messages = vec_grow(t->messages, &t->messages_cap, t->nmessages + 1, sizeof *t->messages);
		t->messages[t->nmessages++] = (struct message){.up = NO_INDEX};
	}
	return i;
}

static void read_message(struct trace *t, struct str hash, const struct json *part)
{
	uint32_t i = message_of(t, hash), up = message_of(t, json_str(json_get(part, "up")));
	if (i == NO_INDEX)
		return;
	t->messages[i].body = json_get(part, "m");
	t->messages[i].up = up;
}

/* ---- spans ---- */

static struct node *node_of(struct trace *t, struct str id)
{
	uint32_t i = dict_add(&t->ids, id);
	if (i == t->nnodes) {
		if (t->nnodes == t->nodes_cap)
			t->nodes = vec_grow(t->nodes, &t->nodes_cap, t->nnodes + 1, sizeof *t->nodes);
		t->nodes[t->nnodes++] = (struct node){.parent = NO_INDEX, .owner = NO_INDEX, .scope = NO_INDEX,
			.last_message = NO_INDEX, .want = NO_INDEX, .s.id = dict_name(&t->ids, i)};
	}
	return &t->nodes[i];
}

static void add_stretch(struct trace *t, struct side *side, const struct json *v, bool more)
{
	int64_t n = number(json_get(v, "n"));
	uint32_t head = message_of(t, json_str(json_get(v, "head")));
	if (n <= 0 || n >= UINT32_MAX || head == NO_INDEX)
		return;
	struct stretch *s = arena_alloc(&t->arena, sizeof *s);
	*s = (struct stretch){head, (uint32_t)n, NULL};
	if (!more)
		*side = (struct side){0};
	if (side->last)
		side->last->next = s;
	else
		side->first = s;
	side->last = s;
	side->n += s->n;
}

static void keep_piece(struct trace *t, struct node *node, const struct json *body)
{
	struct piece *p = arena_alloc(&t->arena, sizeof *p);
	*p = (struct piece){body, NULL};
	if (node->s.kind == SPAN_NOTE) /* told anew, not told more */
		node->last_piece = NULL;
	if (node->last_piece)
		node->last_piece->next = p;
	else
		node->pieces = p;
	node->last_piece = p;
}

static void merge_numbers(struct span *s, const struct json *piece)
{
	int64_t kind = number(json_get(piece, "kind")), status = number(json_get(piece, "status"));
	int64_t start = number(json_get(piece, "start")), end = number(json_get(piece, "end"));
	if (kind > SPAN_UNSAID && kind <= SPAN_NOTE)
		s->kind = (enum span_kind)kind;
	if (status > SPAN_STATUS_UNSAID && status <= SPAN_ERROR)
		s->status = (enum span_status)status;
	s->start_ns = start ? start : s->start_ns;
	s->end_ns = end ? end : s->end_ns;
	s->dropped += (uint64_t)number(json_get(piece, "dropped"));
	s->repairs += (uint32_t)number(json_get(piece, "repairs"));
}

static void read_piece(struct trace *t, const struct json *piece)
{
	static const char *const sides[] = {"in", "out"};
	struct node *node = node_of(t, json_str(json_get(piece, "id")));
	bool adds = number(json_get(piece, "adds")) != 0;
	for (const struct span_text *m = span_texts; m->name; m++) {
		struct str v = json_str(json_get(piece, m->name));
		if (v.p)
			span_text_set(&node->s, m->offset, v);
	}
	merge_numbers(&node->s, piece);
	for (int i = 0; i < 2; i++)
		add_stretch(t, adds ? &node->added[i] : &node->sides[i], json_get(piece, sides[i]), adds);
	node->told |= !adds;
	t->told |= node->s.kind != SPAN_NOTE;
	t->name = json_str(json_get(piece, "trace"));
	keep_piece(t, node, piece);
}

/* ---- what follows from all of it ---- */

struct by_start {
	int64_t start;
	struct str id;
	uint32_t index;
};

static int earlier(const void *a, const void *b)
{
	const struct by_start *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return str_cmp(x->id, y->id);
}

/* By start, so that nothing depends on the ids that tools invent; what has no start comes first. */
static void put_in_order(struct trace *t)
{
	struct by_start *list = xcalloc(t->nnodes + 1, sizeof *list);
	for (size_t i = 0; i < t->nnodes; i++)
		list[i] = (struct by_start){t->nodes[i].s.start_ns, t->nodes[i].s.id, (uint32_t)i};
	qsort(list, t->nnodes, sizeof *list, earlier);
	t->order = arena_calloc(&t->arena, t->nnodes + 1, sizeof *t->order);
	for (size_t i = 0; i < t->nnodes; i++)
		t->order[i] = list[i].index;
	free(list);
}

static void settle(struct trace *t, struct node *n)
{
	uint32_t parent = n->s.parent.n ? dict_find(&t->ids, n->s.parent) : DICT_NONE;
	n->parent = parent == DICT_NONE ? NO_INDEX : parent;
	n->has_parent = n->s.parent.n > 0;
	for (int i = 0; i < 2; i++)
		if (!n->sides[i].n)
			n->sides[i] = n->added[i];
	if (!n->told && (n->sides[SPAN_IN].n || n->sides[SPAN_OUT].n)) { /* logs whose span did not come */
		n->s.kind = SPAN_LLM;
		n->told = true;
		n->has_parent = true;
	}
	if (n->sides[SPAN_OUT].n) {
		n->last_message = n->sides[SPAN_OUT].last->head;
		t->messages[n->last_message].at_ns = n->s.end_ns;
	}
	t->has_chat |= n->s.kind == SPAN_LLM && (n->sides[SPAN_IN].n || n->sides[SPAN_OUT].n);
}

/* All that a model was told and said, up to where that is known. */
static void mark_talk(struct trace *t, const struct node *n)
{
	for (int side = SPAN_IN; side <= SPAN_OUT && n->s.kind == SPAN_LLM; side++)
		for (const struct stretch *s = n->sides[side].first; s; s = s->next)
			for (uint32_t m = s->head; m != NO_INDEX && !t->messages[m].talked; m = t->messages[m].up)
				t->messages[m].talked = true;
}

/* A span that is its own ancestor is a root: files can say such things. */
static void cut_cycles(struct trace *t)
{
	uint32_t *mark = xcalloc(t->nnodes + 1, sizeof *mark); /* of the walk that was here */
	for (uint32_t i = 0; i < t->nnodes; i++) {
		uint32_t at = i;
		while (at != NO_INDEX && !mark[at]) {
			mark[at] = i + 1;
			uint32_t up = t->nodes[at].parent;
			if (up != NO_INDEX && mark[up] == i + 1)
				t->nodes[at].parent = up = NO_INDEX;
			at = up;
		}
	}
	free(mark);
}

const uint32_t *trace_messages(struct trace *t, const struct node *node, size_t *n)
{
	size_t all = (size_t)node->sides[SPAN_IN].n + node->sides[SPAN_OUT].n, at = 0;
	if (all > 2 * t->nmessages * (size_t)(1 + t->nnodes)) /* more than was told: not ours */
		all = 0;
	uint32_t *list = arena_alloc(&t->arena, (all + 1) * sizeof *list);
	for (int side = SPAN_IN; side <= SPAN_OUT && all; side++) {
		for (const struct stretch *s = node->sides[side].first; s; s = s->next) {
			uint32_t m = s->head, k = s->n;
			size_t end = at + s->n;
			for (; k > 0 && m != NO_INDEX; m = t->messages[m].up)
				list[at + --k] = m;
			if (k > 0) /* the chain is shorter than was said */
				memmove(list + at, list + at + k, (s->n - k) * sizeof *list);
			at = end - k;
		}
	}
	*n = at;
	return list;
}

enum status trace_read(struct trace *t, const struct in_part *parts, size_t n, struct err *err)
{
	enum status st = OK;
	for (size_t i = 0; i < n && st == OK; i++) {
		const struct json *body;
		st = json_read(&t->arena, parts[i].body, NULL, &body, err);
		if (st == OK && str_starts(parts[i].order, "m"))
			read_message(t, str_sub(parts[i].order, 1, parts[i].order.n), body);
		else if (st == OK)
			read_piece(t, body);
	}
	if (st != OK)
		return st;
	for (size_t i = 0; i < t->nnodes; i++)
		settle(t, &t->nodes[i]);
	for (size_t i = 0; i < t->nnodes; i++)
		mark_talk(t, &t->nodes[i]);
	cut_cycles(t);
	put_in_order(t);
	return OK;
}

void trace_free(struct trace *t)
{
	free(t->nodes);
	free(t->messages);
	free(t->scopes);
	dict_fini(&t->ids);
	dict_fini(&t->hashes);
	dict_fini(&t->tool_names);
	arena_fini(&t->arena);
}
