/* SPDX-License-Identifier: MIT
 *
 * One sample of an Inspect log as one result.
 */
#include "ingest/imp_inspect.h"

#include <stdio.h>

enum { META_MAX = 4096 }; /* longer texts are content of the task, not facts about the item */

/* ---- attachments ---- */

static struct str without_scheme(struct str s)
{
	static const char *const schemes[] = {"attachment://", "tc://"};
	for (size_t i = 0; i < 2; i++)
		if (str_starts(s, schemes[i]))
			return str_sub(s, strlen(schemes[i]), s.n);
	return (struct str){0};
}

static const struct json *attached(const struct inspect_attachments *at, struct str id)
{
	int64_t index;
	if (at->n)
		return str_to_i64(id, &index) && index >= 0 && (uint64_t)index < at->n ? at->by_index[index] : NULL;
	const struct json *found = at->by_hash ? json_member(at->by_hash, id) : NULL;
	if ((!found || found->type != JSON_STRING) && at->by_old_hash)
		found = json_member(at->by_old_hash, id);
	return found && found->type == JSON_STRING ? found : NULL;
}

/* True when something below changed; then an object that is shown as it stands in the source is spelt anew. */
static bool resolve(const struct inspect_attachments *at, struct arena *a, struct json *node)
{
	bool changed = false;
	if (node->type == JSON_STRING) {
		struct str id = without_scheme(node->text);
		const struct json *found = id.n ? attached(at, id) : NULL;
		if (!found)
			return false;
		node->text = found->text;
		node->src = found->src;
		return true;
	}
	for (struct json *c = node->child; c; c = c->next)
		changed |= resolve(at, a, c);
	if (changed) {
		struct buf b = {0};
		json_write_node(&b, node);
		node->src = arena_str(a, buf_str(&b));
		buf_fini(&b);
	}
	return changed;
}

void inspect_resolve(const struct inspect_attachments *at, struct arena *a, const struct json *node)
{
	bool any = at->n || (at->by_hash && at->by_hash->count) || (at->by_old_hash && at->by_old_hash->count);
	if (any && memmem(node->src.p, node->src.n, "://", 3))
		resolve(at, a, (struct json *)(uintptr_t)node);
}

/* ---- metadata ---- */

/* Names under which data sets give the category of an item; the first that is there, with the sub-category below it. */
static const char *const category_keys[] = {"category", "harm_category", "risk_category", "hazard_category", "hazard",
	"semantic_category", "functional_category", "attack_type", "topic", "subject", "domain", NULL};
static const char *const subcategory_keys[] = {"subcategory", "sub_category", "subtopic", NULL};
static const char *const severity_keys[] = {"severity", "severity_level", "risk_level", "harm_level", NULL};

static const struct json *first_of(const struct json *o, const char *const *names)
{
	const struct json *v = json_get(o, *names);
	while (json_is_null(v) && *++names)
		v = json_get(o, *names);
	return v;
}

static bool is_one_of(struct str s, const char *const *names)
{
	while (*names && !str_eq_c(s, *names))
		names++;
	return *names != NULL;
}

static void put_category(struct inspect *in, const struct json *v, struct str sub, struct arena *a)
{
	struct str name = json_str(v);
	if (!name.n)
		return;
	struct str path = category_path(a, name);
	if (sub.n)
		path = arena_printf(a, "%.*s/%.*s", (int)path.n, path.p, (int)sub.n, sub.p);
	sink_category(in->im->sink, in->taxonomy, path);
}

static void put_categories(struct inspect *in, const struct json *metadata, struct arena *a)
{
	const struct json *v = first_of(metadata, category_keys);
	struct str sub = json_str(first_of(metadata, subcategory_keys));
	if (v->type == JSON_ARRAY)
		JSON_EACH(each, v)
			put_category(in, each, sub, a);
	else if (!json_is_null(v))
		put_category(in, v, sub, a);
	else if (sub.n)
		sink_category(in->im->sink, in->taxonomy, category_path(a, sub));
}

/* A key as facts have them. */
static void plain_key(struct str name, char out[static 64])
{
	size_t n = 0;
	for (size_t i = 0; i < name.n && n < 63; i++) {
		char c = name.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
		out[n++] = plain ? c : c >= 'A' && c <= 'Z' ? (char)(c + 32) : '_';
	}
	out[n] = '\0';
}

static void put_facts(struct inspect *in, const struct json *metadata)
{
	double num;
	char key[64];
	JSON_EACH(v, metadata) {
		plain_key(v->key, key);
		if (is_one_of(v->key, severity_keys) || (is_one_of(v->key, category_keys) && first_of(metadata, category_keys) == v))
			continue;
		if (v->type == JSON_NUMBER && json_num(v, false, &num) && v->text.n <= 15)
			sink_meta_num(in->im->sink, key, num);
		else if (v->type != JSON_ARRAY && v->type != JSON_OBJECT && !json_is_null(v) && json_plain(v).n <= META_MAX)
			sink_meta(in->im->sink, key, json_plain(v));
	}
}

static void put_sample_facts(struct inspect *in, const struct json *sample)
{
	const struct json *choices = json_get(sample, "choices"), *limit = json_pointer(sample, str_c("/limit/limit"));
	double num;
	if (choices->type == JSON_ARRAY && choices->count && choices->src.n <= META_MAX) {
		struct buf list = {0};
		json_write_node(&list, choices);
		sink_meta(in->im->sink, "choices", buf_str(&list));
		buf_fini(&list);
	}
	if (json_num(limit, false, &num))
		sink_meta_num(in->im->sink, "limit.value", num);
	if (json_get(sample, "error_retries")->count)
		sink_meta_num(in->im->sink, "error_retries", (double)json_get(sample, "error_retries")->count);
}

/* ---- the result ---- */

/* A target of one element is that element. */
static struct str target_of(const struct json *target)
{
	if (target->type == JSON_ARRAY && target->count == 1)
		target = json_at(target, 0);
	return json_plain(target);
}

/* An id of an error may stand where its message should: {message, traceback} in all logs seen. */
static struct str error_of(const struct json *error)
{
	struct str text = json_plain(json_get(error, "message"));
	return text.p ? text : json_plain(error);
}

static struct str epoch_of(const struct inspect *in, const struct json *epoch)
{
	struct str s = json_plain(epoch);
	return in->epochs || !str_eq_c(s, "1") ? s : (struct str){0};
}

enum status inspect_sample_put(struct inspect *in, const struct inspect_sample *s, struct err *err)
{
	const struct json *node = s->node, *metadata = s->metadata;
	struct inspect_outcome outcome = inspect_outcome_of(in, node);
	struct sink_result r = SINK_RESULT_INIT;
	double seconds;
	r.model = in->model;
	r.provider = in->provider;
	r.item = json_plain(json_get(node, "id"));
	r.epoch = epoch_of(in, json_get(node, "epoch"));
	r.raw_outcome = outcome.word;
	r.raw_item_severity = json_plain(first_of(metadata, severity_keys));
	r.target = target_of(json_get(node, "target"));
	r.answer = outcome.answer.p ? outcome.answer : json_str(json_pointer(node, str_c("/output/completion")));
	r.error = error_of(json_get(node, "error"));
	const struct json *limit = json_get(node, "limit");
	r.limit = json_plain(limit->type == JSON_OBJECT ? json_get(limit, "type") : limit);
	r.started_ms = time_of(json_get(node, "started_at"));
	if (json_num(json_get(node, "total_time"), false, &seconds) && seconds >= 0 && seconds < 1e9)
		r.duration_ms = (int64_t)(seconds * 1000);
	r.place = s->place;
	r.member = s->member;
	r.repairs = s->repairs;
	sink_result(in->im->sink, &r);
	for (size_t i = 0; i < s->n; i++) {
		inspect_resolve(&s->attachments, s->arena, s->messages[i]);
		sink_chat_message(in->im->sink, s->messages[i]);
	}
	inspect_scores_put(in, node, s->arena);
	put_categories(in, metadata, s->arena);
	put_sample_facts(in, node);
	put_facts(in, metadata);
	return sink_result_end(in->im->sink, err);
}

enum status inspect_sample_whole(struct inspect *in, const struct inspect_sample *s, struct err *err)
{
	struct inspect_sample whole = *s;
	const struct json *messages = json_get(s->node, "messages");
	if (s->node->type != JSON_OBJECT || json_is_null(json_get(s->node, "id"))) {
		sink_skip(in->im->sink, s->place ? s->place->line : 0, "not a sample: it has no id");
		return OK;
	}
	const struct json **list = arena_alloc(s->arena, (messages->count + 1) * sizeof *list);
	JSON_EACH(m, messages)
		if (m->type == JSON_OBJECT)
			list[whole.n++] = m;
	whole.messages = list;
	whole.metadata = json_get(s->node, "metadata");
	whole.attachments.by_hash = json_get(s->node, "attachments");
	whole.attachments.by_old_hash = json_pointer(s->node, str_c("/transcript/content"));
	return inspect_sample_put(in, &whole, err);
}
