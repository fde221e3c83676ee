/* SPDX-License-Identifier: MIT
 *
 * OpenTelemetry as JSON: bodies as exporters post them and collectors write
 * them, one in a file or one a line. Spans and log records of a trace may lie in
 * any of them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/head.h"
#include "ingest/otel.h"
#include "ingest/otlp_value.h"
#include "ingest/walk.h"

extern const struct importer imp_otlp;

static const char *const arrays[] = {"/resourceSpans", "/resourceLogs", "/resourceMetrics", NULL};

struct otlp {
	struct otel otel;
	const struct walked *w;
};

/* The first of two lists: scopeSpans, and what it was called before. */
static const struct json *list_of(const struct json *o, const char *name, const char *old)
{
	return json_first(json_get(o, name), json_get(o, old));
}

static struct json *tree_of(struct arena *a, const struct json *list)
{
	struct json *tree = attrs_new(a);
	otlp_attrs(a, tree, list);
	return tree;
}

/* ---- spans ---- */

static const struct otel_event *events_of(struct arena *a, const struct json *list, uint64_t *dropped)
{
	struct otel_event *events = arena_calloc(a, list->count + 1, sizeof *events);
	size_t n = 0;
	JSON_EACH(e, list) {
		events[n++] = (struct otel_event){json_str(json_get(e, "name")), tree_of(a, json_get(e, "attributes"))};
		*dropped += otlp_dropped(e);
	}
	return events;
}

/* Of all that was repaired in the record, what was in this span. */
static uint32_t repairs_of(const struct walked *w, const struct json *node)
{
	struct json_repairs r = {0};
	const struct json *again;
	if (w->repairs)
		json_read(w->arena, node->src, &r, &again, NULL);
	return r.nul + r.surrogates + r.invalid_utf8;
}

static void put_span(struct otlp *p, const struct json *node, const struct json *resource)
{
	struct arena *a = p->w->arena;
	struct otel_span s = {.trace = otlp_id(a, json_get(node, "traceId"), OTLP_TRACE),
		.id = otlp_id(a, json_get(node, "spanId"), OTLP_SPAN), .parent = otlp_id(a, json_get(node, "parentSpanId"), OTLP_SPAN),
		.name = json_str(json_get(node, "name")), .start_ns = otlp_time(json_get(node, "startTimeUnixNano")),
		.end_ns = otlp_time(json_get(node, "endTimeUnixNano")), .status = otlp_status(json_get(node, "status")),
		.message = json_str(json_pointer(node, str_c("/status/message"))), .dropped = otlp_dropped(node), .resource = resource,
		.nevents = json_get(node, "events")->count, .repairs = repairs_of(p->w, node)};
	if (!s.trace.n || !s.id.n) {
		sink_skip(p->otel.sink, p->w->record->line, "a span without a trace or an id");
		return;
	}
	s.attrs = tree_of(a, json_get(node, "attributes"));
	s.events = events_of(a, json_get(node, "events"), &s.dropped);
	otel_put(&p->otel, a, &s);
}

static void put_resource_spans(struct otlp *p, const struct json *block)
{
	struct json *resource = tree_of(p->w->arena, json_pointer(block, str_c("/resource/attributes")));
	JSON_EACH(scope, list_of(block, "scopeSpans", "instrumentationLibrarySpans"))
		JSON_EACH(span, json_get(scope, "spans"))
			put_span(p, span, resource);
}

/* ---- logs ---- */

/* The log records of one body that belong to one span: a piece of it. */
struct group {
	struct str trace, span, service;
	int64_t first_ns;
	struct entry {
		struct str name;
		const struct json *body, *attrs;
		struct entry *next;
	} *entries, *last;
};

struct groups {
	struct dict keys; /* "trace span" */
	struct group *list;
	size_t cap;
};

static struct group *group_of(struct groups *g, struct arena *a, struct str trace, struct str span)
{
	size_t before = g->keys.n;
	uint32_t i = dict_add(&g->keys, arena_printf(a, "%.*s %.*s", (int)trace.n, trace.p, (int)span.n, span.p));
	if (g->keys.n > g->cap)
		g->list = vec_grow(g->list, &g->cap, g->keys.n, sizeof *g->list);
	if (g->keys.n > before)
		g->list[i] = (struct group){.trace = trace, .span = span};
	return &g->list[i];
}

/* Is it about a model's conversation? All other records are somebody's logs. */
static bool is_event(struct str name)
{
	enum span_side side;
	return otel_is_message(name, &side) || str_starts(name, "gen_ai.evaluation") ||
		str_eq_c(name, "gen_ai.client.inference.operation.details");
}

static void put_log(struct otlp *p, struct groups *g, const struct json *record, struct str service)
{
	struct arena *a = p->w->arena;
	const struct json *attrs = tree_of(a, json_get(record, "attributes"));
	struct str name = json_str(json_get(record, "eventName")), trace = otlp_id(a, json_get(record, "traceId"), OTLP_TRACE);
	struct str span = otlp_id(a, json_get(record, "spanId"), OTLP_SPAN);
	if (!name.n)
		name = json_str(attrs_get(attrs, "event.name"));
	if (!is_event(name) || !trace.n || !span.n) {
		otel_ignore(&p->otel, str_c("log records"));
		return;
	}
	struct group *to = group_of(g, a, trace, span);
	struct entry *e = arena_alloc(a, sizeof *e);
	*e = (struct entry){name, otlp_value(a, json_get(record, "body")), attrs, NULL};
	if (!to->last)
		to->first_ns = otlp_time(json_first(json_get(record, "timeUnixNano"), json_get(record, "observedTimeUnixNano")));
	*(to->last ? &to->last->next : &to->entries) = e;
	to->last = e;
	to->service = service;
}

static void put_entry(struct otlp *p, const struct entry *e)
{
	struct arena *a = p->w->arena;
	enum span_side side;
	if (otel_is_message(e->name, &side))
		otel_message(&p->otel, a, e->name, e->body->type == JSON_OBJECT ? e->body : e->attrs);
	else if (!otel_score(&p->otel, e->name, e->attrs))
		for (int i = SPAN_IN; i <= SPAN_OUT; i++)
			otel_chats(&p->otel, a, (enum span_side)i, e->attrs);
}

static void put_group(struct otlp *p, const struct group *g)
{
	char version[24];
	snprintf(version, sizeof version, "%020lld", (long long)g->first_ns);
	span_begin(p->otel.traces, g->trace, &(struct span){.id = g->span, .version = str_c(version), .adds = true,
		.service = g->service});
	for (const struct entry *e = g->entries; e; e = e->next)
		put_entry(p, e);
	span_end(p->otel.traces);
}

static void put_resource_logs(struct otlp *p, struct groups *g, const struct json *block)
{
	const struct json *resource = tree_of(p->w->arena, json_pointer(block, str_c("/resource/attributes")));
	struct str service = json_str(attrs_get(resource, "service.name"));
	JSON_EACH(scope, list_of(block, "scopeLogs", "instrumentationLibraryLogs"))
		JSON_EACH(record, json_get(scope, "logRecords"))
			put_log(p, g, record, service);
}

/* ---- bodies ---- */

static enum status put_body(void *ctx, const struct walked *w, struct err *err)
{
	struct otlp *p = ctx;
	struct groups g = {0};
	const struct json *node = w->node;
	size_t metrics = w->record->array == 2 ? 1 : json_get(node, "resourceMetrics")->count;
	(void)err;
	p->w = w;
	if (w->record->array == 0)
		put_resource_spans(p, node);
	if (w->record->array == 1)
		put_resource_logs(p, &g, node);
	JSON_EACH(block, json_get(node, "resourceSpans"))
		put_resource_spans(p, block);
	JSON_EACH(block, json_get(node, "resourceLogs"))
		put_resource_logs(p, &g, block);
	while (metrics-- > 0)
		otel_ignore(&p->otel, str_c("blocks of metrics"));
	for (size_t i = 0; i < g.keys.n; i++)
		put_group(p, &g.list[i]);
	dict_fini(&g.keys);
	free(g.list);
	return OK;
}

static enum status otlp_read(struct import *im, struct err *err)
{
	struct otlp p = {0};
	struct walk bodies = {.arrays = arrays, .each = put_body, .ctx = &p};
	otel_begin(&p.otel, im->sink, imp_otlp.name);
	enum status st = walk_member(im, im->claim->main, &bodies, err);
	otel_end(&p.otel);
	return st;
}

static enum status otlp_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err)
{
	return trace_assemble(s, &(struct trace_form){.tool = imp_otlp.name}, parts, n, err);
}

static int otlp_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"resourceSpans"}, "spans of OpenTelemetry"},
		{95, {"resourceLogs"}, "log records of OpenTelemetry"},
		{60, {"resourceMetrics"}, "metrics of OpenTelemetry, perhaps with spans behind them"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_otlp = {
	.name = "otlp",
	.title = "OpenTelemetry traces and logs as JSON (/v1/traces, /v1/logs; .json, .jsonl)",
	.version = 1,
	.assembles = true,
	.maps = "A trace is a result: its id the item, the root agent or span the task, the service the run, the model that was asked "
		"for the model. Turns are the messages of each agent's longest model call, in the conventions of OpenTelemetry (attributes, "
		"events of spans, log records), OpenInference, Traceloop, the AI SDK and Langfuse; a sub-agent's name the call that "
		"started it. Calls are paired with the spans of tools. Bodies of one trace may come in any order. Sessions, users and "
		"metadata are facts, evaluations scores; what a writer dropped marks the result as truncated.",
	.polarity = "A trace whose root ended in an error is a failure of capability, one whose root ended without is a pass; without a "
		"root it is missing. Evaluations are scores: a rules file says what they mean.",
	.rules = "task:* => set kind=capability\n"
		"said:error => set outcome=fail\n"
		"said:ok => set outcome=pass\n",
	.probe = otlp_probe,
	.read = otlp_read,
	.assemble = otlp_assemble,
};
