/* SPDX-License-Identifier: MIT
 *
 * The control sequence that asks a terminal to take text into its clipboard.
 */
#ifndef UI_COPY_H
#define UI_COPY_H

#include "base/buf.h"

/* Appends it (OSC 52). */
void copy_sequence(struct buf *out, struct str text);

#endif
