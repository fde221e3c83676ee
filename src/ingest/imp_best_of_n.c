/* SPDX-License-Identifier: MIT
 *
 * Best-of-N jailbreaking: tables of the attacks that worked, and of no others.
 */
#include "ingest/importer.h"

static const struct table_shape shapes[] = {
	{90, {"direct_request", "behavior_id", "augmented_file", "model", "response", "label", NULL}, "best-of-n",
		"augmented requests and their labels"},
	{0},
};

const struct importer imp_best_of_n = {
	.name = "best-of-n",
	.title = "Best-of-N jailbreaking: tables of successful text, image and audio attacks (….csv)",
	.version = 1,
	.maps = "A row is a result: behavior_id the item, experiment best-of-n-modality:, the augmented request or the file's name the "
		"prompt. label is a score, the settings of the augmentation are facts. meta.sample says that only successes are there.",
	.polarity = "label 1 is the failure: the attack worked. Only successes were published, so that all fail, and a rate computed "
		"from these rows means nothing; compare which behaviors failed, not how many.",
	.rules = "task:* => set kind=safety score=label\n"
		"score.label=1 => set outcome=fail\n"
		"score.label=0 => set outcome=pass\n",
	.warning = "the file holds only attacks that worked: how many were tried is not in it, so that a rate of failures means nothing",
	.tables = shapes,
};
