/* SPDX-License-Identifier: MIT
 *
 * polarity: which side of a task is a failure. Shows three results of each side,
 * or of each value of the first score where nothing decides yet; says the
 * direction as two rules; records that a person found it right.
 */
#include <inttypes.h>

#include "base/dict.h"
#include "cli/commands.h"
#include "ingest/ingest.h"
#include "review/review.h"
#include "store/rules.h"

enum { SHOWN_EACH = 3, MAX_SIDES = 6, ANSWER_BYTES = 200 };

static const struct column columns[] = {
	{"outcome", "counts as", CELL_OUTCOME, 9, 99, "which side the rules put it on"},
	{"result_id", "id", CELL_INT, 8, 70, "the result"},
	{"item", "item", CELL_TEXT, 20, 60, "the test case"},
	{"scores", "scores", CELL_TEXT, 16, 80, "what the source says, name=value"},
	{"raw_outcome", "raw", CELL_TEXT, 12, 75, "outcome as the source says it"},
	{"why", "rule", CELL_TEXT, 20, 85, "the rule that decided, or why nothing did"},
	{"target", "target", CELL_TEXT, 20, 50, "what the item asks for"},
	{"answer", "answer", CELL_TEXT, 30, 90, "what the model answered"},
};

/* The answer as a scorer read it, else the last words of the model. */
static struct str answer_of(struct store *s, const struct result_row *r, struct arena *a)
{
	struct transcript t;
	if (r->answer.n || store_transcript(s, r->result_id, a, &t, NULL) != OK)
		return r->answer;
	for (size_t i = t.n; i-- > 0;)
		if (t.turns[i].role == ROLE_ASSISTANT && t.turns[i].content.n)
			return str_sub(t.turns[i].content, 0, ANSWER_BYTES);
	return r->answer;
}

static struct str scores_of(const struct result_row *r, struct arena *a)
{
	struct buf b = {0};
	for (size_t i = 0; i < r->nscores; i++) {
		if (i)
			buf_add_ch(&b, ' ');
		buf_add_str(&b, r->scores[i].name);
		buf_add_ch(&b, '=');
		buf_add_str(&b, r->scores[i].value_text);
	}
	struct str text = b.n ? arena_str(a, buf_str(&b)) : str_n(NULL, 0);
	buf_fini(&b);
	return text;
}

static void add_row(struct table *t, struct store *s, const struct result_row *r, struct arena *a)
{
	struct cell *row = table_add_row(t);
	row[0] = (struct cell){.kind = CELL_OUTCOME, .integer = r->outcome};
	row[1] = cell_int(r->result_id);
	row[2] = cell_text(t, r->item);
	row[3] = cell_text(t, scores_of(r, a));
	row[4] = cell_text(t, r->raw_outcome);
	row[5] = cell_text(t, r->why);
	row[6] = cell_text(t, r->target);
	row[7] = cell_text(t, answer_of(s, r, a));
}

/* The side that a result stands for: its outcome; where nothing decided, its first score. */
static struct str side_of(const struct result_row *r, struct arena *a)
{
	if (r->outcome != OUTCOME_MISSING || r->nscores == 0)
		return str_c(outcome_name(r->outcome));
	return arena_printf(a, "%.*s=%.*s", (int)r->scores[0].name.n, r->scores[0].name.p, (int)r->scores[0].value_text.n, r->scores[0].value_text.p);
}

static enum status show_sides(struct cli *cli, struct facts *f, struct store *s, uint32_t task, struct err *err)
{
	const struct columns *c = facts_columns(f);
	struct table t;
	struct dict sides = {0};
	unsigned shown[MAX_SIDES] = {0};
	size_t full = 0;
	enum status st = OK;
	table_init(&t, columns, sizeof columns / sizeof *columns);
	for (size_t id = 1; st == OK && id < c->n && full < MAX_SIDES; id++) {
		struct arena a = {0};
		struct result_row r;
		if (c->task[id] != task || (c->flags[id] & COLUMN_GONE))
			continue;
		st = store_result(s, (int64_t)id, &a, &r, err);
		uint32_t side = st == OK ? dict_add(&sides, side_of(&r, &a)) : MAX_SIDES;
		if (side < MAX_SIDES && shown[side] < SHOWN_EACH) {
			add_row(&t, s, &r, &a);
			full += ++shown[side] == SHOWN_EACH;
		}
		arena_fini(&a);
	}
	if (st == OK)
		st = cli_print(cli, &t, err);
	dict_fini(&sides);
	table_fini(&t);
	return st;
}

static enum status unknown_task(struct facts *f, const char *word, struct err *err)
{
	const struct dict *d = &facts_names(f)->task;
	size_t best = 3;
	struct str near = {NULL, 0};
	for (uint32_t i = 1; i < d->n; i++) {
		size_t distance = str_distance(str_c(word), dict_name(d, i), 2);
		if (distance < best) {
			best = distance;
			near = dict_name(d, i);
		}
	}
	if (near.p)
		return err_usage(err, "there is no task \"%s\"; did you mean \"%.*s\"?", word, (int)near.n, near.p);
	return err_usage(err, "there is no task \"%s\" (plimsoll list tasks)", word);
}

/* One rule, "task:TASK (FILTER) => set outcome=…". */
static enum status add_rule(struct store *s, const char *task, const char *filter, const char *outcome, struct err *err)
{
	struct buf b = {0};
	struct filter *parsed = NULL;
	struct filter_env env = {.rules = true};
	enum status st = filter_parse(str_c(filter), &env, &parsed, NULL, err);
	if (st == OK) {
		filter_and_term(&b, (struct str){0}, str_c("task"), str_c(task));
		buf_printf(&b, " (%s) => set outcome=%s", filter, outcome);
		st = store_rule_add(s, str_c("polarity"), buf_str(&b), err);
	} else {
		err_prefix(err, "--%s", outcome);
	}
	filter_free(parsed);
	buf_fini(&b);
	return st;
}

static enum status say_direction(struct store *s, const char *task, const char *fail, const char *pass, struct err *err)
{
	struct table t = {0};
	uint64_t changed;
	enum status st = add_rule(s, task, fail, "fail", err);
	if (st == OK)
		st = add_rule(s, task, pass, "pass", err);
	if (st == OK) {
		st = ingest_rules(s, NULL, true, &t, &changed, err);
		table_fini(&t);
	}
	if (st == OK)
		cli_say("two rules added (plimsoll rules list), %" PRIu64 " results changed", changed);
	return st;
}

static enum status confirm(struct cli *cli, struct facts *f, struct store *s, const char *word, uint32_t task, struct err *err)
{
	if (!args_has(&cli->args, "confirm")) {
		if (!facts_names(f)->task_confirmed[task])
			cli_say("the direction of %s is not confirmed yet: --confirm says that it is right", word);
		return OK;
	}
	enum status st = review_confirm_direction(s, reviewer_name(args_get(&cli->args, "as")), str_c(word), err);
	if (st == OK)
		cli_say("the direction of %s is confirmed", word);
	return st;
}

enum status cmd_polarity(struct cli *cli, struct err *err)
{
	struct store *s = NULL;
	struct facts *f = NULL;
	const char *word = cli->args.words[0], *fail = args_get(&cli->args, "fail"), *pass = args_get(&cli->args, "pass");
	bool writes = fail || args_has(&cli->args, "confirm");
	if (!fail != !pass)
		return err_usage(err, "polarity: --fail and --pass belong together: what is neither stays undecided");
	enum status st = cli_open_facts(cli, writes ? STORE_WRITE : STORE_READ, &s, &f, err);
	uint32_t task = st == OK ? dict_find(&facts_names(f)->task, str_c(word)) : DICT_NONE;
	if (st == OK && task == DICT_NONE)
		st = unknown_task(f, word, err);
	if (st == OK && fail)
		st = say_direction(s, word, fail, pass, err);
	if (st == OK && fail)
		st = facts_refresh(f, NULL, err);
	if (st == OK)
		st = show_sides(cli, f, s, task, err);
	if (st == OK)
		st = confirm(cli, f, s, word, task, err);
	facts_close(f);
	store_close(s);
	return st;
}
