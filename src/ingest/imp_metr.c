/* SPDX-License-Identifier: MIT
 *
 * METR's time horizon data: runs of agents and people on timed tasks, and the difficulty that people gave to items of
 * SWE-bench.
 */
#include "ingest/importer.h"

static const struct table_shape metr_tables[] = {
	{95, {"task_id", "task_family", "score_binarized", NULL}, "metr", "runs with task_family and score_binarized"},
	{0, {NULL}, NULL, NULL},
};

const struct importer imp_metr = {
	.name = "metr",
	.title = "METR time horizon runs (.jsonl)",
	.version = 1,
	.maps = "A line is a result: alias the model (people, alias human, are a model of their own), task_id the item, "
		"run_id the epoch, task_family a category in metr-family. score, which may exceed 1, and "
		"score_binarized are scores; fatal_error_from is the limit that ended a run; the rest are facts.",
	.polarity = "score_binarized 0 is a failure of capability, 1 a pass.",
	.rules = "task:* => set kind=capability score=score_binarized\n"
		"score.score_binarized<1 => set outcome=fail\n"
		"score.score_binarized>=1 => set outcome=pass\n",
	.tables = metr_tables,
};
