/* SPDX-License-Identifier: MIT
 *
 * What is known and what is recognised: the tables of `formats` and `detect`.
 */
#include "ingest/ingest.h"

#include <stdio.h>

#include "ingest/plan.h"

static const struct column format_columns[] = {
        {.name = "name", .title = "name", .kind = CELL_TEXT, .width = 14, .help = "name of the format"},
        {.name = "title", .title = "title", .kind = CELL_TEXT, .width = 40, .help = "what it is"},
        {.name = "maps", .title = "maps", .kind = CELL_TEXT, .width = 0, .help = "what becomes what"},
        {.name = "polarity", .title = "polarity", .kind = CELL_TEXT, .width = 0, .help = "which direction is a failure"},
        {.name = "experimental", .title = "experimental", .kind = CELL_BOOL, .width = 12, .help = "few real files were seen"},
};

static const struct column detect_columns[] = {
        {.name = "source", .title = "source", .kind = CELL_TEXT, .width = 0, .help = "path"},
        {.name = "format", .title = "format", .kind = CELL_TEXT, .width = 14, .help = "format it would be read as"},
        {.name = "confidence", .title = "confidence", .kind = CELL_INT, .width = 10, .help = "0 to 100"},
        {.name = "why", .title = "why", .kind = CELL_TEXT, .width = 0, .help = "what was recognised"},
        {.name = "seen", .title = "seen", .kind = CELL_TEXT, .width = 0, .help = "what its first bytes hold"},
        {.name = "files", .title = "files", .kind = CELL_INT, .width = 6, .help = "files that it is made of"},
        {.name = "bytes", .title = "bytes", .kind = CELL_INT, .width = 10, .help = "their size"},
        {.name = "runner_up", .title = "runner-up", .kind = CELL_TEXT, .width = 24, .help = "the next best format, how sure it is and why"},
};

void ingest_formats(struct table *out)
{
	table_init(out, format_columns, sizeof format_columns / sizeof *format_columns);
	for (size_t i = 0; importers[i]; i++) {
		struct cell *row = table_add_row(out);
		row[0] = cell_text(out, str_c(importers[i]->name));
		row[1] = cell_text(out, str_c(importers[i]->title));
		row[2] = cell_text(out, str_c(importers[i]->maps));
		row[3] = cell_text(out, str_c(importers[i]->polarity));
		row[4] = (struct cell){.kind = CELL_BOOL, .integer = importers[i]->experimental};
	}
}

static void detected(struct table *out, struct arena *a, const struct planned *s)
{
	struct cell *row = table_add_row(out);
	const struct claim *c = &s->claim;
	row[0] = cell_text(out, str_c(c->main->path));
	row[1] = cell_text(out, str_c(c->importer->name));
	row[2] = cell_int(c->confidence);
	row[3] = cell_text(out, str_c(c->why));
	row[4] = cell_text(out, seen_of(a, c->main, false));
	row[5] = cell_int((int64_t)c->n);
	row[6] = cell_int((int64_t)s->bytes);
	if (s->runner_up)
		row[7] = cell_text(out, arena_printf(a, "%s (%d): %s", s->runner_up, s->runner_up_confidence, s->runner_up_why));
}

enum status ingest_detect(const char *path, struct table *out, struct err *err)
{
	struct plan p = {0};
	table_init(out, detect_columns, sizeof detect_columns / sizeof *detect_columns);
	enum status st = plan_add_path(&p, path, NULL, err);
	plan_finish(&p);
	for (size_t i = 0; i < p.n; i++)
		detected(out, &p.arena, &p.sources[i]);
	for (size_t i = 0; i < p.nunknown; i++) {
		struct cell *row = table_add_row(out);
		row[0] = cell_text(out, str_c(p.unknown[i].path));
		row[3] = cell_text(out, p.unknown[i].trait.p ? p.unknown[i].trait : str_c("passed over"));
	}
	plan_fini(&p);
	return st;
}
