/* SPDX-License-Identifier: MIT
 *
 * Spans that Phoenix exported: a list, lines, or lists under names.
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/phoenix.h"
#include "ingest/walk.h"

extern const struct importer imp_phoenix;

static const char *const arrays[] = {"/*", NULL};

struct reading {
	struct import *im;
	struct otel otel;
};

static enum status put_span(void *ctx, const struct walked *w, struct err *err)
{
	struct reading *r = ctx;
	(void)err;
	if (!phoenix_put(&r->otel, w->arena, w->node, (struct str){0}, w->repairs))
		sink_skip(r->im->sink, w->record->line, "no span: it has no id, or no trace");
	return OK;
}

static enum status phoenix_read(struct import *im, struct err *err)
{
	struct reading r = {.im = im};
	struct walk spans = {.arrays = arrays, .each = put_span, .ctx = &r};
	otel_begin(&r.otel, im->sink, imp_phoenix.name);
	enum status st = walk_member(im, im->claim->main, &spans, err);
	otel_end(&r.otel);
	return st;
}

static enum status phoenix_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err)
{
	return trace_assemble(s, &(struct trace_form){.tool = imp_phoenix.name}, parts, n, err);
}

static int phoenix_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"context/trace_id", "context/span_id", "span_kind"}, "spans with a context and a kind"},
		{90, {"context.trace_id", "context.span_id"}, "a table of spans"},
		{80, {"context/trace_id", "context/span_id"}, "spans with a context"},
	};
	int sure = inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	bool spans = str_find(m->head, str_c("\"trace_id\"")) >= 0 && str_find(m->head, str_c("\"span_id\"")) >= 0 &&
		str_find(m->head, str_c("\"span_kind\"")) >= 0;
	if (sure || inside || !spans || records_sniff(m->head) == RECORDS_NONE)
		return sure;
	snprintf(why, 160, "lists of spans: trace_id, span_id, span_kind");
	return 75;
}

const struct importer imp_phoenix = {
	.name = "phoenix",
	.title = "Phoenix spans (.json, .jsonl: a list, lists under names, or a table)",
	.version = 1,
	.assembles = true,
	.maps = "A trace is a result, as with OpenTelemetry, in the conventions of OpenInference: its id the item, the root agent or "
		"span the task. Annotations and evaluations of spans are scores. Files of one trace may come in any order.",
	.polarity = "A trace whose root ended in an error is a failure of capability, one whose root ended without is a pass; without a "
		"root it is missing. Annotations are scores: a rules file says what they mean.",
	.rules = "task:* => set kind=capability\n"
		"said:error => set outcome=fail\n"
		"said:ok => set outcome=pass\n",
	.probe = phoenix_probe,
	.read = phoenix_read,
	.assemble = phoenix_assemble,
};
