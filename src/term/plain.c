/* SPDX-License-Identifier: MIT
 *
 * Line mode. See plain.h.
 */
#include "term/plain.h"

#include <stdio.h>

#include "base/escape.h"
#include "term/script.h"

enum { WIDTH = 100, HEIGHT = 200 };

/* The rows that say something: the frame and the hints are for a screen. */
static void print_rows(const struct grid *g)
{
	struct buf text = {0};
	grid_dump(g, false, &text);
	struct str rest = buf_str(&text), line;
	int y = 0;
	while (str_cut(&rest, '\n', &line)) {
		bool frame = y == 1 || y >= g->height - 4;
		y++;
		if (line.n && !frame)
			printf("%.*s\n", (int)line.n, line.p);
	}
	buf_fini(&text);
}

enum status plain_print(struct app *app, struct jobs *jobs, const char *db_path)
{
	struct grid g;
	struct buf path = {0};
	grid_init(&g, WIDTH, HEIGHT);
	script_settle(app, jobs);
	struct event size = {.kind = EVENT_RESIZE, .width = WIDTH, .height = HEIGHT};
	app_step(app, &size);
	app_draw(app, &g);
	print_rows(&g);
	grid_fini(&g);
	escape_text(&path, str_c(db_path), 0);
	printf("\nNext, with --db %s:\n"
	       "  plimsoll zones --policy FILE            the verdicts of a policy\n"
	       "  plimsoll list results --filter FILTER   results\n"
	       "  plimsoll show RESULT                    a transcript\n"
	       "  plimsoll annotate RESULT                what you think of it\n",
		path.p);
	buf_fini(&path);
	return OK;
}
