/* SPDX-License-Identifier: MIT
 *
 * The fields of a result, for lists of results and for lists of what belongs
 * to results. The first group needs only the columns in memory; the rest needs
 * the stored row.
 */
#include <math.h>

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

/* A name of the facts may move when they are refreshed, so it is copied. */
static struct cell named(const struct row *r, const struct dict *d, uint32_t id)
{
	return text(r, dict_name(d, id));
}

static struct cell coded(enum cell_kind kind, int64_t v)
{
	return (struct cell){.kind = kind, .integer = v};
}

static struct cell counted(uint32_t n)
{
	return n ? cell_int(n) : none();
}

static struct cell get_id(const struct row *r) { return cell_int(r->id); }
static struct cell get_run(const struct row *r) { return named(r, &r->names->run, r->columns->run[r->id]); }
static struct cell get_model(const struct row *r) { return text(r, names_model(r->names, r->columns->model[r->id])); }
static struct cell get_model_raw(const struct row *r) { return named(r, &r->names->model, r->columns->model[r->id]); }
static struct cell get_task(const struct row *r) { return named(r, &r->names->task, r->columns->task[r->id]); }
static struct cell get_epoch(const struct row *r) { return named(r, &r->names->epoch, r->columns->epoch[r->id]); }
static struct cell get_source(const struct row *r) { return named(r, &r->names->source, r->columns->source[r->id]); }
static struct cell get_item(const struct row *r) { return text(r, r->item); }
static struct cell get_turns(const struct row *r) { return cell_int(r->columns->turns[r->id]); }
static struct cell get_calls(const struct row *r) { return cell_int(r->columns->tool_calls[r->id]); }
static struct cell get_fail_turn(const struct row *r) { return counted(r->columns->fail_turn[r->id]); }
static struct cell get_fail_step(const struct row *r) { return counted(facts_fail_step(r->facts, r->id)); }

static struct cell get_provider(const struct row *r)
{
	uint32_t model = r->columns->model[r->id];
	return model < r->names->model.n ? named(r, &r->names->provider, r->names->model_provider[model]) : none();
}

static struct cell get_format(const struct row *r)
{
	uint32_t source = r->columns->source[r->id];
	return source < r->names->source.n ? named(r, &r->names->format, r->names->source_format[source]) : none();
}

static struct cell get_kind(const struct row *r)
{
	uint32_t task = r->columns->task[r->id];
	return task < r->names->task.n ? text(r, str_c(kind_name((enum task_kind)r->names->task_kind[task]))) : none();
}

static struct cell get_scope(const struct row *r)
{
	uint32_t run = r->columns->run[r->id];
	return coded(CELL_BOOL, run < r->names->run.n ? r->names->run_in_scope[run] : 1);
}

static struct cell get_auto_outcome(const struct row *r)
{
	return coded(CELL_OUTCOME, r->columns->outcome[r->id]);
}

static struct cell get_outcome(const struct row *r)
{
	return coded(CELL_OUTCOME, facts_outcome(r->facts, r->id, &decide_shipped, NULL));
}

static struct cell get_decided_by(const struct row *r)
{
	static const char *const names[] = {"adjudicated", "human", "automatic"};
	enum decider who = DECIDER_AUTO;
	facts_outcome(r->facts, r->id, &decide_shipped, &who);
	return cell_text_borrowed(str_c(names[who]));
}

static struct cell severity_cell(int64_t severity)
{
	return severity == SEVERITY_UNRATED ? none() : coded(CELL_SEVERITY, severity);
}

static struct cell get_auto_severity(const struct row *r) { return severity_cell(r->columns->severity[r->id]); }
static struct cell get_severity(const struct row *r) { return severity_cell(facts_severity(r->facts, r->id)); }
static struct cell get_item_severity(const struct row *r) { return severity_cell(r->columns->item_severity[r->id]); }

static const uint32_t *categories_of(const struct row *r)
{
	static const uint32_t nothing[] = {0};
	uint32_t set = r->columns->catset[r->id];
	return set < r->names->ncatsets && r->names->catset[set] ? r->names->catset[set] : nothing;
}

static struct cell get_category(const struct row *r)
{
	uint32_t first = *categories_of(r);
	return first ? named(r, &r->names->category, first) : none();
}

static struct cell get_categories(const struct row *r)
{
	struct buf b = {0};
	for (const uint32_t *id = categories_of(r); *id; id++) {
		if (b.n)
			buf_add_c(&b, "; ");
		buf_add_str(&b, dict_name(&r->names->category, *id));
	}
	struct cell c = text(r, buf_str(&b));
	buf_fini(&b);
	return c;
}

static struct cell get_score(const struct row *r)
{
	/* Through the shortest spelling of the float, so that 0.9 stays 0.9. */
	float score = r->columns->score[r->id];
	if (isnan(score))
		return none();
	if (r->stored)
		return cell_real(r->stored->score);
	double wide = (double)score;
	return cell_real(round(wide * 1e6) / 1e6);
}

static struct cell get_started(const struct row *r)
{
	if (r->stored)
		return r->stored->started_ms ? coded(CELL_TIME, r->stored->started_ms) : none();
	return r->columns->started[r->id] ? coded(CELL_TIME, (int64_t)r->columns->started[r->id] * 1000) : none();
}

static struct cell get_reviewers(const struct row *r)
{
	const struct review *v = facts_review(r->facts, r->id);
	return cell_int(v ? v->reviewers : 0);
}

static enum outcome human_outcome(const struct row *r)
{
	enum decider who = DECIDER_AUTO;
	enum outcome o = facts_outcome(r->facts, r->id, &decide_shipped, &who);
	return who == DECIDER_AUTO ? OUTCOME_NONE : o;
}

static struct cell get_ruling(const struct row *r)
{
	return text(r, str_c(facts_ruling((enum outcome)r->columns->outcome[r->id], human_outcome(r))));
}

static struct cell get_review_state(const struct row *r)
{
	return cell_text_borrowed(str_c(review_state_name(review_state_of(facts_review(r->facts, r->id)))));
}

static struct cell get_moved(const struct row *r)
{
	const struct review *v = facts_review(r->facts, r->id);
	return coded(CELL_BOOL, v && v->moved);
}

static struct cell get_notes(const struct row *r) { return text(r, r->notes); }
static struct cell get_policy(const struct row *r) { return text(r, r->policy_sha256); }

static struct cell get_error_flag(const struct row *r) { return coded(CELL_BOOL, (r->columns->flags[r->id] & COLUMN_ERROR) != 0); }

/* ---- from the stored row ---- */

static struct cell get_uid(const struct row *r) { return r->stored ? text(r, str_c(r->stored->uid)) : none(); }
static struct cell get_sha256(const struct row *r) { return r->stored ? text(r, r->stored->sha256) : none(); }
static struct cell get_target(const struct row *r) { return r->stored ? kept(r, r->stored->target) : none(); }
static struct cell get_answer(const struct row *r) { return r->stored ? kept(r, r->stored->answer) : none(); }
static struct cell get_error(const struct row *r) { return r->stored ? kept(r, r->stored->error) : none(); }
static struct cell get_limit(const struct row *r) { return r->stored ? text(r, r->stored->limit) : none(); }
static struct cell get_meta(const struct row *r) { return r->stored ? text(r, r->stored->meta) : none(); }
static struct cell get_why(const struct row *r) { return r->stored ? text(r, r->stored->why) : none(); }
static struct cell get_tool(const struct row *r) { return r->stored ? text(r, r->stored->tool) : none(); }
static struct cell get_run_key(const struct row *r) { return r->stored ? text(r, r->stored->run_key) : none(); }
static struct cell get_raw_outcome(const struct row *r) { return r->stored ? text(r, r->stored->raw_outcome) : none(); }
static struct cell get_raw_severity(const struct row *r) { return r->stored ? text(r, r->stored->raw_severity) : none(); }
static struct cell get_steps(const struct row *r) { return r->stored ? cell_int(r->stored->steps) : none(); }
static struct cell get_revision(const struct row *r) { return r->stored ? cell_int(r->stored->revision) : none(); }

static struct cell get_duration(const struct row *r)
{
	return r->stored && r->stored->duration_ms >= 0 ? cell_int(r->stored->duration_ms) : none();
}

static struct cell get_place(const struct row *r)
{
	if (!r->stored)
		return none();
	struct buf b = {0};
	if (r->stored->member.n) {
		buf_add_str(&b, r->stored->member);
		buf_add_ch(&b, ' ');
	}
	if (r->stored->line)
		buf_printf(&b, "line %llu ", (unsigned long long)r->stored->line);
	buf_printf(&b, "bytes %llu+%llu", (unsigned long long)r->stored->offset, (unsigned long long)r->stored->length);
	struct cell c = text(r, buf_str(&b));
	buf_fini(&b);
	return c;
}

static struct cell get_scores(const struct row *r)
{
	if (!r->stored)
		return none();
	struct buf b = {0};
	for (size_t i = 0; i < r->stored->nscores; i++) {
		const struct in_score *s = &r->stored->scores[i];
		if (b.n)
			buf_add_c(&b, "; ");
		buf_add_str(&b, s->name);
		if (s->turn)
			buf_printf(&b, "@%u", s->turn);
		buf_add_ch(&b, '=');
		buf_add_str(&b, s->value_text);
	}
	struct cell c = text(r, buf_str(&b));
	buf_fini(&b);
	return c;
}

const struct list_field result_fields[] = {
	{"result_id", "id", CELL_INT, 8, 30, 0, SORT_ID, "number of the result in this database", get_id},
	{"uid", "uid", CELL_TEXT, 32, 2, NEED_STORED, -1, "hash of its natural key, the same in every database", get_uid},
	{"source", "source", CELL_TEXT, 30, 20, 0, -1, "path of the source", get_source},
	{"source_sha256", "sha256", CELL_TEXT, 64, 1, NEED_STORED, -1, "hash of the source", get_sha256},
	{"place", "place", CELL_TEXT, 24, 5, NEED_STORED, -1, "where it stands in the source", get_place},
	{"format", "format", CELL_TEXT, 12, 10, 0, -1, "format of the source", get_format},
	{"tool", "tool", CELL_TEXT, 12, 8, NEED_STORED, -1, "the tool that ran it", get_tool},
	{"run", "run", CELL_TEXT, 24, 25, 0, SORT_RUN, "its run", get_run},
	{"run_key", "run key", CELL_TEXT, 24, 4, NEED_STORED, -1, "what tells its run apart; for scope", get_run_key},
	{"in_scope", "scope", CELL_BOOL, 5, 6, 0, -1, "whether its run counts", get_scope},
	{"model", "model", CELL_TEXT, 22, 80, 0, SORT_MODEL, "the model under test, by its alias where it has one", get_model},
	{"model_raw", "model (raw)", CELL_TEXT, 22, 11, 0, -1, "the model as the source names it", get_model_raw},
	{"provider", "provider", CELL_TEXT, 12, 12, 0, -1, "provider of the model", get_provider},
	{"task", "task", CELL_TEXT, 20, 60, 0, SORT_TASK, "the benchmark", get_task},
	{"kind", "kind", CELL_TEXT, 12, 15, 0, -1, "kind of the task", get_kind},
	{"item", "item", CELL_TEXT, 24, 85, NEED_ITEM, -1, "the test case", get_item},
	{"epoch", "epoch", CELL_TEXT, 5, 50, 0, -1, "what tells repeats apart", get_epoch},
	{"auto_outcome", "auto", CELL_OUTCOME, 8, 40, 0, -1, "outcome that the rules derived", get_auto_outcome},
	{"outcome", "outcome", CELL_OUTCOME, 8, 95, 0, SORT_OUTCOME, "effective outcome: adjudicated, human majority, automatic", get_outcome},
	{"auto_severity", "auto sev", CELL_SEVERITY, 8, 18, 0, -1, "severity that the rules derived", get_auto_severity},
	{"severity", "severity", CELL_SEVERITY, 8, 90, 0, SORT_SEVERITY, "effective severity of what happened", get_severity},
	{"item_severity", "item sev", CELL_SEVERITY, 8, 16, 0, -1, "how bad a failure of the item would be", get_item_severity},
	{"category", "category", CELL_TEXT, 24, 55, 0, SORT_CATEGORY, "its first category", get_category},
	{"categories", "categories", CELL_TEXT, 30, 14, 0, -1, "all its categories, joined by \"; \"", get_categories},
	{"decided_by", "by", CELL_TEXT, 11, 28, 0, -1, "who decided the effective outcome", get_decided_by},
	{"why", "why", CELL_TEXT, 20, 13, NEED_STORED, -1, "the rule that decided, or why the outcome is missing", get_why},
	{"reviewers", "reviewers", CELL_INT, 9, 45, 0, SORT_REVIEW, "people who looked at it", get_reviewers},
	{"review_state", "review", CELL_TEXT, 11, 35, 0, -1, "unreviewed, reviewed, conflict, adjudicated", get_review_state},
	{"evidence_moved", "moved", CELL_BOOL, 5, 21, 0, -1, "whether the evidence changed since somebody looked", get_moved},
	{"ruling", "ruling", CELL_TEXT, 14, 33, 0, -1, "confirmed, false positive, missed failure …", get_ruling},
	{"note", "note", CELL_TEXT, 30, 32, NEED_NOTES, -1, "notes of all reviewers, each with its name", get_notes},
	{"score", "score", CELL_REAL, 8, 65, 0, SORT_SCORE, "the primary score", get_score},
	{"scores", "scores", CELL_TEXT, 30, 9, NEED_STORED, -1, "all scores as the source writes them: name=value; name@turn=value", get_scores},
	{"target", "target", CELL_TEXT, 20, 7, NEED_STORED, -1, "what the item asks for", get_target},
	{"answer", "answer", CELL_TEXT, 30, 11, NEED_STORED, -1, "the answer that was scored", get_answer},
	{"error", "error", CELL_TEXT, 24, 17, NEED_STORED, -1, "error message of the source", get_error},
	{"has_error", "err", CELL_BOOL, 3, 19, 0, -1, "whether the source says that it errored", get_error_flag},
	{"limit", "limit", CELL_TEXT, 12, 3, NEED_STORED, -1, "limit that ended it", get_limit},
	{"turns", "turns", CELL_INT, 5, 48, 0, SORT_TURNS, "turns of its transcript", get_turns},
	{"steps", "steps", CELL_INT, 5, 22, NEED_STORED, -1, "assistant turns of its transcript", get_steps},
	{"tool_calls", "calls", CELL_INT, 5, 38, 0, SORT_CALLS, "tool calls of its transcript", get_calls},
	{"fail_turn", "turn", CELL_INT, 5, 42, 0, -1, "the failing turn", get_fail_turn},
	{"fail_step", "step", CELL_INT, 5, 70, 0, SORT_FAIL_STEP, "the failing step; empty = unlocated", get_fail_step},
	{"started_at", "started", CELL_TIME, 24, 24, 0, SORT_STARTED, "when it began", get_started},
	{"duration_ms", "ms", CELL_INT, 8, 7, NEED_STORED, -1, "how long it took", get_duration},
	{"raw_outcome", "raw", CELL_TEXT, 12, 6, NEED_STORED, -1, "outcome as the source says it", get_raw_outcome},
	{"raw_severity", "raw sev", CELL_TEXT, 12, 6, NEED_STORED, -1, "severity as the source says it", get_raw_severity},
	{"meta", "meta", CELL_TEXT, 30, 2, NEED_STORED, -1, "further facts of the source, as JSON", get_meta},
	{"revision", "rev", CELL_INT, 4, 2, NEED_STORED, -1, "how often its record changed", get_revision},
	{"policy_sha256", "policy", CELL_TEXT, 64, 1, 0, -1, "hash of the policy last used on this database", get_policy},
	{0},
};
