/* SPDX-License-Identifier: MIT
 *
 * Opening the database for a command, and the words that name things in it.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "review/review.h"

enum status cli_open(const struct cli *cli, enum store_mode mode, struct store **out, struct err *err)
{
	*out = NULL;
	if (cli->read_only && mode != STORE_READ)
		return err_usage(err, "%s writes to the database, which --read-only forbids", cli->command->name);
	if (mode != STORE_CREATE && access(cli->db_path, F_OK) != 0)
		return err_fail(err, "there is no database at %s; plimsoll ingest PATH makes one (or name another with --db)", cli->db_path);
	if (mode == STORE_CREATE) {
		enum status st = cli_make_parents(cli->db_path, err);
		if (st != OK)
			return st;
	}
	return store_open(cli->db_path, mode, out, err);
}

enum status cli_open_facts(const struct cli *cli, enum store_mode mode, struct store **s, struct facts **f, struct err *err)
{
	*f = NULL;
	enum status st = cli_open(cli, mode, s, err);
	if (st == OK)
		st = facts_open(*s, f, err);
	if (st == OK)
		facts_set_reviewer(*f, str_c(reviewer_name(args_get(&cli->args, "as"))));
	return st;
}

enum status cli_find_result(struct store *s, const char *word, int64_t *result_id, struct err *err)
{
	struct arena a = {0};
	struct result_row row;
	enum status st = END;
	if (str_to_i64(str_c(word), result_id) && *result_id > 0 && strlen(word) < 12) {
		st = store_result(s, *result_id, &a, &row, err);
		arena_fini(&a);
	}
	if (st == END)
		st = store_result_by_uid(s, word, result_id, err);
	if (st == END)
		return err_usage(err, "there is no result \"%s\" (the id of plimsoll list results, or the beginning of a uid)", word);
	return st;
}

/* The filter on a line of its own and a caret under the place. */
static void show_place(struct str filter, size_t at)
{
	struct buf line = {0}, before = {0}, text = {0};
	escape_text(&line, filter, 0);
	escape_text(&before, str_sub(filter, 0, at), 0);
	buf_printf(&text, "  %s\n  ", line.n ? line.p : "");
	for (size_t i = 0; i < utf8_width(buf_str(&before)); i++)
		buf_add_ch(&text, ' ');
	buf_add_ch(&text, '^');
	cli_say("--filter:\n%s", text.p);
	buf_fini(&line);
	buf_fini(&before);
	buf_fini(&text);
}

enum status cli_filter(const struct cli *cli, struct facts *f, struct str *out, struct err *err)
{
	const char *text = args_get(&cli->args, "filter");
	struct filter_env env = facts_filter_env(f);
	struct filter *parsed;
	size_t at = SIZE_MAX;
	*out = str_c(text ? text : "");
	env.check_values = true;
	enum status st = filter_parse(*out, &env, &parsed, &at, err);
	if (st == OK)
		filter_free(parsed);
	else if (at != SIZE_MAX && out->n)
		show_place(*out, at);
	return st;
}

enum status cli_make_parents(const char *path, struct err *err)
{
	char *copy = xstrdup(path);
	enum status st = OK;
	for (char *p = copy + 1; st == OK && *copy && (p = strchr(p, '/')) != NULL; p++) {
		*p = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			st = err_fail(err, "can not make the directory %s: %s", copy, strerror(errno));
		*p = '/';
	}
	free(copy);
	return st;
}
