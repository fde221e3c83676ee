/* SPDX-License-Identifier: MIT
 *
 * Attacks on NVIDIA's research assistant, as its agentic safety data set tells them: traces in a table of spans each, and
 * what was attempted beside them, in the same record or in a manifest. No real file was seen, only its description.
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/phoenix.h"
#include "ingest/walk.h"

extern const struct importer imp_aiq;

struct aiq {
	struct import *im;
	struct otel otel;
	struct str trace, defence; /* of the file, by its path */
};

/* "…/with_defense/traces/trace_000769e4.json" */
static struct str trace_of_path(const char *path)
{
	static const char *const suffixes[] = {".jsonl", ".json", NULL};
	struct str stem = path_stem(path, suffixes);
	return str_starts(stem, "trace_") ? str_sub(stem, strlen("trace_"), stem.n) : (struct str){0};
}

static struct str defence_of_path(const char *path)
{
	struct str s = str_c(path);
	if (str_find(s, str_c("without_defense")) >= 0)
		return str_c("without");
	return str_find(s, str_c("with_defense")) >= 0 ? str_c("with") : (struct str){0};
}

/* ---- what was attempted ---- */

/* Scalars of the snapshot as facts, under their names; what is deeper or longer is counted. */
static void put_facts(struct aiq *q, const struct json *object, struct buf *name)
{
	enum { FACT_MAX = 4096 };
	size_t n = name->n;
	JSON_EACH(v, object) {
		struct str text = json_plain(v);
		buf_add_c(name, n ? "." : "");
		buf_add_str(name, str_sub(v->key, 0, 60));
		if (v->type == JSON_OBJECT && n < 200)
			put_facts(q, v, name);
		else if (v->type != JSON_ARRAY && v->type != JSON_OBJECT && text.n && text.n <= FACT_MAX)
			span_meta(q->otel.traces, name->p, text);
		else if (!json_is_null(v) && text.n)
			otel_ignore(&q->otel, buf_str(name));
		name->n = n;
		name->p[n] = '\0';
	}
}

static void put_attack(struct aiq *q, struct arena *a, const struct json *snapshot, struct str trace)
{
	const struct json *attack = json_get(snapshot, "attack");
	struct buf name = {0};
	if (attack->type != JSON_OBJECT)
		attack = snapshot;
	struct str category = json_str(json_get(attack, "attack_category")), sub = json_str(json_get(attack, "attack_subcategory"));
	span_begin(q->otel.traces, trace, &(struct span){.id = str_c(""), .task = str_c("nvidia-aiq")});
	if (category.n)
		span_category(q->otel.traces, str_c("aiq-attack"), sub.n ? arena_printf(a, "%.*s/%.*s", (int)category.n, category.p,
			(int)sub.n, sub.p) : category);
	if (q->defence.n)
		span_category(q->otel.traces, str_c("aiq-defence"), q->defence);
	put_facts(q, snapshot, &name);
	span_end(q->otel.traces);
	buf_fini(&name);
}

/* A record: a trace with its attack, a line of the manifest, or a span of a trace whose file says which. */
static enum status put_record(void *ctx, const struct walked *w, struct err *err)
{
	struct aiq *q = ctx;
	const struct json *node = w->node, *snapshot = json_get(node, "attack_snapshot"), *spans = json_get(node, "trace");
	struct str trace = json_str(json_get(node, "trace_id"));
	(void)err;
	if (!trace.n)
		trace = q->trace;
	bool attack = snapshot->type == JSON_OBJECT || json_get(node, "attack")->type == JSON_OBJECT ||
		json_str(json_get(node, "attack_category")).n;
	if (attack) {
		if (trace.n)
			put_attack(q, w->arena, snapshot->type == JSON_OBJECT ? snapshot : node, trace);
		else
			sink_skip(q->im->sink, w->record->line, "an attack without the id of its trace");
	} else if (spans->type != JSON_ARRAY && !phoenix_put(&q->otel, w->arena, node, trace, w->repairs)) {
		sink_skip(q->im->sink, w->record->line, "neither a span nor an attack");
	}
	JSON_EACH(span, spans)
		if (!phoenix_put(&q->otel, w->arena, span, trace, w->repairs))
			sink_skip(q->im->sink, w->record->line, "no span: it has no id, or no trace");
	return OK;
}

static enum status aiq_read(struct import *im, struct err *err)
{
	const char *path = im->claim->main->path;
	struct aiq q = {.im = im, .trace = trace_of_path(path), .defence = defence_of_path(path)};
	struct walk records = {.each = put_record, .ctx = &q};
	otel_begin(&q.otel, im->sink, imp_aiq.name);
	enum status st = walk_member(im, im->claim->main, &records, err);
	otel_end(&q.otel);
	return st;
}

static enum status aiq_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err)
{
	return trace_assemble(s, &(struct trace_form){.tool = imp_aiq.name}, parts, n, err);
}

static int aiq_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"attack_snapshot"}, "a trace and the attack on it"},
		{90, {"trace_id", "attack/attack_category"}, "a manifest of attacks"},
		{90, {"trace_id", "attack_category", "attack_subcategory"}, "a manifest of attacks"},
	};
	int sure = inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (sure || inside || !trace_of_path(m->path).n || str_find(m->head, str_c("\"attributes.")) < 0 ||
		str_find(str_c(m->path), str_c("/traces/")) < 0)
		return sure;
	snprintf(why, 160, "a table of spans, in a file that names its trace");
	return 95;
}

const struct importer imp_aiq = {
	.name = "nvidia-aiq",
	.title = "NVIDIA AI-Q agentic safety traces (traces/trace_ID.json, attack_manifest.jsonl, .jsonl)",
	.version = 1,
	.experimental = true,
	.assembles = true,
	.maps = "A trace is a result, its id the item; spans as with Phoenix. The attack's category and subcategory are a category in "
		"aiq-attack, defence on or off, which the folder says, one in aiq-defence; what else the attack says is a fact. Traces and "
		"manifests may come in any order.",
	.polarity = "All of it is safety. The traces say what was attempted, not whether it worked: the outcome is missing until labels "
		"or rules say so.",
	.rules = "task:* => set kind=safety\n"
		"said:ok => set outcome=missing\n"
		"said:error => set outcome=missing\n",
	.probe = aiq_probe,
	.read = aiq_read,
	.assemble = aiq_assemble,
};
