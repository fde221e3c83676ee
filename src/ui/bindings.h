/* SPDX-License-Identifier: MIT
 *
 * Private to ui: the bindings that ship, as rows of the key map's language,
 * each with the words it gets in the hint line of its screens.
 */
#ifndef UI_BINDINGS_H
#define UI_BINDINGS_H

struct default_binding {
	const char *row;
	const char *hint; /* NULL: not in the hint line */
};
extern const struct default_binding default_bindings[]; /* row NULL ends */

#endif
