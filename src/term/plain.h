/* SPDX-License-Identifier: MIT
 *
 * Line mode, for terminals that can not place a cursor and for screen readers.
 */
#ifndef TERM_PLAIN_H
#define TERM_PLAIN_H

#include "ui/app.h"

/* Prints the board as text, and the commands that do the rest. */
enum status plain_print(struct app *app, struct jobs *jobs, const char *db_path);

#endif
