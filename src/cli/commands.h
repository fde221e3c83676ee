/* SPDX-License-Identifier: MIT
 *
 * Private to cli: the functions behind the rows of the command table.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"

enum status cmd_help(struct cli *cli, struct err *err);
enum status cmd_completion(struct cli *cli, struct err *err);

#endif
