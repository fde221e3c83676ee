/* SPDX-License-Identifier: MIT
 *
 * Private to cli: one result with all that is known of it, and its writers.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "base/cell.h"
#include "facts/facts.h"

struct shown {
	struct arena arena;
	struct facts *facts;
	struct result_row row;
	struct transcript transcript;
	bool color;
};

/* Label and value, for text and Markdown. */
void show_facts(struct table *t, const struct shown *s);

void show_text(struct buf *out, const struct shown *s);
void show_json(struct buf *out, const struct shown *s);
void show_markdown(struct buf *out, const struct shown *s);

#endif
