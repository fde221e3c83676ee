/* SPDX-License-Identifier: MIT
 *
 * Fuzz target: any bytes as a filter. What parses must print to text that
 * parses to the same print; what does not must say why, at a place within it.
 * Completion and the matchers must survive whatever there is.
 */
#include <stdlib.h>

#include "filter/filter.h"
#include "fuzz.h"

static void ignore_word(void *ctx, struct str word, const char *help)
{
	(void)ctx;
	(void)word;
	(void)help;
}

static void match_terms(const struct node *n)
{
	static const char text[] = "Delete the \xc3\xa9t\xc3\xa9 \xe7\x82\xb8\xe5\xbc\xb9, rm -rf /";
	struct text_matcher *m;
	size_t start, end;
	for (size_t i = 0; i < n->nchildren; i++)
		match_terms(n->children[i]);
	if (n->kind != NODE_WORD && n->kind != NODE_PHRASE && n->kind != NODE_REGEX)
		return;
	if (text_matcher_new(n, &m, NULL) != OK)
		abort();
	if (text_matcher_find(m, str_n(text, sizeof text - 1), 0, &start, &end) && (start > end || end > sizeof text - 1))
		abort();
	text_matcher_free(m);
}

static void check_print(const struct filter *f)
{
	struct buf once = {0}, twice = {0};
	struct filter *again;
	buf_add_c(&once, "");
	filter_print(&once, f->root);
	if (filter_parse(buf_str(&once), NULL, &again, NULL, NULL) != OK)
		abort();
	filter_print(&twice, again->root);
	if (!str_eq(buf_str(&once), buf_str(&twice)))
		abort();
	filter_free(again);
	buf_fini(&once);
	buf_fini(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {0};
	struct filter *f;
	size_t at = 0, word;
	char *text = malloc(size ? size : 1); /* of its own, so that a read beyond it is seen */
	if (size)
		memcpy(text, data, size);
	if (filter_parse(str_n(text, size), NULL, &f, &at, &err) == OK) {
		check_print(f);
		match_terms(f->root);
		filter_free(f);
	} else if (!err.text || at > size) {
		abort();
	}
	filter_complete(str_n(text, size), size, NULL, &word, ignore_word, NULL);
	if (word > size)
		abort();
	err_fini(&err);
	free(text);
	return 0;
}
