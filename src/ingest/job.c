/* SPDX-License-Identifier: MIT
 *
 * The part of an ingest that runs on worker threads.
 */
#include "ingest/job.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ingest/map.h"

struct str setting_get(const struct settings *s, const char *key)
{
	size_t n = strlen(key);
	for (const char *const *p = s->list; p && *p; p++)
		if (strncmp(*p, key, n) == 0 && (*p)[n] == '=')
			return str_c(*p + n + 1);
	return (struct str){0};
}

enum status settings_check(const struct settings *s, struct err *err)
{
	/* What the sink fills in, and what formats ask for. */
	static const char *const keys[] = {"run", "model", "task", "provider", "scorer"};
	for (const char *const *p = s->list; p && *p; p++) {
		struct str rest = str_c(*p), key;
		bool known = false;
		const char *near = NULL;
		size_t best = 3;
		if (!strchr(*p, '='))
			return err_usage(err, "--set %.60s: KEY=VALUE is wanted", *p);
		str_cut(&rest, '=', &key);
		for (size_t i = 0; i < sizeof keys / sizeof *keys && !known; i++) {
			size_t d = str_distance(key, str_c(keys[i]), 2);
			known = d == 0;
			if (d < best) {
				best = d;
				near = keys[i];
			}
		}
		if (!known)
			return err_usage(err, "--set %.60s: unknown key%s%s%s; there are: run, model, task, provider, scorer", *p,
			        near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	}
	return OK;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct str settings_json(struct arena *a, const struct settings *s, struct str map, struct str name)
{
	size_t n = 0;
	while (s->list && s->list[n])
		n++;
	if (n == 0 && !map.p && !name.p)
		return (struct str){0};
	const char **sorted = arena_alloc(a, (n + 1) * sizeof *sorted);
	for (size_t i = 0; i < n; i++)
		sorted[i] = s->list[i];
	if (n)
		qsort(sorted, n, sizeof *sorted, by_text);
	struct buf b = {0};
	buf_add_c(&b, "{\"set\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_ch(&b, ',');
		json_write_str(&b, str_c(sorted[i]));
	}
	buf_add_c(&b, "]");
	if (map.p) {
		buf_add_c(&b, ",\"map\":");
		json_write_str(&b, map);
	}
	if (name.p) {
		buf_add_c(&b, ",\"name\":");
		json_write_str(&b, name);
	}
	buf_add_ch(&b, '}');
	struct str out = arena_str(a, buf_str(&b));
	buf_fini(&b);
	return out;
}

/* One member: the hash of its bytes. Several, or a member of an archive: the hash of names and hashes. */
static void hash_members(struct job *j, struct lane *lane)
{
	const struct claim *c = &j->planned->claim;
	if (c->n - (c->map != NULL) == 1 && !c->main->bundle->archive) {
		j->status = member_sha256(c->main, j->sha256, &j->err);
		return;
	}
	struct sha256 *h = sha256_new();
	for (size_t i = 0; i < c->n && !j->status && !lane_cancelled(lane); i++) {
		unsigned char sum[SHA256_SIZE];
		if (c->members[i] == c->map)
			continue;
		j->status = member_sha256(c->members[i], sum, &j->err);
		sha256_add(h, c->members[i]->name, strlen(c->members[i]->name) + 1);
		sha256_add(h, sum, sizeof sum);
	}
	sha256_end(h, j->sha256);
}

static enum status read_map(struct job *j, struct reader *r)
{
	enum { MAP_BYTES = 1 << 20 };
	const struct member *m = j->planned->claim.map;
	struct buf text = {0};
	enum status st = reader_slurp(r, m, MAP_BYTES, &text, &j->err);
	if (!st)
		st = fieldmap_read(buf_str(&text), m->path, &j->map, &j->err);
	buf_fini(&text);
	return st;
}

void job_hash(void *arg, struct lane *lane, unsigned worker)
{
	struct job *j = arg;
	hash_members(j, lane);
	if (!j->status && j->planned->claim.map && !j->common->map)
		j->status = read_map(j, j->common->readers[worker]);
}

static enum status push_batch(void *ctx, struct batch *b, struct err *err)
{
	struct job *j = ctx;
	if (lane_push(j->out, b))
		return OK;
	batch_free(b);
	return err_set(err, CANCELLED, "stopped");
}

static uint64_t consumed(void *ctx)
{
	struct job *j = ctx;
	return reader_consumed(j->common->readers[j->worker]);
}

static struct str setting_of(const struct import *im, const char *key)
{
	return setting_get(im->setting_ctx, key);
}

static void keep_totals(struct job *j, struct sink *sink)
{
	j->totals = *sink_totals(sink);
	if (j->totals.declared.p)
		j->declared = xstrndup(j->totals.declared.p, j->totals.declared.n);
	j->totals.declared = str_c(j->declared);
	if (j->totals.ignored.p)
		j->ignored = xstrndup(j->totals.ignored.p, j->totals.ignored.n);
	j->totals.ignored = str_c(j->ignored);
}

void job_read(void *arg, struct lane *lane, unsigned worker)
{
	struct job *j = arg;
	const struct claim *c = &j->planned->claim;
	struct settings settings = j->common->settings;
	j->worker = worker;
	j->out = lane;
	struct sink *sink = sink_new(&(struct sink_options){
	        .rules = j->common->rules,
	        .format = str_c(c->importer->name),
	        .path = str_c(c->main->path),
	        .run = setting_get(&settings, "run"),
	        .model = setting_get(&settings, "model"),
	        .task = setting_get(&settings, "task"),
	        .provider = setting_get(&settings, "provider"),
	        .stop = j->common->stop,
	        .take = push_batch,
	        .consumed = consumed,
	        .ctx = j,
	});
	struct import im = {
	        .claim = c,
	        .inside = j->planned->inside,
	        .reader = j->common->readers[worker],
	        .sink = sink,
	        .map = j->common->map ? j->common->map : j->map,
	        .setting = setting_of,
	        .setting_ctx = &settings,
	};
	j->status = importer_read(&im, &j->err);
	if (j->status == OK && sink_stopped(sink))
		j->status = err_set(&j->err, CANCELLED, "stopped");
	/* Whole results that were read before an error stay. */
	enum status flushed = sink_flush(sink, j->status ? NULL : &j->err);
	if (!j->status)
		j->status = flushed;
	keep_totals(j, sink);
	sink_free(sink);
}

void job_fini(struct job *j)
{
	err_fini(&j->err);
	fieldmap_free(j->map);
	dict_fini(&j->runs);
	free(j->run_counts);
	free(j->declared);
	free(j->ignored);
	buf_fini(&j->mismatch);
}
