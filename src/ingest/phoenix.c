/* SPDX-License-Identifier: MIT
 *
 * Spans as Phoenix exports them.
 */
#include "ingest/phoenix.h"

#include "base/clock.h"

enum { NAMES = 6 };

static const char *const trace_at[NAMES] = {"context.trace_id", "trace_id", "traceId", NULL};
static const char *const id_at[NAMES] = {"context.span_id", "span_id", "spanId", "id", NULL};
static const char *const parent_at[NAMES] = {"parent_id", "parentId", "parent_span_id", NULL};
static const char *const start_at[NAMES] = {"start_time", "startTime", NULL};
static const char *const end_at[NAMES] = {"end_time", "endTime", NULL};
static const char *const status_at[NAMES] = {"status_code", "statusCode", "status.code", NULL};
static const char *const message_at[NAMES] = {"status_message", "statusMessage", "status.message", NULL};
static const char *const kind_at[NAMES] = {"span_kind", "spanKind", NULL};
static const char *const notes_at[NAMES] = {"annotations", "span_annotations", "evaluations", NULL};
static const char *const used[] = {"context", "trace_id", "traceId", "span_id", "spanId", "id", "parent_id", "parentId",
	"parent_span_id", "start_time", "startTime", "end_time", "endTime", "status_code", "statusCode", "status", "status_message",
	"statusMessage", "span_kind", "spanKind", "name", "attributes", "events", "annotations", "span_annotations", "evaluations", NULL};

static const struct json *first_at(const struct json *tree, const char *const *names)
{
	static const struct json absent;
	for (; *names; names++) {
		const struct json *v = attrs_get(tree, *names);
		if (!json_is_null(v))
			return v;
	}
	return &absent;
}

static struct str text_at(const struct json *tree, const char *const *names)
{
	return json_plain(first_at(tree, names));
}

/* What stands behind the milliseconds of an ISO time, in nanoseconds. */
static int64_t below_ms(struct str s)
{
	int64_t ns = 0, unit = 100000000;
	size_t i = 0;
	while (i < s.n && s.p[i] != '.')
		i++;
	for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++, unit /= 10)
		ns += (s.p[i] - '0') * unit;
	return ns % 1000000;
}

/* An ISO time, or a number whose size tells its unit: seconds, milliseconds, microseconds or nanoseconds. */
static int64_t time_at(const struct json *tree, const char *const *names)
{
	const struct json *v = first_at(tree, names);
	int64_t ms;
	bool zone;
	double n;
	if (v->type == JSON_STRING && clock_parse(v->text, &ms, &zone) && ms < INT64_MAX / 2000000)
		return ms * 1000000 + below_ms(v->text);
	if (!json_num(v, true, &n) || n <= 0)
		return 0;
	while (n < 1e17)
		n *= 1e3;
	return n < 9e18 ? (int64_t)n : 0;
}

static enum span_status status_of(struct str s)
{
	if (str_eq_nocase(s, str_c("ERROR")) || str_eq_c(s, "2"))
		return SPAN_ERROR;
	return str_eq_nocase(s, str_c("OK")) || str_eq_c(s, "1") ? SPAN_OK : SPAN_STATUS_UNSAID;
}

static struct json *tree_of(struct arena *a, const struct json *object)
{
	struct json *tree = attrs_new(a);
	JSON_EACH(v, object)
		attrs_add(a, tree, v->key, v);
	return tree;
}

/* Tables hold lists and objects as texts. */
static const struct json *opened(struct arena *a, const struct json *v)
{
	const struct json *inner;
	return v->type == JSON_STRING && json_read(a, v->text, NULL, &inner, NULL) == OK ? inner : v;
}

static void add_events(struct otel_span *s, struct arena *a, const struct json *list)
{
	struct otel_event *events = arena_calloc(a, list->count + 1, sizeof *events);
	s->events = events;
	JSON_EACH(e, list)
		events[s->nevents++] = (struct otel_event){json_str(json_get(e, "name")), tree_of(a, json_get(e, "attributes"))};
}

/* What people and judges said of a span. */
static void add_scores(struct otel_span *s, struct arena *a, const struct json *notes)
{
	struct in_score *scores = arena_calloc(a, notes->count + 1, sizeof *scores);
	s->scores = scores;
	JSON_EACH(note, notes) {
		const struct json *result = json_get(note, "result"), *at = result->type == JSON_OBJECT ? result : note;
		struct in_score *score = &scores[s->nscores++];
		score->name = json_str(json_get(note, "name"));
		score->rater = json_str(json_get(note, "annotator_kind"));
		score->value_text = json_str(json_get(at, "label"));
		score->reason = json_str(json_get(at, "explanation"));
		score->has_num = json_num(json_get(at, "score"), false, &score->num);
	}
}

static bool is_used(struct str key)
{
	const char *const *u = used;
	while (*u && !str_eq_c(key, *u))
		u++;
	return *u != NULL;
}

/* The members of a span as a tree; its attributes in one of their own. */
static struct json *sort_members(struct otel *o, struct arena *a, const struct json *span, struct json *attrs)
{
	struct json *tree = attrs_new(a);
	JSON_EACH(m, span) {
		if (str_eq_c(m->key, "attributes")) {
			JSON_EACH(v, opened(a, m))
				attrs_add(a, attrs, v->key, v);
			continue;
		}
		if (str_starts(m->key, "attributes."))
			attrs_add(a, attrs, str_sub(m->key, strlen("attributes."), m->key.n), m);
		else if (is_used(m->key) || str_starts(m->key, "context.") || str_starts(m->key, "status."))
			attrs_add(a, tree, m->key, m);
		else if (!json_is_null(m))
			otel_ignore(o, m->key);
	}
	return tree;
}

bool phoenix_put(struct otel *o, struct arena *a, const struct json *span, struct str trace, uint32_t repairs)
{
	struct json *attrs = attrs_new(a);
	const struct json *tree = sort_members(o, a, span, attrs);
	struct otel_span s = {.trace = text_at(tree, trace_at), .id = text_at(tree, id_at), .parent = text_at(tree, parent_at),
		.name = json_str(json_get(span, "name")), .start_ns = time_at(tree, start_at), .end_ns = time_at(tree, end_at),
		.status = status_of(text_at(tree, status_at)), .message = text_at(tree, message_at), .attrs = attrs, .repairs = repairs};
	if (!s.trace.n)
		s.trace = trace;
	if (!s.trace.n || !s.id.n)
		return false;
	if (!json_str(attrs_get(attrs, "openinference.span.kind")).n)
		attrs_add(a, attrs, str_c("openinference.span.kind"), first_at(tree, kind_at));
	add_events(&s, a, opened(a, json_get(span, "events")));
	add_scores(&s, a, opened(a, first_at(span, notes_at)));
	otel_put(o, a, &s);
	return true;
}
