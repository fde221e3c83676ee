/* SPDX-License-Identifier: MIT
 *
 * The application on the null terminal: a script of keys and commands, the
 * screen as text. Every step waits until the jobs it started are done, so a
 * script gives the same screens on any machine.
 *
 *     # a comment
 *     jj <Enter> ^D        keys: words of characters, or names of keys
 *     :filter model:a*     a command of the application
 *     :type some text      the characters as they are, blanks too
 *     :paste some text
 *     :resize 40x8
 *     :dump-screen         the screen, then a line of style letters a row
 *     :dump-text           the screen
 *     :dump-state          every screen of the stack: name, title, filter, position
 */
#ifndef TERM_SCRIPT_H
#define TERM_SCRIPT_H

#include <stdio.h>

#include "ui/app.h"

/* Runs the text; dumps go to `out`. USAGE names the line. */
enum status script_run(struct app *app, struct jobs *jobs, struct str text, int width, int height, FILE *out, struct err *err);
/* Drains what the jobs have to tell until nothing is under way. */
void script_settle(struct app *app, struct jobs *jobs);
/* "80x24" */
bool size_parse(struct str text, int *width, int *height);

#endif
