/* SPDX-License-Identifier: MIT
 *
 * Real files of each format against counts that an independent reader made of them. One row a format says which of
 * its counts mean which of ours; expectations that are wrong stand in a table with the evidence. Each unit gets a
 * database of its own and is ingested twice: the second time must add no row to any table.
 */
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"

/* What is counted, over the documented views. */
static const struct measure {
	const char *name, *sql;
} measures[] = {
	{"runs", "select count(distinct run) from v_result"},
	{"models", "select count(distinct model) from v_result"},
	{"results", "select count(*) from v_result"},
	{"items", "select count(distinct item) from v_result"},
	{"turns", "select count(*) from v_turn"},
	{"system", "select count(*) from v_turn where role = 'system'"},
	{"user", "select count(*) from v_turn where role = 'user'"},
	{"assistant", "select count(*) from v_turn where role = 'assistant'"},
	{"tool", "select count(*) from v_turn where role = 'tool'"},
	{"scores", "select count(*) from v_score"},
	{"labels", "select count(*) from v_score where name = 'label' and rater like 'annotation%'"},
	{"human ratings", "select count(*) from v_score where name = 'human'"},
	/* Inspect: a score that is an object is one score there, and one a name here. */
	{"scorers", "select count(*) from (select distinct result_id, rater from v_score)"},
	{"zeros", "select count(*) from v_score where value_num = 0 and name = rater"},
	{"calls", "select count(*) from v_tool_call"},
	{"answered", "select count(*) from v_tool_call where answered"},
	/* ATIF: observations stand inside the step; those that name no call are a tool's turn here. */
	{"turns but tools'", "select count(*) from v_turn where role <> 'tool'"},
	{"observations", "select (select count(*) from v_tool_call where answered) + (select count(*) from v_turn where role = 'tool')"},
	{"call errors", "select coalesce(sum(call_errors), 0) from v_result"},
	{"tool errors", "select count(*) from v_turn where role = 'tool' and error is not null"},
	/* Of calls whose answers have no turn of their own. */
	{"call errors", "select count(*) from v_tool_call where error is not null"},
	{"errors", "select count(*) from v_result where error is not null"},
	{"limits", "select count(*) from v_result where \"limit\" is not null"},
	{"pass", "select count(*) from v_result where outcome = 'pass'"},
	{"fail", "select count(*) from v_result where outcome = 'fail'"},
	{"unsure", "select count(*) from v_result where outcome = 'unsure'"},
	{"over-refusals", "select count(*) from v_result where outcome = 'fail' and kind = 'over-refusal'"},
	{"attacks", "select count(*) from v_result where outcome = 'fail' and kind = 'safety'"},
	{"aggregates", "select count(*) from v_aggregate"},
	{"standards", "select count(*) from v_aggregate where metric = 'reference_safe'"},
	{"labelled", "select count(distinct item) from v_item_label"},
	{"item categories", "select count(*) from v_item_label where field = 'category'"},
	{NULL, NULL},
};

struct pair {
	const char *measure;
	const char *key; /* JSON pointer into expected.json, or column of expected.tsv */
};

/* The tables are made of expect.def, each macro once. */
#define TRACE_COUNTS {"results", "traces"}, {"turns", "turns"}, {"system", "sys"}, {"user", "user"}, {"assistant", "asst"}, \
	{"tool", "tool"}, {"calls", "calls"}, {"answered", "results"}, {"tool errors", "errors"}
enum { MAX_PAIRS = 16 };

static const struct format {
	const char *name;
	bool trace;   /* expected.tsv under trace/, else expected.json under eval/ */
	bool refused; /* no importer reads it: nothing may come of it */
	struct pair pairs[MAX_PAIRS];
} formats[] = {
#define EVAL(name, ...) {name, false, false, {__VA_ARGS__}},
#define TRACE(name, ...) {name, true, false, {__VA_ARGS__}},
#define REFUSED(name, trace) {name, trace, true, {{NULL, NULL}}},
#define EXCEPT(unit, measure, ours, why)
#define DISTRACTOR(path)
#define BESIDE(format, begin, instead)
#include "expect.def"
#undef EVAL
#undef TRACE
#undef REFUSED
#undef EXCEPT
#define EVAL(name, ...)
#define TRACE(name, ...)
#define REFUSED(name, trace)
};

/* Files whose verdict stands in a file beside them, which is ingested after them: of `format`, called begin…, instead…. */
static const struct beside {
	const char *format, *begin, *instead;
} besides[] = {
#undef BESIDE
#define BESIDE(format, begin, instead) {format, begin, instead},
#define EXCEPT(unit, measure, ours, why)
#include "expect.def"
#undef EXCEPT
#undef BESIDE
#define BESIDE(format, begin, instead)
};

/* Where we say something else, and why. */
static const struct exception {
	const char *unit, *measure;
	int64_t ours;
	const char *why;
} exceptions[] = {
#define EXCEPT(unit, measure, ours, why) {unit, measure, ours, why},
#include "expect.def"
#undef EXCEPT
#undef DISTRACTOR
};

/* Files that are recognised and must be refused with a reason. */
static const char *const refusals[] = {"eval/inspect_ai/log_invalid.txt", "eval/inspect_ai/log_version_3.txt", NULL};

/* Files beside the results that must not be taken for any. */
static const char *const distractors[] = {
#define EXCEPT(unit, measure, ours, why)
#define DISTRACTOR(path) path,
#include "expect.def"
	NULL,
};

struct unit {
	const struct format *format;
	struct str path;           /* below eval/ or trace/ */
	int64_t expected[MAX_PAIRS];      /* by pair; INT64_MIN = the reader does not say */
};

struct units {
	struct arena arena;
	struct unit *list;
	size_t n, cap;
};

static const struct format *format_of(struct str name, bool trace)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i].trace == trace && str_eq_c(name, formats[i].name))
			return &formats[i];
	return NULL;
}

static struct unit *add_unit(struct units *u, const struct format *f, struct str path)
{
	u->list = vec_grow(u->list, &u->cap, u->n + 1, sizeof *u->list);
	struct unit *unit = &u->list[u->n++];
	*unit = (struct unit){.format = f, .path = path};
	for (size_t i = 0; i < MAX_PAIRS; i++)
		unit->expected[i] = INT64_MIN;
	return unit;
}

static bool slurp(struct arena *a, const char *dir, const char *name, struct str *out)
{
	char path[1024];
	struct buf b = {0};
	snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	char block[65536];
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		buf_add(&b, block, n);
	fclose(f);
	*out = arena_str(a, buf_str(&b));
	buf_fini(&b);
	return true;
}

static bool is_refusal(struct str unit)
{
	const char *const *r = refusals;
	while (*r && !str_eq_c(unit, *r + strlen("eval/")))
		r++;
	return *r != NULL;
}

static void add_eval(struct units *u, struct str text)
{
	const struct json *all;
	if (json_read(&u->arena, text, NULL, &all, NULL) != OK)
		return;
	JSON_EACH(e, all) {
		const struct format *f = format_of(json_str(json_get(e, "format")), false);
		if (!f || is_refusal(json_str(json_get(e, "unit"))))
			continue;
		struct unit *unit = add_unit(u, f, json_str(json_get(e, "unit")));
		for (size_t i = 0; i < MAX_PAIRS && f->pairs[i].key; i++)
			json_i64(json_pointer(e, str_c(f->pairs[i].key)), &unit->expected[i]);
	}
}

/* The cell of a line under the column of that name. */
static bool cell_of(struct str header, struct str line, const char *column, struct str *out)
{
	struct str name;
	while (str_cut(&header, '\t', &name) && str_cut(&line, '\t', out))
		if (str_eq_c(name, column))
			return true;
	return false;
}

static void add_trace(struct units *u, struct str text)
{
	struct str header, line, name, path, cell;
	str_cut(&text, '\n', &header);
	while (str_cut(&text, '\n', &line)) {
		const struct format *f = cell_of(header, line, "format", &name) ? format_of(name, true) : NULL;
		if (!f || !cell_of(header, line, "file", &path))
			continue;
		struct unit *unit = add_unit(u, f, path);
		for (size_t i = 0; i < MAX_PAIRS && f->pairs[i].key; i++)
			if (cell_of(header, line, f->pairs[i].key, &cell) && !str_to_i64(cell, &unit->expected[i]))
				unit->expected[i] = INT64_MIN;
	}
}

/* ---- one unit ---- */

static const char *sql_of(const char *measure)
{
	for (const struct measure *m = measures; m->name; m++)
		if (strcmp(m->name, measure) == 0)
			return m->sql;
	return NULL;
}

static int64_t expectation(const struct unit *u, size_t i, const char **why)
{
	for (size_t k = 0; k < sizeof exceptions / sizeof *exceptions; k++) {
		if (str_eq_c(u->path, exceptions[k].unit) && strcmp(u->format->pairs[i].measure, exceptions[k].measure) == 0) {
			*why = exceptions[k].why;
			return exceptions[k].ours;
		}
	}
	return u->expected[i];
}

/* The measure over the results of the unit's model, when it names one: "FILE#MODEL". */
static int64_t count(const struct unit *u, const struct scratch *s, const char *sql)
{
	struct str model = u->path, file;
	struct buf b = {0};
	str_cut(&model, '#', &file);
	if (!model.p)
		return scratch_number(s, NULL, sql);
	const char *of = strstr(sql, "v_result");
	if (of)
		buf_printf(&b, "%.*s(select * from v_result where model = '%.*s')%s", (int)(of - sql), sql, (int)model.n, model.p,
			of + strlen("v_result"));
	int64_t n = of ? scratch_number(s, NULL, b.p) : -1;
	buf_fini(&b);
	return n;
}

/* Fills `line` with what was counted, "name expected" or "name expected!=actual"; false when something differs. */
static bool compare(const struct unit *u, const struct scratch *s, struct buf *line, struct buf *notes)
{
	bool same = true;
	bool any = scratch_number(s, NULL, "select count(*) from v_result") > 0;
	for (size_t i = 0; i < MAX_PAIRS && u->format->pairs[i].key; i++) {
		const char *name = u->format->pairs[i].measure, *why = NULL;
		int64_t want = expectation(u, i, &why);
		/* A log without results has a model that no result names. */
		if (want == INT64_MIN || (!any && (strcmp(name, "models") == 0 || strcmp(name, "runs") == 0)))
			continue;
		int64_t got = count(u, s, sql_of(name));
		buf_printf(line, " %s %lld", name, (long long)want);
		if (got != want)
			buf_printf(line, "!=%lld", (long long)got);
		if (why)
			buf_printf(notes, "# %s: %lld, not %lld: %s\n", name, (long long)want, (long long)u->expected[i], why);
		same &= got == want;
	}
	return same;
}

static bool second_adds_nothing(struct scratch *s, const char *path, struct buf *notes)
{
	struct arena a = {0};
	struct ingest_report report = {0};
	struct err err = {0};
	struct str before = scratch_rows(s, &a);
	enum status st = scratch_ingest(s, path, &report, &err);
	struct str after = scratch_rows(s, &a);
	bool same = str_eq(before, after);
	if (!same)
		buf_printf(notes, "# the second ingest changed the rows\n#   before: %s\n#   after:  %s\n", before.p, after.p);
	if (st != OK)
		buf_printf(notes, "# second ingest: %s\n", err_text(&err));
	ingest_report_fini(&report);
	err_fini(&err);
	arena_fini(&a);
	return same;
}

/* "otel-sdk/traceloop/" and a star is the directory, "FILE#MODEL" the file. */
static void unit_path(const struct unit *u, const char *corpus, char *out, size_t size)
{
	struct str rest = u->path, name;
	ptrdiff_t star = str_find(u->path, str_c("/*"));
	if (star >= 0)
		rest = str_sub(rest, 0, (size_t)star);
	str_cut(&rest, '#', &name);
	snprintf(out, size, "%s/%s/%.*s", corpus, u->format->trace ? "trace" : "eval", (int)name.n, name.p);
}

static bool ingest_beside(const struct unit *u, struct scratch *s, const char *path)
{
	struct ingest_report report = {0};
	struct err err = {0};
	enum status st = OK;
	for (size_t i = 0; i < sizeof besides / sizeof *besides; i++) {
		const char *base = strrchr(path, '/') + 1;
		char other[1024];
		size_t begin = strlen(besides[i].begin);
		if (strcmp(besides[i].format, u->format->name) != 0 || strncmp(base, besides[i].begin, begin) != 0)
			continue;
		snprintf(other, sizeof other, "%.*s%s%s", (int)(base - path), path, besides[i].instead, base + begin);
		FILE *f = fopen(other, "rb");
		if (f) {
			fclose(f);
			st = scratch_ingest(s, other, &report, &err);
			ingest_report_fini(&report);
		}
	}
	err_fini(&err);
	return st == OK;
}

static bool check_unit(const struct unit *u, const char *corpus, struct buf *line, struct buf *notes)
{
	struct scratch s;
	struct ingest_report report = {0};
	struct err err = {0};
	char path[1024];
	unit_path(u, corpus, path, sizeof path);
	scratch_make(&s);
	bool ok = scratch_ingest(&s, path, &report, &err) == OK && !report.failed;
	if (!ok)
		buf_printf(notes, "# %s\n", err_text(&err));
	ok &= ingest_beside(u, &s, path);
	if (u->format->refused)
		ok = report.results == 0 && report.unknown == 1;
	else
		ok &= compare(u, &s, line, notes);
	ok &= second_adds_nothing(&s, path, notes);
	ingest_report_fini(&report);
	err_fini(&err);
	scratch_remove(&s);
	return ok;
}

/* claimed: it is taken for a log and then given back, with a message. */
static bool is_refused(const char *path, bool claimed)
{
	struct scratch s;
	struct ingest_report report = {0};
	struct err err = {0};
	scratch_make(&s);
	scratch_ingest(&s, path, &report, &err);
	bool refused = report.results == 0 && report.failed == claimed;
	ingest_report_fini(&report);
	err_fini(&err);
	scratch_remove(&s);
	return refused;
}

static size_t count_names(const char *const *names)
{
	size_t n = 0;
	while (names[n])
		n++;
	return n;
}

static size_t check_refused(const char *corpus, const char *const *names, bool claimed, size_t *n)
{
	size_t bad = 0;
	for (; *names; names++) {
		char path[1024];
		snprintf(path, sizeof path, "%s/%s", corpus, *names);
		bool ok = is_refused(path, claimed);
		bad += !ok;
		printf("%s %zu - %s: refused%s\n", ok ? "ok" : "not ok", ++*n, *names, claimed ? " with a reason" : "");
	}
	return bad;
}

int main(void)
{
	struct units units = {0};
	struct str text;
	size_t n = 0, bad = 0;
	const char *corpus = corpus_dir();
	if (!corpus)
		return 0;
	if (slurp(&units.arena, corpus, "eval/expected.json", &text))
		add_eval(&units, text);
	if (slurp(&units.arena, corpus, "trace/expected.tsv", &text))
		add_trace(&units, text);
	printf("1..%zu\n", units.n + count_names(distractors) + count_names(refusals));
	for (size_t i = 0; i < units.n; i++) {
		const struct unit *u = &units.list[i];
		struct buf line = {0}, notes = {0};
		bool ok = check_unit(u, corpus, &line, &notes);
		bad += !ok;
		printf("%s%s %zu - %s %.*s:%s\n", notes.n ? notes.p : "", ok ? "ok" : "not ok", ++n, u->format->name, (int)u->path.n, u->path.p,
			line.n ? line.p : " refused");
		fflush(stdout);
		buf_fini(&line);
		buf_fini(&notes);
	}
	bad += check_refused(corpus, distractors, false, &n);
	bad += check_refused(corpus, refusals, true, &n);
	free(units.list);
	arena_fini(&units.arena);
	return bad ? 1 : 0;
}
