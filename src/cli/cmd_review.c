/* SPDX-License-Identifier: MIT
 *
 * annotate, scope, verify: what people say, from the command line.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "review/review.h"

/* ---- annotate ---- */

static enum status read_note(const struct args *a, struct review_note *n, struct err *err)
{
	const char *outcome = args_get(a, "outcome"), *severity = args_get(a, "severity"), *note = args_get(a, "note");
	int64_t turn;
	enum status st = args_number(a, "turn", 1, 0, &turn, err);
	if (st != OK)
		return st;
	if (outcome && (!outcome_parse(str_c(outcome), &n->outcome) || n->outcome == OUTCOME_MISSING || n->outcome == OUTCOME_NONE))
		return err_usage(err, "--outcome: \"%s\" is none of fail, pass, unsure, invalid", outcome);
	if (severity && !severity_parse(str_c(severity), &n->severity))
		return err_usage(err, "--severity: \"%s\" is none of none, low, medium, high, critical (or 0 to 4)", severity);
	n->has_severity = severity != NULL;
	n->turn = (uint32_t)turn;
	n->note = str_c(note);
	n->category = str_c(args_get(a, "category"));
	n->tags = str_c(args_get(a, "tags"));
	if (!outcome && !severity && !note && !n->category.p && !n->tags.p)
		return err_usage(err, "annotate needs something to say: --outcome, --severity, --category, --tags or --note");
	return OK;
}

static enum status check_turn(struct store *s, const struct review_note *n, struct err *err)
{
	struct arena a = {0};
	struct result_row row;
	enum status st = store_result(s, n->result_id, &a, &row, err);
	if (st == OK && n->turn > row.turns)
		st = err_usage(err, "--turn: result %" PRId64 " has %u turns", n->result_id, row.turns);
	arena_fini(&a);
	return st;
}

enum status cmd_annotate(struct cli *cli, struct err *err)
{
	struct review_note note = {0};
	struct store *s = NULL;
	struct facts *f = NULL;
	char id[SHA256_HEX];
	bool undo = args_has(&cli->args, "undo");
	const char *reviewer = reviewer_name(args_get(&cli->args, "as"));
	struct buf what = {0};
	enum status st = undo ? OK : read_note(&cli->args, &note, err);
	if (st == OK && !undo && cli->args.nwords == 0)
		st = err_usage(err, "annotate needs a result: plimsoll annotate RESULT --outcome …");
	if (st == OK)
		st = cli_open_facts(cli, STORE_WRITE, &s, &f, err);
	if (st == OK && undo) {
		st = review_undo(s, f, reviewer, &what, err);
		if (st == OK)
			cli_say("%s: %s", reviewer, what.n ? what.p : "undone");
		else if (st == END)
			st = err_usage(err, "%s has nothing to undo", reviewer);
	} else if (st == OK) {
		st = cli_find_result(s, cli->args.words[0], &note.result_id, err);
		if (st == OK)
			st = check_turn(s, &note, err);
		if (st == OK)
			st = review_annotate(s, f, reviewer, &note, id, err);
		if (st == OK)
			cli_say("%s: entry %.12s about result %" PRId64, reviewer, id, note.result_id);
	}
	buf_fini(&what);
	facts_close(f);
	store_close(s);
	return st;
}

/* ---- scope ---- */

/* The key of a run by its name, its key, or its name when that is unique. */
static enum status find_run(struct facts *f, struct store *s, const char *word, struct arena *a, struct str *run_key, struct err *err)
{
	const struct columns *c = facts_columns(f);
	uint32_t run = dict_find(&facts_names(f)->run, str_c(word));
	struct result_row row;
	*run_key = str_c(word);
	if (run == DICT_NONE)
		return err_usage(err, "there is no run \"%s\" (plimsoll list runs)", word);
	for (size_t id = 1; id < c->n; id++) {
		if (c->run[id] != run || (c->flags[id] & COLUMN_GONE))
			continue;
		enum status st = store_result(s, (int64_t)id, a, &row, err);
		if (st == OK)
			*run_key = row.run_key;
		return st;
	}
	return err_usage(err, "the run \"%s\" has no results", word);
}

enum status cmd_scope(struct cli *cli, struct err *err)
{
	struct store *s = NULL;
	struct facts *f = NULL;
	struct arena a = {0};
	struct str key;
	const char *where = cli->args.words[1], *reason = args_get(&cli->args, "reason");
	bool in = strcmp(where, "in") == 0;
	if (!in && strcmp(where, "out") != 0)
		return err_usage(err, "scope: \"%s\" is none of in, out", where);
	if (!reason || !*reason)
		return err_usage(err, "scope needs a --reason: it changes verdicts, and stays in the ledger");
	enum status st = cli_open_facts(cli, STORE_WRITE, &s, &f, err);
	if (st == OK)
		st = find_run(f, s, cli->args.words[0], &a, &key, err);
	if (st == OK)
		st = review_scope(s, reviewer_name(args_get(&cli->args, "as")), key, in, str_c(reason), err);
	if (st == OK)
		cli_say("%s is %s of scope now", cli->args.words[0], in ? "not out" : "out");
	arena_fini(&a);
	facts_close(f);
	store_close(s);
	return st;
}

/* ---- verify ---- */

enum status cmd_verify(struct cli *cli, struct err *err)
{
	struct store *s = NULL;
	char head[SHA256_HEX] = "";
	enum status st = cli_open(cli, STORE_READ, &s, err);
	if (st == OK)
		st = ledger_verify(s, err);
	if (st == OK)
		st = ledger_head(s, head, err);
	if (st == OK) {
		struct buf b = {0};
		buf_printf(&b, "the ledger is whole; head %s\n", head);
		st = cli_write(cli, buf_str(&b), err);
		buf_fini(&b);
	}
	store_close(s);
	return st;
}
