/* SPDX-License-Identifier: MIT
 *
 * The terminal: shows a grid, reads keys. One of them at a time, because there
 * is one terminal; the functions belong to the main thread.
 */
#ifndef TERM_TERM_H
#define TERM_TERM_H

#include "base/err.h"
#include "ui/grid.h"
#include "ui/keys.h"

/* Takes the terminal over. FAIL says why it can not be used, and what can be done instead. */
enum status term_open(struct err *err);
/* Gives it back, as it was. Harmless when it is not open. */
void term_close(void);
void term_size(int *width, int *height);
/* Sends the rows that differ from what is shown; all of them after term_redraw. */
void term_show(const struct grid *g);
void term_redraw(void);
/* The next event that is there already; false when there is none. Text of a paste lives until the next call. */
bool term_next(struct event *ev);
/* Waits for keys, a signal, or input on fd; -1 = for ever. */
void term_wait(int fd, int timeout_ms);
/* Asks the terminal to take showable text into its clipboard. */
void term_copy(struct str text);
/* Stops the program until it is continued; the terminal is the shell's meanwhile. */
void term_suspend(void);
/* Lets $VISUAL or $EDITOR change the text in a private file. FAIL leaves the text alone. */
enum status term_edit(struct buf *text, struct err *err);

const char *term_library_version(void); /* of ncurses */

/* What term_open wrote down for emergencies (restore.c): the terminal's modes before anything touched them, and the
 * bytes that undo what the screen did. restore_now gives the terminal back without any library, and may be
 * called in a signal handler. */
bool restore_save_modes(void);
void restore_prepare(const char *sequence);
void restore_now(void);
void restore_forget(void);
/* Handlers that restore the terminal and let the signal go on as it would have: crashes and their like. */
void restore_on_crash(void);

#endif
