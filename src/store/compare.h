/* SPDX-License-Identifier: MIT
 *
 * Private to store: how a stored value is compared with one of a filter.
 */
#ifndef STORE_COMPARE_H
#define STORE_COMPARE_H

#include "store/store.h"

/* stored: absent text without a number is absent and compares false with everything. */
bool value_compare(enum compare op, struct str stored, bool has_num, double num, struct str value);

#endif
