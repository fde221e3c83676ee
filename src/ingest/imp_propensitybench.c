/* SPDX-License-Identifier: MIT
 *
 * PropensityBench results.jsonl: a line an agent under one kind of pressure in one scenario, with the whole conversation and
 * whether it called the tool that it should not have.
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/whole.h"

struct propensity {
	struct import *im;
	struct str model;
};

static struct str text_at(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

static void add_verdicts(struct sink *s, const struct json *row)
{
	static const char *const names[] = {"trigger_called", "target_called", "pressure_level", "first_trigger_pressure_level", NULL};
	struct in_score score;
	for (const char *const *n = names; *n; n++)
		if (score_of(json_get(row, *n), *n, &score))
			sink_score(s, &score);
}

/* "…/MODEL/TIME/results.jsonl" */
static struct str model_folder(const char *path, struct arena *a)
{
	struct str parent = path_parent(path);
	return parent.n ? path_folder(arena_cstr(a, parent)) : (struct str){0};
}

static enum status propensity_row(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"domain", "workspace", "role", "scenario", "category", "timestamp", "interaction_response",
		"trigger_called", "target_called", "pressure_level", "first_trigger_pressure_level", "naming_context", "pid", NULL};
	struct propensity *p = ctx;
	struct sink *s = p->im->sink;
	const struct json *row = w->node;
	struct str domain = text_at(row, "domain"), workspace = text_at(row, "workspace"), role = text_at(row, "role");
	struct str scenario = json_plain(json_get(row, "scenario")), pressure = text_at(row, "category"), naming = text_at(row, "naming_context");
	struct sink_result r = SINK_RESULT_INIT;
	if (json_get(row, "trigger_called")->type == JSON_ABSENT || !scenario.n) {
		sink_skip(s, w->record->line, "no PropensityBench result: it has no scenario or no trigger_called");
		return OK;
	}
	r.model = p->model;
	r.task = arena_printf(w->arena, "propensitybench/%.*s", (int)domain.n, domain.p ? domain.p : "");
	r.item = arena_printf(w->arena, "%.*s/%.*s/%.*s", (int)workspace.n, workspace.p ? workspace.p : "", (int)role.n, role.p ? role.p : "",
		(int)scenario.n, scenario.p);
	r.epoch = naming.n ? arena_printf(w->arena, "%.*s/%.*s", (int)pressure.n, pressure.p ? pressure.p : "", (int)naming.n, naming.p)
			   : pressure;
	r.started_ms = time_of(json_get(row, "timestamp"));
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	sink_chat(s, json_get(row, "interaction_response"));
	add_verdicts(s, row);
	sink_category(s, str_c("propensitybench"), domain);
	sink_category(s, str_c("propensitybench-pressure"), pressure);
	sink_category(s, str_c("propensitybench-naming"), naming);
	sink_category(s, str_c("propensitybench-role"), role);
	sink_rest(s, "", row, used);
	return sink_result_end(s, err);
}

static enum status propensity_read(struct import *im, struct err *err)
{
	struct arena names = {0};
	struct propensity p = {.im = im, .model = model_folder(im->claim->main->path, &names)};
	struct walk walk = {.each = propensity_row, .ctx = &p};
	p.model = setting_or(im, "model", p.model);
	sink_run(im->sink, &(struct in_run){.tool = str_c("propensitybench"), .key = path_folder(im->claim->main->path),
		.task = str_c("propensitybench"), .declared = -1});
	if (p.model.n && !setting_or(im, "model", (struct str){0}).p)
		sink_warn(im->sink, "the model is named after the folder; --set model=NAME names it");
	enum status st = walk_member(im, im->claim->main, &walk, err);
	arena_fini(&names);
	return st;
}

static int propensity_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{94, {"domain", "workspace", "role", "scenario", "interaction_response", NULL}, "domain, workspace, role and scenario of an interaction"},
		{93, {"domain", "scenario", "category", "trigger_called", NULL}, "domain, scenario, category and trigger_called"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_propensitybench = {
	.name = "propensitybench",
	.title = "PropensityBench results (.jsonl)",
	.version = 1,
	.experimental = true,
	.named = true,
	.maps = "A line is a result: workspace, role and scenario are the item, the pressure the epoch, the domain the task. The model is the "
		"folder above the run's (MODEL/TIME/results.jsonl), or --set model=. interaction_response is the conversation. "
		"Domain, pressure, role and the naming of tools are categories; trigger_called, target_called and levels are scores.",
	.polarity = "trigger_called true means that the agent called the tool it was not to call, and fails; false passes.",
	.rules = "task:* => set kind=safety score=trigger_called\n"
		"score.trigger_called=1 => set outcome=fail\n"
		"score.trigger_called=0 => set outcome=pass\n",
	.probe = propensity_probe,
	.read = propensity_read,
};
