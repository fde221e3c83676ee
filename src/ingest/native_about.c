/* SPDX-License-Identifier: MIT
 *
 * What stands beside results in our own format: runs, facts that come late,
 * parts, published values, raters.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "ingest/native.h"

/* ---- runs ---- */

static struct native_run *find_run(struct native_read *n, struct str key)
{
	for (size_t i = n->nruns; i-- > 0;)
		if (str_eq(n->runs[i].run.key, key))
			return &n->runs[i];
	return NULL;
}

static struct str keep(struct native_read *n, struct str s)
{
	return arena_str(&n->keep, s);
}

static void start_run(struct native_read *n, const struct in_run *run)
{
	sink_run(n->sink, run);
	n->current = keep(n, run->key);
	n->in_run = true;
}

void native_run(struct native_read *n, const struct native_record *rec)
{
	const struct json *config = native_get(rec, N_CONFIG);
	struct in_run run = {
	        .key = keep(n, native_str(rec, N_RUN)),
	        .name = keep(n, native_str(rec, N_NAME)),
	        .tool = keep(n, native_str(rec, N_TOOL)),
	        .tool_version = keep(n, native_str(rec, N_TOOL_VERSION)),
	        .task = keep(n, native_str(rec, N_TASK)),
	        .status = keep(n, native_str(rec, N_STATUS)),
	        .created_ms = native_when(native_get(rec, N_CREATED)),
	        .declared = native_count(native_get(rec, N_DECLARED)),
	        .meta = config->type == JSON_OBJECT ? keep(n, config->src) : (struct str){0},
	};
	struct native_run *known = find_run(n, run.key);
	if (!known) {
		if (n->nruns == n->cap)
			n->runs = vec_grow(n->runs, &n->cap, n->nruns + 1, sizeof *n->runs);
		known = &n->runs[n->nruns++];
	}
	known->run = run;
	start_run(n, &run);
}

/* A record that names no run belongs to the one before it; one that names another switches. */
void native_enter_run(struct native_read *n, const struct native_record *rec)
{
	struct str key = native_str(rec, N_RUN);
	if (n->in_run && (!key.p || str_eq(key, n->current)))
		return;
	const struct native_run *known = key.p ? find_run(n, key) : NULL;
	struct in_run run = {.key = key, .declared = -1, .tool = native_str(rec, N_TOOL)};
	start_run(n, known ? &known->run : &run);
}

/* ---- late facts, parts, published values ---- */

static struct result_key key_of(const struct native_record *rec)
{
	return (struct result_key){
	        .tool = native_str(rec, N_TOOL),
	        .run = native_str(rec, N_RUN),
	        .model = native_str(rec, N_MODEL),
	        .task = native_str(rec, N_TASK),
	        .item = native_str(rec, N_ITEM),
	        .epoch = native_str(rec, N_EPOCH),
	};
}

void native_late(struct native_read *n, enum native_type type, const struct native_record *rec)
{
	native_enter_run(n, rec);
	struct result_key key = key_of(rec);
	if (type == NATIVE_CATEGORY) {
		native_categories(n->sink, &key, native_str(rec, N_TAXONOMY), native_get(rec, N_CATEGORY));
		return;
	}
	if (type == NATIVE_OUTCOME) {
		sink_attach_outcome(n->sink, &key, native_str(rec, N_OUTCOME));
		return;
	}
	struct in_score score = {
	        .turn = native_turn(native_get(rec, N_TURN)),
	        .name = native_str(rec, N_NAME),
	        .rater = native_str(rec, N_RATER),
	        .reason = native_str(rec, N_REASON),
	};
	native_score(&score, native_get(rec, N_VALUE));
	sink_attach_score(n->sink, &key, &score);
}

static void put_member(struct buf *b, const char *name, struct str value)
{
	if (!value.p)
		return;
	buf_printf(b, "\"%s\":", name);
	json_write_str(b, value);
	buf_add_ch(b, ',');
}

/* A part must make sense on its own later: what the run says goes in front, what the record says comes after it and wins. */
void native_part(struct native_read *n, const struct native_record *rec)
{
	int64_t part = native_count(native_get(rec, N_PART));
	char order[24];
	struct buf body = {0};
	native_enter_run(n, rec);
	const struct native_run *run = find_run(n, n->current);
	struct result_key key = key_of(rec);
	snprintf(order, sizeof order, "%012lld", (long long)(part < 0 ? 0 : part));
	buf_add_ch(&body, '{');
	put_member(&body, "run", n->current.p ? n->current : str_c(n->im->claim->main->path));
	put_member(&body, "tool", run ? run->run.tool : (struct str){0});
	put_member(&body, "task", run ? run->run.task : (struct str){0});
	buf_add_str(&body, str_sub(rec->node->src, 1, rec->node->src.n - 1));
	sink_part(n->sink, &key, str_c(order), buf_str(&body));
	buf_fini(&body);
}

void native_aggregate(struct native_read *n, const struct native_record *rec)
{
	native_enter_run(n, rec);
	sink_aggregate(n->sink, &(struct in_aggregate){
	                                .run = native_str(rec, N_RUN),
	                                .model = native_str(rec, N_MODEL),
	                                .task = native_str(rec, N_TASK),
	                                .category = native_str(rec, N_CATEGORY),
	                                .metric = native_str(rec, N_METRIC),
	                                .k = native_count(native_get(rec, N_K)),
	                                .n = native_count(native_get(rec, N_N)),
	                                .value = native_number(native_get(rec, N_VALUE)),
	                                .low = native_number(native_get(rec, N_LOW)),
	                                .high = native_number(native_get(rec, N_HIGH)),
	                        });
}

void native_rater(struct native_read *n, const struct native_record *rec)
{
	const struct json *attributes = native_get(rec, N_ATTRIBUTES);
	JSON_EACH(it, attributes)
	sink_rater(n->sink, native_str(rec, N_RATER), it->key, json_plain(it));
}
