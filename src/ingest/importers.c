/* SPDX-License-Identifier: MIT
 *
 * The table of formats, made of importers.def.
 */
#include "ingest/importer.h"

#define FORMAT(name) extern const struct importer imp_##name;
#include "ingest/importers.def"
FORMAT(table)
#undef FORMAT

const struct importer *const importers[] = {
#define FORMAT(name) &imp_##name,
#include "ingest/importers.def"
	FORMAT(table) /* last: it reads any table, when nobody else does */
#undef FORMAT
	NULL,
};
