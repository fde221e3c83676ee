/* SPDX-License-Identifier: MIT
 *
 * Look-up in the table of embedded files.
 */
#include "base/embed.h"

struct str embed_get(const char *path)
{
	for (const struct embed *e = embed_table; e->path; e++)
		if (strcmp(e->path, path) == 0)
			return str_n((const char *)e->data, e->size);
	return str_n(NULL, 0);
}
