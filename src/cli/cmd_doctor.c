/* SPDX-License-Identifier: MIT
 *
 * doctor: what the program found around it, and whether the database is sound.
 */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/escape.h"
#include "cli/commands.h"
#include "ingest/ingest.h"
#include "query/query.h"

static void line(struct table *t, const char *what, const char *state, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void line(struct table *t, const char *what, const char *state, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	struct cell *row = table_add_row(t);
	row[0] = cell_text(t, str_c(what));
	row[1] = cell_text(t, str_c(state));
	row[2] = cell_text(t, buf_str(&b));
	buf_fini(&b);
}

static const char *env_or(const char *name, const char *otherwise)
{
	const char *v = getenv(name);
	return v && *v ? v : otherwise;
}

static void check_terminal(struct table *t)
{
	struct winsize ws = {0};
	const char *term = env_or("TERM", "");
	bool tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (!tty)
		line(t, "terminal", "none", "standard input and output are no terminal: list, zones and export work, the screen does not");
	else if (!*term || strcmp(term, "dumb") == 0)
		line(t, "terminal", "limited", "TERM=%s: use --plain", *term ? term : "(not set)");
	else
		line(t, "terminal", "ok", "TERM=%s", term);
	if (tty && ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0)
		line(t, "size", ws.ws_col >= 40 && ws.ws_row >= 8 ? "ok" : "small", "%d columns, %d lines", ws.ws_col, ws.ws_row);
	line(t, "colour", getenv("NO_COLOR") ? "off" : "ok", "NO_COLOR=%s COLORTERM=%s", env_or("NO_COLOR", ""), env_or("COLORTERM", ""));
	if (getenv("SSH_TTY"))
		line(t, "ssh", "ok", "copying goes through the terminal (OSC 52)");
}

static void check_locale(struct table *t)
{
	bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	line(t, "locale", utf8 ? "ok" : "limited", "LC_CTYPE %s, %s%s", setlocale(LC_CTYPE, NULL), nl_langinfo(CODESET),
		utf8 ? "" : ": everything beyond ASCII is shown as <U+XXXX>");
}

static void check_programs(struct table *t)
{
	struct utsname u;
	if (uname(&u) == 0)
		line(t, "system", "ok", "%s %s %s", u.sysname, u.release, u.machine);
	line(t, "program", "ok", "plimsoll %s", PACKAGE_VERSION);
	for (const struct library *l = cli_libraries; l->name; l++)
		line(t, l->name, "ok", "%s", l->version());
	line(t, "editor", "ok", "%s", env_or("VISUAL", env_or("EDITOR", "vi")));
}

/* Where the database lies, or would lie. */
static void check_place(struct table *t, const char *path)
{
	static const struct { unsigned long magic; const char *name; } networks[] = {
		{0x6969, "NFS"}, {0xFF534D42, "CIFS"}, {0xFE534D42, "SMB"}, {0x0BD00BD0, "Lustre"}, {0x65735546, "FUSE"}, {0x01021997, "9p"},
		{0x47504653, "GPFS"}, {0x19830326, "BeeGFS"}, {0x5346414F, "AFS"},
	};
	struct statfs fs;
	struct str dir = str_c(path);
	struct buf b = {0};
	while (dir.n && dir.p[dir.n - 1] != '/')
		dir.n--;
	buf_add_str(&b, dir.n ? dir : str_c("."));
	const char *network = NULL;
	if (statfs(b.p, &fs) != 0) {
		line(t, "directory", "missing", "%s is not there yet; ingest makes it", b.p);
	} else {
		for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
			if ((unsigned long)fs.f_type == networks[i].magic)
				network = networks[i].name;
		line(t, "file system", network ? "slow" : "ok", "%s, %.1f GB free%s", network ? network : "local",
			(double)fs.f_bavail * (double)fs.f_bsize / 1e9, network ? "; a rollback journal is used instead of WAL" : "");
		if (access(b.p, W_OK) != 0)
			line(t, "directory", "read-only", "%s can not be written", b.p);
	}
	buf_fini(&b);
}

static enum status check_database(struct cli *cli, struct table *t, bool *sound)
{
	struct store *s = NULL;
	struct facts *f = NULL;
	struct err err = {0};
	check_place(t, cli->db_path);
	if (access(cli->db_path, F_OK) != 0) {
		line(t, "database", "none", "%s is not there; plimsoll ingest PATH makes it", cli->db_path);
		return OK;
	}
	enum status st = cli_open_facts(cli, STORE_READ, &s, &f, &err);
	if (st == OK)
		line(t, "database", "ok", "%s: %zu results, %zu runs, %zu sources", cli->db_path, facts_total(f),
			facts_names(f)->run.n ? facts_names(f)->run.n - 1 : 0, facts_names(f)->source.n ? facts_names(f)->source.n - 1 : 0);
	if (st == OK) {
		st = ledger_verify(s, &err);
		if (st == OK)
			line(t, "ledger", "ok", "head %s", facts_head(f));
	}
	if (st != OK) {
		line(t, s ? "ledger" : "database", "broken", "%s", err_text(&err));
		*sound = false;
	}
	err_fini(&err);
	facts_close(f);
	store_close(s);
	return OK;
}

enum status cmd_doctor(struct cli *cli, struct err *err)
{
	static const struct column columns[] = {
		{"what", "what", CELL_TEXT, 12, 9, "what was looked at"},
		{"state", "state", CELL_TEXT, 10, 8, "ok, or what is the matter"},
		{"detail", "detail", CELL_TEXT, 0, 7, "what was found"},
	};
	struct table t;
	bool sound = true;
	table_init(&t, columns, 3);
	check_programs(&t);
	check_terminal(&t);
	check_locale(&t);
	enum status st = check_database(cli, &t, &sound);
	if (st == OK)
		st = cli_print(cli, &t, err);
	table_fini(&t);
	if (st == OK && !sound)
		return err_fail(err, "the database is not sound: see above");
	return st;
}
