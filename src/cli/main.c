/* SPDX-License-Identifier: MIT
 *
 * The program: reads the command line, chooses the database, runs one command
 * and turns what it says into an exit status.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/cli.h"

#include <langinfo.h>

atomic_bool cli_stop;

static void on_stop(int sig)
{
	(void)sig;
	atomic_store(&cli_stop, true);
}

/* The first ^C asks to stop; whole results stay. A second one ends the program at once. */
static void catch_signals(void)
{
	struct sigaction sa = {.sa_handler = on_stop, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

static int status_of(enum status st, int when_ok)
{
	switch (st) {
	case OK:
	case END:
		return when_ok;
	case USAGE:
		return EXIT_USAGE;
	case CANCELLED:
		return EXIT_CANCELLED;
	case FAIL:
		break;
	}
	return EXIT_DATA;
}

static enum status print_buf(struct buf *b, struct err *err)
{
	enum status st = OK;
	if (fwrite(buf_str(b).p, 1, b->n, stdout) != b->n)
		st = err_fail(err, "can not write to standard output: %s", strerror(errno));
	buf_fini(b);
	return st;
}

static bool looks_like_database(const char *word)
{
	struct stat sb;
	return str_ends(str_c(word), ".db") || (strchr(word, '/') && stat(word, &sb) == 0 && S_ISREG(sb.st_mode));
}

static enum status check_words(const struct command *c, const struct args *a, struct err *err)
{
	if (a->nwords < c->min_words)
		return err_usage(err, "%s needs more: plimsoll %s %s", c->name, c->name, c->args);
	if (c->max_words != MAX_WORDS && a->nwords > (size_t)c->max_words)
		return err_usage(err, "%s does not take \"%s\": plimsoll %s %s", c->name, a->words[c->max_words], c->name, c->args);
	return OK;
}

/* The command that the first word names; without one, the screen on the database that it names. */
static enum status pick_command(struct cli *cli, char ***argv, size_t *argc, const char **db, struct err *err)
{
	if (*argc == 0 || (!cli_command_find(str_c(**argv)) && looks_like_database(**argv))) {
		cli->command = cli_command_find(str_c("ui"));
		if (*argc) {
			*db = *(*argv)++;
			--*argc;
		}
		if (!cli->command)
			return err_usage(err, "this program was built without the screen; see plimsoll --help");
		return OK;
	}
	cli->command = cli_command_find(str_c(**argv));
	if (!cli->command)
		return cli_command_unknown(**argv, err);
	++*argv;
	--*argc;
	return OK;
}

static enum status run(struct cli *cli, char **argv, size_t argc, struct err *err)
{
	size_t used = 0;
	const char *db = NULL;
	struct buf b = {0};
	enum status st = args_parse(&cli->args, NULL, argv, argc, &used, err);
	if (st != OK)
		return st;
	if (args_has(&cli->args, "version")) {
		help_version(&b);
		return print_buf(&b, err);
	}
	if (args_has(&cli->args, "help")) {
		help_program(&b);
		return print_buf(&b, err);
	}
	argv += used;
	argc -= used;
	st = pick_command(cli, &argv, &argc, &db, err);
	if (st == OK)
		st = args_parse(&cli->args, cli->command, argv, argc, &used, err);
	if (st != OK)
		return st;
	if (args_has(&cli->args, "help")) {
		help_command(&b, cli->command);
		return print_buf(&b, err);
	}
	st = check_words(cli->command, &cli->args, err);
	if (st == OK)
		st = cli_color(&cli->args, STDOUT_FILENO, &cli->color_out, err);
	if (st == OK)
		st = cli_color(&cli->args, STDERR_FILENO, &cli->color_err, err);
	if (st != OK)
		return st;
	if (args_has(&cli->args, "ascii"))
		escape_set_ascii(true);
	cli->read_only = args_has(&cli->args, "read-only");
	cli->db_path = cli_choose_db(db ? db : args_get(&cli->args, "db"));
	return cli->command->run(cli, err);
}

int main(int argc, char **argv)
{
	struct cli cli = {0};
	struct err err = {0};
	setlocale(LC_CTYPE, "");
	escape_set_ascii(strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
	log_open();
	catch_signals();
	enum status st = run(&cli, argv + 1, argc > 0 ? (size_t)argc - 1 : 0, &err);
	if (fflush(stdout) != 0 && st == OK)
		st = err_fail(&err, "can not write to standard output: %s", strerror(errno));
	if (st != OK && st != END && err.text)
		cli_say("%s", err_text(&err));
	int status = status_of(st, cli.exit_status);
	err_fini(&err);
	args_fini(&cli.args);
	free(cli.db_path);
	log_close();
	return status;
}
