/* SPDX-License-Identifier: MIT
 *
 * From key press to a quiet screen, measured from outside: runs a program in a
 * pseudo-terminal, sends each key so many times, and takes the time until the
 * last byte of the answer, which 15 ms of silence end.
 *
 *   latency COLSxROWS ROUNDS KEYS... -- COMMAND ARGS...
 *
 * A key is sent as it is; <ENTER> <ESC> <PGDN> stand for those. Prints per key: median and
 * 99th percentile in milliseconds, median bytes; first the start: exec to complete frame.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { QUIET_MS = 15, START_QUIET_MS = 150, MAX_ROUNDS = 1000 };

static double now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(1);
}

static int spawn(int cols, int rows, char **argv, pid_t *pid)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) || unlockpt(master))
		die("pseudo-terminal");
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	ioctl(master, TIOCSWINSZ, &size);
	*pid = fork();
	if (*pid < 0)
		die("fork");
	if (*pid == 0) {
		setsid();
		int slave = open(ptsname(master), O_RDWR);
		ioctl(slave, TIOCSCTTY, 0);
		dup2(slave, 0);
		dup2(slave, 1);
		dup2(slave, 2);
		setenv("TERM", "xterm-256color", 1);
		execvp(argv[0], argv);
		_exit(127);
	}
	return master;
}

/* Reads until quiet for so long; the time of the last byte, and how many there were. */
static double drain(int fd, int quiet_ms, int first_ms, size_t *bytes)
{
	char block[65536];
	double last = now_ms();
	*bytes = 0;
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (poll(&p, 1, *bytes ? quiet_ms : first_ms) <= 0)
			return last;
		ssize_t n = read(fd, block, sizeof block);
		if (n <= 0)
			return last;
		last = now_ms();
		*bytes += (size_t)n;
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static const char *spelt(const char *key)
{
	static const struct {
		const char *name, *bytes;
	} named[] = {{"<ENTER>", "\r"}, {"<ESC>", "\033"}, {"<PGDN>", "\033[6~"}, {"<PGUP>", "\033[5~"}};
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (strcmp(key, named[i].name) == 0)
			return named[i].bytes;
	return key;
}

static void measure(int fd, const char *key, int rounds)
{
	static double times[MAX_ROUNDS], sizes[MAX_ROUNDS];
	const char *bytes = spelt(key);
	for (int i = 0; i < rounds; i++) {
		double start = now_ms();
		if (write(fd, bytes, strlen(bytes)) < 0)
			die("write");
		size_t n;
		times[i] = drain(fd, QUIET_MS, 500, &n) - start;
		sizes[i] = (double)n;
	}
	qsort(times, (size_t)rounds, sizeof *times, by_value);
	qsort(sizes, (size_t)rounds, sizeof *sizes, by_value);
	printf("key %-10s median %7.2f ms   p99 %7.2f ms   %6.0f bytes\n", key, times[rounds / 2], times[rounds * 99 / 100], sizes[rounds / 2]);
}

int main(int argc, char **argv)
{
	int cols, rows, split = 0;
	for (int i = 3; i < argc && !split; i++)
		if (strcmp(argv[i], "--") == 0)
			split = i;
	if (!split || split + 1 >= argc || sscanf(argv[1], "%dx%d", &cols, &rows) != 2) {
		fputs("usage: latency COLSxROWS ROUNDS KEYS... -- COMMAND ARGS...\n", stderr);
		return 2;
	}
	int rounds = atoi(argv[2]);
	if (rounds < 1 || rounds > MAX_ROUNDS)
		rounds = 50;
	pid_t pid;
	double start = now_ms();
	int fd = spawn(cols, rows, argv + split + 1, &pid);
	size_t n;
	double shown = drain(fd, START_QUIET_MS, 10000, &n);
	printf("start to complete frame %7.2f ms   %zu bytes\n", shown - start, n);
	for (int i = 3; i < split; i++)
		measure(fd, argv[i], rounds);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	return 0;
}
