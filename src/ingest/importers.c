/* SPDX-License-Identifier: MIT
 *
 * The table of formats: one row each. On a tie of confidence the earlier wins.
 */
#include "ingest/importer.h"

extern const struct importer imp_native, imp_agentdojo, imp_garak, imp_inspect, imp_promptfoo, imp_tau, imp_tau2, imp_table;

const struct importer *const importers[] = {
	&imp_native,
	&imp_agentdojo,
	&imp_garak,
	&imp_inspect,
	&imp_promptfoo,
	&imp_tau,
	&imp_tau2,
	&imp_table, /* last: it reads any table, when nobody else does */
	NULL,
};
