/* SPDX-License-Identifier: MIT
 *
 * Drives an ingest from scripts: ingest_drive [options] DB PATH... and prints
 * the report as tab-separated lines. DB "-" is a dry run.
 *
 *   --format NAME  --map FILE  --rules FILE  --set KEY=VALUE  --jobs N  --strict
 *   --stop-after N   ask to stop once N batches are written
 *   --apply FILE | --try FILE | --label FILE KEY   instead of PATHs
 *   --dump DB        what the documented views hold, without paths and times
 *   --detect PATH | --formats | --schema native|map
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/ingest.h"
#include "ingest/map.h"
#include "ingest/native_fields.h"

static uint64_t stop_after;
static atomic_bool stop;

static void print_table(const char *name, const struct table *t)
{
	struct buf line = {0};
	for (size_t r = 0; r < t->nrows; r++) {
		buf_clear(&line);
		buf_add_c(&line, name);
		for (size_t c = 0; c < t->ncolumns; c++) {
			buf_add_ch(&line, '\t');
			cell_format(&line, table_cell(t, r, c), false);
		}
		printf("%s\n", line.p);
	}
	buf_fini(&line);
}

/* Counts what was written, not time: with one job the same results are there each time. */
static enum status at_checkpoint(void *ctx, struct store *s, struct err *err)
{
	(void)s;
	(void)err;
	size_t *batches = ctx;
	if (stop_after && ++*batches >= stop_after)
		atomic_store(&stop, true);
	return OK;
}

static int finish(enum status st, struct err *err)
{
	if (st)
		fprintf(stderr, "%s\n", err_text(err));
	err_fini(err);
	return (int)st;
}

static int run_ingest(const char *db, const char *const *paths, size_t n, struct ingest_options *o)
{
	struct store *s = NULL;
	struct ingest_report r;
	struct err err = {0};
	size_t batches = 0;
	o->dry_run = strcmp(db, "-") == 0;
	enum status st = o->dry_run ? OK : store_open(db, STORE_CREATE, &s, &err);
	if (st)
		return finish(st, &err);
	st = ingest_run(s, paths, n, o, NULL, at_checkpoint, &batches, &stop, &r, &err);
	print_table("source", &r.sources);
	print_table("note", &r.notes);
	print_table("direction", &r.direction);
	const struct put_counts *c = &r.counts;
	printf("total\tresults=%llu\tturns=%llu\tcalls=%llu\tskipped=%llu\tunknown=%llu\tadded=%llu\tidentical=%llu\trevised=%"
	       "llu\toutranked=%llu"
	       "\tattached=%llu\twaiting=%llu\tparts=%llu\taggregates=%llu\n",
	        (unsigned long long)r.results, (unsigned long long)r.turns, (unsigned long long)r.tool_calls,
	        (unsigned long long)r.skipped, (unsigned long long)r.unknown, (unsigned long long)c->added,
	        (unsigned long long)c->identical, (unsigned long long)c->revised, (unsigned long long)c->outranked,
	        (unsigned long long)c->attached, (unsigned long long)c->waiting, (unsigned long long)c->parts,
	        (unsigned long long)c->aggregates);
	ingest_report_fini(&r);
	store_close(s);
	return finish(st, &err);
}

static int run_rules(const char *db, const char *path, bool apply)
{
	struct store *s;
	struct table t = {0};
	struct err err = {0};
	uint64_t changed = 0;
	enum status st = store_open(db, STORE_WRITE, &s, &err);
	if (st)
		return finish(st, &err);
	st = ingest_rules(s, path, apply, &t, &changed, &err);
	print_table("rule", &t);
	printf("changed\t%llu\n", (unsigned long long)changed);
	table_fini(&t);
	store_close(s);
	return finish(st, &err);
}

static int run_label(const char *db, const char *path, const char *key)
{
	struct store *s;
	struct err err = {0};
	uint64_t items, results;
	enum status st = store_open(db, STORE_WRITE, &s, &err);
	if (st)
		return finish(st, &err);
	st = ingest_label(s, path, key, &items, &results, &err);
	printf("labelled\t%llu\t%llu\n", (unsigned long long)items, (unsigned long long)results);
	store_close(s);
	return finish(st, &err);
}

static const char *const dumps[] = {
        "SELECT 'source', format, status, results, skipped, warnings, declared FROM v_source ORDER BY path",
        "SELECT 'result', r.result_id, r.run, r.task, r.kind, r.model, r.provider, r.item, r.epoch, r.category, r.item_severity, "
        "r.severity,"
        " r.outcome, r.target, r.answer, r.score, r.error, r.turns, r.tool_calls, r.fail_turn, r.fail_step, r.started_at"
        " FROM v_result r ORDER BY r.result_id",
        "SELECT 'turn', result_id, turn, role, content, reasoning, tool_call_id, error, outcome FROM v_turn ORDER BY 2, 3",
        "SELECT 'call', result_id, turn, call, name, arguments, result, error, answered FROM v_tool_call ORDER BY 2, 3, 4",
        "SELECT 'score', result_id, turn, name, rater, value_text, value_num, reason FROM v_score ORDER BY 2, 3, 4, 5, 6",
        "SELECT 'category', result_id, turn, call, taxonomy, category FROM v_category ORDER BY 2, 3, 4, 5, 6",
        "SELECT 'rater', rater, attribute, value FROM v_rater ORDER BY 2, 3, 4",
        "SELECT 'item', task, item, field, value FROM v_item_label ORDER BY 2, 3, 4, 5",
        "SELECT 'aggregate', model, task, category, metric, k, n, value, low, high FROM v_aggregate ORDER BY 2, 3, 4, 5",
};

static void print_row(sqlite3_stmt *st)
{
	for (int c = 0; c < sqlite3_column_count(st); c++) {
		const char *text = (const char *)sqlite3_column_text(st, c);
		printf("%s", c ? "|" : "");
		for (; text && *text; text++)
			printf(*text == '\n' ? "\\n" : "%c", *text);
	}
	printf("\n");
}

static int dump(const char *db)
{
	sqlite3 *s;
	int rc = sqlite3_open_v2(db, &s, SQLITE_OPEN_READONLY, NULL);
	for (size_t i = 0; i < sizeof dumps / sizeof *dumps && rc == SQLITE_OK; i++) {
		sqlite3_stmt *st = NULL;
		rc = sqlite3_prepare_v2(s, dumps[i], -1, &st, NULL);
		while (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
			print_row(st);
		sqlite3_finalize(st);
	}
	if (rc != SQLITE_OK)
		fprintf(stderr, "%s\n", sqlite3_errmsg(s));
	sqlite3_close(s);
	return rc;
}

static int run_detect(const char *path)
{
	struct table t;
	struct err err = {0};
	enum status st = ingest_detect(path, &t, &err);
	print_table("detect", &t);
	table_fini(&t);
	return finish(st, &err);
}

static int print_schema(const char *which)
{
	struct buf b = {0};
	if (strcmp(which, "native") == 0)
		native_schema(&b);
	else
		fieldmap_schema(&b);
	fwrite(b.p, 1, b.n, stdout);
	buf_fini(&b);
	return 0;
}

static int print_formats(void)
{
	struct table t;
	ingest_formats(&t);
	print_table("format", &t);
	table_fini(&t);
	return 0;
}

int main(int argc, char **argv)
{
	struct ingest_options o = {0};
	const char *settings[16] = {0};
	size_t nsettings = 0;
	int i = 1;
	for (; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		const char *a = argv[i], *next = i + 1 < argc ? argv[i + 1] : "";
		if (strcmp(a, "--strict") == 0) {
			o.strict = true;
			continue;
		}
		if (strcmp(a, "--formats") == 0)
			return print_formats();
		i++;
		if (strcmp(a, "--format") == 0)
			o.format = next;
		else if (strcmp(a, "--map") == 0)
			o.map_path = next;
		else if (strcmp(a, "--rules") == 0)
			o.rules_path = next;
		else if (strcmp(a, "--jobs") == 0)
			o.jobs = (unsigned)atoi(next);
		else if (strcmp(a, "--stop-after") == 0)
			stop_after = strtoull(next, NULL, 10);
		else if (strcmp(a, "--set") == 0 && nsettings < 15)
			settings[nsettings++] = next;
		else if (strcmp(a, "--detect") == 0)
			return run_detect(next);
		else if (strcmp(a, "--dump") == 0)
			return dump(next);
		else if (strcmp(a, "--schema") == 0)
			return print_schema(next);
		else if (i + 1 < argc && (strcmp(a, "--apply") == 0 || strcmp(a, "--try") == 0))
			return run_rules(argv[i + 1], *next ? next : NULL, strcmp(a, "--apply") == 0);
		else if (i + 2 < argc && strcmp(a, "--label") == 0)
			return run_label(argv[i + 2], next, argv[i + 1]);
		else {
			fprintf(stderr, "unknown option %s\n", a);
			return 2;
		}
	}
	if (i + 1 > argc)
		return 2;
	o.settings = settings;
	return run_ingest(argv[i], (const char *const *)argv + i + 1, (size_t)(argc - i - 1), &o);
}
