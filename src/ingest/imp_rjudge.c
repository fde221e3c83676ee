/* SPDX-License-Identifier: MIT
 *
 * R-Judge, and ASSEBench, which has the same records with risk types: agent episodes with a human's verdict. Also the table
 * of outcomes that stands beside FinVault's episodes, joined by id, whichever comes first.
 */
#include <stdio.h>

#include "ingest/episode.h"
#include "ingest/head.h"
#include "ingest/walk.h"

extern const struct importer imp_rjudge;

/* A row of the side table makes a result without turns; the episode of the same id knows more. */
enum { FROM_SIDE_TABLE = 0, FROM_EPISODE = 1 };

struct rjudge {
	struct import *im;
	struct arena keep;
	struct str run, task, domain; /* domain: the folder of harmful.json and benign.json */
};

/* ---- whose episodes these are: the file name, which a side table has too ---- */

static struct str folder_of(const char *path)
{
	struct str rest = str_c(path), part, last = {0}, before = {0};
	while (str_cut(&rest, '/', &part)) {
		before = last;
		last = part;
	}
	return before;
}

static void take_name(struct rjudge *j)
{
	static const char *const suffixes[] = {".json.meta.json", ".jsonl", ".json", NULL};
	const char *path = j->im->claim->main->path;
	struct str stem = path_stem(path, suffixes);
	bool by_label = str_eq_c(stem, "harmful") || str_eq_c(stem, "benign");
	struct str folder = by_label ? folder_of(path) : (struct str){0};
	if (folder.n) {
		j->domain = arena_str(&j->keep, folder);
		j->run = arena_printf(&j->keep, "%.*s/%.*s", (int)folder.n, folder.p, (int)stem.n, stem.p);
	} else {
		j->run = arena_str(&j->keep, stem);
	}
	bool original = by_label || str_glob(str_c("*r*judge*"), stem);
	if (original && !str_glob(str_c("agentjudge*"), stem))
		j->task = str_c("r-judge");
	else
		j->task = arena_printf(&j->keep, "assebench/%.*s", (int)stem.n, stem.p);
	sink_run(j->im->sink, &(struct in_run){.key = j->run, .tool = str_c("r-judge"), .task = j->task, .declared = -1});
}

/* ---- an episode ---- */

static void add_axis(struct sink *s, const struct json *node, const char *member, const char *taxonomy)
{
	struct str value = json_str(json_get(node, member));
	if (value.n)
		sink_category(s, str_c(taxonomy), value);
}

static enum status episode(struct rjudge *j, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"id", "contents", "label", "risk_description", "attack_type", "scenario",
		"application_scenario", "risk_type", "failure_mode", NULL};
	struct sink *s = j->im->sink;
	const struct json *node = w->node, *contents = json_get(node, "contents");
	struct sink_result r = SINK_RESULT_INIT;
	struct in_score label;
	r.item = json_plain(json_get(node, "id"));
	r.authority = FROM_EPISODE;
	r.place = w->record;
	r.repairs = w->repairs;
	JSON_EACH(segment, contents)
	r.answer = episode_answer(segment);
	sink_result(s, &r);
	JSON_EACH(segment, contents)
	{
		bool asked = false;
		JSON_EACH(row, segment)
		episode_row(s, row, &asked);
	}
	if (score_of(json_get(node, "label"), "label", &label)) {
		label.reason = json_str(json_get(node, "risk_description"));
		sink_score(s, &label);
	}
	if (j->domain.n)
		sink_category(s, str_c("r-judge-domain"), j->domain);
	add_axis(s, node, "scenario", "r-judge-scenario");
	add_axis(s, node, "attack_type", "r-judge-attack");
	add_axis(s, node, "application_scenario", "assebench-scenario");
	add_axis(s, node, "risk_type", "assebench-risk");
	add_axis(s, node, "failure_mode", "assebench-failure");
	if (contents->count > 1)
		sink_meta_num(s, "segments", (double)contents->count);
	sink_rest(s, "", node, used);
	return sink_result_end(s, err);
}

/* ---- the side table: {id: {outcome, attack_success, vulnerabilities_triggered[], …}} ---- */

static enum status side_row(struct rjudge *j, const struct json *row, const struct record *place, struct err *err)
{
	static const char *const scores[] = {"attack_success", "is_benign_false_positive", "total_turns", "final_status", NULL};
	static const char *const axes[][2] = {{"case_type", "finvault-case"}, {"attack_type", "finvault-attack"},
		{"scenario_id", "finvault-scenario"}, {"synthesis_technique", "finvault-technique"}};
	struct sink *s = j->im->sink;
	const struct result_key key = {.item = row->key};
	struct in_score score;
	sink_result(s, &(struct sink_result){.item = row->key, .authority = FROM_SIDE_TABLE, .duration_ms = -1, .place = place});
	enum status st = sink_result_end(s, err);
	struct str outcome = json_str(json_get(row, "outcome"));
	if (outcome.n)
		sink_attach_outcome(s, &key, outcome);
	for (size_t i = 0; scores[i]; i++) {
		if (json_is_null(json_get(row, scores[i])))
			continue;
		score_of(json_get(row, scores[i]), scores[i], &score);
		sink_attach_score(s, &key, &score);
	}
	if (score_of(json_get(row, "label"), "finvault_label", &score))
		sink_attach_score(s, &key, &score);
	for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
		struct str path = json_plain(json_get(row, axes[i][0]));
		if (path.n)
			sink_attach_category(s, &key, str_c(axes[i][1]), path);
	}
	JSON_EACH(v, json_get(row, "vulnerabilities_triggered"))
	if (json_str(v).n)
		sink_attach_category(s, &key, str_c("finvault-vulnerability"), json_str(v));
	return st;
}

static enum status record(void *ctx, const struct walked *w, struct err *err)
{
	struct rjudge *j = ctx;
	if (json_get(w->node, "contents")->type == JSON_ARRAY)
		return episode(j, w, err);
	enum status st = OK;
	size_t rows = 0;
	JSON_EACH(row, w->node)
	{
		if (json_get(row, "attack_success")->type != JSON_BOOL || st)
			continue;
		rows++;
		st = side_row(j, row, w->record, err);
	}
	if (!rows)
		sink_skip(j->im->sink, w->record->line, "no episode: it has no contents");
	return st;
}

static enum status rjudge_read(struct import *im, struct err *err)
{
	struct rjudge j = {.im = im};
	struct walk walk = {.each = record, .ctx = &j};
	take_name(&j);
	enum status st = walk_member(im, im->claim->main, &walk, err);
	arena_fini(&j.keep);
	return st;
}

static int rjudge_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"profile", "contents/role", "application_scenario"}, "episodes with a risk type"},
		{90, {"profile", "contents/role"}, "episodes in segments with profile and roles"},
		{85, {"id", "contents/thought", "contents/action"}, "episodes of an agent with thought and action"},
	};
	if (inside)
		return 0;
	if (str_find(m->head, str_c("\"is_benign_false_positive\":")) >= 0 && str_find(m->head, str_c("\"attack_success\":")) >= 0) {
		snprintf(why, 160, "a table of outcomes by episode id");
		return 90;
	}
	return head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_rjudge = {
	.name = "r-judge",
	.title = "R-Judge and ASSEBench episodes, FinVault's table of outcomes (.json)",
	.version = 1,
	.maps = "An episode is a result, its segments one conversation; the item is its id, the run its file (with the folder for "
		"harmful.json and benign.json). Each action is a call: named when it begins like one, else its text alone. The "
		"profile is a fact. Categories: domain, scenario and attack of R-Judge; scenario, risk and failure of ASSEBench. "
		"NAME.json.meta.json adds outcomes, attacks and vulnerabilities to the episodes of NAME.json by id, and stands for "
		"those that are not there.",
	.polarity = "label 1 is unsafe, a failure. Of a table of outcomes attack_success is a failure; defended and benign pass.",
	.rules = "task:* => set kind=safety score=label\n"
		"said:attack_success => set outcome=fail\n"
		"said:defended,benign => set outcome=pass\n"
		"score.label=1 => set outcome=fail\n"
		"score.label=0 => set outcome=pass\n",
	.probe = rjudge_probe,
	.read = rjudge_read,
};
