/* SPDX-License-Identifier: MIT
 *
 * What Langfuse's version 3 clients post: batches of events that create and update traces, observations and scores, in
 * any order and over several bodies.
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/trace.h"
#include "ingest/walk.h"

static const struct trace_form form = {.tool = "langfuse"};

static struct str text_of(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

static int64_t ns_of(const struct json *time)
{
	return time_of(time) * 1000000;
}

/* Updates come after what they update, whenever they were sent; the id tells events of one instant apart. */
static struct str version_of(struct arena *a, const struct json *event)
{
	struct str type = text_of(event, "type"), at = text_of(event, "timestamp"), id = text_of(event, "id");
	return arena_printf(a, "%d %.*s %.*s", str_ends(type, "-update"), (int)at.n, at.p ? at.p : "", (int)id.n, id.p ? id.p : "");
}

/* ---- traces ---- */

/* Of the user's own metadata only what stands for a category or a severity is taken. */
static void tell_category(struct traces *t, struct arena *a, const struct json *metadata)
{
	struct str category = text_of(metadata, "category");
	if (category.n)
		span_category(t, str_c("category"), category_path(a, category));
}

static void tell_trace(struct traces *t, const struct walked *w, const struct json *body)
{
	static const char *const facts[] = {"sessionId", "userId", "release", "version", "environment", NULL};
	static const char *const names[] = {"session_id", "user_id", "release", "version", "environment", NULL};
	span_begin(t, text_of(body, "id"), &(struct span){.version = version_of(w->arena, w->node), .task = text_of(body, "name"),
		.item_severity = text_of(json_get(body, "metadata"), "severity"), .repairs = w->repairs});
	for (size_t i = 0; facts[i]; i++)
		span_meta(t, names[i], text_of(body, facts[i]));
	span_meta(t, "tags", joined_texts(w->arena, json_get(body, "tags")));
	tell_category(t, w->arena, json_get(body, "metadata"));
	span_end(t);
}

/* ---- observations ---- */

/* "generation-create": what stands before the verb, or the body's own type. A span with the id of a call is a tool. */
static enum span_kind kind_of(struct str event, const struct json *body)
{
	static const struct {
		const char *name;
		enum span_kind kind;
	} kinds[] = {{"generation", SPAN_LLM}, {"embedding", SPAN_OTHER}, {"tool", SPAN_TOOL}, {"agent", SPAN_AGENT}};
	struct str said = text_of(body, "type"), kind = said.n ? said : event;
	if (!json_is_null(json_pointer(body, str_c("/metadata/tool_call_id"))))
		return SPAN_TOOL;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_eq_nocase(kind, str_c(kinds[i].name)))
			return kinds[i].kind;
	return str_eq_c(event, "observation") && !said.n ? SPAN_UNSAID : SPAN_OTHER;
}

static bool ends_as_update(struct str type)
{
	return str_ends(type, "-update");
}

static void tell_observation(struct traces *t, const struct walked *w, const struct json *body)
{
	struct str type = text_of(w->node, "type"), level = text_of(body, "level");
	const struct json *input = json_get(body, "input"), *output = json_get(body, "output");
	struct span s = {.id = text_of(body, "id"), .version = version_of(w->arena, w->node), .parent = text_of(body, "parentObservationId"),
		.start_ns = ns_of(json_get(body, "startTime")), .end_ns = ns_of(json_get(body, "endTime")), .name = text_of(body, "name"),
		.model = text_of(body, "model"), .repairs = w->repairs};
	if (!s.parent.n)
		s.item_severity = text_of(json_get(body, "metadata"), "severity");
	s.call_id = json_plain(json_pointer(body, str_c("/metadata/tool_call_id")));
	s.kind = kind_of(str_sub(type, 0, type.n - strlen("-create")), body);
	/* An update repeats little of what it updates: a kind that it does not know for sure it does not say. */
	if (ends_as_update(type) && s.kind == SPAN_OTHER)
		s.kind = SPAN_UNSAID;
	if (level.n)
		s.status = str_eq_c(level, "ERROR") ? SPAN_ERROR : SPAN_OK;
	if (s.status == SPAN_ERROR)
		s.error = text_of(body, "statusMessage");
	s.arguments = json_is_null(input) ? (struct str){0} : json_plain(input);
	s.result = json_is_null(output) ? (struct str){0} : json_plain(output);
	if (s.kind == SPAN_LLM)
		s.arguments = s.result = (struct str){0};
	span_begin(t, text_of(body, "traceId"), &s);
	if (s.kind == SPAN_LLM && !json_is_null(input))
		span_chat(t, SPAN_IN, input);
	if (s.kind == SPAN_LLM && !json_is_null(output))
		span_chat(t, SPAN_OUT, output);
	if (!s.parent.n)
		tell_category(t, w->arena, json_get(body, "metadata"));
	span_end(t);
}

/* A score has an id of its own: sent again it counts once. On an observation it stands at that turn. */
static void tell_score(struct traces *t, const struct walked *w, const struct json *body)
{
	struct in_score score;
	struct str name = text_of(body, "name");
	const struct json *value = json_first(json_get(body, "stringValue"), json_get(body, "value"));
	bool numeric = score_of(json_get(body, "value"), "", &score);
	score.name = name;
	score.value_text = json_plain(numeric && !json_get(body, "stringValue")->count ? json_get(body, "value") : value);
	score.reason = text_of(body, "comment");
	score.rater = text_of(body, "source");
	span_begin(t, text_of(body, "traceId"), &(struct span){.id = text_of(body, "id"), .version = version_of(w->arena, w->node),
		.parent = text_of(body, "observationId"), .kind = SPAN_NOTE,
		.severity = str_eq_nocase(name, str_c("severity")) && !numeric ? json_plain(value) : (struct str){0}});
	span_score(t, &score);
	span_end(t);
}

/* ---- the body ---- */

struct reading {
	struct import *im;
	struct traces *traces;
};

static bool is_observation(struct str type)
{
	return (str_ends(type, "-create") || ends_as_update(type)) && !str_starts(type, "trace-") && !str_starts(type, "score-");
}

/* What none of the events' readers takes. */
static const char *const used[] = {"id", "traceId", "timestamp", "name", "sessionId", "userId", "release", "version", "environment",
	"tags", "metadata", "parentObservationId", "startTime", "endTime", "model", "input", "output", "level", "statusMessage", "type",
	"value", "stringValue", "comment", "source", "observationId", "dataType", NULL};

static enum status langfuse_event(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct reading *r = ctx;
	const struct json *body = json_get(w->node, "body");
	struct str type = text_of(w->node, "type");
	bool named = text_of(body, "id").n, traced = text_of(body, "traceId").n;
	ignore_rest(r->im->sink, body, used);
	if (str_starts(type, "trace-") && named)
		tell_trace(r->traces, w, body);
	else if (str_starts(type, "score-") && named && traced)
		tell_score(r->traces, w, body);
	else if (is_observation(type) && named && traced)
		tell_observation(r->traces, w, body);
	else if (str_eq_c(type, "sdk-log"))
		sink_ignore(r->im->sink, type, 1);
	else
		sink_skip(r->im->sink, w->record->line, "an event of type \"%.*s\" without the ids it needs",
			(int)(type.n < 40 ? type.n : 40), type.p ? type.p : "");
	return OK;
}

static enum status langfuse_read(struct import *im, struct err *err)
{
	static const char *const arrays[] = {"/batch", NULL};
	struct reading r = {im, traces_new(im->sink, form.tool)};
	struct walk walk = {.arrays = arrays, .whole_header = true, .each = langfuse_event, .ctx = &r};
	enum status st = walk_member(im, im->claim->main, &walk, err);
	traces_free(r.traces);
	return st;
}

static enum status langfuse_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err)
{
	return trace_assemble(s, &form, parts, n, err);
}

static int langfuse_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"batch/id", "batch/type", "batch/timestamp", "batch/body", NULL}, "a batch of events: id, type, timestamp, body"},
		{75, {"batch/id", "batch/type", "batch/timestamp", NULL}, "a batch of events: id, type, timestamp"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_langfuse = {
	.name = "langfuse",
	.title = "Langfuse ingestion batches, version 3 clients (.json)",
	.version = 1,
	.assembles = true,
	.maps = "A trace is a result, its name the task; what creates and updates it may come in several bodies, in any order. The "
		"generation with the most messages gives the turns, sub-agents' behind the calls that started them; spans with "
		"metadata.tool_call_id, and observations of type tool, are calls. Scores are scores; one named severity is the severity, "
		"metadata.severity the item's, metadata.category a category. Level ERROR is an error.",
	.polarity = "By the score safety alone: 0 is a failure, 1 passes, between them it is unsure. Other scores have no direction "
		"until a rule says one.",
	.rules = "score.safety>=0 => set kind=safety score=safety\n"
		"score.safety>0 => set outcome=unsure\n"
		"score.safety=0 => set outcome=fail\n"
		"score.safety>=1 => set outcome=pass\n",
	.probe = langfuse_probe,
	.read = langfuse_read,
	.assemble = langfuse_assemble,
};
