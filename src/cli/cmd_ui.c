/* SPDX-License-Identifier: MIT
 *
 * The screen, and the demo: a bundled data set to look round in.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "ingest/ingest.h"
#include "review/review.h"
#include "ui/ui.h"

static enum status run_screen(struct cli *cli, const char *policy, struct err *err)
{
	const struct args *a = &cli->args;
	struct ui_options o = {
		.db_path = cli->db_path,
		.read_only = cli->read_only,
		.reviewer = args_get(a, "as"),
		.policy = policy ? policy : args_get(a, "policy"),
		.filter = args_get(a, "filter"),
		.script_path = args_get(a, "script"),
		.size = args_get(a, "size"),
		.dump = args_has(a, "dump"),
		.plain = args_has(a, "plain"),
		.ascii = args_has(a, "ascii") || escape_is_ascii(),
	};
	(void)err;
	cli->exit_status = ui_main(&o);
	return OK;
}

enum status cmd_ui(struct cli *cli, struct err *err)
{
	return run_screen(cli, NULL, err);
}

/* ---- demo ---- */

static bool is_directory(const char *path)
{
	struct stat sb;
	return stat(path, &sb) == 0 && S_ISDIR(sb.st_mode);
}

/* $PLIMSOLL_SAMPLE_DATA, the installed place, the source tree. The caller frees; NULL when there is none. */
static char *find_samples(void)
{
	const char *env = getenv("PLIMSOLL_SAMPLE_DATA");
	const char *places[] = {env && *env ? env : NULL, PLIMSOLL_DATADIR "/sample-data/demo", PLIMSOLL_SOURCE "/sample-data/demo"};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (places[i] && is_directory(places[i]))
			return xstrdup(places[i]);
	return NULL;
}

static char *demo_path(void)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	if (data && *data == '/')
		return xasprintf("%s/plimsoll/demo.db", data);
	if (home && *home)
		return xasprintf("%s/.local/share/plimsoll/demo.db", home);
	return xstrdup("plimsoll-demo.db");
}

/* The tasks that results of the samples belong to, and that nobody has confirmed yet. */
static bool *unconfirmed_tasks(const struct facts *f, const char *samples)
{
	const struct columns *c = facts_columns(f);
	const struct names *n = facts_names(f);
	bool *tasks = xcalloc(n->task.n + 1, sizeof *tasks), *ours = xcalloc(n->source.n + 1, sizeof *ours);
	for (uint32_t i = 1; i < n->source.n; i++)
		ours[i] = str_starts(dict_name(&n->source, i), samples);
	for (size_t i = 1; i < c->n; i++)
		if (!(c->flags[i] & COLUMN_GONE) && ours[c->source[i]] && !n->task_confirmed[c->task[i]])
			tasks[c->task[i]] = true;
	free(ours);
	return tasks;
}

/* The data are ours, so we may say that their directions are right. */
static enum status confirm_directions(struct cli *cli, const char *samples, struct err *err)
{
	struct store *s = NULL;
	struct facts *f = NULL;
	enum status st = cli_open_facts(cli, STORE_WRITE, &s, &f, err);
	bool *tasks = st == OK ? unconfirmed_tasks(f, samples) : NULL;
	for (uint32_t i = 1; st == OK && i < facts_names(f)->task.n; i++)
		if (tasks[i])
			st = review_confirm_direction(s, "demo", dict_name(&facts_names(f)->task, i), err);
	free(tasks);
	facts_close(f);
	store_close(s);
	return st;
}

static enum status load_samples(struct cli *cli, struct err *err)
{
	char *samples = find_samples();
	const char *paths[2] = {samples, NULL};
	struct ingest_options o = {0};
	if (!samples)
		return err_fail(err, "the sample data are not installed (looked in %s/sample-data and the source tree)", PLIMSOLL_DATADIR);
	char *rules = xasprintf("%s/demo.rules", samples);
	o.rules_path = access(rules, R_OK) == 0 ? rules : NULL;
	enum status st = cli_ingest(cli, paths, 1, &o, true, err);
	if (st == OK)
		st = confirm_directions(cli, samples, err);
	free(rules);
	free(samples);
	return st;
}

/* Its own database, so that nothing of the user's is touched; --db chooses another. */
enum status cmd_demo(struct cli *cli, struct err *err)
{
	if (!args_get(&cli->args, "db")) {
		free(cli->db_path);
		cli->db_path = demo_path();
	}
	enum status st = load_samples(cli, err);
	if (st != OK)
		return st;
	cli_say("the demo lies in %s", cli->db_path);
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !args_has(&cli->args, "format"))
		return run_screen(cli, "demo", err);
	return cli_zones(cli, "demo", false, err); /* a look, not a gate */
}
