/* SPDX-License-Identifier: MIT
 *
 * Fuzz target: any bytes as JSON. What is read must lie in the input, and its
 * canonical form must read back to itself.
 */
#include <stdlib.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_slices(const struct json *node, const char *p, size_t size)
{
	if (node->src.p < p || node->src.p + node->src.n > p + size)
		abort();
	size_t n = 0;
	JSON_EACH(c, node) {
		check_slices(c, p, size);
		n++;
	}
	if (n != node->count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct err err = {0};
	struct json_repairs repairs = {0};
	struct buf once = {0}, twice = {0};
	const struct json *node;
	char *text = malloc(size ? size : 1); /* of its own, so that a read beyond it is seen */
	if (size)
		memcpy(text, data, size);
	if (json_read(&a, str_n(text, size), &repairs, &node, &err) == OK) {
		check_slices(node, text, size);
		json_write_node(&once, node);
		if (json_read(&a, buf_str(&once), NULL, &node, &err) != OK)
			abort();
		json_write_node(&twice, node);
		if (!str_eq(buf_str(&once), buf_str(&twice)))
			abort();
	} else if (!err.text) {
		abort();
	}
	buf_fini(&once);
	buf_fini(&twice);
	err_fini(&err);
	arena_fini(&a);
	free(text);
	return 0;
}
