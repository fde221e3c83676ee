/* SPDX-License-Identifier: MIT
 *
 * ODCV-Bench's judges: a table of scenarios by runs whose cells are scores (scores_JUDGE.csv) or reasons
 * (reasons_JUDGE.csv). Each cell is a rating that attaches to the result of that run and scenario, and makes that result
 * when the run's log is not there. Averages and counts in the margins are published values, and so are the intervals.
 */
#include "ingest/imp_odcv.h"

#include <math.h>

#include "ingest/csvtable.h"

struct scores {
	struct import *im;
	struct arena keep;
	struct str rater;
	const char *score;      /* what the cells rate */
	struct odcv_name *runs; /* by column */
	uint64_t empty;         /* cells without a rating */
	bool reasons;           /* texts, of which the margins say nothing */
};

static bool is_margin(struct str name)
{
	return str_starts(name, "row_") || str_starts(name, "col_");
}

/* "45.0%" and "1.90"; false for N/A and empty cells. */
static bool number_of(struct str cell, double *out)
{
	cell = str_trim(cell);
	bool percent = str_ends(cell, "%");
	cell.n -= percent;
	if (!cell.n || !str_to_double(cell, out))
		return false;
	*out /= percent ? 100 : 1;
	return true;
}

static void publish(struct scores *o, struct str model, struct str run, struct str category, struct str metric, double value)
{
	struct in_aggregate a = {.run = run, .model = model, .task = str_c("odcv-bench"), .category = category, .k = -1, .n = -1,
		.value = value, .low = NAN, .high = NAN};
	a.metric = arena_printf(&o->keep, "%.*s/%.*s", (int)metric.n, metric.p, (int)o->rater.n, o->rater.p);
	sink_aggregate(o->im->sink, &a);
}

/* ---- cells ---- */

static enum status put_cell(struct scores *o, size_t column, struct str scenario, struct str cell, const struct record *place,
	struct err *err)
{
	struct sink *s = o->im->sink;
	const struct odcv_name *name = &o->runs[column];
	struct in_score score = {.name = str_c(o->score), .rater = o->rater};
	struct sink_result r = odcv_result(name, scenario);
	cell = str_trim(cell);
	if (!cell.n || str_eq_nocase(cell, str_c("n/a"))) {
		o->empty++;
		return OK;
	}
	score.has_num = str_to_double(cell, &score.num);
	if (score.has_num)
		score.value_text = cell;
	else
		score.reason = cell;
	odcv_run(s, name);
	r.authority = ODCV_CELL;
	r.place = place;
	sink_result(s, &r);
	if (name->condition.n)
		sink_category(s, str_c("odcv-condition"), name->condition);
	enum status st = sink_result_end(s, err);
	sink_attach_score(s, &(struct result_key){.model = r.model, .item = r.item, .epoch = r.epoch}, &score);
	return st;
}

static struct str condition_of(struct scores *o, size_t column)
{
	struct str condition = o->runs[column].condition;
	return condition.n ? arena_printf(&o->keep, "odcv-condition:%.*s", (int)condition.n, condition.p) : condition;
}

/* "col_avg", "col_MR%": over the scenarios of a run. */
static void put_margin(struct scores *o, const struct csvtable *t, const struct str *cells)
{
	struct str metric = str_sub(cells[0], 4, cells[0].n);
	double value;
	for (size_t i = 1; i < t->n; i++)
		if (!is_margin(t->header[i]) && number_of(cells[i], &value))
			publish(o, o->runs[i].model, o->runs[i].run, condition_of(o, i), metric, value);
}

static enum status scores_header(void *ctx, const struct csvtable *t, struct err *err)
{
	struct scores *o = ctx;
	(void)err;
	o->runs = arena_calloc(&o->keep, t->n, sizeof *o->runs);
	for (size_t i = 1; i < t->n; i++)
		o->runs[i] = odcv_name(arena_str(&o->keep, str_trim(t->header[i])));
	return OK;
}

static enum status scores_row(void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place,
	struct err *err)
{
	struct scores *o = ctx;
	enum status st = OK;
	double value;
	if (is_margin(cells[0])) {
		if (!o->reasons)
			put_margin(o, t, cells);
		return OK;
	}
	for (size_t i = 1; i < t->n && !st; i++) {
		if (!is_margin(t->header[i]))
			st = put_cell(o, i, cells[0], cells[i], place, err);
		else if (!o->reasons && number_of(cells[i], &value))
			publish(o, (struct str){0}, str_c("odcv-bench"),
				arena_printf(&o->keep, "odcv-scenario:%.*s", (int)cells[0].n, cells[0].p),
				str_sub(t->header[i], 4, t->header[i].n), value);
	}
	return st;
}

/* A judge of its own model's runs is not one of the panel; the median of the panel is what the benchmark goes by. */
static const char *score_name(const char *path, struct str rater)
{
	if (str_find(rater, str_c("median")) >= 0)
		return "median";
	return str_starts(rater, "self") || str_find(str_c(path), str_c("self_eval/")) >= 0 ? "self_harm" : "harm";
}

enum status odcv_read_scores(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {".csv", NULL};
	struct scores o = {.im = im};
	struct str stem = path_stem(im->claim->main->path, suffixes), kind = {0};
	const struct csvtable_ops ops = {.header = scores_header, .row = scores_row, .ctx = &o};
	o.rater = stem;
	o.reasons = str_starts(stem, "reasons_");
	if (o.reasons || str_starts(stem, "scores_"))
		str_cut(&o.rater, '_', &kind);
	o.score = score_name(im->claim->main->path, o.rater);
	enum status st = csvtable_read(im, im->claim->main, &ops, err);
	if (o.empty)
		sink_ignore(im->sink, str_c("cells without a rating"), o.empty);
	arena_fini(&o.keep);
	return st;
}

/* ---- bootstrap_ci.csv: panel, model, rate and mean harm with their intervals ---- */

static enum status interval_row(void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place,
	struct err *err)
{
	static const struct {
		const char *columns[3], *metric;
		double scale;
	} values[] = {{{"mr", "mr_lo", "mr_hi"}, "misalignment_rate", 100}, {{"sev", "sev_lo", "sev_hi"}, "mean_harm", 1}};
	struct import *im = ctx;
	(void)place;
	(void)err;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		double v[3] = {NAN, NAN, NAN};
		for (size_t k = 0; k < 3; k++)
			if (number_of(csvtable_cell(t, cells, csvtable_column(t, values[i].columns[k])), &v[k]))
				v[k] /= values[i].scale;
		struct arena a = {0};
		struct str panel = csvtable_cell(t, cells, csvtable_column(t, "panel"));
		struct in_aggregate out = {.run = str_c("odcv-bench"), .task = str_c("odcv-bench"), .k = -1, .n = -1,
			.model = csvtable_cell(t, cells, csvtable_column(t, "model")), .metric = str_c(values[i].metric),
			.category = arena_printf(&a, "odcv-panel:%.*s", (int)panel.n, panel.p ? panel.p : ""), .value = v[0], .low = v[1],
			.high = v[2]};
		if (!isnan(v[0]))
			sink_aggregate(im->sink, &out);
		arena_fini(&a);
	}
	return OK;
}

enum status odcv_read_intervals(struct import *im, struct err *err)
{
	const struct csvtable_ops ops = {.row = interval_row, .ctx = im};
	sink_run(im->sink, &(struct in_run){.key = str_c("odcv-bench"), .tool = str_c("odcv-bench"), .task = str_c("odcv-bench"),
		.declared = -1});
	return csvtable_read(im, im->claim->main, &ops, err);
}
