/* SPDX-License-Identifier: MIT
 *
 * AlpacaEval annotations: pairs of answers and which of them a judge prefers.
 */
#include "ingest/importer.h"

static const struct table_shape alpaca_tables[] = {
	{95, {"output_1", "generator_1", "output_2", "generator_2", "preference", NULL}, "alpaca-eval",
		"pairs of outputs with a preference"},
	{0, {NULL}, NULL, NULL},
};

const struct importer imp_alpaca_eval = {
	.name = "alpaca-eval",
	.title = "AlpacaEval annotations (.json)",
	.version = 1,
	.maps = "A pair is a result of the second generator; the first one's output is the target and its name a fact. No "
		"item has an id: the row's number is it. preference is a score of the annotator.",
	.polarity = "preference goes from 1 (the reference) to 2 (the model): above 1.5 the model wins, below it loses, which "
		"is a failure of capability, 1.5 is unsure.",
	.rules = "task:* => set kind=capability score=preference\n"
		"score.preference<1.5 => set outcome=fail\n"
		"score.preference=1.5 => set outcome=unsure\n"
		"score.preference>1.5 => set outcome=pass\n",
	.tables = alpaca_tables,
};
