/* SPDX-License-Identifier: MIT
 *
 * screen [--size WxH] [--policy FILE] [--ascii] [--read-only] [--plain] FILE.db [SCRIPT]: the application as ui_main
 * runs it, for the tests of screens and of the terminal. Without a script it takes the terminal over. --crash dies on
 * the signal of that number once the screen is up.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ui/ui.h"

static int crash_signal;

static void on_alarm(int sig)
{
	(void)sig;
	raise(crash_signal);
}

/* A second is long enough for the screen to be up; nothing in the test waits for less. */
static void crash_soon(const char *number)
{
	struct sigaction action = {.sa_handler = on_alarm};
	crash_signal = atoi(number);
	sigaction(SIGALRM, &action, NULL);
	alarm(1);
}

int main(int argc, char **argv)
{
	struct ui_options o = {.reviewer = "reader"};
	int i = 1;
	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--ascii"))
			o.ascii = true;
		else if (!strcmp(argv[i], "--read-only"))
			o.read_only = true;
		else if (!strcmp(argv[i], "--plain"))
			o.plain = true;
		else if (!strcmp(argv[i], "--size") && i + 1 < argc)
			o.size = argv[++i];
		else if (!strcmp(argv[i], "--policy") && i + 1 < argc)
			o.policy = argv[++i];
		else if (!strcmp(argv[i], "--crash") && i + 1 < argc)
			crash_soon(argv[++i]);
		else
			return 2;
	}
	if (i >= argc)
		return 2;
	o.db_path = argv[i];
	o.script_path = i + 1 < argc ? argv[i + 1] : NULL;
	return ui_main(&o);
}
