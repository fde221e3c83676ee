/* SPDX-License-Identifier: MIT
 *
 * One row of promptfoo: who answered what, and how it was graded.
 */
#include "ingest/imp_promptfoo.h"

/* ---- who answered what ---- */

static struct str prompt_label(const struct json *row)
{
	const struct json *prompt = json_get(row, "prompt");
	return json_plain(json_first(json_get(prompt, "label"), json_get(prompt, "display")));
}

/* Old rows name no provider; then the header's prompt with the same label does, or the configuration's only one. */
static struct str provider_by_prompt(const struct promptfoo *foo, const struct json *row)
{
	struct str shown = prompt_label(row), found = {0};
	JSON_EACH(p, foo->prompts) {
		struct str provider = json_str(json_get(p, "provider"));
		if (!str_eq(shown, json_plain(json_first(json_get(p, "label"), json_get(p, "display")))) || !provider.p)
			continue;
		if (found.p && !str_eq(found, provider))
			return foo->only_provider;
		found = provider;
	}
	return found.p ? found : foo->only_provider;
}

/* Two providers may share an id and differ in the label only, so that the model's name holds both. */
static void set_model(const struct promptfoo *foo, const struct json *row, struct arena *a, struct sink_result *r)
{
	const struct json *provider = json_get(row, "provider");
	struct str id = json_str(provider->type == JSON_OBJECT ? json_get(provider, "id") : provider);
	r->model_label = json_str(json_get(provider, "label"));
	r->model = id.p ? id : provider_by_prompt(foo, row);
	ptrdiff_t colon = str_find(r->model, str_c(":"));
	if (colon > 0 && !str_starts(str_sub(r->model, (size_t)colon, 3), "://"))
		r->provider = str_sub(r->model, 0, (size_t)colon);
	if (r->model.p && r->model_label.n && !str_eq(r->model, r->model_label))
		r->model = arena_printf(a, "%.*s (%.*s)", (int)r->model.n, r->model.p, (int)r->model_label.n, r->model_label.p);
}

/* The test's number; where there is none the test is known by its variables, of which sessionId is each row's own. */
static void set_item(const struct promptfoo *foo, const struct json *row, struct arena *a, struct sink_result *r)
{
	char hash[SHORT_HASH];
	r->item = json_plain(json_get(row, "testIdx"));
	if (!r->item.p) {
		struct buf vars = {0};
		JSON_EACH(v, json_get(row, "vars")) {
			if (str_eq_c(v->key, "sessionId"))
				continue;
			json_write_str(&vars, v->key);
			json_write_node(&vars, v);
		}
		short_hash(buf_str(&vars), hash);
		buf_fini(&vars);
		r->item = arena_printf(a, "vars-%s", hash);
	}
	if (!foo->variants)
		return;
	struct str id = json_str(json_get(row, "promptId"));
	short_hash(id.p ? id : prompt_label(row), hash);
	r->epoch = id.n >= SHORT_HASH ? str_sub(id, 0, SHORT_HASH - 1) : arena_str(a, str_c(hash));
}

static struct str first_expectation(const struct json *row)
{
	JSON_EACH(a, json_pointer(row, str_c("/testCase/assert"))) {
		struct str value = json_str(json_get(a, "value"));
		if (value.n)
			return value;
	}
	return (struct str){0};
}

/* ---- a row ---- */

/* A failed assertion fills `error` too, with its reason: only failureReason tells, or, where there is none, that
 * nothing was answered. */
static bool is_error(const struct json *row)
{
	int64_t reason;
	if (json_i64(json_get(row, "failureReason"), &reason))
		return reason == 2;
	const struct json *response = json_first(json_get(row, "response"), json_get(row, "providerResponse"));
	if (json_is_true(json_get(row, "success")) || !json_is_null(json_get(response, "output")))
		return false;
	return json_str(json_get(row, "error")).n > 0;
}

static void add_scores(struct sink *s, const struct json *grading)
{
	struct in_score score;
	JSON_EACH(c, json_get(grading, "componentResults")) {
		const struct json *assertion = json_get(c, "assertion"), *pass = json_get(c, "pass");
		struct str type = json_str(json_get(assertion, "type")), metric = json_str(json_get(assertion, "metric"));
		score_of(json_get(c, "score"), "assertion", &score);
		score.name = metric.n ? metric : type.n ? type : score.name;
		score.rater = type;
		if (pass->type == JSON_BOOL)
			score.value_text = json_plain(pass);
		score.reason = json_str(json_get(c, "reason"));
		sink_score(s, &score);
	}
}

static void add_categories(struct sink *s, const struct json *meta, struct arena *a)
{
	static const char *const axes[][2] = {{"pluginId", "promptfoo"}, {"category", "promptfoo"},
		{"strategyId", "promptfoo-strategy"}, {"harmCategory", "promptfoo-harm"}};
	for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
		struct str name = json_str(json_get(meta, axes[i][0]));
		if (name.n)
			sink_category(s, str_c(axes[i][1]), category_path(a, name));
	}
}

static void add_facts(struct sink *s, const struct json *row, const struct json *meta)
{
	static const char *const texts[][2] = {{"pluginId", "plugin"}, {"strategyId", "strategy"}, {"goal", "goal"},
		{"stopReason", "stop_reason"}, {"severity", "severity"}};
	double number;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct str value = json_str(json_get(meta, texts[i][0]));
		if (value.n)
			sink_meta(s, texts[i][1], value);
	}
	struct str description = json_str(json_pointer(row, str_c("/testCase/description")));
	if (description.n)
		sink_meta(s, "description", description);
	struct str reason = json_str(json_pointer(row, str_c("/gradingResult/reason")));
	if (reason.n)
		sink_meta(s, "reason", reason);
	struct str label = prompt_label(row);
	if (label.n && label.n <= 100)
		sink_meta(s, "prompt", label);
	if (json_num(json_get(row, "score"), false, &number))
		sink_meta_num(s, "score", number);
	if (json_num(json_get(row, "cost"), false, &number))
		sink_meta_num(s, "cost", number);
}

enum status promptfoo_row(void *ctx, const struct walked *w, struct err *err)
{
	struct promptfoo *foo = ctx;
	struct sink *s = foo->im->sink;
	const struct json *row = w->node, *success = json_get(row, "success");
	const struct json *meta = json_first(json_get(row, "metadata"), json_pointer(row, str_c("/testCase/metadata")));
	double latency;
	if (row->type != JSON_OBJECT || success->type != JSON_BOOL) {
		sink_skip(s, w->record->line, "no promptfoo result: it has no true or false in \"success\"");
		return OK;
	}
	struct sink_result r = SINK_RESULT_INIT;
	bool broken = is_error(row);
	set_model(foo, row, w->arena, &r);
	set_item(foo, row, w->arena, &r);
	r.task = foo->task;
	if (json_str(json_get(meta, "pluginId")).n) /* a task of its own: its kind is another */
		r.task = arena_printf(w->arena, "redteam/%.*s", (int)foo->task.n, foo->task.p);
	r.raw_outcome = str_c(broken ? "error" : success->truth ? "pass" : "fail");
	r.raw_item_severity = json_str(json_get(meta, "severity"));
	r.target = first_expectation(row);
	if (broken)
		r.error = json_plain(json_get(row, "error"));
	if (json_num(json_get(row, "latencyMs"), false, &latency) && latency >= 0 && latency < 1e12)
		r.duration_ms = (int64_t)latency;
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	promptfoo_turns(s, row, meta, w->arena);
	add_scores(s, json_get(row, "gradingResult"));
	add_categories(s, meta, w->arena);
	add_facts(s, row, meta);
	return sink_result_end(s, err);
}
