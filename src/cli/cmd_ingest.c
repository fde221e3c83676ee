/* SPDX-License-Identifier: MIT
 *
 * ingest: takes files in, shows how far it is, and ends with what was read,
 * what was not and why, and which direction counts as a failure.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "ingest/ingest.h"

/* ---- progress ---- */

struct progress {
	bool shown; /* a line stands on the terminal */
	bool enabled;
};

static void add_bytes(struct buf *out, uint64_t n)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double v = (double)n;
	size_t u = 0;
	while (v >= 1000 && u + 1 < sizeof units / sizeof *units) {
		v /= 1000;
		u++;
	}
	buf_printf(out, u ? "%.1f %s" : "%.0f %s", v, units[u]);
}

static void add_time_left(struct buf *out, const struct ingest_progress *p)
{
	if (p->elapsed_ms < 1000 || !p->bytes || p->bytes_total <= p->bytes)
		return;
	double left = (double)p->elapsed_ms / 1000 * (double)(p->bytes_total - p->bytes) / (double)p->bytes;
	if (left >= 90)
		buf_printf(out, "  %.0f min left", left / 60);
	else
		buf_printf(out, "  %.0f s left", left);
}

static void clear_line(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}

static void on_progress(void *ctx, const struct ingest_progress *p)
{
	struct progress *progress = ctx;
	struct buf b = {0};
	size_t used;
	if (!progress->enabled)
		return;
	if (p->bytes_total)
		buf_printf(&b, "%3.0f %%  ", 100 * (double)p->bytes / (double)p->bytes_total);
	add_bytes(&b, p->bytes);
	buf_printf(&b, "  %" PRIu64 " results", p->results);
	if (p->elapsed_ms > 0) {
		buf_add_c(&b, "  ");
		add_bytes(&b, p->bytes * 1000 / (uint64_t)p->elapsed_ms);
		buf_add_c(&b, "/s");
	}
	add_time_left(&b, p);
	if (p->sources_total > 1)
		buf_printf(&b, "  %zu/%zu", p->sources, p->sources_total);
	if (p->current) {
		buf_add_c(&b, "  ");
		escape_text(&b, str_c(p->current), 0);
	}
	struct str line = utf8_clip(buf_str(&b), 78, &used);
	fprintf(stderr, "\r%.*s\033[K", (int)line.n, line.p);
	fflush(stderr);
	progress->shown = true;
	buf_fini(&b);
}

/* ---- the closing report ---- */

static bool machine_format(const struct cli *cli)
{
	const struct export_format *f;
	return cli_format(cli, &f, NULL) == OK && strcmp(f->name, "text") != 0;
}

/* For people: a heading and the table. */
static void add_part(struct buf *b, const struct cli *cli, const char *heading, const struct table *t)
{
	enum { MAX_ROWS = 40 };
	struct writer_options o = cli_writer_options(cli);
	struct table head = *t;
	if (!t->nrows)
		return;
	if (head.nrows > MAX_ROWS)
		head.nrows = MAX_ROWS;
	buf_printf(b, "%s%s\n", b->n ? "\n" : "", heading);
	export_table(b, export_format_find("text"), &head, &o);
	if (head.nrows < t->nrows)
		buf_printf(b, "... %zu more\n", t->nrows - head.nrows);
}

static void add_count(struct buf *b, uint64_t n, const char *what)
{
	if (n)
		buf_printf(b, "%s%" PRIu64 " %s", b->n ? ", " : "", n, what);
}

static void say_totals(const struct ingest_report *r, bool dry_run)
{
	struct buf b = {0};
	add_count(&b, r->counts.added, "added");
	add_count(&b, r->counts.identical, "known already");
	add_count(&b, r->counts.revised, "revised");
	add_count(&b, r->counts.outranked, "outranked by a better source");
	add_count(&b, r->counts.attached, "scores attached");
	add_count(&b, r->counts.waiting, "waiting for their result");
	add_count(&b, r->counts.aggregates, "published values");
	if (dry_run)
		add_count(&b, r->counts.parts, "pieces of results, which reading them in puts together");
	add_count(&b, r->skipped, "skipped");
	add_count(&b, r->unknown, "files that no format knows");
	cli_say("%" PRIu64 " results%s%s%s", r->results, b.n ? ": " : "", b.n ? b.p : "", dry_run ? " (nothing was written)" : "");
	buf_fini(&b);
}

static enum status print_report(const struct cli *cli, const struct ingest_report *r, struct err *err)
{
	struct buf b = {0};
	if (machine_format(cli))
		return cli_print(cli, &r->sources, err);
	add_part(&b, cli, "sources", &r->sources);
	add_part(&b, cli, "skipped, and worth a look", &r->notes);
	add_part(&b, cli, "what counts as a failure", &r->direction);
	enum status st = cli_write(cli, buf_str(&b), err);
	buf_fini(&b);
	return st;
}

/* ---- the command ---- */

/* *settings: an array that the caller frees. */
static enum status read_options(const struct cli *cli, struct ingest_options *o, const char ***settings, struct err *err)
{
	int64_t jobs;
	const struct args *a = &cli->args;
	enum status st = args_number(a, "jobs", 1, 0, &jobs, err);
	if (st == OK && jobs > 256)
		st = err_usage(err, "--jobs: more than 256");
	o->format = args_get(a, "format");
	o->map_path = args_get(a, "map");
	o->rules_path = args_get(a, "rules");
	o->settings = *settings = args_all(a, "set");
	o->jobs = (unsigned)jobs;
	o->strict = args_has(a, "strict");
	o->dry_run = args_has(a, "dry-run");
	return st;
}

/* A dry run reads the rules of a database that is there, and makes none. */
static enum status open_for(const struct cli *cli, const struct ingest_options *o, struct store **s, struct err *err)
{
	if (!o->dry_run)
		return cli_open(cli, STORE_CREATE, s, err);
	return access(cli->db_path, F_OK) == 0 ? cli_open(cli, STORE_READ, s, err) : OK;
}

enum status cli_ingest(struct cli *cli, const char *const *paths, size_t n, const struct ingest_options *o, bool quiet, struct err *err)
{
	struct progress progress = {.enabled = isatty(STDERR_FILENO) && !args_has(&cli->args, "quiet")};
	struct ingest_report report = {0};
	struct store *s = NULL;
	enum status st = open_for(cli, o, &s, err), printed = OK;
	if (st != OK)
		return st;
	st = ingest_run(s, paths, n, o, on_progress, NULL, &progress, &cli_stop, &report, err);
	clear_line(&progress);
	if (st == OK || st == CANCELLED) {
		if (!quiet)
			printed = print_report(cli, &report, st == OK ? err : NULL);
		say_totals(&report, o->dry_run);
	}
	if (st == OK)
		st = printed;
	if (st == CANCELLED)
		err_set(err, CANCELLED, "stopped; whole results stay, and ingesting the same files again goes on from there");
	else if (st == OK && report.failed)
		st = err_fail(err, "not everything could be read: see above, or plimsoll list notes");
	ingest_report_fini(&report);
	store_close(s);
	return st;
}

enum status cmd_ingest(struct cli *cli, struct err *err)
{
	struct ingest_options o = {0};
	const char **settings = NULL;
	cli->format_option = "report";
	enum status st = read_options(cli, &o, &settings, err);
	if (st == OK)
		st = cli_ingest(cli, cli->args.words, cli->args.nwords, &o, false, err);
	free(settings);
	return st;
}
