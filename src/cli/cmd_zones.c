/* SPDX-License-Identifier: MIT
 *
 * zones: the verdicts of a policy and the gate; policy: making, checking and
 * listing policy files. The gate is decided once, before anything is written,
 * so that it can not depend on the format.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "zones/zones.h"

/* The policy that is asked for, else the one last used on this database, else none (*out NULL). */
static enum status load_policy(const char *asked, struct store *s, struct policy **out, struct err *err)
{
	char *remembered = NULL;
	*out = NULL;
	if (asked)
		return policy_load(asked, out, err);
	enum status st = store_setting_get(s, "policy", &remembered, err);
	if (st == OK && remembered) {
		st = policy_load(remembered, out, err);
		if (st != OK)
			err_prefix(err, "the policy last used on this database");
	}
	free(remembered);
	return st;
}

/* Remembers the policy and records the board, when the database may be written; a reader's gate works without. */
static void remember(const struct cli *cli, const char *asked, const struct board *b)
{
	struct store *s = NULL;
	struct err err = {0};
	if (!b->policy || cli->read_only || store_open(cli->db_path, STORE_WRITE, &s, &err) != OK) {
		err_fini(&err);
		return;
	}
	char *absolute = asked ? realpath(asked, NULL) : NULL;
	enum status st = OK;
	if (asked)
		st = store_setting_set(s, "policy", absolute ? absolute : asked, &err);
	if (st == OK)
		st = store_setting_set(s, "policy_sha256", b->policy->sha256, &err);
	if (st == OK && !b->filter.n)
		st = zone_record(s, b, &err);
	if (st != OK)
		cli_say("the verdicts could not be recorded: %s", err_text(&err));
	free(absolute);
	err_fini(&err);
	store_close(s);
}

static void say_lines(const struct buf *reasons)
{
	struct str rest = buf_str(reasons), line;
	while (str_cut(&rest, '\n', &line))
		if (line.n)
			cli_say("%.*s", (int)line.n, line.p);
}

/* What people read first; other programs get all columns. */
static const char shown_columns[] = "area,model,verdict,value,low,high,k,n,missing,unsure,yellow,red";

static enum status pick_columns(const struct table *t, const char *names, struct table *out, struct err *err)
{
	struct column columns[64];
	size_t picked[64], n = 0;
	struct str rest = str_c(names), name;
	while (str_cut(&rest, ',', &name) && n < 64) {
		size_t i = 0;
		while (i < t->ncolumns && !str_eq_c(str_trim(name), t->columns[i].name))
			i++;
		if (i == t->ncolumns)
			return err_usage(err, "--columns: zones have no column \"%.*s\"", (int)name.n, name.p);
		columns[n] = t->columns[i];
		picked[n++] = i;
	}
	table_init(out, columns, n);
	for (size_t row = 0; row < t->nrows; row++) {
		struct cell *cells = table_add_row(out);
		for (size_t c = 0; c < n; c++) /* texts stay in t, which lives longer */
			cells[c] = *table_cell(t, row, picked[c]);
	}
	return OK;
}

static enum status print_zones(const struct cli *cli, const struct board *b, struct err *err)
{
	const char *names = args_get(&cli->args, "columns");
	const struct export_format *f;
	struct table all, some;
	enum status st = cli_format(cli, &f, err);
	if (st != OK)
		return st;
	zone_table(&all, b);
	if (!names && b->policy && (strcmp(f->name, "text") == 0 || strcmp(f->name, "md") == 0))
		names = shown_columns;
	if (!names) {
		st = cli_print(cli, &all, err);
	} else {
		st = pick_columns(&all, names, &some, err);
		if (st == OK) {
			st = cli_print(cli, &some, err);
			table_fini(&some);
		}
	}
	table_fini(&all);
	return st;
}

static enum status judge(struct cli *cli, const struct board *b, bool gate, struct err *err)
{
	const char *fail_on = args_get(&cli->args, "fail-on");
	struct buf reasons = {0};
	bool failed = false;
	enum status st = OK;
	if (gate && (b->policy || fail_on))
		st = zone_gate(b, fail_on ? fail_on : "red,incomplete", &failed, &reasons, err);
	if (st == OK)
		st = print_zones(cli, b, err);
	if (st == OK && b->policy)
		cli_say("policy %s version %s, SHA-256 %s", b->policy->id, b->policy->version, b->policy->sha256);
	if (st == OK && failed) {
		say_lines(&reasons);
		cli_say("the gate failed (--fail-on %s)", fail_on ? fail_on : "red,incomplete");
		cli->exit_status = EXIT_GATE;
	}
	buf_fini(&reasons);
	return st;
}

enum status cli_zones(struct cli *cli, const char *asked, bool gate, struct err *err)
{
	struct store *s = NULL;
	struct facts *f = NULL;
	struct policy *p = NULL;
	struct board *b = NULL;
	struct str filter;
	enum status st = cli_open_facts(cli, STORE_READ, &s, &f, err);
	if (st == OK)
		st = load_policy(asked, s, &p, err);
	if (st == OK)
		st = cli_filter(cli, f, &filter, err);
	if (st == OK)
		st = zones_evaluate(f, s, p, filter, &cli_stop, &b, err);
	if (st == OK && !p)
		cli_say("no policy: rates by %s, and no verdicts (plimsoll policy new writes a starter)", b->grouped_by);
	if (st == OK)
		st = judge(cli, b, gate, err);
	if (st == OK)
		remember(cli, asked, b);
	board_free(b);
	policy_free(p);
	facts_close(f);
	store_close(s);
	return st;
}

enum status cmd_zones(struct cli *cli, struct err *err)
{
	return cli_zones(cli, args_get(&cli->args, "policy"), true, err);
}

/* ---- policy ---- */

static enum status write_new(const char *path, const struct buf *text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return err_fail(err, "%s: %s", path, errno == EEXIST ? "is there already, and is not overwritten" : strerror(errno));
	ssize_t n = write(fd, text->p, text->n);
	int failed = close(fd);
	if (n < 0 || (size_t)n != text->n || failed)
		return err_fail(err, "can not write %s: %s", path, strerror(errno));
	cli_say("wrote %s; fill in the lines, then: plimsoll zones --policy %s", path, path);
	return OK;
}

static enum status policy_new(struct cli *cli, const char *path, struct err *err)
{
	struct store *s = NULL;
	struct facts *f = NULL;
	struct buf b = {0};
	enum status st = cli_open_facts(cli, STORE_READ, &s, &f, err);
	if (st == OK)
		st = zone_starter(f, s, &b, err);
	if (st == OK)
		st = path ? write_new(path, &b, err) : cli_write(cli, buf_str(&b), err);
	buf_fini(&b);
	facts_close(f);
	store_close(s);
	return st;
}

/* Without a database it is still read strictly; with one, its lines are tried on the results. */
static enum status policy_check(struct cli *cli, const char *path, struct err *err)
{
	struct store *s = NULL;
	struct facts *f = NULL;
	struct policy *p = NULL;
	struct table t;
	if (!path)
		return err_usage(err, "policy check needs a file or the name of a shipped policy");
	enum status st = policy_load(path, &p, err);
	if (st != OK)
		return st;
	if (access(cli->db_path, F_OK) != 0) {
		cli_say("%s reads well: %zu lines, SHA-256 %s (no database at %s to try them on)", path, p->nlines, p->sha256, cli->db_path);
		policy_free(p);
		return OK;
	}
	st = cli_open_facts(cli, STORE_READ, &s, &f, err);
	if (st == OK)
		st = zone_policy_check(f, s, p, &t, err);
	if (st == OK) {
		cli_say("%s reads well: %zu lines, SHA-256 %s; %zu remark%s", path, p->nlines, p->sha256, t.nrows, t.nrows == 1 ? "" : "s");
		if (t.nrows)
			st = cli_print(cli, &t, err);
		table_fini(&t);
	}
	policy_free(p);
	facts_close(f);
	store_close(s);
	return st;
}

static enum status policy_list(struct cli *cli, const char *word, struct err *err)
{
	static const struct column columns[] = {
		{"policy", "policy", CELL_TEXT, 24, 9, "its name"},
		{"version", "version", CELL_TEXT, 8, 5, "its version"},
		{"lines", "lines", CELL_INT, 5, 6, "how many lines it draws"},
		{"title", "title", CELL_TEXT, 0, 8, "what it is"},
		{"sha256", "sha256", CELL_TEXT, 64, 2, "hash of the file"},
	};
	struct table t;
	(void)word;
	table_init(&t, columns, 5);
	for (const char *const *name = policy_shipped(); *name; name++) {
		struct policy *p;
		struct cell *row;
		if (policy_load(*name, &p, err) != OK) {
			table_fini(&t);
			return FAIL;
		}
		row = table_add_row(&t);
		row[0] = cell_text(&t, str_c(*name));
		row[1] = cell_text(&t, str_c(p->version));
		row[2] = cell_int((int64_t)p->nlines);
		row[3] = cell_text(&t, str_c(p->title));
		row[4] = cell_text(&t, str_c(p->sha256));
		policy_free(p);
	}
	enum status st = cli_print(cli, &t, err);
	table_fini(&t);
	return st;
}

static enum status policy_show(struct cli *cli, const char *name, struct err *err)
{
	if (!name)
		return err_usage(err, "policy show needs the name of a shipped policy (plimsoll policy list)");
	struct str text = policy_shipped_text(name);
	if (!text.p) {
		const char *near = nearest_name(name, policy_shipped());
		return near ? err_usage(err, "no shipped policy \"%s\"; did you mean %s?", name, near)
			: err_usage(err, "no shipped policy \"%s\" (plimsoll policy list)", name);
	}
	return cli_write(cli, text, err);
}

static enum status policy_print_schema(struct cli *cli, const char *word, struct err *err)
{
	struct buf b = {0};
	(void)word;
	policy_schema(&b);
	enum status st = cli_write(cli, buf_str(&b), err);
	buf_fini(&b);
	return st;
}

enum status cmd_policy(struct cli *cli, struct err *err)
{
	static const struct { const char *verb; enum status (*run)(struct cli *cli, const char *word, struct err *err); } verbs[] = {
		{"new", policy_new}, {"check", policy_check}, {"list", policy_list}, {"show", policy_show}, {"schema", policy_print_schema},
	};
	const char *verb = cli->args.words[0], *names[8] = {0};
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		names[i] = verbs[i].verb;
		if (strcmp(verb, verbs[i].verb) == 0)
			return verbs[i].run(cli, cli->args.nwords > 1 ? cli->args.words[1] : NULL, err);
	}
	const char *near = nearest_name(verb, names);
	return near ? err_usage(err, "policy: unknown \"%s\"; did you mean %s?", verb, near)
		: err_usage(err, "policy: \"%s\" is none of new, check, list, show, schema", verb);
}
