/* SPDX-License-Identifier: MIT
 *
 * sql: a query of the user's own over the documented views, read-only.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "query/query.h"

enum { MAX_QUERY = 1 << 20 };

/* "-" reads the query from standard input. */
static enum status read_query(const char *word, struct buf *out, struct err *err)
{
	char chunk[4096];
	size_t n;
	if (strcmp(word, "-") != 0) {
		buf_add_c(out, word);
		return OK;
	}
	while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
		buf_add(out, chunk, n);
		if (out->n > MAX_QUERY)
			return err_usage(err, "the query on standard input is longer than 1 MB");
	}
	buf_add_c(out, "");
	return OK;
}

enum status cmd_sql(struct cli *cli, struct err *err)
{
	struct buf sql = {0};
	struct table t;
	int64_t limit;
	enum status st = args_number(&cli->args, "time-limit", 0, 30, &limit, err);
	if (st == OK)
		st = read_query(cli->args.words[0], &sql, err);
	if (st == OK && access(cli->db_path, F_OK) != 0)
		st = err_fail(err, "there is no database at %s; plimsoll ingest PATH makes one (or name another with --db)", cli->db_path);
	if (st == OK) {
		signal(SIGINT, SIG_DFL); /* nothing is written that ^C could leave half done */
		st = query_sql(cli->db_path, sql.p ? sql.p : "", limit * 1000, &t, err);
		if (st == OK)
			st = cli_print(cli, &t, err);
		table_fini(&t);
	}
	buf_fini(&sql);
	return st;
}
