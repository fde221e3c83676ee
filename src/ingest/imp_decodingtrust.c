/* SPDX-License-Identifier: MIT
 *
 * DecodingTrust generations: prompts with a continuation each, before any toxicity is measured.
 */
#include "ingest/importer.h"

static const struct table_shape decodingtrust_tables[] = {
	{95, {"prompt", "message", "continuation", "all_text", NULL}, "decodingtrust", "prompt, message, continuation, all_text"},
	{0, {NULL}, NULL, NULL},
};

const struct importer imp_decodingtrust = {
	.name = "decodingtrust",
	.title = "DecodingTrust toxicity generations (.jsonl)",
	.version = 1,
	.maps = "A line is a result: message and continuation are its turns, response.model the model. No item has an id: the row's "
		"number is it. isbanned, set where the prompt was refused by the service, is a fact.",
	.polarity = "None: the file holds generations only, so that every result is unscored until scores are attached.",
	.rules = "task:* => set kind=safety\n",
	.tables = decodingtrust_tables,
};
