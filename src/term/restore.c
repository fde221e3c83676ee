/* SPDX-License-Identifier: MIT
 *
 * The emergency exit: whatever ends the program, the terminal is left sane.
 * Everything a handler needs is computed beforehand; it calls only what may be
 * called there, and then lets the signal take its course, so that core dumps
 * and sanitizers still work.
 */
#include "term/term.h"

#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved;
static char sequence[512];
static bool have_modes;
static volatile sig_atomic_t armed;
static size_t sequence_len;

bool restore_save_modes(void)
{
	have_modes = tcgetattr(STDIN_FILENO, &saved) == 0;
	return have_modes;
}

void restore_prepare(const char *text)
{
	sequence_len = strlen(text);
	if (sequence_len >= sizeof sequence)
		sequence_len = sizeof sequence - 1;
	memcpy(sequence, text, sequence_len);
	armed = have_modes;
}

void restore_now(void)
{
	if (!armed)
		return;
	armed = 0;
	size_t at = 0;
	while (at < sequence_len) {
		ssize_t n = write(STDOUT_FILENO, sequence + at, sequence_len - at);
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

void restore_forget(void)
{
	armed = 0;
}

static void crash_handler(int sig)
{
	static const char text[] = "\r\nplimsoll: crashed; the terminal was restored, what was saved is safe\r\n";
	bool was_armed = armed;
	restore_now();
	if (was_armed && write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(128 + sig);
	raise(sig);
}

static struct sigaction before[65];

static void chain_handler(int sig)
{
	sigaction(sig, &before[sig], NULL);
	crash_handler(sig);
}

void restore_on_crash(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		struct sigaction action = {.sa_handler = chain_handler};
		sigemptyset(&action.sa_mask);
		sigaction(signals[i], &action, &before[signals[i]]);
	}
}
