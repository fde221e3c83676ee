/* SPDX-License-Identifier: MIT
 *
 * Columns of the report's tables, and how its rows are made.
 */
#include "ingest/report.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static const struct column source_columns[] = {
        {.name = "source", .title = "source", .kind = CELL_TEXT, .width = 0, .help = "path"},
        {.name = "format", .title = "format", .kind = CELL_TEXT, .width = 12, .help = "format it was read as"},
        {.name = "results", .title = "results", .kind = CELL_INT, .width = 8, .help = "results read"},
        {.name = "turns", .title = "turns", .kind = CELL_INT, .width = 8, .help = "turns of their transcripts"},
        {.name = "tool_calls", .title = "calls", .kind = CELL_INT, .width = 8, .help = "tool calls in them"},
        {.name = "skipped", .title = "skipped", .kind = CELL_INT, .width = 8, .help = "records that could not be read"},
        {.name = "warnings", .title = "warnings", .kind = CELL_INT, .width = 8, .help = "warnings about it"},
        {.name = "status", .title = "status", .kind = CELL_TEXT, .width = 24, .help = "what became of it"},
};

static const struct column note_columns[] = {
        {.name = "source", .title = "source", .kind = CELL_TEXT, .width = 0, .help = "path"},
        {.name = "kind", .title = "kind", .kind = CELL_TEXT, .width = 8, .help = "skip, warning, info, error, unknown"},
        {.name = "place", .title = "place", .kind = CELL_TEXT, .width = 12, .help = "where in the source"},
        {.name = "text", .title = "text", .kind = CELL_TEXT, .width = 0, .help = "what there is to say"},
        {.name = "count", .title = "count", .kind = CELL_INT, .width = 6, .help = "how often"},
};

static const struct column direction_columns[] = {
        {.name = "task", .title = "task", .kind = CELL_TEXT, .width = 24, .help = "task"},
        {.name = "scorer", .title = "scorer", .kind = CELL_TEXT, .width = 16, .help = "the score, when there is just one"},
        {.name = "rule", .title = "rule", .kind = CELL_TEXT, .width = 0, .help = "the rule that decided, or why nothing did"},
        {.name = "fail", .title = "fail", .kind = CELL_RATE, .width = 7, .help = "failures among results with an outcome"},
        {.name = "n", .title = "n", .kind = CELL_INT, .width = 8, .help = "results with an outcome"},
        {.name = "missing", .title = "missing", .kind = CELL_INT, .width = 8, .help = "results without an outcome"},
        {.name = "declared", .title = "declared", .kind = CELL_RATE, .width = 8, .help = "failure rate that the source declares"},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

enum { NOTES_MAX = 1000, UNKNOWN_SHOWN = 50, WARN_FROM = 10 };

void report_init(struct ingest_report *r)
{
	*r = (struct ingest_report){0};
	table_init(&r->sources, source_columns, COUNT(source_columns));
	table_init(&r->notes, note_columns, COUNT(note_columns));
	table_init(&r->direction, direction_columns, COUNT(direction_columns));
}

void ingest_report_fini(struct ingest_report *r)
{
	table_fini(&r->sources);
	table_fini(&r->notes);
	table_fini(&r->direction);
}

/* The same text of the same source again only counts; a flood of different ones ends with a word. */
static bool counted_again(struct ingest_report *r, const char *source, struct str text)
{
	size_t n = r->notes.nrows, from = n > 16 ? n - 16 : 0;
	for (size_t i = from; i < n; i++) {
		struct cell *row = &r->notes.cells[i * r->notes.ncolumns];
		if (!str_eq_c(row[0].text, source) || !str_eq(row[3].text, text))
			continue;
		row[4].integer++;
		return true;
	}
	return false;
}

void report_note(struct ingest_report *r, const char *source, const char *kind, struct str place, struct str text, uint64_t count)
{
	if (counted_again(r, source, text) || r->notes.nrows > NOTES_MAX)
		return;
	if (r->notes.nrows == NOTES_MAX) {
		place = (struct str){0};
		text = str_c("more notes are kept with their sources");
	}
	struct cell *row = table_add_row(&r->notes);
	row[0] = cell_text(&r->notes, str_c(source));
	row[1] = cell_text(&r->notes, str_c(kind));
	row[2] = cell_text(&r->notes, place);
	row[3] = cell_text(&r->notes, text);
	row[4] = cell_int((int64_t)count);
}

void report_source(struct ingest_report *r, const struct job *j, const char *status)
{
	struct cell *row = table_add_row(&r->sources);
	const struct sink_totals *t = &j->totals;
	row[0] = cell_text(&r->sources, str_c(j->planned->claim.main->path));
	row[1] = cell_text(&r->sources, str_c(j->planned->claim.importer->name));
	row[2] = cell_int((int64_t)t->results);
	row[3] = cell_int((int64_t)t->turns);
	row[4] = cell_int((int64_t)t->tool_calls);
	row[5] = cell_int((int64_t)t->skipped);
	row[6] = cell_int((int64_t)t->warnings);
	row[7] = cell_text(&r->sources, str_c(status));
	r->results += t->results;
	r->turns += t->turns;
	r->tool_calls += t->tool_calls;
	r->skipped += t->skipped;
}

void report_unknown(struct ingest_report *r, const struct plan *p)
{
	size_t shown = 0, hidden = 0, passed = 0;
	for (size_t i = 0; i < p->nunknown; i++) {
		if (!p->unknown[i].trait.p)
			passed++;
		else if (shown++ < UNKNOWN_SHOWN)
			report_note(r, p->unknown[i].path, "unknown", (struct str){0}, p->unknown[i].trait, 1);
		else
			hidden++;
	}
	if (hidden)
		report_note(r, "", "unknown", (struct str){0}, str_c("more files that no format knows"), hidden);
	if (passed)
		report_note(r, "", "unknown", (struct str){0}, str_c("files passed over (texts, programs, images …)"), passed);
	r->unknown = p->nunknown - passed;
}

/* ---- directions ---- */

static bool is_of(const struct direction *d, struct str task, struct str scorer)
{
	return str_eq(d->task, task) && str_eq(d->scorer, scorer);
}

static size_t find_direction(struct directions *ds, struct str task, struct str scorer)
{
	if (ds->last < ds->n && is_of(&ds->list[ds->last], task, scorer))
		return ds->last;
	for (size_t i = 0; i < ds->n; i++)
		if (is_of(&ds->list[i], task, scorer))
			return i;
	if (ds->n == ds->cap)
		ds->list = vec_grow(ds->list, &ds->cap, ds->n + 1, sizeof *ds->list);
	ds->list[ds->n] = (struct direction){.task = arena_str(&ds->arena, task), .scorer = arena_str(&ds->arena, scorer)};
	return ds->n++;
}

/* A result with one score was scored by it; with several, the rule says what counts. */
static struct str only_score(const struct in_result *r)
{
	struct str name = str_c("");
	for (size_t i = 0; i < r->nscores; i++) {
		if (r->scores[i].turn)
			continue;
		if (name.n && !str_eq(name, r->scores[i].name))
			return str_c("");
		name = r->scores[i].name;
	}
	return name;
}

static void count_why(struct direction *d, const struct derived *v)
{
	uint32_t id = dict_add(&d->whys, v->why.p ? v->why : str_c("unscored"));
	if (id >= d->whys_cap) {
		size_t old = d->whys_cap;
		d->why_fails = vec_grow(d->why_fails, &d->whys_cap, (size_t)id + 1, sizeof *d->why_fails);
		d->why_all = vec_grow(d->why_all, &d->whys_cap_all, (size_t)id + 1, sizeof *d->why_all);
		memset(d->why_fails + old, 0, (d->whys_cap - old) * sizeof *d->why_fails);
		memset(d->why_all + old, 0, (d->whys_cap - old) * sizeof *d->why_all);
	}
	d->why_all[id]++;
	d->why_fails[id] += v->outcome == OUTCOME_FAIL;
}

void directions_add(struct directions *ds, const struct packed_result *p, size_t *which)
{
	const struct in_result *r = &p->r;
	ds->last = *which = find_direction(ds, r->task.p ? r->task : str_c(""), only_score(r));
	struct direction *d = &ds->list[ds->last];
	d->pass += r->derived.outcome == OUTCOME_PASS;
	d->fail += r->derived.outcome == OUTCOME_FAIL;
	d->unsure += r->derived.outcome == OUTCOME_UNSURE;
	d->missing += r->derived.outcome == OUTCOME_MISSING || r->derived.outcome == OUTCOME_NONE;
	d->refusals += r->derived.outcome == OUTCOME_FAIL && p->reads_refusal && r->derived.kind != KIND_OVER_REFUSAL;
	count_why(d, &r->derived);
}

void directions_fini(struct directions *ds)
{
	for (size_t i = 0; i < ds->n; i++) {
		dict_fini(&ds->list[i].whys);
		free(ds->list[i].why_fails);
		free(ds->list[i].why_all);
	}
	free(ds->list);
	arena_fini(&ds->arena);
}

/* The rule that made most failures; when nothing failed, what decided most results. */
static struct str deciding(const struct direction *d, const struct ruleset *rules)
{
	size_t best = 0;
	const uint64_t *by = d->fail ? d->why_fails : d->why_all;
	for (size_t i = 1; i < d->whys.n; i++)
		if (by[i] > by[best])
			best = i;
	struct str why = dict_name(&d->whys, (uint32_t)best);
	for (size_t i = 0; i < ruleset_count(rules); i++) {
		const char *origin;
		unsigned line;
		struct str text = ruleset_text(rules, i, &origin, &line);
		struct str rest = why;
		if (!str_starts(why, origin))
			continue;
		rest = str_sub(why, strlen(origin), why.n);
		int64_t n;
		if (rest.n > 1 && rest.p[0] == ':' && str_to_i64(str_sub(rest, 1, rest.n), &n) && n == line)
			return text;
	}
	return why;
}

static void warn(struct ingest_report *r, const struct direction *d, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void warn(struct ingest_report *r, const struct direction *d, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	struct str place = d->task;
	report_note(r, "", "warning", place, buf_str(&b), 1);
	buf_fini(&b);
}

static void check_direction(struct ingest_report *r, const struct direction *d, double rate, double declared, uint64_t n)
{
	if (!isnan(declared) && fabs(rate + declared - 1) < 0.02 && fabs(rate - declared) > 0.1)
		warn(r, d, "%.1f %% fail, the source declares %.1f %%: is the direction upside down?", 100 * rate,
		        100 * declared);
	else if (!isnan(declared) && fabs(rate - declared) > 0.005)
		warn(r, d, "%.1f %% fail, but the source declares %.1f %%", 100 * rate, 100 * declared);
	if (n >= WARN_FROM && d->fail == n)
		warn(r, d, "all of %llu results fail: is the direction right?", (unsigned long long)n);
	if (n >= WARN_FROM && d->fail == 0)
		warn(r, d, "none of %llu results fails: is the direction right?", (unsigned long long)n);
	if (d->fail >= 5 && 2 * d->refusals > d->fail)
		warn(r, d, "%llu of %llu failures read as refusals: is the direction right?", (unsigned long long)d->refusals,
		        (unsigned long long)d->fail);
}

void report_directions(struct ingest_report *r, const struct directions *ds, const struct ruleset *rules)
{
	for (size_t i = 0; i < ds->n; i++) {
		const struct direction *d = &ds->list[i];
		uint64_t n = d->pass + d->fail + d->unsure;
		double rate = n ? (double)d->fail / (double)n : NAN;
		double declared = d->declared_n > 0 ? d->declared_fail / d->declared_n : NAN;
		struct cell *row = table_add_row(&r->direction);
		row[0] = cell_text(&r->direction, d->task);
		row[1] = cell_text(&r->direction, d->scorer);
		row[2] = cell_text(&r->direction, deciding(d, rules));
		row[3] = n ? cell_rate(rate) : (struct cell){0};
		row[4] = cell_int((int64_t)n);
		row[5] = cell_int((int64_t)d->missing);
		row[6] = isnan(declared) ? (struct cell){0} : cell_rate(declared);
		if (n)
			check_direction(r, d, rate, declared, n);
	}
}
