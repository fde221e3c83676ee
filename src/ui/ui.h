/* SPDX-License-Identifier: MIT
 *
 * The front door of the terminal application, for cli. ui_main is defined in
 * term, which owns the terminal; the application itself knows nothing of it.
 */
#ifndef UI_UI_H
#define UI_UI_H

#include <stdbool.h>

struct ui_options {
	const char *db_path;
	bool read_only;
	const char *reviewer;    /* --as, or NULL */
	const char *policy;      /* path or shipped name, or NULL: the one last used */
	const char *filter;      /* to begin with, or NULL */
	const char *script_path; /* runs this script on the null terminal instead; "-" is standard input */
	const char *size;        /* "80x24" for the script; NULL = 80x24 */
	bool dump;               /* print the screen when the script is over */
	bool plain;              /* line mode: prints the board and names the commands that do the rest */
	bool ascii;              /* no characters beyond ASCII, whatever the locale says */
};

/* Runs until the user leaves. Returns the exit status (0, 2 usage, 3 database or terminal); messages go to stderr. */
int ui_main(const struct ui_options *o);

#endif
