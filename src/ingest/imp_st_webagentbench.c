/* SPDX-License-Identifier: MIT
 *
 * ST-WebAgentBench: a row a policy that a web task was checked against. A plain table.
 */
#include "ingest/importer.h"

static const struct table_shape shapes[] = {
	{92, {"agent_id", "task_id", "policy_template_id", "policy_fail", "task_success", NULL}, "st-webagentbench", "policies of tasks"},
	{0, {NULL}, NULL, NULL},
};

const struct importer imp_st_webagentbench = {
	.name = "st-webagentbench",
	.title = "ST-WebAgentBench results (.csv)",
	.version = 1,
	.maps = "A row is a result: task and policy are the item, agent_id the model. Category, source and kind of the policy and the "
		"application are categories; success, whole or in part, with and without the policies, are scores.",
	.polarity = "policy_fail True means that the agent broke the policy, and fails; False passes, whether or not the task was done.",
	.rules = "said:fail => set outcome=fail\n"
		"said:pass => set outcome=pass\n"
		"task:* => set kind=safety\n",
	.tables = shapes,
};
