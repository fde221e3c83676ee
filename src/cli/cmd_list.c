/* SPDX-License-Identifier: MIT
 *
 * list and export: the rows of a view under a filter, a page at a time, so
 * that a million rows need no more memory than a page.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "cli/commands.h"
#include "query/query.h"

enum {
	PAGE = 512,
	MEASURED = 4096, /* rows of text that are looked at for the widths of columns */
};

/* What DESIGN calls the default columns of an export. */
static const char export_columns[] =
	"result_id,uid,source,source_sha256,place,run,model,task,item,epoch,auto_outcome,outcome,auto_severity,severity,"
	"category,categories,decided_by,reviewers,ruling,note,score,scores,policy_sha256";

struct streaming {
	const struct cli *cli;
	const struct export_format *format;
	struct writer_options options;
	struct rows *rows;
	struct store *store;
	struct output *output;
	struct sha256 *hash;
	struct column *widths; /* text: as measured on the first rows */
	size_t left_out;
	uint64_t bytes;
};

static enum status emit(struct streaming *s, struct buf *b, struct err *err)
{
	sha256_add(s->hash, buf_str(b).p, b->n);
	s->bytes += b->n;
	enum status st = output_write(s->output, buf_str(b), err);
	buf_clear(b);
	return st;
}

/* One page through the writer; `at` is the number of its first row. */
static enum status stream_page(struct streaming *s, size_t at, size_t n, struct buf *b, struct err *err)
{
	struct table t;
	enum status st = rows_fetch(s->rows, s->store, at, n, &t, err);
	struct column *own = t.columns;
	if (st == OK && at == 0) {
		memcpy(s->widths, t.columns, t.ncolumns * sizeof *t.columns);
		if (s->format->needs_widths)
			s->left_out = export_measure(s->widths, &t, &s->options);
		s->format->begin(b, s->widths, t.ncolumns, &s->options);
	}
	t.columns = s->widths;
	for (size_t i = 0; st == OK && i < t.nrows; i++)
		s->format->row(b, &t, i, &s->options, at + i == 0);
	t.columns = own;
	table_fini(&t);
	return st == OK ? emit(s, b, err) : st;
}

static enum status stream_rows(struct streaming *s, struct err *err)
{
	struct buf b = {0};
	size_t n, count = rows_count(s->rows), at = 0, page = s->format->needs_widths ? MEASURED : PAGE;
	enum status st = OK;
	rows_columns(s->rows, &n);
	s->widths = xcalloc(n + 1, sizeof *s->widths);
	do {
		if (atomic_load(&cli_stop))
			st = err_set(err, CANCELLED, "stopped after %zu of %zu rows", at, count);
		else
			st = stream_page(s, at, page, &b, err);
		at += page;
		page = PAGE;
	} while (st == OK && at < count);
	if (st == OK) {
		s->format->end(&b, &s->options);
		st = emit(s, &b, err);
	}
	free(s->widths);
	buf_fini(&b);
	return st;
}

/* ---- the manifest ---- */

static void member(struct buf *b, const char *name, const char *value)
{
	if (b->n > 1)
		buf_add_ch(b, ',');
	buf_add_c(b, "\n  ");
	json_write_str(b, str_c(name));
	buf_add_c(b, ": ");
	if (value)
		json_write_str(b, str_c(value));
	else
		buf_add_c(b, "null");
}

static void member_number(struct buf *b, const char *name, uint64_t value)
{
	buf_add_ch(b, ',');
	buf_add_c(b, "\n  ");
	json_write_str(b, str_c(name));
	buf_printf(b, ": %" PRIu64, value);
}

static void shell_word(struct buf *b, const char *word)
{
	buf_add_c(b, " '");
	for (; *word; word++) {
		if (*word == '\'')
			buf_add_c(b, "'\\''");
		else
			buf_add_ch(b, *word);
	}
	buf_add_ch(b, '\'');
}

/* The command line that writes the same bytes from the same database. */
static void reproduce(struct buf *out, const struct streaming *s, const char *view, const struct query_options *o)
{
	struct buf b = {0};
	const char *filter = args_get(&s->cli->args, "filter");
	buf_printf(&b, "plimsoll export %s --format %s", view, s->format->name);
	if (filter) {
		buf_add_c(&b, " --filter");
		shell_word(&b, filter);
	}
	if (o->columns) {
		buf_add_c(&b, " --columns");
		shell_word(&b, o->columns);
	}
	if (o->order) {
		buf_add_c(&b, " --sort");
		shell_word(&b, o->order);
	}
	if (o->limit)
		buf_printf(&b, " --limit %" PRIu64, o->limit);
	if (s->options.spreadsheet_safe)
		buf_add_c(&b, " --spreadsheet-safe");
	member(out, "reproduce", b.p);
	buf_fini(&b);
}

static enum status write_manifest(struct streaming *s, struct facts *f, const char *path, const char *view, const struct query_options *o,
	const char hash[SHA256_HEX], struct err *err)
{
	struct buf b = {0};
	char now[25], *policy = NULL, *name = xasprintf("%s.manifest.json", path);
	size_t n;
	const struct column *columns = rows_columns(s->rows, &n);
	clock_format(clock_wall_ms(), now);
	if (store_setting_get(s->store, "policy_sha256", &policy, NULL) != OK)
		policy = NULL;
	buf_add_ch(&b, '{');
	member(&b, "schema", "plimsoll-manifest-1");
	member(&b, "program", "plimsoll " PACKAGE_VERSION);
	member(&b, "written_at", now);
	member(&b, "file", strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
	member(&b, "sha256", hash);
	member_number(&b, "bytes", s->bytes);
	member(&b, "format", s->format->name);
	member(&b, "cells", s->options.spreadsheet_safe ? "spreadsheet-safe: texts that begin with = + - @ TAB CR have an apostrophe in front" : "lossless");
	member(&b, "view", view);
	member(&b, "filter", args_get(&s->cli->args, "filter") ? args_get(&s->cli->args, "filter") : "");
	member_number(&b, "rows", rows_count(s->rows));
	member_number(&b, "results_in_database", facts_total(f));
	member(&b, "ledger_head", facts_head(f));
	member(&b, "policy_sha256", policy);
	buf_add_c(&b, ",\n  \"columns\": [");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_c(&b, ", ");
		json_write_str(&b, str_c(columns[i].name));
	}
	buf_add_ch(&b, ']');
	reproduce(&b, s, view, o);
	buf_add_c(&b, "\n}\n");
	struct output *out;
	enum status st = output_open(name, &out, err);
	if (st == OK) {
		st = output_write(out, buf_str(&b), err);
		enum status closed = output_close(out, st == OK, st == OK ? err : NULL);
		st = st == OK ? closed : st;
	}
	free(policy);
	free(name);
	buf_fini(&b);
	return st;
}

/* ---- the two commands ---- */

static enum status unknown_view(const char *word, struct err *err)
{
	const char *names[128];
	size_t n = 0;
	struct buf b = {0};
	for (const struct view *const *v = views_all(); *v && n < 127; v++) {
		buf_printf(&b, "%s%s", n ? ", " : "", (*v)->name);
		names[n++] = (*v)->name;
	}
	names[n] = NULL;
	const char *near = nearest_name(word, names);
	if (near)
		err_usage(err, "unknown view \"%s\"; did you mean %s?", word, near);
	else
		err_usage(err, "unknown view \"%s\"; there are: %s", word, b.n ? b.p : "none");
	buf_fini(&b);
	return USAGE;
}

static enum status stream_to(struct streaming *s, const char *path, struct err *err)
{
	enum status st = output_open(path, &s->output, err);
	if (st != OK)
		return st;
	st = stream_rows(s, err);
	enum status closed = output_close(s->output, st == OK, st == OK ? err : NULL);
	return st == OK ? closed : st;
}

static enum status run_view(struct cli *cli, const struct view *v, struct query_options *o, bool manifest, struct err *err)
{
	struct streaming s = {.cli = cli, .options = cli_writer_options(cli), .hash = sha256_new()};
	struct facts *f = NULL;
	struct str filter;
	const char *path = args_get(&cli->args, "output");
	unsigned char sum[SHA256_SIZE];
	char hex[SHA256_HEX];
	enum status st = cli_format(cli, &s.format, err);
	if (st == OK)
		st = cli_open_facts(cli, STORE_READ, &s.store, &f, err);
	if (st == OK)
		st = cli_filter(cli, f, &filter, err);
	if (st == OK)
		st = rows_open(f, s.store, v, filter, o, &cli_stop, &s.rows, err);
	if (st == OK)
		st = stream_to(&s, path, err);
	sha256_end(s.hash, sum);
	hex_encode(sum, sizeof sum, hex);
	if (st == OK && manifest)
		st = write_manifest(&s, f, path, v->name, o, hex, err);
	if (st == OK)
		cli_say_left_out(s.left_out);
	rows_close(s.rows);
	facts_close(f);
	store_close(s.store);
	return st;
}

static enum status read_options(const struct cli *cli, struct query_options *o, struct err *err)
{
	int64_t limit;
	enum status st = args_number(&cli->args, "limit", 1, 0, &limit, err);
	o->columns = args_get(&cli->args, "columns");
	o->order = args_get(&cli->args, "sort");
	o->limit = (uint64_t)limit;
	return st;
}

enum status cmd_list(struct cli *cli, struct err *err)
{
	struct query_options o = {0};
	const struct view *v = view_find(cli->args.words[0]);
	if (!v)
		return unknown_view(cli->args.words[0], err);
	enum status st = read_options(cli, &o, err);
	return st == OK ? run_view(cli, v, &o, false, err) : st;
}

enum status cmd_export(struct cli *cli, struct err *err)
{
	struct query_options o = {0};
	const char *name = cli->args.nwords ? cli->args.words[0] : "results", *path = args_get(&cli->args, "output");
	bool manifest = args_has(&cli->args, "manifest");
	const struct view *v = view_find(name);
	if (!v)
		return unknown_view(name, err);
	if (manifest && (!path || strcmp(path, "-") == 0))
		return err_usage(err, "--manifest goes with --output FILE");
	enum status st = read_options(cli, &o, err);
	if (!o.columns && strcmp(name, "results") == 0)
		o.columns = export_columns;
	return st == OK ? run_view(cli, v, &o, manifest, err) : st;
}
