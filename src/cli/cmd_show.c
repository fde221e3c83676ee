/* SPDX-License-Identifier: MIT
 *
 * show: one result with its transcript, as text, JSON or Markdown, or the bytes
 * of the source that it was read from.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "source/bundle.h"

/* ---- facts about the result, the same rows for text and Markdown ---- */

static void fact(struct table *t, const char *label, struct str value)
{
	if (!value.n)
		return;
	struct cell *row = table_add_row(t);
	row[0] = cell_text_borrowed(str_c(label));
	row[1] = cell_text(t, value);
}

static void list_annotations(struct table *t, const struct shown *s)
{
	const struct annotation *all;
	size_t n = facts_annotations(s->facts, &all);
	for (size_t i = 0; i < n; i++) {
		const struct entry *e = &all[i].entry;
		if (all[i].result_id != s->row.result_id || !all[i].current)
			continue;
		struct buf b = {0};
		buf_add_str(&b, e->reviewer);
		if (e->turn)
			buf_printf(&b, " on turn %u", e->turn);
		if (e->outcome)
			buf_printf(&b, ": %s", outcome_name(e->outcome));
		if (e->has_severity)
			buf_printf(&b, ", %s", severity_name(e->severity));
		if (e->note.n) {
			buf_add_c(&b, " - ");
			buf_add_str(&b, e->note);
		}
		fact(t, "annotation", buf_str(&b));
		buf_fini(&b);
	}
}

static void list_scores(struct table *t, const struct shown *s)
{
	for (size_t i = 0; i < s->row.nscores; i++) {
		const struct in_score *score = &s->row.scores[i];
		struct buf b = {0};
		buf_add_str(&b, score->name);
		if (score->turn)
			buf_printf(&b, " on turn %u", score->turn);
		buf_add_c(&b, " = ");
		buf_add_str(&b, score->value_text);
		if (score->rater.n && !str_eq(score->rater, score->name)) {
			buf_add_c(&b, " by ");
			buf_add_str(&b, score->rater);
		}
		if (score->reason.n) {
			buf_add_c(&b, ": ");
			buf_add_str(&b, score->reason);
		}
		fact(t, "score", buf_str(&b));
		buf_fini(&b);
	}
}

static void outcome_facts(struct table *t, const struct shown *s)
{
	struct buf b = {0};
	enum decider who = DECIDER_AUTO;
	enum outcome o = facts_outcome(s->facts, s->row.result_id, &decide_shipped, &who);
	buf_printf(&b, "%s%s", outcome_name(o), who == DECIDER_AUTO ? " (automatic" : " (by people; automatic ");
	if (who != DECIDER_AUTO)
		buf_add_c(&b, outcome_name(s->row.outcome));
	if (s->row.why.n) {
		buf_add_c(&b, ", ");
		buf_add_str(&b, s->row.why);
	}
	buf_add_ch(&b, ')');
	fact(t, "outcome", buf_str(&b));
	buf_clear(&b);
	if (facts_severity(s->facts, s->row.result_id) != SEVERITY_UNRATED)
		fact(t, "severity", str_c(severity_name(facts_severity(s->facts, s->row.result_id))));
	if (s->row.fail_turn)
		buf_printf(&b, "turn %u, step %u", s->row.fail_turn, s->row.fail_step);
	fact(t, "fails at", buf_str(&b));
	buf_fini(&b);
}

/* Further facts of the source, a line each. */
static void list_meta(struct table *t, const struct shown *s)
{
	struct arena a = {0};
	const struct json *meta;
	if (s->row.meta.n && json_read(&a, s->row.meta, NULL, &meta, NULL) == OK)
		JSON_EACH(m, meta)
			fact(t, arena_printf(&a, "meta.%.*s", (int)m->key.n, m->key.p).p, json_plain(m));
	arena_fini(&a);
}

void show_facts(struct table *t, const struct shown *s)
{
	static const struct column columns[] = {{"fact", "", CELL_TEXT, 12, 1, ""}, {"value", "", CELL_TEXT, 0, 2, ""}};
	const struct result_row *r = &s->row;
	struct buf b = {0};
	table_init(t, columns, 2);
	buf_printf(&b, "%" PRId64 "  uid %s", r->result_id, r->uid);
	fact(t, "result", buf_str(&b));
	fact(t, "model", r->model);
	fact(t, "task", r->task);
	fact(t, "item", r->item);
	fact(t, "epoch", r->epoch);
	fact(t, "run", r->run);
	outcome_facts(t, s);
	buf_clear(&b);
	for (size_t i = 0; i < r->ncategories; i++) {
		if (r->categories[i].turn)
			continue;
		if (b.n)
			buf_add_c(&b, "; ");
		buf_add_str(&b, r->categories[i].taxonomy);
		buf_add_ch(&b, ':');
		buf_add_str(&b, r->categories[i].path);
	}
	fact(t, "category", buf_str(&b));
	fact(t, "target", r->target);
	fact(t, "answer", r->answer);
	fact(t, "error", r->error);
	fact(t, "limit", r->limit);
	list_meta(t, s);
	list_scores(t, s);
	list_annotations(t, s);
	buf_clear(&b);
	buf_add_str(&b, r->source_path);
	if (r->member.n) {
		buf_add_ch(&b, '!');
		buf_add_str(&b, r->member);
	}
	if (r->line)
		buf_printf(&b, ":%" PRIu64, r->line);
	buf_printf(&b, " (bytes %" PRIu64 "+%" PRIu64 ")", r->offset, r->length);
	fact(t, "source", buf_str(&b));
	buf_fini(&b);
}

/* ---- the bytes of the source ---- */

static const struct member *find_member(const struct bundle *b, struct str name)
{
	for (size_t i = 0; i < b->n; i++)
		if (str_eq_c(name, b->members[i].name))
			return &b->members[i];
	return NULL;
}

/* Reads [offset, offset + length) of a member. */
static enum status read_slice(const struct member *m, uint64_t offset, uint64_t length, struct buf *out, struct err *err)
{
	struct reader *reader = reader_new();
	char *chunk = xmalloc(1 << 16);
	uint64_t at = 0;
	enum status st = reader_open(reader, m, err);
	while (st == OK && at < offset + length) {
		size_t got = 0;
		st = reader_read(reader, chunk, 1 << 16, &got, err);
		if (st != OK)
			break;
		uint64_t from = at < offset ? offset - at : 0, end = at + got > offset + length ? offset + length - at : got;
		if (from < end)
			buf_add(out, chunk + from, (size_t)(end - from));
		at += got;
	}
	if (st == END)
		st = err_fail(err, "%s ends before byte %" PRIu64 ": it is not the file that was read", m->path, offset + length);
	free(chunk);
	reader_free(reader);
	return st;
}

static enum status check_hash(const struct member *m, struct str sha256, struct err *err)
{
	unsigned char sum[SHA256_SIZE];
	char hex[SHA256_HEX];
	enum status st = member_sha256(m, sum, err);
	if (st != OK)
		return st;
	hex_encode(sum, sizeof sum, hex);
	if (!str_eq_c(sha256, hex))
		return err_fail(err, "%s has changed since it was read (SHA-256 now %.16s…, then %.16s…)", m->path, hex, sha256.n ? sha256.p : "unknown");
	return OK;
}

/* "x.zip!inner/a.jsonl": the archive's path, and what is in it. */
static enum status read_source(const struct shown *s, struct buf *out, struct err *err)
{
	struct bundle *outer = NULL, *inner = NULL;
	struct arena a = {0};
	struct str rest = s->row.source_path, path = rest, inside = s->row.member;
	ptrdiff_t bang = str_find(rest, str_c("!"));
	if (bang >= 0) {
		path = str_sub(rest, 0, (size_t)bang);
		inside = str_sub(rest, (size_t)bang + 1, rest.n);
	}
	enum status st = bundle_open(arena_cstr(&a, path), &outer, err);
	const struct member *m = st == OK && outer->n ? &outer->members[0] : NULL;
	if (st == OK && !m)
		st = err_fail(err, "%s is not a file any more", arena_cstr(&a, path));
	if (st == OK && bang < 0)
		st = check_hash(m, s->row.sha256, err);
	if (st == OK && inside.n) {
		st = bundle_open_member(m, &inner, err);
		m = st == OK ? find_member(inner, inside) : NULL;
		if (st == OK && !m)
			st = err_fail(err, "%s holds no %s", arena_cstr(&a, path), arena_cstr(&a, inside));
	}
	if (st == OK)
		st = read_slice(m, s->row.offset, s->row.length, out, err);
	bundle_free(inner);
	bundle_free(outer);
	arena_fini(&a);
	return st;
}

/* ---- the command ---- */

static const struct {
	const char *name;
	void (*write)(struct buf *out, const struct shown *s);
} formats[] = {{"text", show_text}, {"json", show_json}, {"md", show_markdown}};

static enum status write_shown(const struct cli *cli, const struct shown *s, struct buf *out, struct err *err)
{
	const char *name = args_get(&cli->args, "format");
	if (args_has(&cli->args, "raw"))
		return read_source(s, out, err);
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (!name || strcmp(name, formats[i].name) == 0) {
			formats[i].write(out, s);
			return OK;
		}
	return err_usage(err, "--format: \"%s\" is none of text, json, md", name);
}

enum status cmd_show(struct cli *cli, struct err *err)
{
	struct shown s = {.color = cli->color_out};
	struct store *store = NULL;
	struct buf out = {0};
	int64_t id = 0;
	enum status st = cli_open_facts(cli, STORE_READ, &store, &s.facts, err);
	if (st == OK)
		st = cli_find_result(store, cli->args.words[0], &id, err);
	if (st == OK)
		st = store_result(store, id, &s.arena, &s.row, err);
	if (st == OK && !args_has(&cli->args, "raw"))
		st = store_transcript(store, id, &s.arena, &s.transcript, err);
	if (st == OK)
		st = write_shown(cli, &s, &out, err);
	if (st == OK)
		st = cli_write(cli, buf_str(&out), err);
	buf_fini(&out);
	arena_fini(&s.arena);
	facts_close(s.facts);
	store_close(store);
	return st;
}
