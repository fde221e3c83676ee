/* SPDX-License-Identifier: MIT
 *
 * Private to ui: the state of a list screen, and its drawing.
 */
#ifndef UI_LIST_H
#define UI_LIST_H

#include "ui/screen.h"

struct list {
	const struct view *view;
	char *order; /* NULL = the view's */
	char *order_before; /* to go back to when the new order is refused */
	bool reordering;
	struct rowset *rows;
	struct page *page;
	size_t asked_from, asked_n; /* what the page job under way will bring */
	bool asked, loading, open_waits;
	size_t top, cur;
	int first_column, height;
	int64_t *marks; /* results, in the order of marking */
	size_t nmarks, marks_cap;
	char *text; /* searched */
	size_t *hits, nhits;
	bool searching;
	char *error;
};

static inline bool page_has(const struct page *p, size_t row)
{
	return p && row >= p->from && row < p->from + p->n;
}

void list_draw(const struct list *l, bool filtered, struct area a);

#endif
