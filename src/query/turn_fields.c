/* SPDX-License-Identifier: MIT
 *
 * The fields of turns, tool calls and annotations, and the table of lists.
 */
#include "query/fields.h"

static struct cell none(void)
{
	return (struct cell){0};
}

/* A text of the source: empty stays empty, absent stays absent. */
static struct cell kept(const struct row *r, struct str s)
{
	return cell_text(r->out, s);
}

static struct cell text(const struct row *r, struct str s)
{
	return s.p && s.n ? cell_text(r->out, s) : none();
}

static struct cell coded(enum cell_kind kind, int64_t v)
{
	return (struct cell){.kind = kind, .integer = v};
}

/* ---- turns ---- */

static struct cell get_turn(const struct row *r) { return cell_int(r->turn_number); }
static struct cell get_content(const struct row *r) { return r->turn ? kept(r, r->turn->content) : none(); }
static struct cell get_reasoning(const struct row *r) { return r->turn ? kept(r, r->turn->reasoning) : none(); }
static struct cell get_speaker(const struct row *r) { return r->turn ? text(r, r->turn->name) : none(); }
static struct cell get_turn_error(const struct row *r) { return r->turn ? text(r, r->turn->error) : none(); }
static struct cell get_parent_call(const struct row *r) { return r->turn ? text(r, r->turn->parent) : none(); }
static struct cell get_tool_call_id(const struct row *r) { return r->turn ? text(r, r->turn->tool_call_id) : none(); }
static struct cell get_ncalls(const struct row *r) { return r->turn ? cell_int((int64_t)r->turn->ncalls) : none(); }

static struct cell get_role(const struct row *r)
{
	if (!r->turn)
		return none();
	return r->turn->role == ROLE_OTHER && r->turn->role_text.n ? text(r, r->turn->role_text) : text(r, str_c(role_name(r->turn->role)));
}

static struct cell get_turn_outcome(const struct row *r)
{
	return r->turn && r->turn->outcome ? coded(CELL_OUTCOME, r->turn->outcome) : none();
}

static struct cell get_at(const struct row *r)
{
	return r->turn && r->turn->at_ms ? coded(CELL_TIME, r->turn->at_ms) : none();
}

const struct list_field turn_fields[] = {
	{"turn", "turn", CELL_INT, 5, 90, 0, -1, "number of the turn, from 1", get_turn},
	{"role", "role", CELL_TEXT, 10, 88, NEED_TRANSCRIPT, -1, "who speaks", get_role},
	{"name", "name", CELL_TEXT, 12, 20, NEED_TRANSCRIPT, -1, "name of the speaker or tool", get_speaker},
	{"content", "content", CELL_TEXT, 0, 95, NEED_TRANSCRIPT, -1, "what is said", get_content},
	{"reasoning", "reasoning", CELL_TEXT, 20, 10, NEED_TRANSCRIPT, -1, "reasoning beside it", get_reasoning},
	{"calls", "calls", CELL_INT, 5, 40, NEED_TRANSCRIPT, -1, "tool calls that it makes", get_ncalls},
	{"parent_call", "started by", CELL_TEXT, 12, 7, NEED_TRANSCRIPT, -1, "a sub-agent's turn: the call that started it", get_parent_call},
	{"tool_call_id", "call id", CELL_TEXT, 12, 8, NEED_TRANSCRIPT, -1, "the call that it answers", get_tool_call_id},
	{"turn_outcome", "label", CELL_OUTCOME, 8, 50, NEED_TRANSCRIPT, -1, "label of the source on this turn", get_turn_outcome},
	{"turn_error", "error", CELL_TEXT, 16, 30, NEED_TRANSCRIPT, -1, "error of this turn", get_turn_error},
	{"at", "at", CELL_TIME, 24, 9, NEED_TRANSCRIPT, -1, "when it was said", get_at},
	{0},
};

/* ---- tool calls ---- */

static struct cell get_call(const struct row *r) { return cell_int(r->call_number); }
static struct cell get_call_turn(const struct row *r) { return r->turn_number ? cell_int(r->turn_number) : none(); }
static struct cell get_call_name(const struct row *r) { return r->call ? text(r, r->call->name) : none(); }
static struct cell get_arguments(const struct row *r) { return r->call ? kept(r, r->call->arguments) : none(); }
static struct cell get_result(const struct row *r) { return r->call ? kept(r, r->call->result) : none(); }
static struct cell get_call_error(const struct row *r) { return r->call ? text(r, r->call->error) : none(); }
static struct cell get_answered(const struct row *r) { return r->call ? coded(CELL_BOOL, r->call->answered) : none(); }

const struct list_field call_fields[] = {
	{"turn", "turn", CELL_INT, 5, 88, NEED_TRANSCRIPT, -1, "the assistant turn that makes it", get_call_turn},
	{"call", "call", CELL_INT, 5, 70, NEED_TRANSCRIPT, -1, "its number in the turn, from 1", get_call},
	{"name", "tool", CELL_TEXT, 18, 92, NEED_TRANSCRIPT, -1, "the tool", get_call_name},
	{"arguments", "arguments", CELL_TEXT, 30, 90, NEED_TRANSCRIPT, -1, "exactly as the source spells them", get_arguments},
	{"result", "result", CELL_TEXT, 0, 85, NEED_TRANSCRIPT, -1, "what came back", get_result},
	{"call_error", "error", CELL_TEXT, 16, 60, NEED_TRANSCRIPT, -1, "error of the call", get_call_error},
	{"answered", "ans", CELL_BOOL, 4, 40, NEED_TRANSCRIPT, -1, "whether something came back", get_answered},
	{0},
};

/* ---- annotations ---- */

static struct cell get_entry(const struct row *r) { return text(r, str_c(r->annotation->entry.id)); }
static struct cell get_entry_kind(const struct row *r) { return text(r, r->annotation->entry.kind); }
static struct cell get_reviewer(const struct row *r) { return text(r, r->annotation->entry.reviewer); }
static struct cell get_subject(const struct row *r) { return text(r, r->annotation->entry.subject); }
static struct cell get_tags(const struct row *r) { return text(r, r->annotation->entry.tags); }
static struct cell get_note(const struct row *r) { return text(r, r->annotation->entry.note); }
static struct cell get_value(const struct row *r) { return text(r, r->annotation->entry.value); }
static struct cell get_said_category(const struct row *r) { return text(r, r->annotation->entry.category); }
static struct cell get_supersedes(const struct row *r) { return text(r, r->annotation->entry.supersedes); }
static struct cell get_created(const struct row *r) { return coded(CELL_TIME, r->annotation->entry.at_ms); }
static struct cell get_entry_uid(const struct row *r) { return text(r, str_c(r->annotation->entry.uid)); }
static struct cell get_id(const struct row *r) { return r->id ? cell_int(r->id) : none(); }

static struct cell get_said(const struct row *r)
{
	return r->annotation->entry.outcome ? coded(CELL_OUTCOME, r->annotation->entry.outcome) : none();
}

static struct cell get_said_severity(const struct row *r)
{
	return r->annotation->entry.has_severity ? coded(CELL_SEVERITY, r->annotation->entry.severity) : none();
}

static struct cell get_entry_turn(const struct row *r)
{
	return r->annotation->entry.turn ? cell_int(r->annotation->entry.turn) : none();
}

static struct cell get_start(const struct row *r)
{
	return r->annotation->entry.end ? cell_int((int64_t)r->annotation->entry.start) : none();
}

static struct cell get_end(const struct row *r)
{
	return r->annotation->entry.end ? cell_int((int64_t)r->annotation->entry.end) : none();
}

static struct cell get_state(const struct row *r)
{
	const struct annotation *a = r->annotation;
	return cell_text_borrowed(str_c(!a->current ? "superseded" : a->moved ? "evidence moved" : "current"));
}

static struct cell get_said_ruling(const struct row *r)
{
	if (!r->id)
		return none();
	return text(r, str_c(facts_ruling((enum outcome)r->columns->outcome[r->id], r->annotation->entry.outcome)));
}

const struct list_field annotation_fields[] = {
	{"annotation_id", "entry", CELL_TEXT, 12, 10, 0, -1, "hash of the entry", get_entry},
	{"entry_kind", "kind", CELL_TEXT, 12, 40, 0, -1, "annotation, adjudication, scope, polarity, undo …", get_entry_kind},
	{"result_id", "id", CELL_INT, 8, 45, 0, -1, "the result in this database; empty when it is not here", get_id},
	{"result_uid", "uid", CELL_TEXT, 32, 5, 0, -1, "the result in every database", get_entry_uid},
	{"subject", "subject", CELL_TEXT, 20, 20, 0, -1, "run, task or cell, for entries without a result", get_subject},
	{"turn", "turn", CELL_INT, 5, 50, 0, -1, "the turn it speaks of; empty = the result", get_entry_turn},
	{"start", "start", CELL_INT, 6, 6, 0, -1, "first byte of the words it points to", get_start},
	{"end", "end", CELL_INT, 6, 6, 0, -1, "byte after those words", get_end},
	{"reviewer", "reviewer", CELL_TEXT, 14, 90, 0, -1, "who says it", get_reviewer},
	{"said", "said", CELL_OUTCOME, 8, 95, 0, -1, "the reviewer's outcome", get_said},
	{"said_severity", "severity", CELL_SEVERITY, 8, 80, 0, -1, "the reviewer's severity", get_said_severity},
	{"said_category", "category", CELL_TEXT, 20, 35, 0, -1, "the reviewer's category", get_said_category},
	{"tags", "tags", CELL_TEXT, 12, 30, 0, -1, "comma-separated", get_tags},
	{"note", "note", CELL_TEXT, 0, 85, 0, -1, "the reviewer's words", get_note},
	{"value", "value", CELL_TEXT, 8, 25, 0, -1, "in, out, confirmed, red …: by kind", get_value},
	{"supersedes", "supersedes", CELL_TEXT, 12, 4, 0, -1, "the entry that it replaces or undoes", get_supersedes},
	{"state", "state", CELL_TEXT, 14, 60, 0, -1, "current, superseded, evidence moved", get_state},
	{"said_ruling", "ruling", CELL_TEXT, 14, 55, 0, -1, "confirmed, false positive, missed failure …", get_said_ruling},
	{"created_at", "when", CELL_TIME, 24, 65, 0, -1, "when it was said", get_created},
	{0},
};

/* ---- tables that are made whole ---- */

static const struct column source_columns[] = {
	{"source_id", "id", CELL_INT, 6, 30, "number of the source in this database"},
	{"source", "source", CELL_TEXT, 40, 95, "path as given"},
	{"format", "format", CELL_TEXT, 14, 80, "how it was read"},
	{"sha256", "sha256", CELL_TEXT, 64, 5, "hash of its bytes"},
	{"bytes", "bytes", CELL_INT, 12, 50, "size"},
	{"status", "status", CELL_TEXT, 10, 70, "complete, or partial when its reading was cut short"},
	{"results", "results", CELL_INT, 8, 90, "results read from it"},
	{"skipped", "skipped", CELL_INT, 8, 85, "records that could not be read"},
	{"warnings", "warnings", CELL_INT, 8, 75, "things to know about it"},
	{"mismatch", "mismatch", CELL_TEXT, 24, 78, "totals that the source states and its results do not bear out"},
	{"declared", "declared", CELL_TEXT, 20, 20, "totals that the source itself states"},
	{"ignored", "not imported", CELL_TEXT, 30, 15, "what was there and was not imported"},
	{"ingested_at", "ingested", CELL_TIME, 24, 40, "when it was read"},
	{0},
};

static const struct column note_columns[] = {
	{"source", "source", CELL_TEXT, 30, 80, "path of the source"},
	{"note_kind", "kind", CELL_TEXT, 8, 90, "skip, warning or info"},
	{"place", "place", CELL_TEXT, 16, 70, "where in the source"},
	{"text", "text", CELL_TEXT, 0, 95, "what was found"},
	{"count", "count", CELL_INT, 7, 85, "how often"},
	{0},
};

static const struct column reviewer_columns[] = {
	{"reviewer", "reviewer", CELL_TEXT, 20, 95, "who annotates"},
	{"results", "results", CELL_INT, 8, 90, "results that they judged"},
	{"fail", "fail", CELL_INT, 7, 80, "said fail"},
	{"pass", "pass", CELL_INT, 7, 75, "said pass"},
	{"unsure", "unsure", CELL_INT, 7, 60, "said unsure"},
	{"invalid", "invalid", CELL_INT, 7, 50, "said invalid: broken item"},
	{"agree", "agree", CELL_INT, 7, 70, "said what the rules had derived"},
	{"false_positives", "false +", CELL_INT, 8, 68, "said pass where the rules said fail"},
	{"missed_failures", "missed", CELL_INT, 8, 66, "said fail where the rules said pass"},
	{"notes", "notes", CELL_INT, 7, 40, "annotations with a note"},
	{"superseded", "changed", CELL_INT, 8, 30, "annotations since replaced or undone"},
	{"last_at", "last", CELL_TIME, 24, 55, "their last annotation"},
	{0},
};

static const struct column rater_columns[] = {
	{"rater", "rater", CELL_TEXT, 24, 95, "person or program that scored"},
	{"score_name", "score", CELL_TEXT, 20, 90, "name of the score"},
	{"ratings", "ratings", CELL_INT, 8, 85, "scores given"},
	{"mean", "mean", CELL_REAL, 8, 70, "of those that are numbers"},
	{"attributes", "attributes", CELL_TEXT, 0, 60, "what the sources say of the rater"},
	{0},
};

static const struct column rater_group_columns[] = {
	{"attribute", "attribute", CELL_TEXT, 16, 95, "of raters: age, locale, education ..."},
	{"value", "value", CELL_TEXT, 18, 94, "of the attribute"},
	{"score_name", "score", CELL_TEXT, 20, 90, "name of the score"},
	{"said", "said", CELL_TEXT, 16, 88, "value of the score; absent for scores of many values"},
	{"ratings", "ratings", CELL_INT, 8, 85, "how often"},
	{"share", "share", CELL_RATE, 8, 80, "among the ratings of that group for that score"},
	{"mean", "mean", CELL_REAL, 8, 70, "of those that are numbers"},
	{0},
};

static const struct column run_columns[] = {
	{"run", "run", CELL_TEXT, 30, 95, "name of the run"},
	{"task", "task", CELL_TEXT, 22, 80, "its task"},
	{"in_scope", "scope", CELL_BOOL, 6, 85, "whether it counts"},
	{"results", "results", CELL_INT, 8, 90, "results that it holds"},
	{"fail", "fail", CELL_INT, 7, 75, "effective outcome fail"},
	{"pass", "pass", CELL_INT, 7, 60, "effective outcome pass"},
	{"missing", "missing", CELL_INT, 8, 65, "errored, unscored or of unknown direction"},
	{"rate", "fail rate", CELL_RATE, 9, 78, "fail / (fail + pass)"},
	{"reviewed", "reviewed", CELL_INT, 8, 50, "results that somebody looked at"},
	{0},
};

const struct list_source query_sources[] = {
	{"results", "one row a result", result_fields, true, NULL},
	{"turns", "one row a turn of the results", turn_fields, true, NULL},
	{"calls", "one row a tool call of the results", call_fields, true, NULL},
	{"annotations", "one row an entry of the ledger about the results", annotation_fields, true, NULL},
	{"runs", "one row a run of the results", NULL, false, run_columns},
	{"sources", "one row a source of the results", NULL, false, source_columns},
	{"notes", "what was skipped and found in those sources", NULL, false, note_columns},
	{"reviewers", "one row a person who annotated the results", NULL, false, reviewer_columns},
	{"raters", "one row a rater of the sources and score", NULL, false, rater_columns},
	{"rater_groups", "one row an attribute of raters, score and value", NULL, false, rater_group_columns},
	{0},
};

const struct list_source *list_source_find(struct str name)
{
	for (const struct list_source *s = query_sources; s->name; s++)
		if (str_eq_c(name, s->name))
			return s;
	return NULL;
}

const struct list_field *list_field_find(const struct list_source *s, struct str name)
{
	for (const struct list_field *f = s->fields; f && f->name; f++)
		if (str_eq_c(name, f->name))
			return f;
	for (const struct list_field *f = s->of_results ? result_fields : NULL; f && f->name; f++)
		if (str_eq_c(name, f->name))
			return f;
	return NULL;
}

bool list_field_is_own(const struct list_source *s, const struct list_field *f)
{
	for (const struct list_field *i = s->fields; i && i->name; i++)
		if (i == f)
			return true;
	return false;
}

const char *const *query_lists(void)
{
	static const char *names[sizeof query_sources / sizeof *query_sources];
	for (size_t i = 0; query_sources[i].name; i++)
		names[i] = query_sources[i].name;
	return names;
}

void query_each_column(const char *list, void (*each)(void *ctx, const char *name, const char *help), void *ctx)
{
	const struct list_source *s = list_source_find(str_c(list));
	for (const struct list_field *f = s ? s->fields : NULL; f && f->name; f++)
		each(ctx, f->name, f->help);
	for (const struct column *c = s ? s->made : NULL; c && c->name; c++)
		each(ctx, c->name, c->help);
}
