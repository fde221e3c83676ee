/* SPDX-License-Identifier: MIT
 *
 * A document of an lm-evaluation-harness samples file: what was asked, what came, and every metric of it.
 */
#include "ingest/imp_lm_eval.h"

#include <stdlib.h>

#include "base/mem.h"

/* What is no metric. */
static const char *const members[] = {"doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics",
	"doc_hash", "prompt_hash", "target_hash", NULL};

static bool is_metric(struct str key)
{
	for (const char *const *m = members; *m; m++)
		if (str_eq_c(key, *m))
			return false;
	return true;
}

/* ---- requests: [[prompt, continuation or settings], …] or {"gen_args_0": {"arg_0": prompt, "arg_1": …}, …} ---- */

static const struct json *part_of(const struct json *request, int i)
{
	if (request->type == JSON_ARRAY)
		return json_at(request, (size_t)i);
	return json_get(request, i ? "arg_1" : "arg_0");
}

static double likelihood(const struct json *resp)
{
	double v;
	return json_num(json_at(resp, 0), true, &v) ? v : -1e300;
}

/* Of several requests that differ in their continuation the likeliest is what the model chose. */
static struct str chosen(const struct json *requests, const struct json *resps)
{
	struct str best = {0};
	double most = -1e301;
	const struct json *request = requests->child;
	JSON_EACH(resp, resps) {
		const struct json *first = json_at(resp, 0)->type == JSON_ARRAY ? json_at(resp, 0) : resp;
		if (!request)
			break;
		if (likelihood(first) > most) {
			most = likelihood(first);
			best = json_str(part_of(request, 1));
		}
		request = request->next;
	}
	return best;
}

static bool is_choice(const struct json *requests)
{
	return part_of(requests->child ? requests->child : requests, 1)->type == JSON_STRING;
}

/* ---- turns ---- */

/* A chat that was made for a model with an interface of its own stands there as JSON. */
static bool add_chat(struct sink *s, struct arena *a, const struct json *prompt)
{
	const struct json *chat = prompt;
	struct str text = json_str(prompt);
	if (text.n && (!str_starts(text, "[{") || json_read(a, text, NULL, &chat, NULL) != OK))
		return false;
	if (chat->type != JSON_ARRAY || json_get(json_at(chat, 0), "role")->type != JSON_STRING)
		return false;
	sink_chat(s, chat);
	return true;
}

static void add_turns(struct sink *s, struct arena *a, const struct json *node)
{
	const struct json *requests = json_get(node, "arguments"), *resps = json_get(node, "resps");
	const struct json *prompt = part_of(requests->child ? requests->child : requests, 0);
	if (!json_is_null(prompt) && !add_chat(s, a, prompt))
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = json_plain(prompt)});
	if (is_choice(requests)) {
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = chosen(requests, resps)});
		sink_meta(s, "resps", json_plain(resps));
		return;
	}
	const struct json *generated = json_at(resps, 0);
	if (generated->type != JSON_ARRAY)
		generated = resps;
	JSON_EACH(text, generated)
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = json_plain(text)});
}

static struct str answer_of(const struct json *node)
{
	const struct json *requests = json_get(node, "arguments"), *kept = json_get(node, "filtered_resps");
	if (is_choice(requests))
		return str_trim(chosen(requests, json_get(node, "resps")));
	if (kept->type == JSON_ARRAY && kept->count == 1)
		kept = kept->child;
	return json_plain(kept);
}

/* ---- metrics ---- */

/* A metric of a whole task keeps its pair of target and answer as text. */
static bool metric(const struct json *value, struct in_score *out)
{
	if (json_is_null(value))
		return false;
	if (!score_of(value, "", out))
		*out = (struct in_score){.value_text = json_plain(value)};
	out->name = value->key;
	return true;
}

static struct str filter_of(const struct json *node)
{
	struct str filter = json_str(json_get(node, "filter"));
	return str_eq_c(filter, "none") ? (struct str){0} : filter;
}

static void attach_scores(struct lm_eval *l, const struct walked *w, struct str item)
{
	const struct result_key key = {.model = l->model, .task = l->task, .item = item};
	struct in_score score;
	JSON_EACH(value, w->node) {
		if (!is_metric(value->key) || !metric(value, &score))
			continue;
		score.rater = filter_of(w->node);
		score.name = arena_printf(w->arena, "%.*s,%.*s", (int)value->key.n, value->key.p, (int)score.rater.n,
			score.rater.p ? score.rater.p : "none");
		sink_attach_score(l->im->sink, &key, &score);
	}
}

/* Did the same document come before, under another filter? */
static bool came_before(struct lm_eval *l, struct str item, struct str filter)
{
	size_t before = l->docs.n;
	uint32_t id = dict_add(&l->docs, item);
	if (l->docs.n == before)
		return !str_eq(l->filters[id], filter);
	l->filters = vec_grow(l->filters, &l->filters_cap, (size_t)id + 1, sizeof *l->filters);
	l->filters[id] = arena_str(&l->keep, filter);
	return false;
}

static void add_category(struct sink *s, struct arena *a, const struct json *doc)
{
	struct str category = json_str(json_get(doc, "category")), sub = json_str(json_get(doc, "subcategory"));
	if (!category.n || category.n > 100)
		return;
	if (sub.n && sub.n <= 100)
		category = arena_printf(a, "%.*s/%.*s", (int)category.n, category.p, (int)sub.n, sub.p);
	sink_category(s, str_c("lm-eval-category"), category);
}

enum status lm_eval_sample(void *ctx, const struct walked *w, struct err *err)
{
	struct lm_eval *l = ctx;
	struct sink *s = l->im->sink;
	const struct json *doc = json_get(w->node, "doc");
	struct sink_result r = SINK_RESULT_INIT;
	struct in_score score;
	r.item = json_plain(json_get(w->node, "doc_id"));
	if (!r.item.n) {
		sink_skip(s, w->record->line, "no document of lm-evaluation-harness: it has no doc_id");
		return OK;
	}
	if (came_before(l, r.item, filter_of(w->node))) {
		attach_scores(l, w, r.item);
		return OK;
	}
	r.model = l->model;
	r.task = l->task;
	r.target = json_plain(json_get(w->node, "target"));
	r.answer = answer_of(w->node);
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	add_turns(s, w->arena, w->node);
	JSON_EACH(value, w->node) {
		if (!is_metric(value->key) || !metric(value, &score))
			continue;
		score.rater = filter_of(w->node);
		sink_score(s, &score);
	}
	add_category(s, w->arena, doc);
	sink_rest(s, "doc.", doc, NULL);
	return sink_result_end(s, err);
}
