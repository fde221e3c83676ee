/* SPDX-License-Identifier: MIT
 *
 * The real program on a real pseudo-terminal, its output read by libvterm:
 * start and quit, resize, suspend, crash, hang-up, paste, dumb terminals, and
 * that nothing a model wrote reaches the terminal as anything but text. Prints
 * TAP. Needs the database that tests/ui/fixture makes. Waits for what is on
 * the screen, never for time alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

enum { COLS = 100, ROWS = 30, PATIENCE_MS = 20000 };

struct session {
	pid_t pid;
	int fd, rows, cols;
	VTerm *vt;
	VTermScreen *screen;
	char *raw; /* every byte that came */
	size_t nraw, cap;
	struct termios before;
	bool over;
};

static int tests, failures;
static const char *program, *database;

static void check(bool good, const char *what)
{
	tests++;
	failures += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", tests, what);
	fflush(stdout);
}

static long now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the session ---- */

/* A shell in small: the program runs in a foreground group of its own, so that stopping works as in a real one. */
static void small_shell(char *const argv[])
{
	signal(SIGTTOU, SIG_IGN);
	/* A hang-up goes to the whole session; the program's own answer to it is what is tested. */
	signal(SIGHUP, SIG_IGN);
	pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		tcsetpgrp(0, getpid());
		signal(SIGTTOU, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		execv(argv[0], argv);
		_exit(127);
	}
	setpgid(pid, pid);
	int status = 0;
	while (waitpid(pid, &status, WUNTRACED) >= 0 && WIFSTOPPED(status)) {
		struct termios t;
		tcsetpgrp(0, getpgrp());
		tcgetattr(0, &t);
		printf("SHELL canonical=%d echo=%d\n", (t.c_lflag & ICANON) != 0, (t.c_lflag & ECHO) != 0);
		fflush(stdout);
		char line[8];
		if (!fgets(line, sizeof line, stdin))
			break;
		tcsetpgrp(0, pid);
		kill(-pid, SIGCONT);
	}
	struct termios t;
	tcsetpgrp(0, getpgrp());
	tcgetattr(0, &t);
	printf("SHELL %s=%d canonical=%d echo=%d\n", WIFSIGNALED(status) ? "signal" : "exit",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), (t.c_lflag & ICANON) != 0, (t.c_lflag & ECHO) != 0);
	fflush(stdout);
	_exit(0);
}

static void open_session(struct session *s, const char *term, const char *option, const char *value)
{
	struct winsize size = {.ws_row = ROWS, .ws_col = COLS};
	char *argv[8];
	int n = 0;
	*s = (struct session){.rows = ROWS, .cols = COLS};
	argv[n++] = strdup(program);
	if (option)
		argv[n++] = strdup(option);
	if (value)
		argv[n++] = strdup(value);
	argv[n++] = strdup(database);
	argv[n] = NULL;
	s->pid = forkpty(&s->fd, NULL, NULL, &size);
	if (s->pid == 0) {
		setenv("TERM", term, 1);
		small_shell(argv);
	}
	for (int i = 0; i < n; i++)
		free(argv[i]);
	s->vt = vterm_new(ROWS, COLS);
	vterm_set_utf8(s->vt, 1);
	s->screen = vterm_obtain_screen(s->vt);
	vterm_screen_enable_altscreen(s->screen, 1);
	vterm_screen_reset(s->screen, 1);
}

/* Reads what comes within the time; false when nothing did. */
static bool pump(struct session *s, int ms)
{
	struct pollfd fd = {.fd = s->fd, .events = POLLIN};
	char block[8192];
	if (s->over || poll(&fd, 1, ms) <= 0)
		return false;
	ssize_t n = read(s->fd, block, sizeof block);
	if (n <= 0) {
		s->over = true;
		return false;
	}
	if (s->nraw + (size_t)n > s->cap) {
		s->cap = (s->nraw + (size_t)n) * 2;
		s->raw = realloc(s->raw, s->cap);
		if (!s->raw)
			exit(99);
	}
	memcpy(s->raw + s->nraw, block, (size_t)n);
	s->nraw += (size_t)n;
	vterm_input_write(s->vt, block, (size_t)n);
	return true;
}

static void row_text(struct session *s, int y, char *out, size_t room)
{
	size_t n = 0;
	for (int x = 0; x < s->cols && n + 8 < room; x++) {
		VTermScreenCell cell;
		vterm_screen_get_cell(s->screen, (VTermPos){.row = y, .col = x}, &cell);
		uint32_t c = cell.chars[0];
		out[n++] = c == 0 ? ' ' : c < 0x80 ? (char)c : '#';
	}
	out[n] = '\0';
}

static bool shows(struct session *s, const char *text)
{
	char row[1024];
	for (int y = 0; y < s->rows; y++) {
		row_text(s, y, row, sizeof row);
		if (strstr(row, text))
			return true;
	}
	return false;
}

static bool wait_for(struct session *s, const char *text)
{
	long end = now_ms() + PATIENCE_MS;
	while (!shows(s, text)) {
		if (now_ms() > end)
			break;
		if (!pump(s, 100) && s->over)
			break;
	}
	if (shows(s, text))
		return true;
	char row[1024];
	printf("# waited in vain for \"%s\"\n", text);
	for (int y = 0; y < s->rows; y++) {
		row_text(s, y, row, sizeof row);
		printf("# %s\n", row);
	}
	return false;
}

static void settle(struct session *s)
{
	while (pump(s, 150))
		;
}

static void type(struct session *s, const char *keys)
{
	size_t n = strlen(keys), at = 0;
	while (at < n) {
		ssize_t w = write(s->fd, keys + at, n - at);
		if (w <= 0)
			return;
		at += (size_t)w;
	}
}

static bool raw_has(const struct session *s, const char *bytes)
{
	return s->nraw && memmem(s->raw, s->nraw, bytes, strlen(bytes)) != NULL;
}

static void close_session(struct session *s)
{
	while (!s->over && pump(s, 2000))
		;
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	close(s->fd);
	vterm_free(s->vt);
	free(s->raw);
}

static void start(struct session *s)
{
	open_session(s, "xterm-256color", NULL, NULL);
	wait_for(s, "area");
	wait_for(s, "help");
}

/* ---- the tests ---- */

static void starts_and_quits(void)
{
	struct session s;
	start(&s);
	check(shows(&s, "corvid-3"), "the board is the first screen");
	type(&s, "q");
	check(wait_for(&s, "first screen"), "q on the first screen does not quit");
	type(&s, "y");
	check(wait_for(&s, "clipboard") && raw_has(&s, "\033]52;c;cGxpbXNvbGw"), "y sends a command line to the clipboard");
	type(&s, "Q");
	check(wait_for(&s, "SHELL exit=0 canonical=1 echo=1"), "Q quits and gives the terminal back");
	check(raw_has(&s, "\033[?1049l"), "the alternate screen is left");
	check(raw_has(&s, "\033[?2004l"), "bracketed paste is switched off");
	close_session(&s);
}

static void three_keys_to_the_failing_turn(void)
{
	struct session s;
	start(&s);
	type(&s, "ll\r\r");
	check(wait_for(&s, "5 assistant"), "typed ahead, four keys open the failing turn");
	type(&s, "Q");
	close_session(&s);
}

/* Clock ticks that the program has used; -1 where the system does not tell. */
static long ticks_used(const struct session *s)
{
	char path[64], line[512];
	long child = 0, user = 0, system = 0;
	snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)s->pid, (long)s->pid);
	FILE *f = fopen(path, "r");
	if (!f)
		return -1;
	int got = fscanf(f, "%ld", &child);
	fclose(f);
	snprintf(path, sizeof path, "/proc/%ld/stat", child);
	f = got == 1 ? fopen(path, "r") : NULL;
	if (!f)
		return -1;
	got = fgets(line, sizeof line, f) ? 1 : 0;
	fclose(f);
	const char *rest = got ? strrchr(line, ')') : NULL;
	if (!rest || sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system) != 2)
		return -1;
	return user + system;
}

static void sends_nothing_while_idle(void)
{
	struct session s;
	start(&s);
	settle(&s);
	long ticks = ticks_used(&s);
	size_t before = s.nraw;
	long end = now_ms() + 3000;
	while (now_ms() < end)
		pump(&s, 200);
	check(s.nraw == before, "no byte is sent while idle");
	check(ticks_used(&s) - ticks <= sysconf(_SC_CLK_TCK) / 2, "and the processor rests");
	before = s.nraw;
	type(&s, "j");
	settle(&s);
	check(s.nraw > before && s.nraw - before < 2048, "a key costs less than 2 KB");
	type(&s, "Q");
	close_session(&s);
}

static void resizes(void)
{
	struct session s;
	start(&s);
	struct winsize size = {.ws_row = 12, .ws_col = 60};
	settle(&s);
	s.rows = 12;
	s.cols = 60;
	vterm_set_size(s.vt, 12, 60);
	ioctl(s.fd, TIOCSWINSZ, &size);
	char row[256];
	long end = now_ms() + PATIENCE_MS;
	do {
		pump(&s, 100);
		row_text(&s, 11, row, sizeof row);
	} while (!strstr(row, "help") && now_ms() < end);
	check(strstr(row, "help") != NULL, "after a resize the hints are on the new last line");
	size = (struct winsize){.ws_row = 1, .ws_col = 1};
	ioctl(s.fd, TIOCSWINSZ, &size);
	settle(&s);
	size = (struct winsize){.ws_row = ROWS, .ws_col = COLS};
	s.rows = ROWS;
	s.cols = COLS;
	vterm_set_size(s.vt, ROWS, COLS);
	ioctl(s.fd, TIOCSWINSZ, &size);
	check(wait_for(&s, "persuasion"), "it comes back from one cell");
	type(&s, "Q");
	close_session(&s);
}

static void suspends(void)
{
	struct session s;
	start(&s);
	type(&s, "\032");
	check(wait_for(&s, "SHELL canonical=1 echo=1"), "^Z stops it with the terminal as it was");
	type(&s, "fg\n");
	check(wait_for(&s, "persuasion"), "continued, it draws again");
	type(&s, "Q");
	check(wait_for(&s, "SHELL exit=0"), "and quits");
	close_session(&s);
}

static void crashes(int sig, const char *number)
{
	struct session s;
	char what[64];
	open_session(&s, "xterm-256color", "--crash", number);
	wait_for(&s, "area");
	bool restored = wait_for(&s, "canonical=1 echo=1");
	snprintf(what, sizeof what, "a crash by signal %d gives the terminal back", sig);
	check(restored && raw_has(&s, "\033[?1049l"), what);
	check(!shows(&s, "SHELL exit=0"), "and is not hidden");
	close_session(&s);
}

static void pastes(void)
{
	struct session s;
	start(&s);
	type(&s, "\033[200~Q:quit\rQQQ\033[201~");
	check(wait_for(&s, "pasted text"), "pasted text runs nothing");
	type(&s, ":");
	type(&s, "\033[200~quit\rx\033[201~");
	check(wait_for(&s, ":quit x"), "in a line it is text, and a line feed in it accepts nothing");
	type(&s, "\003Q");
	check(wait_for(&s, "SHELL exit=0"), "^C leaves the line");
	close_session(&s);
}

static void keeps_drafts(void)
{
	struct session s;
	start(&s);
	type(&s, "ll\r");
	type(&s, "ahalf a thought");
	wait_for(&s, "half a thought");
	close(s.fd); /* the line drops */
	s.over = true;
	s.fd = open("/dev/null", O_RDWR);
	waitpid(s.pid, NULL, 0);
	s.pid = fork(); /* something for close_session to end */
	if (s.pid == 0)
		_exit(0);
	close_session(&s);
	start(&s);
	type(&s, "ll\ra");
	check(wait_for(&s, "half a thought"), "a note that was not finished is offered again");
	type(&s, "\025\033");
	settle(&s);
	type(&s, "Q");
	close_session(&s);
}

static void hostile_text_stays_text(void)
{
	static const struct {
		const char *bytes, *what;
	} forbidden[] = {
		{"\033]", "no OSC sequence"}, {"\007", "no bell"}, {"\xc2\x9b", "no C1 control"},
		{"\xe2\x80\xae", "no bidi override"}, {"\xe2\x80\x8b", "no zero-width character"}, {"\xf3\xa0\x81", "no tag character"},
	};
	struct session s;
	start(&s);
	type(&s, ":view results\r");
	wait_for(&s, "severity");
	type(&s, "/owned\r");
	wait_for(&s, "hit ");
	type(&s, "\r");
	wait_for(&s, "turn");
	type(&s, "G");
	check(wait_for(&s, "]0;owned"), "the words of an attack can be read");
	type(&s, "-i-rzY");
	settle(&s);
	type(&s, "x");
	settle(&s);
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		check(!raw_has(&s, forbidden[i].bytes), forbidden[i].what);
	type(&s, "Q");
	close_session(&s);
}

static void floods(void)
{
	struct session s;
	char keys[2001];
	memset(keys, 'j', 1000);
	memset(keys + 1000, 'k', 1000);
	keys[2000] = '\0';
	start(&s);
	type(&s, ":view results\r");
	wait_for(&s, "severity");
	settle(&s);
	size_t before = s.nraw;
	type(&s, keys);
	type(&s, "G");
	check(wait_for(&s, "240/240"), "two thousand keys typed ahead are taken");
	check(s.nraw - before < 200000, "and are not drawn one by one");
	type(&s, "Q");
	close_session(&s);
}

static void dumb_terminals(void)
{
	struct session s;
	open_session(&s, "dumb", NULL, NULL);
	check(wait_for(&s, "--plain") && wait_for(&s, "SHELL exit=3"), "a dumb terminal is told of --plain");
	close_session(&s);
	open_session(&s, "no-such-terminal", NULL, NULL);
	check(wait_for(&s, "SHELL exit=3"), "an unknown terminal ends with status 3");
	close_session(&s);
	open_session(&s, "dumb", "--plain", NULL);
	check(wait_for(&s, "plimsoll zones") && wait_for(&s, "SHELL exit=0"), "--plain prints the board and the commands");
	check(!raw_has(&s, "\033"), "without any escape sequence");
	close_session(&s);
	setenv("NO_COLOR", "1", 1);
	start(&s);
	check(!raw_has(&s, "38;5;") && !raw_has(&s, "[31m") && !raw_has(&s, "[36m"), "NO_COLOR is obeyed");
	type(&s, "Q");
	close_session(&s);
	unsetenv("NO_COLOR");
	open_session(&s, "vt100", NULL, NULL);
	check(wait_for(&s, "persuasion"), "a vt100 will do");
	type(&s, "Q");
	close_session(&s);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: terminal PROGRAM FILE.db\n");
		return 2;
	}
	program = argv[1];
	database = argv[2];
	starts_and_quits();
	three_keys_to_the_failing_turn();
	sends_nothing_while_idle();
	resizes();
	suspends();
	crashes(SIGSEGV, "11");
	crashes(SIGABRT, "6");
	pastes();
	keeps_drafts();
	hostile_text_stays_text();
	floods();
	dumb_terminals();
	printf("1..%d\n", tests);
	return failures != 0;
}
