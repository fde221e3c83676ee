/* SPDX-License-Identifier: MIT
 *
 * The one file that knows curses: copies the rows of a grid that changed, and
 * turns what the terminal sends into events.
 */
#include "term/term.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/copy.h"
#include "ui/theme.h"

/* Last, because it defines plain words such as "columns" as macros. */
#include <term.h>

/* Keys of our own, beyond those of curses. */
enum { PASTE_BEGIN = KEY_MAX + 1, PASTE_END, PASTE_LIMIT = 1 << 20 };

static struct {
	SCREEN *screen;
	struct grid shown;
	bool all; /* nothing on the terminal is to be relied on */
	int colours;
	bool pasting;
	struct buf paste;
	sigset_t normal; /* the signal mask while waiting */
} term;

static volatile sig_atomic_t resized, hung_up, stopped;

static void on_resize(int sig)
{
	(void)sig;
	resized = 1;
}

static void on_hangup(int sig)
{
	(void)sig;
	hung_up = 1;
}

static void on_stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static void handle(int sig, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};
	sigemptyset(&action.sa_mask);
	sigaction(sig, &action, NULL);
}

/* Signals are only taken while waiting, so that no system call is interrupted elsewhere. */
static void take_signals(void)
{
	sigset_t block;
	sigemptyset(&block);
	sigaddset(&block, SIGWINCH);
	sigaddset(&block, SIGHUP);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGTSTP);
	sigaddset(&block, SIGINT);
	sigprocmask(SIG_BLOCK, &block, &term.normal);
	handle(SIGWINCH, on_resize);
	handle(SIGHUP, on_hangup);
	handle(SIGTERM, on_hangup);
	handle(SIGINT, on_hangup);
	handle(SIGTSTP, on_stop);
	signal(SIGPIPE, SIG_IGN);
}

static const char *capability(const char *name)
{
	char *value = tigetstr(name);
	return value && value != (char *)-1 ? value : "";
}

static void add_capability(struct buf *out, const char *name)
{
	/* Delays are for terminals that no longer exist; an emergency does not wait. */
	const char *s = capability(name);
	while (*s) {
		if (s[0] == '$' && s[1] == '<') {
			while (*s && *s != '>')
				s++;
			s += *s != '\0';
			continue;
		}
		buf_add_ch(out, *s++);
	}
}

static void prepare_restore(void)
{
	struct buf sequence = {0};
	add_capability(&sequence, "sgr0");
	add_capability(&sequence, "cnorm");
	add_capability(&sequence, "rmkx");
	buf_add_c(&sequence, "\033[?2004l");
	add_capability(&sequence, "rmcup");
	buf_add_c(&sequence, "\r");
	restore_prepare(sequence.p);
	buf_fini(&sequence);
}

static int count_colours(void)
{
	const char *no = getenv("NO_COLOR");
	if ((no && *no) || !has_colors())
		return 0;
	start_color();
	use_default_colors();
	return COLORS;
}

static void paste_mode(bool on)
{
	const char *text = on ? "\033[?2004h" : "\033[?2004l";
	fflush(stdout);
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		hung_up = 1;
}

static void set_modes(void)
{
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	/* ^Z, ^C and ^\ come as keys: what they do is decided here. */
	raw();
	paste_mode(true);
}

enum status term_open(struct err *err)
{
	const char *name = getenv("TERM");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_fail(err, "this is no terminal: plimsoll list, zones and export work without one, --plain prints the board");
	if (!getenv("ESCDELAY"))
		set_escdelay(25);
	restore_save_modes();
	term.screen = newterm(NULL, stdout, stdin);
	if (!term.screen)
		return err_fail(err, "the terminal type \"%s\" is unknown: set TERM, or use --plain", name ? name : "");
	if (!*capability("cup")) {
		endwin();
		delscreen(term.screen);
		term.screen = NULL;
		return err_fail(err, "the terminal \"%s\" can not place its cursor: use --plain, or plimsoll list, zones and export", name ? name : "");
	}
	prepare_restore();
	mem_set_fatal_hook(restore_now);
	restore_on_crash();
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		escape_set_ascii(true);
	term.colours = count_colours();
	set_modes();
	define_key("\033[200~", PASTE_BEGIN);
	define_key("\033[201~", PASTE_END);
	take_signals();
	term.all = true;
	return OK;
}

void term_close(void)
{
	if (!term.screen)
		return;
	paste_mode(false);
	endwin();
	delscreen(term.screen);
	term.screen = NULL;
	restore_forget();
	grid_fini(&term.shown);
	buf_fini(&term.paste);
	sigprocmask(SIG_SETMASK, &term.normal, NULL);
}

void term_size(int *width, int *height)
{
	getmaxyx(stdscr, *height, *width);
}

/* ---- showing ---- */

static attr_t attributes(unsigned attrs)
{
	attr_t a = A_NORMAL;
	if (attrs & LOOK_BOLD)
		a |= A_BOLD;
	if (attrs & LOOK_DIM)
		a |= A_DIM;
	if (attrs & LOOK_UNDERLINE)
		a |= A_UNDERLINE;
	if (attrs & LOOK_REVERSE)
		a |= A_REVERSE;
	return a;
}

/* The attributes and the pair of each style, made when first used. */
static attr_t look_of(unsigned style, int *pair)
{
	static struct {
		bool known;
		int colours;
		attr_t attrs;
		int pair;
	} cache[256];
	style &= 0xff;
	if (!cache[style].known || cache[style].colours != term.colours) {
		struct look look = theme_look(style, term.colours);
		cache[style].known = true;
		cache[style].colours = term.colours;
		cache[style].attrs = attributes(look.attrs);
		cache[style].pair = 0;
		if (term.colours >= 8 && (look.fg >= 0 || look.bg >= 0)) {
			int p = alloc_pair(look.fg, look.bg);
			cache[style].pair = p > 0 ? p : 0;
		}
	}
	*pair = cache[style].pair;
	return cache[style].attrs;
}

/* What the C library would count differently is shown as a mark of the right width. */
static void put_cell(int y, int x, const struct gcell *c)
{
	wchar_t text[CCHARW_MAX + 1];
	size_t n = 0;
	for (size_t at = 0; at < c->len && n < CCHARW_MAX;) {
		uint32_t cp;
		size_t used = utf8_next(str_n(c->text + at, c->len - at), &cp);
		if (used == 0 || cp == UINT32_MAX)
			break;
		if (n == 0 || wcwidth((wchar_t)cp) == 0)
			text[n++] = (wchar_t)cp;
		at += used;
	}
	bool odd = n == 0 || wcwidth(text[0]) != c->width;
	if (odd) {
		text[0] = escape_is_ascii() ? L'?' : L'\xfffd';
		n = 1;
	}
	text[n] = L'\0';
	cchar_t cell;
	int pair;
	attr_t attrs = look_of(c->style, &pair);
	setcchar(&cell, text, attrs, 0, &pair);
	mvadd_wch(y, x, &cell);
	if (odd && c->width == 2) {
		text[0] = L' ';
		setcchar(&cell, text, attrs, 0, &pair);
		mvadd_wch(y, x + 1, &cell);
	}
}

static void show_row(const struct grid *g, int y)
{
	for (int x = 0; x < g->width; x++) {
		const struct gcell *c = grid_cell(g, x, y);
		if (c && c->width)
			put_cell(y, x, c);
	}
}

void term_show(const struct grid *g)
{
	for (int y = 0; y < g->height; y++)
		if (term.all || !grid_row_equal(g, &term.shown, y))
			show_row(g, y);
	if (term.all)
		clearok(stdscr, TRUE);
	term.all = false;
	grid_copy(&term.shown, g);
	/* The cursor rests on what is selected, where a screen reader looks for it. */
	curs_set(g->cursor_shown ? 1 : 0);
	move(g->cursor_y, g->cursor_x);
	refresh();
}

void term_copy(struct str text)
{
	struct buf out = {0};
	copy_sequence(&out, text);
	fflush(stdout);
	for (size_t at = 0; at < out.n;) {
		ssize_t n = write(STDOUT_FILENO, out.p + at, out.n - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			hung_up = 1;
			break;
		}
		at += (size_t)n;
	}
	buf_fini(&out);
}

void term_redraw(void)
{
	term.all = true;
}

/* ---- reading ---- */

static const struct {
	int curses;
	uint32_t key;
} key_table[] = {
	{KEY_UP, KEY_CURSOR_UP}, {KEY_DOWN, KEY_CURSOR_DOWN}, {KEY_LEFT, KEY_CURSOR_LEFT}, {KEY_RIGHT, KEY_CURSOR_RIGHT},
	{KEY_PPAGE, KEY_PAGE_UP}, {KEY_NPAGE, KEY_PAGE_DOWN}, {KEY_HOME, KEY_LINE_START}, {KEY_END, KEY_LINE_END},
	{KEY_BACKSPACE, KEY_ERASE}, {KEY_DC, KEY_DELETE}, {KEY_BTAB, KEY_BACK_TAB}, {KEY_ENTER, KEY_RETURN},
};

static bool translate(bool special, wint_t c, uint32_t *key)
{
	if (!special) {
		*key = c == 127 || c == 8 ? (uint32_t)KEY_ERASE : c == '\n' ? (uint32_t)KEY_RETURN : (uint32_t)c;
		return c < KEY_BASE;
	}
	for (size_t i = 0; i < sizeof key_table / sizeof *key_table; i++)
		if (key_table[i].curses == (int)c) {
			*key = key_table[i].key;
			return true;
		}
	if ((int)c > KEY_F0 && (int)c <= KEY_F(12)) {
		*key = KEY_FUNCTION + (uint32_t)((int)c - KEY_F0);
		return true;
	}
	return false;
}

static void paste_add(bool special, wint_t c)
{
	char text[4];
	if (special || term.paste.n >= PASTE_LIMIT)
		return;
	buf_add(&term.paste, text, utf8_encode(c == '\r' ? '\n' : (uint32_t)c, text));
}

static bool resize_event(struct event *ev)
{
	struct winsize size;
	resized = 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		resize_term(size.ws_row, size.ws_col); /* not resizeterm: that would send KEY_RESIZE, for ever */
	term.all = true;
	*ev = (struct event){.kind = EVENT_RESIZE};
	term_size(&ev->width, &ev->height);
	return true;
}

bool term_next(struct event *ev)
{
	if (hung_up) {
		hung_up = 0;
		*ev = (struct event){.kind = EVENT_HANGUP};
		return true;
	}
	if (stopped) {
		stopped = 0;
		*ev = (struct event){.kind = EVENT_KEY, .key = KEY_CTRL('Z')};
		return true;
	}
	if (resized)
		return resize_event(ev);
	wint_t c;
	for (;;) {
		int rc = wget_wch(stdscr, &c);
		if (rc == ERR)
			return false;
		bool special = rc == KEY_CODE_YES;
		if (special && c == PASTE_BEGIN) {
			term.pasting = true;
			buf_clear(&term.paste);
		} else if (special && c == PASTE_END && term.pasting) {
			term.pasting = false;
			*ev = (struct event){.kind = EVENT_PASTE, .text = buf_str(&term.paste)};
			return true;
		} else if (term.pasting) {
			paste_add(special, c);
		} else {
			*ev = (struct event){.kind = EVENT_KEY};
			if (translate(special, c, &ev->key))
				return true;
		}
	}
}

void term_wait(int fd, int timeout_ms)
{
	struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
	struct timespec limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
	int n = ppoll(fds, fd >= 0 ? 2 : 1, timeout_ms < 0 ? NULL : &limit, &term.normal);
	/* A terminal that went away is a hang-up, whether or not the signal came. */
	if (n > 0 && (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
		hung_up = 1;
}

/* ---- giving the terminal away for a while ---- */

static void leave(void)
{
	paste_mode(false);
	endwin();
}

static void come_back(void)
{
	set_modes();
	refresh();
	resized = 1;
	term.all = true;
}

void term_suspend(void)
{
	leave();
	/* As the terminal would have done it, for the whole group: a shell wrapper stops too. */
	handle(SIGTSTP, SIG_DFL);
	sigset_t open = term.normal, before;
	sigdelset(&open, SIGTSTP);
	sigprocmask(SIG_SETMASK, &open, &before);
	kill(0, SIGTSTP);
	sigprocmask(SIG_SETMASK, &before, NULL);
	handle(SIGTSTP, on_stop);
	come_back();
}

static enum status run_editor(const char *path, struct err *err)
{
	const char *editor = getenv("VISUAL");
	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor)
		editor = "vi";
	char *command = xasprintf("%s \"$1\"", editor);
	pid_t pid = fork();
	if (pid == 0) {
		sigprocmask(SIG_SETMASK, &term.normal, NULL);
		signal(SIGTSTP, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		signal(SIGPIPE, SIG_DFL);
		execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
		_exit(127);
	}
	free(command);
	int status = 0;
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_fail(err, "the editor failed");
	return OK;
}

static enum status read_back(const char *path, struct buf *text, struct err *err)
{
	FILE *f = fopen(path, "rb");
	char block[4096];
	size_t n;
	if (!f)
		return err_fail(err, "the edited note can not be read: %s", strerror(errno));
	buf_clear(text);
	while ((n = fread(block, 1, sizeof block, f)) > 0 && text->n < PASTE_LIMIT)
		buf_add(text, block, n);
	fclose(f);
	return OK;
}

enum status term_edit(struct buf *text, struct err *err)
{
	const char *dir = getenv("TMPDIR");
	char *path = xasprintf("%s/plimsoll-note-XXXXXX", dir && *dir ? dir : "/tmp");
	int fd = mkstemp(path); /* mode 0600 */
	enum status st = OK;
	if (fd < 0)
		st = err_fail(err, "%s: %s", path, strerror(errno));
	if (st == OK && text->n && write(fd, text->p, text->n) != (ssize_t)text->n)
		st = err_fail(err, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (st == OK) {
		leave();
		st = run_editor(path, err);
		come_back();
	}
	if (st == OK)
		st = read_back(path, text, err);
	if (fd >= 0)
		unlink(path);
	free(path);
	return st;
}

/* "ncurses 6.4.20221231" */
const char *term_library_version(void)
{
	const char *s = curses_version(), *blank = strrchr(s, ' ');
	return blank ? blank + 1 : s;
}
