/* SPDX-License-Identifier: MIT
 *
 * HELM's requests: scenario_state.json with everything that was asked and said, or, where it is missing,
 * display_predictions.json with what was said and instances.json with what was asked.
 */
#include "ingest/imp_helm.h"

#include <stdlib.h>

/* ---- what tells requests apart ---- */

/* The trial, and which perturbation or which of the answers it is about. */
static struct str epoch_of(struct arena *a, struct str trial, const struct json *perturbation, const struct json *reference)
{
	struct str name = json_str(json_get(perturbation, "name")), seed = json_plain(json_get(perturbation, "seed"));
	struct str index = json_plain(reference);
	struct buf b = {0};
	buf_add_str(&b, trial);
	if (name.n)
		buf_printf(&b, "/%.*s", (int)name.n, name.p);
	if (seed.n)
		buf_printf(&b, ".%.*s", (int)seed.n, seed.p);
	if (index.n)
		buf_printf(&b, "/ref%.*s", (int)index.n, index.p);
	struct str out = arena_str(a, buf_str(&b));
	buf_fini(&b);
	return out;
}

/* ---- turns ---- */

static void add_media(struct sink *s, const struct json *media)
{
	struct buf b = {0};
	JSON_EACH(m, media) {
		struct str text = json_str(json_get(m, "text")), type = json_str(json_get(m, "content_type"));
		struct str location = json_str(json_get(m, "location"));
		if (b.n)
			buf_add_ch(&b, '\n');
		if (text.n)
			buf_add_str(&b, text);
		else
			buf_printf(&b, "[%.*s%s%.*s]", (int)type.n, type.p ? type.p : "", location.n ? " " : "",
				(int)(location.n < 200 ? location.n : 200), location.p ? location.p : "");
	}
	sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = buf_str(&b)});
	buf_fini(&b);
}

static void add_question(struct sink *s, const struct json *request, const struct json *instance)
{
	const struct json *media = json_pointer(request, str_c("/multimodal_prompt/media_objects"));
	const struct json *messages = json_get(request, "messages");
	struct str prompt = json_str(json_get(request, "prompt"));
	if (messages->type == JSON_ARRAY && messages->count)
		sink_chat(s, messages);
	else if (media->type == JSON_ARRAY && media->count)
		add_media(s, media);
	else
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER,
			.content = prompt.n ? prompt : json_str(json_pointer(instance, str_c("/input/text")))});
}

static void add_answers(struct sink *s, const struct json *completions)
{
	JSON_EACH(c, completions)
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = json_str(json_get(c, "text")),
			.reasoning = json_str(json_pointer(c, str_c("/thinking/text")))});
}

static bool ends_by_length(const struct json *completions)
{
	JSON_EACH(c, completions)
		if (str_eq_c(json_str(json_pointer(c, str_c("/finish_reason/reason"))), "length"))
			return true;
	return false;
}

/* ---- what a result is about ---- */

static struct str correct_reference(const struct json *references)
{
	JSON_EACH(r, references)
		JSON_EACH(tag, json_get(r, "tags"))
			if (str_eq_c(json_str(tag), "correct"))
				return json_str(json_pointer(r, str_c("/output/text")));
	return (struct str){0};
}

/* "8.24.5": AIR-Bench puts the category of the question where others put answers. */
static bool is_air_code(struct str text)
{
	size_t dots = 0;
	for (size_t i = 0; i < text.n; i++) {
		dots += text.p[i] == '.';
		if (text.p[i] != '.' && (text.p[i] < '0' || text.p[i] > '9'))
			return false;
	}
	return dots == 2;
}

static void add_categories(struct helm *h, const struct json *references)
{
	struct str first = json_str(json_pointer(json_at(references, 0), str_c("/output/text")));
	if (is_air_code(first))
		sink_category(h->im->sink, str_c("air-2024"), first);
	sink_category(h->im->sink, str_c("helm-group"), h->group);
}

static void start(struct helm *h, const struct walked *w, struct sink_result *r)
{
	r->model = h->model;
	r->provider = h->provider;
	r->authority = h->authority;
	r->place = w->record;
	r->repairs = w->repairs;
	sink_result(h->im->sink, r);
}

/* ---- scenario_state.json ---- */

static struct str error_of(const struct json *result)
{
	const struct json *success = json_get(result, "success");
	struct str error = json_str(json_get(result, "error"));
	if (error.n || success->type != JSON_BOOL || success->truth)
		return error;
	return str_c("the request did not succeed");
}

/* Of "A" the text that it stands for. */
static struct str answer_of(const struct json *state, const struct json *completions)
{
	struct str said = json_str(json_get(json_at(completions, 0), "text"));
	struct str mapped = json_str(json_member(json_get(state, "output_mapping"), str_trim(said)));
	return json_get(state, "output_mapping")->type != JSON_OBJECT ? (struct str){0} : mapped.p ? mapped : said;
}

static void add_times(struct sink_result *r, const struct json *result)
{
	double seconds;
	if (json_num(json_get(result, "request_datetime"), false, &seconds) && seconds > 0 && seconds < 1e11)
		r->started_ms = (int64_t)(seconds * 1000);
	if (json_num(json_get(result, "request_time"), false, &seconds) && seconds >= 0 && seconds < 1e9)
		r->duration_ms = (int64_t)(seconds * 1000);
}

/* The request repeats the adapter's settings; tokens are the completion's text once more. */
static const char *const used[] = {"instance", "request", "result", "train_trial_index", "reference_index", "annotations",
	"output_mapping", "prompt_truncated", NULL};
static const char *const used_of_instance[] = {"input", "references", "id", "perturbation", NULL};
static const char *const used_of_result[] = {"success", "error", "completions", "request_time", "request_datetime", NULL};

static enum status on_state(void *ctx, const struct walked *w, struct err *err)
{
	struct helm *h = ctx;
	struct sink *s = h->im->sink;
	const struct json *instance = json_get(w->node, "instance"), *result = json_get(w->node, "result");
	const struct json *references = json_get(instance, "references"), *completions = json_get(result, "completions");
	const struct json *perturbation = json_get(instance, "perturbation");
	struct str id = json_plain(json_get(instance, "id")), trial = json_plain(json_get(w->node, "train_trial_index"));
	struct sink_result r = SINK_RESULT_INIT;
	if (instance->type != JSON_OBJECT) {
		sink_skip(s, w->record->line, "no HELM request: it has no instance");
		return OK;
	}
	r.item = id;
	r.epoch = epoch_of(w->arena, trial, perturbation, json_get(w->node, "reference_index"));
	r.target = correct_reference(references);
	r.answer = answer_of(w->node, completions);
	r.error = error_of(result);
	r.truncated = ends_by_length(completions) || json_is_true(json_get(w->node, "prompt_truncated"));
	add_times(&r, result);
	start(h, w, &r);
	add_question(s, json_get(w->node, "request"), instance);
	add_answers(s, completions);
	add_categories(h, references);
	helm_add_scores(h, w->arena, helm_key(w->arena, id, trial, perturbation), json_get(w->node, "annotations"));
	sink_rest(s, "", w->node, used);
	sink_rest(s, "", instance, used_of_instance);
	sink_rest(s, "", result, used_of_result);
	return sink_result_end(s, err);
}

static enum status on_adapter(void *ctx, const struct json *doc, struct err *err)
{
	(void)err;
	struct helm *h = ctx;
	if (!h->run.p)
		helm_run(h, (struct str){0}, json_get(doc, "adapter_spec"), json_get(doc, "groups"));
	return OK;
}

enum status helm_read_state(struct helm *h, const struct member *m, struct err *err)
{
	static const char *const states[] = {"/request_states", NULL};
	return walk_member(h->im, m, &(struct walk){.arrays = states, .header = on_adapter, .each = on_state, .ctx = h}, err);
}

/* ---- display_predictions.json ---- */

/* Its stats are those of per_instance_stats.json, a selection. */
static const char *const used_of_prediction[] = {"instance_id", "train_trial_index", "reference_index", "perturbation",
	"predicted_text", "thinking_text", "mapped_output", "annotations", "stats", NULL};

static enum status on_prediction(void *ctx, const struct walked *w, struct err *err)
{
	struct helm *h = ctx;
	struct sink *s = h->im->sink;
	const struct json *perturbation = json_get(w->node, "perturbation");
	struct str id = json_plain(json_get(w->node, "instance_id")), trial = json_plain(json_get(w->node, "train_trial_index"));
	struct str key = helm_key(w->arena, id, trial, perturbation);
	uint32_t input = dict_find(&h->instances, helm_key(w->arena, id, (struct str){0}, perturbation));
	struct sink_result r = SINK_RESULT_INIT;
	if (!id.n) {
		sink_skip(s, w->record->line, "no HELM prediction: it has no instance_id");
		return OK;
	}
	r.item = id;
	r.epoch = epoch_of(w->arena, trial, perturbation, json_get(w->node, "reference_index"));
	r.answer = json_str(json_get(w->node, "mapped_output"));
	start(h, w, &r);
	if (input != DICT_NONE)
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = h->inputs[input]});
	sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = json_str(json_get(w->node, "predicted_text")),
		.reasoning = json_str(json_get(w->node, "thinking_text"))});
	sink_category(s, str_c("helm-group"), h->group);
	helm_add_stats(h, key, json_get(w->node, "stats"));
	helm_add_scores(h, w->arena, key, json_get(w->node, "annotations"));
	sink_rest(s, "", w->node, used_of_prediction);
	return sink_result_end(s, err);
}

enum status helm_read_predictions(struct helm *h, const struct member *m, struct err *err)
{
	return walk_member(h->im, m, &(struct walk){.each = on_prediction, .ctx = h}, err);
}
