/* SPDX-License-Identifier: MIT
 *
 * What the program says about itself: help, completion.
 */
#include "cli/cli.h"
#include "cli/commands.h"

enum status cmd_help(struct cli *cli, struct err *err)
{
	struct buf b = {0};
	if (cli->args.nwords == 0) {
		help_program(&b);
	} else {
		const struct command *c = cli_command_find(str_c(cli->args.words[0]));
		if (!c)
			return cli_command_unknown(cli->args.words[0], err);
		help_command(&b, c);
	}
	enum status st = cli_write(cli, buf_str(&b), err);
	buf_fini(&b);
	return st;
}

enum status cmd_completion(struct cli *cli, struct err *err)
{
	struct buf b = {0};
	enum status st = complete_script(&b, cli->args.words[0], err);
	if (st == OK)
		st = cli_write(cli, buf_str(&b), err);
	buf_fini(&b);
	return st;
}
