/* SPDX-License-Identifier: MIT
 *
 * Choosing the database, messages, colour, and writing output so that a file
 * is either the old one or the whole new one.
 */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mem.h"

static bool set_env(const char *name, const char **value)
{
	*value = getenv(name);
	return *value && **value;
}

char *cli_choose_db(const char *given)
{
	const char *env, *home;
	if (given)
		return xstrdup(given);
	if (set_env("PLIMSOLL_DB", &env))
		return xstrdup(env);
	if (access("plimsoll.db", F_OK) == 0)
		return xstrdup("plimsoll.db");
	if (set_env("XDG_DATA_HOME", &env) && *env == '/')
		return xasprintf("%s/plimsoll/plimsoll.db", env);
	if (set_env("HOME", &home))
		return xasprintf("%s/.local/share/plimsoll/plimsoll.db", home);
	return xstrdup("plimsoll.db");
}

void cli_say(const char *fmt, ...)
{
	struct buf text = {0}, line = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	buf_add_c(&line, "plimsoll: ");
	escape_text(&line, buf_str(&text), ESCAPE_LF);
	buf_add_ch(&line, '\n');
	fflush(stdout);
	fwrite(line.p, 1, line.n, stderr);
	buf_fini(&text);
	buf_fini(&line);
}

int cli_terminal_width(void)
{
	struct winsize ws;
	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
		return ws.ws_col;
	return 80;
}

enum status cli_color(const struct args *a, int fd, bool *out, struct err *err)
{
	const char *when = args_get(a, "color"), *env;
	*out = false;
	if (when && strcmp(when, "always") == 0) {
		*out = true;
		return OK;
	}
	if (when && strcmp(when, "never") == 0)
		return OK;
	if (when && strcmp(when, "auto") != 0)
		return err_usage(err, "--color: \"%s\" is none of auto, always, never", when);
	if (set_env("NO_COLOR", &env) || !set_env("TERM", &env) || strcmp(env, "dumb") == 0)
		return OK;
	*out = isatty(fd);
	return OK;
}

static enum status write_all(int fd, struct str bytes, const char *name, struct err *err)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_fail(err, "can not write %s: %s", name, strerror(errno));
		bytes = str_sub(bytes, (size_t)n, bytes.n);
	}
	return OK;
}

struct output {
	char *path, *temp; /* path NULL: standard output */
	int fd;
};

enum status output_open(const char *path, struct output **out, struct err *err)
{
	struct output *o = xcalloc(1, sizeof *o);
	*out = NULL;
	o->fd = STDOUT_FILENO;
	if (path && strcmp(path, "-") != 0) {
		struct stat sb;
		bool special = stat(path, &sb) == 0 && !S_ISREG(sb.st_mode);
		o->path = xstrdup(path);
		o->temp = special ? NULL : xasprintf("%s.XXXXXX", path);
		o->fd = special ? open(path, O_WRONLY | O_CLOEXEC) : mkstemp(o->temp);
		if (o->fd < 0) {
			err_fail(err, "can not write %s: %s", path, strerror(errno));
			free(o->temp);
			free(o->path);
			free(o);
			return FAIL;
		}
	} else {
		fflush(stdout);
	}
	*out = o;
	return OK;
}

enum status output_write(struct output *o, struct str bytes, struct err *err)
{
	return write_all(o->fd, bytes, o->path ? o->path : "standard output", err);
}

/* The mode that open(2) would have given; mkstemp makes 0600. */
static mode_t usual_mode(const char *path)
{
	struct stat sb;
	if (stat(path, &sb) == 0)
		return sb.st_mode & 0777;
	mode_t mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

enum status output_close(struct output *o, bool keep, struct err *err)
{
	enum status st = OK;
	if (o->temp && keep) {
		if (fchmod(o->fd, usual_mode(o->path)) != 0 || fsync(o->fd) != 0 || rename(o->temp, o->path) != 0)
			st = err_fail(err, "can not write %s: %s", o->path, strerror(errno));
	}
	if (o->temp && (!keep || st != OK))
		unlink(o->temp);
	if (o->path && close(o->fd) != 0 && st == OK && keep)
		st = err_fail(err, "can not write %s: %s", o->path, strerror(errno));
	free(o->temp);
	free(o->path);
	free(o);
	return st;
}

enum status cli_write(const struct cli *cli, struct str bytes, struct err *err)
{
	struct output *o;
	enum status st = output_open(args_get(&cli->args, "output"), &o, err);
	if (st != OK)
		return st;
	st = output_write(o, bytes, err);
	enum status closed = output_close(o, st == OK, st == OK ? err : NULL);
	return st == OK ? closed : st;
}
