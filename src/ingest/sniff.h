/* SPDX-License-Identifier: MIT
 *
 * Looks at the first bytes of a file: which members does its first object
 * have? The head may be cut anywhere. For probes.
 */
#ifndef INGEST_SNIFF_H
#define INGEST_SNIFF_H

#include "base/arena.h"

/* Calls fn for each member of the first object (the document's, the first line's, or the first element's); value: the
 * decoded text of a short string value, absent for other types. Stops when fn returns true. */
void sniff_members(struct str head, bool (*fn)(void *ctx, struct str key, struct str value), void *ctx);
/* How many of the NULL-terminated names the first object has. */
size_t sniff_has(struct str head, const char *const *names);
/* The string value of a member; absent when it is none. Escapes are left as they are. */
struct str sniff_value(struct str head, const char *name);

/* Does the first object end behind the head? */
bool sniff_cut(struct str head);

#endif
