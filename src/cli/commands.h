/* SPDX-License-Identifier: MIT
 *
 * Private to cli: the functions behind the rows of the command table.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/cli.h"

enum status cmd_annotate(struct cli *cli, struct err *err);
enum status cmd_completion(struct cli *cli, struct err *err);
enum status cmd_demo(struct cli *cli, struct err *err);
enum status cmd_detect(struct cli *cli, struct err *err);
enum status cmd_doctor(struct cli *cli, struct err *err);
enum status cmd_export(struct cli *cli, struct err *err);
enum status cmd_formats(struct cli *cli, struct err *err);
enum status cmd_help(struct cli *cli, struct err *err);
enum status cmd_ingest(struct cli *cli, struct err *err);
enum status cmd_label(struct cli *cli, struct err *err);
enum status cmd_list(struct cli *cli, struct err *err);
enum status cmd_map(struct cli *cli, struct err *err);
enum status cmd_mdoc(struct cli *cli, struct err *err);
enum status cmd_polarity(struct cli *cli, struct err *err);
enum status cmd_policy(struct cli *cli, struct err *err);
enum status cmd_rules(struct cli *cli, struct err *err);
enum status cmd_schema(struct cli *cli, struct err *err);
enum status cmd_scope(struct cli *cli, struct err *err);
enum status cmd_show(struct cli *cli, struct err *err);
enum status cmd_sql(struct cli *cli, struct err *err);
enum status cmd_taxonomy(struct cli *cli, struct err *err);
enum status cmd_ui(struct cli *cli, struct err *err);
enum status cmd_verify(struct cli *cli, struct err *err);
enum status cmd_zones(struct cli *cli, struct err *err);

struct ingest_options;
/* Takes paths into the chosen database. quiet: without the tables of the report. */
enum status cli_ingest(struct cli *cli, const char *const *paths, size_t n, const struct ingest_options *o, bool quiet, struct err *err);
/* The zone table, the gate (if asked for), and remembering the policy. `asked` NULL: the policy last used, or none. */
enum status cli_zones(struct cli *cli, const char *asked, bool gate, struct err *err);

#endif
