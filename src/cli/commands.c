/* SPDX-License-Identifier: MIT
 *
 * The command table.
 */
#include "cli/commands.h"

const char *const command_groups[GROUP_COUNT] = {"read in", "look", "judge", "review", "about", ""};

#define FORMATS COMPLETE_FORMAT, NULL
#define OPTION_FORMAT {"format", 0, "FORMAT", FORMATS, "text, csv, tsv, json, jsonl, md"}
#define OPTION_OUTPUT {"output", 'o', "FILE", COMPLETE_FILE, NULL, "write there; - is standard output"}
#define OPTION_FILTER {"filter", 'f', "FILTER", COMPLETE_NONE, NULL, "only results that match (see plimsoll(5))"}
#define OPTION_COLUMNS {"columns", 'c', "NAMES", COMPLETE_NONE, NULL, "comma-separated, in this order"}
#define OPTION_SORT {"sort", 's', "COLUMN", COMPLETE_NONE, NULL, "-COLUMN for descending"}
#define OPTION_LIMIT {"limit", 'n', "N", COMPLETE_NONE, NULL, "at most so many rows"}
#define OPTION_SAFE {"spreadsheet-safe", 0, NULL, COMPLETE_NONE, NULL, "csv, tsv: ' before texts that begin with = + - @"}
#define OPTION_POLICY {"policy", 'p', "FILE", COMPLETE_FILE, NULL, "a file, or the name of a shipped policy"}

const struct option global_options[] = {
	{"db", 'd', "FILE", COMPLETE_FILE, NULL, "the database; else $PLIMSOLL_DB, ./plimsoll.db, ..."},
	{"read-only", 'R', NULL, COMPLETE_NONE, NULL, "write nothing, run no editor, shell or pipe"},
	{"as", 0, "NAME", COMPLETE_NONE, NULL, "who annotates; else the login name"},
	{"color", 0, "WHEN", COMPLETE_WORDS, "auto always never", "auto, always, never; NO_COLOR is heeded"},
	{"plain", 0, NULL, COMPLETE_NONE, NULL, "no screen: print the board and stop"},
	{"ascii", 0, NULL, COMPLETE_NONE, NULL, "no characters beyond ASCII"},
	{"help", 'h', NULL, COMPLETE_NONE, NULL, "help for the program or a command"},
	{"version", 'V', NULL, COMPLETE_NONE, NULL, "version, and those of the libraries"},
	{0},
};

static const struct option ingest_options[] = {
	{"format", 0, "FORMAT", COMPLETE_NONE, NULL, "read all as this format (plimsoll formats)"},
	{"map", 0, "FILE", COMPLETE_FILE, NULL, "how a table of any shape is read"},
	{"rules", 0, "FILE", COMPLETE_FILE, NULL, "rules on top of the format's own"},
	{"set", 0, "KEY=VALUE", COMPLETE_NONE, NULL, "a setting of the format; may be repeated"},
	{"jobs", 'j', "N", COMPLETE_NONE, NULL, "parser threads; else one a processor"},
	{"strict", 0, NULL, COMPLETE_NONE, NULL, "anything skipped is a failure"},
	{"dry-run", 0, NULL, COMPLETE_NONE, NULL, "read and count, write nothing"},
	{"quiet", 'q', NULL, COMPLETE_NONE, NULL, "no progress"},
	{"report", 0, "FORMAT", FORMATS, "format of the closing table of sources"},
	OPTION_OUTPUT,
	{0},
};
static const struct option table_options[] = {OPTION_FORMAT, OPTION_OUTPUT, {0}};
static const struct option output_options[] = {OPTION_OUTPUT, {0}};
static const struct option label_options[] = {{"key", 'k', "COLUMN", COMPLETE_NONE, NULL, "the column that names the item"}, {0}};
static const struct option list_options[] = {
	OPTION_FILTER, OPTION_SORT, OPTION_COLUMNS, OPTION_LIMIT, OPTION_FORMAT, OPTION_OUTPUT, OPTION_SAFE, {0},
};
static const struct option export_options[] = {
	OPTION_FILTER, OPTION_SORT, OPTION_COLUMNS, OPTION_LIMIT, OPTION_FORMAT, OPTION_OUTPUT, OPTION_SAFE,
	{"manifest", 'm', NULL, COMPLETE_NONE, NULL, "also FILE.manifest.json: what it is, how to redo it"},
	{0},
};
static const struct option show_options[] = {
	{"format", 0, "FORMAT", COMPLETE_WORDS, "text json md", "text, json, md"},
	{"raw", 0, NULL, COMPLETE_NONE, NULL, "the bytes of the source, read again"},
	OPTION_OUTPUT,
	{0},
};
static const struct option sql_options[] = {
	{"time-limit", 't', "SECONDS", COMPLETE_NONE, NULL, "stop the query then; 30, 0 = never"},
	OPTION_FORMAT, OPTION_OUTPUT, OPTION_SAFE, {0},
};
static const struct option zones_options[] = {
	OPTION_POLICY, OPTION_FILTER,
	{"fail-on", 0, "WORDS", COMPLETE_WORDS, "red possible-red yellow possible-yellow incomplete", "what fails the gate; red,incomplete"},
	OPTION_COLUMNS, OPTION_FORMAT, OPTION_OUTPUT, {0},
};
static const struct option annotate_options[] = {
	{"outcome", 0, "OUTCOME", COMPLETE_WORDS, "fail pass unsure invalid", "fail, pass, unsure, invalid (broken item)"},
	{"severity", 0, "SEVERITY", COMPLETE_WORDS, "none low medium high critical", "none, low, medium, high, critical"},
	{"category", 0, "CATEGORY", COMPLETE_NONE, NULL, "taxonomy:path"},
	{"tags", 0, "TAGS", COMPLETE_NONE, NULL, "comma-separated"},
	{"note", 0, "TEXT", COMPLETE_NONE, NULL, "in your words"},
	{"turn", 0, "N", COMPLETE_NONE, NULL, "about this turn; else the whole result"},
	{"undo", 0, NULL, COMPLETE_NONE, NULL, "reverse your last annotation"},
	{0},
};
static const struct option scope_options[] = {{"reason", 0, "TEXT", COMPLETE_NONE, NULL, "why; required"}, {0}};
static const struct option polarity_options[] = {
	{"fail", 0, "FILTER", COMPLETE_NONE, NULL, "what is a failure: adds a rule; needs --pass"},
	{"pass", 0, "FILTER", COMPLETE_NONE, NULL, "what is none: adds a rule; needs --fail"},
	{"confirm", 0, NULL, COMPLETE_NONE, NULL, "record that the direction is right"},
	OPTION_FORMAT, OPTION_OUTPUT, {0},
};
static const struct option ui_options[] = {
	OPTION_POLICY, OPTION_FILTER,
	{"script", 0, "FILE", COMPLETE_FILE, NULL, "run keys and commands on a screen in memory"},
	{"size", 0, "WxH", COMPLETE_NONE, NULL, "size of that screen; 80x24"},
	{"dump", 0, NULL, COMPLETE_NONE, NULL, "print it when the script is over"},
	{0},
};

const struct command commands[] = {
	{"ingest", GROUP_IN, "PATH...", "Takes in files, directories, archives, or - for standard input.",
		"Formats are recognised; the same file twice adds nothing. It ends with what was\n"
		"read, what was skipped and why, and which direction counts as a failure.\n"
		"\n"
		"  plimsoll ingest logs/\n"
		"  plimsoll ingest scores.csv --map scores.map.json --rules house.rules\n"
		"  zcat run.jsonl.gz | plimsoll ingest - --format native\n",
		ingest_options, 1, MAX_WORDS, COMPLETE_FILE, NULL, cmd_ingest},
	{"formats", GROUP_IN, "", "Lists the formats that can be read, and what counts as a failure in each.", "",
		table_options, 0, 0, COMPLETE_NONE, NULL, cmd_formats},
	{"detect", GROUP_IN, "PATH", "Says how a file would be read, and why; reads nothing in.", "",
		table_options, 1, 1, COMPLETE_FILE, NULL, cmd_detect},
	{"map", GROUP_IN, "FILE", "Writes a field map to begin with, for a table that no format knows.",
		"What its columns hold, what usual names say, and the words of its verdicts;\n"
		"which of them fail is for you to say. NAME.map.json beside a table is its map:\n"
		"\n"
		"  plimsoll map scores.csv -o scores.map.json\n"
		"  $EDITOR scores.map.json\n"
		"  plimsoll ingest scores.csv\n",
		output_options, 1, 1, COMPLETE_FILE, NULL, cmd_map},
	{"rules", GROUP_IN, "try FILE | apply [FILE] | list", "Derives outcome, severity and category of what is stored.",
		"A rule is a line FILTER => set outcome=fail severity=high category+=tax:path;\n"
		"later lines win, field by field. try prints matches, changes and conflicts and\n"
		"writes nothing; apply derives all results again, without the sources.\n"
		"\n"
		"  plimsoll rules try house.rules\n",
		table_options, 1, 2, COMPLETE_WORDS, "try apply list", cmd_rules},
	{"label", GROUP_IN, "FILE", "Joins category, severity, target or kind onto items, from a CSV file.",
		"  plimsoll label items.csv --key item_id\n",
		label_options, 1, 1, COMPLETE_FILE, NULL, cmd_label},
	{"list", GROUP_LOOK, "VIEW", "Prints the rows of a view, the same as on the screen.",
		"  plimsoll list results -f 'outcome:fail severity>=high' --sort -severity\n"
		"  plimsoll list models --format md\n"
		"  plimsoll list results -f 'tool:send_email' --format jsonl | jq .item\n"
		"\n"
		"Views, fields and the filter language: plimsoll(5).\n",
		list_options, 1, 1, COMPLETE_VIEW, NULL, cmd_list},
	{"export", GROUP_LOOK, "[VIEW]", "Writes the rows of a view for other programs; CSV unless told otherwise.",
		"The file is replaced when all of it is written. CSV keeps the bytes as they are;\n"
		"spreadsheets run texts that begin with = + - @, so see --spreadsheet-safe.\n"
		"\n"
		"  plimsoll export -o failures.csv -f outcome:fail --manifest\n"
		"  plimsoll export annotations -o notes.jsonl\n",
		export_options, 0, 1, COMPLETE_VIEW, NULL, cmd_export},
	{"show", GROUP_LOOK, "RESULT", "Prints a result with its transcript; RESULT is an id or begins a uid.",
		"  plimsoll show 4711 | less\n"
		"  plimsoll show 9f3a60 --format json\n"
		"  plimsoll show 4711 --raw\n",
		show_options, 1, 1, COMPLETE_NONE, NULL, cmd_show},
	{"sql", GROUP_LOOK, "QUERY", "Runs one read-only SELECT over the documented views; - reads the query.",
		"v_result, v_turn, v_tool_call, v_score, v_category, v_source, v_annotation,\n"
		"v_aggregate, v_rater, v_zone: their columns stand in plimsoll(5).\n"
		"\n"
		"  plimsoll sql \"SELECT model, count(*) FROM v_result GROUP BY model\"\n",
		sql_options, 1, 1, COMPLETE_NONE, NULL, cmd_sql},
	{"zones", GROUP_JUDGE, "", "Prints the verdicts of a policy. Exit status: 0 passed, 1 the gate failed.",
		"Without --policy the one last used on the database; without any, rates only.\n"
		"WORDS of --fail-on: red, possible-red, yellow, possible-yellow, incomplete.\n"
		"The exit status is the same for every format; 2 is for usage, 3 for data.\n"
		"\n"
		"  plimsoll zones --policy house.json --fail-on red,possible-red,incomplete\n",
		zones_options, 0, 0, COMPLETE_NONE, NULL, cmd_zones},
	{"policy", GROUP_JUDGE, "new [FILE] | check FILE | list | show NAME | schema", "Makes, checks and lists policy files.",
		"new writes a starter from what the database holds, with blank thresholds;\n"
		"check reads a policy strictly and tries its lines on the database; list and show\n"
		"print those that ship; schema prints the JSON Schema.\n"
		"\n"
		"  plimsoll policy new house.json && plimsoll policy check house.json\n",
		table_options, 1, 2, COMPLETE_WORDS, "new check list show schema", cmd_policy},
	{"polarity", GROUP_JUDGE, "TASK", "Shows three results of each side of a task: is fail really fail?", "",
		polarity_options, 1, 1, COMPLETE_NONE, NULL, cmd_polarity},
	{"scope", GROUP_JUDGE, "RUN in | out", "Takes a run out of what counts, or back in, with a reason.",
		"  plimsoll scope pilot-3 out --reason 'wrong system prompt'\n",
		scope_options, 2, 2, COMPLETE_WORDS, "in out", cmd_scope},
	{"annotate", GROUP_REVIEW, "RESULT", "Says what a person makes of a result. It is added to the ledger.",
		"What is not said stays as you said it before. Nothing is overwritten.\n"
		"\n"
		"  plimsoll annotate 4711 --outcome pass --note 'quotes the refusal'\n"
		"  plimsoll annotate --undo\n",
		annotate_options, 0, 1, COMPLETE_NONE, NULL, cmd_annotate},
	{"verify", GROUP_REVIEW, "", "Recomputes the ledger: was anything changed, dropped or inserted?",
		"Exit status: 0 when every entry follows from the one before it, 3 when one does\n"
		"not; the first that does not is named.\n",
		output_options, 0, 0, COMPLETE_NONE, NULL, cmd_verify},
	{"demo", GROUP_ABOUT, "", "Opens a bundled data set; without a terminal prints its zones.", "",
		table_options, 0, 0, COMPLETE_NONE, NULL, cmd_demo},
	{"doctor", GROUP_ABOUT, "", "Says what terminal, locale and file system it found; checks the database.", "",
		table_options, 0, 0, COMPLETE_NONE, NULL, cmd_doctor},
	{"schema", GROUP_ABOUT, "[NAME]", "Prints a JSON Schema of our own formats, or their names.", "",
		output_options, 0, 1, COMPLETE_WORDS, "policy", cmd_schema},
	{"taxonomy", GROUP_ABOUT, "[NAME]", "Lists the taxonomies that ship, or the categories of one as a tree.",
		"A category is written TAXONOMY:ID, in filters, rules, policies and labels. With\n"
		"a database the tree tells how many results lie at each category or below it.\n"
		"\n"
		"  plimsoll taxonomy ailuminate-1\n",
		table_options, 0, 1, COMPLETE_TAXONOMY, NULL, cmd_taxonomy},
	{"completion", GROUP_ABOUT, "SHELL", "Prints completion for a shell.",
		"  source <(plimsoll completion bash)\n"
		"  plimsoll completion zsh > ~/.zfunc/_plimsoll\n"
		"  plimsoll completion fish | source\n",
		output_options, 1, 1, COMPLETE_WORDS, "bash zsh fish", cmd_completion},
	{"help", GROUP_ABOUT, "[COMMAND]", "Help for the program or a command.", "",
		output_options, 0, 1, COMPLETE_COMMAND, NULL, cmd_help},
	{"ui", GROUP_HIDDEN, "", "Opens the board, or runs a script on a screen in memory.", "",
		ui_options, 0, 0, COMPLETE_NONE, NULL, cmd_ui},
	{"mdoc", GROUP_HIDDEN, "PART", "Prints a list of the manual from its table.", "", NULL, 1, 1, COMPLETE_NONE, NULL, cmd_mdoc},
	{0},
};

const struct command *cli_command_find(struct str name)
{
	for (const struct command *c = commands; c->name; c++)
		if (str_eq_c(name, c->name))
			return c;
	return NULL;
}

enum status cli_command_unknown(const char *word, struct err *err)
{
	const char *names[64];
	size_t n = 0;
	for (const struct command *c = commands; c->name && n < 63; c++)
		if (c->group != GROUP_HIDDEN)
			names[n++] = c->name;
	names[n] = NULL;
	const char *near = nearest_name(word, names);
	if (near)
		return err_usage(err, "unknown command \"%s\"; did you mean %s?", word, near);
	return err_usage(err, "unknown command \"%s\" (see plimsoll --help)", word);
}
