/* SPDX-License-Identifier: MIT
 *
 * Attributes as a tree. A name may be a value and the beginning of others at
 * once; then the node has both.
 */
#include <stdlib.h>

#include "ingest/otel.h"

enum { PARTS_MAX = 24 }; /* of a dotted name; what is behind them stays one name */

/* A node of the tree: the json comes first, so that one is the other. */
struct attr {
	struct json json;
	struct attr *last;
};

static struct attr *attr_of(struct json *node)
{
	return (struct attr *)(void *)node;
}

struct json *attrs_new(struct arena *a)
{
	struct attr *root = arena_calloc(a, 1, sizeof *root);
	root->json.type = JSON_OBJECT;
	return &root->json;
}

static bool is_number(struct str s, int64_t *n)
{
	return s.n > 0 && s.n < 10 && str_to_i64(s, n) && *n >= 0;
}

static void insert_behind(struct attr *parent, struct json *before, struct attr *child)
{
	struct json **at = before ? &before->next : &parent->json.child;
	child->json.next = *at;
	*at = &child->json;
	if (!child->json.next)
		parent->last = child;
	parent->json.count++;
}

/* The numbered child goes where its number belongs; nearly always that is the end. */
static struct json *place_of(struct attr *parent, int64_t n)
{
	struct json *before = NULL;
	int64_t other;
	if (parent->last && is_number(parent->last->json.key, &other) && other < n)
		return &parent->last->json;
	for (struct json *it = parent->json.child; it && is_number(it->key, &other) && other < n; it = it->next)
		before = it;
	return before;
}

static struct attr *child_of(struct arena *a, struct attr *parent, struct str key)
{
	int64_t n;
	bool numbered = is_number(key, &n);
	if (parent->last && str_eq(parent->last->json.key, key))
		return parent->last;
	for (struct json *it = parent->json.child; it; it = it->next)
		if (str_eq(it->key, key))
			return attr_of(it);
	struct attr *child = arena_calloc(a, 1, sizeof *child);
	child->json.key = key;
	if (parent->json.type == JSON_ABSENT)
		parent->json.type = numbered ? JSON_ARRAY : JSON_OBJECT;
	else if (parent->json.type == JSON_ARRAY && !numbered)
		parent->json.type = JSON_OBJECT;
	insert_behind(parent, numbered ? place_of(parent, n) : parent->last ? &parent->last->json : NULL, child);
	return child;
}

static struct attr *node_of(struct arena *a, struct json *tree, struct str name)
{
	struct attr *at = attr_of(tree);
	struct str rest = name, part;
	for (int i = 0; i < PARTS_MAX - 1 && str_cut(&rest, '.', &part); i++)
		at = child_of(a, at, part);
	return rest.p && rest.n ? child_of(a, at, rest) : at;
}

static bool holds_objects(const struct json *v)
{
	return v->type == JSON_ARRAY && v->child && v->child->type == JSON_OBJECT;
}

void attrs_add(struct arena *a, struct json *tree, struct str name, const struct json *value)
{
	struct attr *at = node_of(a, tree, name);
	size_t i = 0;
	if (at == attr_of(tree))
		return;
	if (value->type == JSON_OBJECT || holds_objects(value)) {
		at->json.src = value->src;
		JSON_EACH(member, value) {
			struct str key = value->type == JSON_OBJECT ? member->key : arena_printf(a, "%zu", i++);
			attrs_add(a, &at->json, key, member);
		}
		return;
	}
	struct json *child = at->json.child;
	struct str key = at->json.key;
	struct json *next = at->json.next;
	size_t count = at->json.count;
	at->json = *value;
	at->json.key = key;
	at->json.next = next;
	if (child) {
		at->json.child = child;
		at->json.count = count;
	}
}

const struct json *attrs_get(const struct json *tree, const char *name)
{
	static const struct json absent;
	struct str rest = str_c(name), part;
	while (str_cut(&rest, '.', &part)) {
		const struct json *found = &absent;
		for (const struct json *it = tree->child; it && found == &absent; it = it->next)
			if (str_eq(it->key, part))
				found = it;
		tree = found;
	}
	return tree;
}

/* ---- AnyValue ---- */

static struct json *copy_of(struct arena *a, const struct json *v)
{
	struct json *out = arena_alloc(a, sizeof *out);
	*out = *v;
	out->key = (struct str){0};
	out->next = NULL;
	return out;
}

/* 64-bit integers are strings by the rules of protobuf, numbers with some writers. */
static struct json *number_of(struct arena *a, const struct json *v)
{
	struct json *out = copy_of(a, v);
	if (v->type != JSON_STRING)
		return out;
	out->type = str_to_double(v->text, &out->num) ? JSON_NUMBER : JSON_NAN;
	out->src = v->text;
	return out;
}

static struct json *bytes_of(struct arena *a, const struct json *v)
{
	struct buf b = {0};
	struct json *out = copy_of(a, v);
	blob_mark(&b, str_c("bytes"), (struct str){0}, json_str(v));
	out->type = JSON_STRING;
	out->text = arena_str(a, buf_str(&b));
	buf_fini(&b);
	return out;
}

static void append(struct json *list, struct json **last, struct json *v)
{
	*(*last ? &(*last)->next : &list->child) = v;
	*last = v;
	list->count++;
}

static struct json *list_of(struct arena *a, const struct json *values, bool keyed)
{
	struct json *out = arena_calloc(a, 1, sizeof *out), *last = NULL;
	struct buf src = {0};
	out->type = keyed ? JSON_OBJECT : JSON_ARRAY;
	JSON_EACH(v, values) {
		struct json *item = copy_of(a, otlp_value(a, keyed ? json_get(v, "value") : v));
		if (keyed)
			item->key = json_str(json_get(v, "key"));
		append(out, &last, item);
	}
	json_write_node(&src, out);
	out->src = arena_str(a, buf_str(&src));
	buf_fini(&src);
	return out;
}

const struct json *otlp_value(struct arena *a, const struct json *any)
{
	const struct json *v = any->child; /* a value has one member; {} is null */
	static const struct json null = {.type = JSON_NULL};
	if (any->type != JSON_OBJECT || !v)
		return &null;
	if (str_eq_c(v->key, "intValue") || str_eq_c(v->key, "doubleValue"))
		return number_of(a, v);
	if (str_eq_c(v->key, "bytesValue"))
		return bytes_of(a, v);
	if (str_eq_c(v->key, "arrayValue"))
		return list_of(a, json_get(v, "values"), false);
	if (str_eq_c(v->key, "kvlistValue"))
		return list_of(a, json_get(v, "values"), true);
	return copy_of(a, v);
}

void otlp_attrs(struct arena *a, struct json *tree, const struct json *list)
{
	JSON_EACH(it, list) {
		struct str key = json_str(json_get(it, "key"));
		if (key.n)
			attrs_add(a, tree, key, otlp_value(a, json_get(it, "value")));
	}
}
