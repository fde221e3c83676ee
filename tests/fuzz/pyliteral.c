/* SPDX-License-Identifier: MIT
 *
 * Fuzz target: any bytes as a Python literal. What is read must be JSON, and a literal that fills the text is also one
 * at its start; what is refused leaves nothing behind.
 */
#include <stdlib.h>

#include "ingest/pyliteral.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct err err = {0};
	struct buf whole = {0}, start = {0};
	const struct json *node;
	size_t used = 0;
	char *text = malloc(size ? size : 1); /* of its own, so that a read beyond it is seen */
	if (size)
		memcpy(text, data, size);
	enum status st = pyliteral_json(&whole, str_n(text, size), NULL, &err);
	if (st == OK && json_read(&a, buf_str(&whole), NULL, &node, &err) != OK)
		abort();
	if (st != OK && (whole.n || !err.text))
		abort();
	if (pyliteral_json(&start, str_n(text, size), &used, &err) == OK) {
		if (used > size || json_read(&a, buf_str(&start), NULL, &node, &err) != OK)
			abort();
		if (st == OK && !str_eq(buf_str(&whole), buf_str(&start)))
			abort();
	} else if (st == OK) {
		abort();
	}
	if (pyliteral_call(str_n(text, size)) >= size && size)
		abort();
	buf_fini(&whole);
	buf_fini(&start);
	err_fini(&err);
	arena_fini(&a);
	free(text);
	return 0;
}
