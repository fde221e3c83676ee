/* SPDX-License-Identifier: MIT
 *
 * Tables of any shape through field maps. Private to ingest.
 */
#ifndef INGEST_SHAPE_H
#define INGEST_SHAPE_H

#include "ingest/importer.h"
#include "ingest/map.h"

/* Reads the claim's main member, CSV or JSON records, through the map; NULL: one is guessed. */
enum status table_read(struct import *im, const struct fieldmap *map, struct err *err);

#endif
