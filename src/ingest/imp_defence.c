/* SPDX-License-Identifier: MIT
 *
 * AgentHarm trajectories that a guard watched: a row has the episode, its category, labels, and what the guard noted.
 */
#include "ingest/episode.h"
#include "ingest/head.h"
#include "ingest/walk.h"

extern const struct importer imp_defence;

static enum status defence_row(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"agentharm_id", "agentharm_category", "labels", "agent_trajectory", "defense_trace", NULL};
	struct import *im = ctx;
	struct sink *s = im->sink;
	const struct json *node = w->node, *rows = json_get(node, "agent_trajectory");
	struct str category = json_str(json_get(node, "agentharm_category"));
	struct sink_result r = SINK_RESULT_INIT;
	struct in_score labels;
	bool asked = false;
	if (rows->type != JSON_ARRAY) {
		sink_skip(s, w->record->line, "no trajectory");
		return OK;
	}
	r.item = json_plain(json_get(node, "agentharm_id"));
	r.place = w->record;
	r.repairs = w->repairs;
	r.answer = episode_answer(rows);
	sink_result(s, &r);
	JSON_EACH(row, rows)
	episode_row(s, row, &asked);
	if (!json_is_null(json_get(node, "labels"))) {
		score_of(json_get(node, "labels"), "labels", &labels);
		sink_score(s, &labels);
	}
	if (category.n)
		sink_category(s, str_c("agentharm-category"), category);
	sink_rest(s, "", node, used);
	sink_rest(s, "defense.", json_get(node, "defense_trace"), NULL);
	return sink_result_end(s, err);
}

static enum status defence_read(struct import *im, struct err *err)
{
	struct walk walk = {.each = defence_row, .ctx = im};
	static const char *const suffixes[] = {".jsonl", ".json", NULL};
	sink_run(im->sink, &(struct in_run){.key = path_stem(im->claim->main->path, suffixes), .tool = str_c("agentharm-defence"),
		.task = str_c("agentharm"), .declared = -1});
	return walk_member(im, im->claim->main, &walk, err);
}

static int defence_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"agentharm_id", "agent_trajectory"}, "AgentHarm trajectories by id"},
		{90, {"agentharm_category", "agent_trajectory"}, "AgentHarm trajectories by category"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_defence = {
	.name = "agentharm-defence",
	.title = "AgentHarm trajectories under a guard (.json)",
	.version = 1,
	.maps = "A row is a result, its trajectory the conversation; the item is AgentHarm's id, the run the file. Each action is a "
		"call, named when it begins like one. The category is one of agentharm-category, labels are a score, and what the guard "
		"noted are facts, meta.defense.NAME.",
	.polarity = "The file does not say what its labels mean: the outcome stays missing until a rule does.",
	.rules = "task:* => set kind=safety score=labels\n",
	.probe = defence_probe,
	.read = defence_read,
};
