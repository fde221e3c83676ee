/* SPDX-License-Identifier: MIT
 *
 * formats, detect, rules, label: what can be read, and what is made of it.
 */
#include <inttypes.h>

#include "cli/commands.h"
#include "ingest/ingest.h"

enum status cmd_formats(struct cli *cli, struct err *err)
{
	struct table t;
	ingest_formats(&t);
	enum status st = cli_print_blocks(cli, &t, err);
	table_fini(&t);
	return st;
}

enum status cmd_detect(struct cli *cli, struct err *err)
{
	struct table t;
	enum status st = ingest_detect(cli->args.words[0], &t, err);
	if (st != OK)
		return st;
	enum { FEW = 3 }; /* sources that are told at length */
	st = t.nrows <= FEW ? cli_print_blocks(cli, &t, err) : cli_print(cli, &t, err);
	if (st == OK && t.nrows == 0)
		cli_say("%s: nothing here that any format knows", cli->args.words[0]);
	table_fini(&t);
	return st;
}

enum status cmd_map(struct cli *cli, struct err *err)
{
	struct buf b = {0};
	enum status st = ingest_map_skeleton(cli->args.words[0], &b, err);
	if (st == OK)
		st = cli_write(cli, buf_str(&b), err);
	buf_fini(&b);
	return st;
}

static enum status run_rules(struct cli *cli, const char *path, bool apply, struct err *err)
{
	struct store *s = NULL;
	struct table t;
	uint64_t changed = 0;
	enum status st = cli_open(cli, apply ? STORE_WRITE : STORE_READ, &s, err);
	if (st != OK)
		return st;
	st = ingest_rules(s, path, apply, &t, &changed, err);
	if (st == OK) {
		st = cli_print(cli, &t, err);
		table_fini(&t);
	}
	if (st == OK)
		cli_say("%" PRIu64 " result%s %s", changed, changed == 1 ? "" : "s", apply ? "changed" : "would change; nothing was written");
	store_close(s);
	return st;
}

static enum status list_rules(struct cli *cli, struct err *err)
{
	static const struct column columns[] = {
		{"origin", "origin", CELL_TEXT, 20, 5, "file or format that it comes from"},
		{"line", "line", CELL_INT, 5, 4, "its line there"},
		{"rule", "rule", CELL_TEXT, 0, 9, "the rule; later ones win"},
	};
	struct ruleset *rs = ruleset_new();
	struct store *s = NULL;
	struct table t;
	enum status st = cli_open(cli, STORE_READ, &s, err);
	if (st == OK)
		st = ruleset_load(rs, s, err);
	if (st == OK) {
		table_init(&t, columns, 3);
		for (size_t i = 0; i < ruleset_count(rs); i++) {
			const char *origin;
			unsigned line;
			struct str text = ruleset_text(rs, i, &origin, &line);
			struct cell *row = table_add_row(&t);
			row[0] = cell_text(&t, str_c(origin));
			row[1] = cell_int(line);
			row[2] = cell_text(&t, text);
		}
		st = cli_print(cli, &t, err);
		table_fini(&t);
	}
	ruleset_free(rs);
	store_close(s);
	return st;
}

enum status cmd_rules(struct cli *cli, struct err *err)
{
	const char *verb = cli->args.words[0], *path = cli->args.nwords > 1 ? cli->args.words[1] : NULL;
	bool apply = strcmp(verb, "apply") == 0;
	if (strcmp(verb, "list") == 0)
		return list_rules(cli, err);
	if (!apply && strcmp(verb, "try") != 0)
		return err_usage(err, "rules: \"%s\" is none of try, apply, list", verb);
	if (!apply && !path)
		return err_usage(err, "rules try needs a file: plimsoll rules try FILE");
	return run_rules(cli, path, apply, err);
}

enum status cmd_label(struct cli *cli, struct err *err)
{
	struct store *s = NULL;
	uint64_t items = 0, results = 0;
	const char *key = args_get(&cli->args, "key");
	if (!key)
		return err_usage(err, "label needs the column that names the item: --key COLUMN");
	enum status st = cli_open(cli, STORE_WRITE, &s, err);
	if (st == OK)
		st = ingest_label(s, cli->args.words[0], key, &items, &results, err);
	if (st == OK)
		cli_say("%" PRIu64 " items labelled, %" PRIu64 " results changed", items, results);
	store_close(s);
	return st;
}
