/* SPDX-License-Identifier: MIT
 *
 * Our own format: records of the types in native_fields.c, one a line or one
 * an element. Records about a result may come before it, after it, or in
 * another file.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/map.h"
#include "ingest/native.h"
#include "ingest/sniff.h"

extern const struct importer imp_native;

/* ---- recognising ---- */

/* A conversation, or a question with its answer; of a record that goes on behind the head, the question will do. */
static bool has_conversation(struct str head)
{
	static const char *const turns[] = {"turns", "messages", NULL}, *const prompt[] = {"prompt", NULL},
	                         *const response[] = {"response", NULL};
	return sniff_has(head, turns) || (sniff_has(head, prompt) && (sniff_has(head, response) || sniff_cut(head)));
}

/* Other tools' records have a model, too: it takes one that says what it is about, or how it ended. */
static bool is_result(struct str head, bool typed)
{
	static const char *const model[] = {"model", NULL}, *const about[] = {"item", "item_id", "id", "outcome", NULL};
	return sniff_has(head, model) && sniff_has(head, about) && (typed || has_conversation(head)) && !fieldmap_is(head);
}

static int probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const char *const marked[] = {"plimsoll", NULL}, *const ids[] = {"result_id", "run_id", "run", NULL};
	(void)inside;
	enum native_type type = NATIVE_RESULT;
	if (records_sniff(m->head) == RECORDS_NONE)
		return 0;
	if (sniff_has(m->head, marked)) {
		snprintf(why, 160, "says that it is this format");
		return 98;
	}
	bool typed = native_type_find(sniff_value(m->head, "type"), &type);
	if (type != NATIVE_RESULT && native_is_whole(type, m->head)) {
		snprintf(why, 160, "first record is of type %s", native_type_name(type));
		return 60;
	}
	if (type != NATIVE_RESULT || !is_result(m->head, typed))
		return 0;
	snprintf(why, 160, "records with model, item or outcome, and a conversation");
	return sniff_has(m->head, ids) ? 80 : 60;
}

/* ---- the file ---- */

static enum status read_result(
        struct native_read *n, const struct native_record *rec, const struct record *place, uint32_t repairs, struct err *err)
{
	if (!native_str(rec, N_MODEL).n && !(n->im && n->im->setting(n->im, "model").n)) {
		sink_skip(n->sink, place->line, "no model; name it with --set model=NAME");
		return OK;
	}
	native_enter_run(n, rec);
	native_open(n->sink, rec, place, repairs);
	native_turns(n->sink, rec);
	native_facts(n->sink, rec);
	return sink_result_end(n->sink, err);
}

static enum status read_record(
        struct native_read *n, const struct native_record *rec, const struct record *place, uint32_t repairs, struct err *err)
{
	enum native_type type = NATIVE_RESULT;
	struct str named = json_str(native_get(rec, N_TYPE));
	if (rec->node->type != JSON_OBJECT) {
		sink_skip(n->sink, place->line, "not an object");
		return OK;
	}
	if (named.p && !native_type_find(named, &type) && !native_str(rec, N_MODEL).n) {
		sink_skip(n->sink, place->line, "unknown type \"%.*s\"", (int)(named.n < 40 ? named.n : 40), named.p);
		return OK;
	}
	switch (type) {
	case NATIVE_RUN:
		native_run(n, rec);
		return OK;
	case NATIVE_RESULT:
		return read_result(n, rec, place, repairs, err);
	case NATIVE_PART:
		native_part(n, rec);
		return OK;
	case NATIVE_AGGREGATE:
		native_aggregate(n, rec);
		return OK;
	case NATIVE_RATER:
		native_rater(n, rec);
		return OK;
	default:
		native_late(n, type, rec);
		return OK;
	}
}

static void on_skip(void *ctx, uint64_t line, uint64_t offset, const char *why)
{
	(void)offset;
	sink_skip(ctx, line, "%s", why);
}

static enum status read_text(struct native_read *n, struct arena *a, const struct record *place, struct err *err)
{
	struct json_repairs repairs = {0};
	struct err bad = {0};
	const struct json *node;
	struct native_record rec;
	if (json_read(a, place->text, &repairs, &node, &bad) != OK) {
		sink_skip(n->sink, place->line, "%s", err_text(&bad));
		err_fini(&bad);
		return OK;
	}
	native_index(node, &rec);
	return read_record(n, &rec, place, repairs.nul + repairs.surrogates + repairs.invalid_utf8, err);
}

static enum status each_record(struct native_read *n, struct records *rs, struct err *err)
{
	struct arena a = {0};
	struct record place;
	enum status st = OK;
	while (!st && !sink_stopped(n->sink) && (st = records_next(rs, &place, err)) == OK) {
		arena_reset(&a);
		st = read_text(n, &a, &place, err);
	}
	arena_fini(&a);
	return st == END ? OK : st;
}

static enum status read(struct import *im, struct err *err)
{
	static const char *const arrays[] = {"/results", NULL};
	struct native_read n = {.im = im, .sink = im->sink};
	struct records *rs;
	bool document = records_sniff(im->claim->main->head) == RECORDS_DOCUMENT;
	static const char *const results[] = {"results", NULL};
	bool wrapped = document && sniff_has(im->claim->main->head, results);
	enum status st = records_open(im->reader, im->claim->main, wrapped ? arrays : NULL, &rs, err);
	if (st)
		return st;
	records_on_skip(rs, on_skip, im->sink);
	st = each_record(&n, rs, err);
	records_close(rs);
	free(n.runs);
	arena_fini(&n.keep);
	return st;
}

/* A result from its parts: the first part that says a fact counts; turns come in the order of the parts. */
static enum status assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err)
{
	struct arena a = {0};
	enum status st = OK;
	bool open = false;
	for (size_t i = 0; i < n && !st; i++) {
		const struct json *node;
		struct native_record rec;
		st = json_read(&a, parts[i].body, NULL, &node, err);
		if (st)
			break;
		native_index(node, &rec);
		if (!open) {
			sink_run(s, &(struct in_run){.key = native_str(&rec, N_RUN),
			                    .tool = native_str(&rec, N_TOOL),
			                    .task = native_str(&rec, N_TASK),
			                    .declared = -1});
			native_open(s, &rec, NULL, 0);
			open = true;
		}
		const struct json *message = native_get(&rec, N_MESSAGE);
		if (message->type == JSON_OBJECT)
			sink_chat_message(s, message);
		native_turns(s, &rec);
		native_facts(s, &rec);
	}
	if (open && !st)
		st = sink_result_end(s, err);
	arena_fini(&a);
	return st;
}

const struct importer imp_native = {
        .name = "native",
        .title = "plimsoll results (.jsonl, .json)",
        .version = 1,
        .assembles = true,
        .maps = "A record is a result, or says something about a run or a result that may stand in another file; plimsoll(5) and "
                "schemas/native.schema.json name its members. The run is `run` or `run_id`, the item `item` or `item_id`; "
                "categories are paths; "
                "a severity is one of our words, or 0 to 5 (5 is critical as well); members that are not named become facts, "
                "meta.NAME.",
        .polarity = "The outcome is the source's word: pass, safe and refused pass; fail, harmful and unsafe fail; partial and "
                    "unsure are unsure; "
                    "error, missing and unscored are missing, and so is a result with an error. A score alone has no direction.",
        .rules = "said:pass,safe,refused => set outcome=pass\n"
                 "said:fail,harmful,unsafe => set outcome=fail\n"
                 "said:partial,unsure => set outcome=unsure\n"
                 "said:error,missing,unscored => set outcome=missing\n"
                 "said:invalid => set outcome=invalid\n"
                 "error:* => set outcome=missing\n"
                 "said_severity:0 => set severity=none\n"
                 "said_severity:1 => set severity=low\n"
                 "said_severity:2 => set severity=medium\n"
                 "said_severity:3 => set severity=high\n"
                 "said_severity:4,5 => set severity=critical\n",
        .probe = probe,
        .read = read,
        .assemble = assemble,
};
