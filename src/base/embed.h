/* SPDX-License-Identifier: MIT
 *
 * Files compiled into the program: views/, schemas/, policies.
 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include "base/str.h"

struct embed {
	const char *path; /* as in the source tree, e.g. "views/results.view"; NULL ends the table */
	const unsigned char *data;
	size_t size;
};

extern const struct embed embed_table[];

/* The file's bytes, or an absent str. */
struct str embed_get(const char *path);

#endif
