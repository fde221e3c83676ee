/* SPDX-License-Identifier: MIT
 *
 * How long browsing takes over a synthetic million: filters, groups and sorts
 * on columns in memory. Prints the median of some rounds in ms, and what each
 * may take; exits 1 when a budget does not hold.
 *
 *   tests/bench/bench_facts [RESULTS] [ROUNDS]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "facts/internal.h"

enum { MODELS = 20, TASKS = 12, RUNS = 60, CATEGORIES = 300, ITEMS = 50000, MAX_ROUNDS = 99 };

static uint32_t state = 1;

static uint32_t pick(uint32_t n)
{
	state = state * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)state * n >> 32);
}

static void fill_dict(struct dict *d, const char *prefix, uint32_t n)
{
	dict_add(d, str_c(""));
	for (uint32_t i = 1; i <= n; i++) {
		char name[64];
		snprintf(name, sizeof name, "%s%u", prefix, i);
		dict_add(d, str_c(name));
	}
}

static void make_names(struct names *n)
{
	fill_dict(&n->model, "model-", MODELS);
	fill_dict(&n->task, "task-", TASKS);
	fill_dict(&n->run, "run-", RUNS);
	fill_dict(&n->source, "dir/file-", RUNS);
	fill_dict(&n->epoch, "", 3);
	fill_dict(&n->provider, "provider-", 4);
	fill_dict(&n->model_alias, "", 0);
	fill_dict(&n->format, "format-", 2);
	dict_add(&n->category, str_c(""));
	for (uint32_t i = 0; i < CATEGORIES; i++) {
		char name[64];
		snprintf(name, sizeof name, "%s:area-%u/leaf-%u", i % 3 ? "haz-1" : "attack", i % 17, i);
		dict_add(&n->category, str_c(name));
	}
	n->model_provider = xcalloc(MODELS + 1, sizeof *n->model_provider);
	n->model_alias_of = xcalloc(MODELS + 1, sizeof *n->model_alias_of);
	n->source_format = xcalloc(RUNS + 1, sizeof *n->source_format);
	n->run_task = xcalloc(RUNS + 1, sizeof *n->run_task);
	n->run_in_scope = xcalloc(RUNS + 1, 1);
	n->task_kind = xcalloc(TASKS + 1, 1);
	n->task_confirmed = xcalloc(TASKS + 1, 1);
	memset(n->run_in_scope, 1, RUNS + 1);
	n->ncatsets = 2 * CATEGORIES;
	n->catset = xcalloc(n->ncatsets, sizeof *n->catset);
	for (uint32_t i = 0; i < n->ncatsets; i++) {
		n->catset[i] = xcalloc(3, sizeof **n->catset);
		if (i)
			n->catset[i][0] = 1 + pick(CATEGORIES);
		if (i > CATEGORIES)
			n->catset[i][1] = 1 + pick(CATEGORIES);
	}
}

static void make_columns(struct columns *c, const struct names *n, size_t count)
{
	uint32_t **const u32[] = {&c->run, &c->source, &c->task, &c->model, &c->item, &c->epoch, &c->catset, &c->started};
	uint16_t **const u16[] = {&c->turns, &c->tool_calls, &c->fail_turn, &c->fail_step};
	uint8_t **const u8[] = {&c->outcome, &c->severity, &c->item_severity, &c->flags};
	const uint32_t limits[] = {RUNS, RUNS, TASKS, MODELS, ITEMS, 3, (uint32_t)n->ncatsets - 1, 100000000};
	c->n = c->cap = count + 1;
	c->uid = xcalloc(c->n, sizeof *c->uid);
	c->score = xcalloc(c->n, sizeof *c->score);
	for (size_t k = 0; k < 8; k++)
		*u32[k] = xcalloc(c->n, sizeof **u32[k]);
	for (size_t k = 0; k < 4; k++) {
		*u16[k] = xcalloc(c->n, sizeof **u16[k]);
		*u8[k] = xcalloc(c->n, 1);
	}
	c->flags[0] = COLUMN_GONE;
	for (size_t i = 1; i < c->n; i++) {
		for (size_t k = 0; k < 8; k++)
			(*u32[k])[i] = 1 + pick(limits[k]);
		c->outcome[i] = (uint8_t)(1 + pick(4));
		c->severity[i] = (uint8_t)pick(SEVERITY_COUNT);
		c->turns[i] = (uint16_t)(1 + pick(40));
		c->tool_calls[i] = (uint16_t)pick(9);
		c->fail_step[i] = (uint16_t)pick(12);
		c->score[i] = pick(10) ? (float)pick(1000000) / 1e6f : (float)NAN;
	}
}

/* Time on the processor, so that a busy machine does not count. */
static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static bool report(const char *title, double *times, size_t rounds, double budget, size_t rows)
{
	qsort(times, rounds, sizeof *times, by_value);
	double median = times[rounds / 2];
	printf("%-48s %8.2f ms   budget %5.1f ms   %9zu rows%s\n", title, median, budget, rows, median > budget ? "   TOO SLOW" : "");
	return median <= budget;
}

static bool bench_filter(struct facts *f, const char *text, size_t rounds, double budget)
{
	double times[MAX_ROUNDS];
	size_t rows = 0;
	struct filter_env env = facts_filter_env(f);
	struct filter *filter;
	struct err err = {0};
	if (filter_parse(str_c(text), &env, &filter, NULL, &err) != OK) {
		printf("%s: %s\n", text, err_text(&err));
		err_fini(&err);
		return false;
	}
	for (size_t i = 0; i < rounds; i++) {
		struct bitset set;
		double begin = now_ms();
		facts_select(f, NULL, filter, NULL, NULL, &set, NULL);
		times[i] = now_ms() - begin;
		rows = bitset_count(&set);
		bitset_fini(&set);
	}
	filter_free(filter);
	return report(text, times, rounds, budget, rows);
}

static bool bench_group(struct facts *f, const char *title, const enum dimension *dims, size_t ndims, size_t rounds, double budget)
{
	double times[MAX_ROUNDS];
	size_t rows = 0;
	for (size_t i = 0; i < rounds; i++) {
		struct group_counts *g;
		double begin = now_ms();
		facts_group(f, &f->present, dims, ndims, str_c(""), 0, &g, &rows);
		times[i] = now_ms() - begin;
		free(g);
	}
	return report(title, times, rounds, budget, rows);
}

static bool bench_sort(struct facts *f, const char *title, enum sort_key key, size_t rounds, double budget)
{
	double times[MAX_ROUNDS];
	size_t rows = 0;
	for (size_t i = 0; i < rounds; i++) {
		double begin = now_ms();
		free(facts_sorted(f, &f->present, key, true, &rows));
		times[i] = now_ms() - begin;
	}
	return report(title, times, rounds, budget, rows);
}

int main(int argc, char **argv)
{
	size_t count = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 1000000;
	size_t rounds = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 9;
	double scale = count > 1000000 ? (double)count / 1e6 : 1;
	bool good = true;
	struct facts *f = xcalloc(1, sizeof *f);
	struct err err = {0};
	rounds = rounds < 1 ? 1 : rounds > MAX_ROUNDS ? MAX_ROUNDS : rounds;
	make_names(&f->n);
	make_columns(&f->c, &f->n, count);
	if (facts_index(f, &err) != OK || facts_overlay(f, &err) != OK) {
		printf("%s\n", err_text(&err));
		return 1;
	}
	good &= bench_filter(f, "severity>=high", rounds, 5 * scale);
	good &= bench_filter(f, "model:model-1* outcome:fail", rounds, 5 * scale);
	good &= bench_filter(f, "category:haz-1:area-3 severity>=high turns>3", rounds, 5 * scale);
	good &= bench_filter(f, "score>=0.5 or step:1,2 -reviewed", rounds, 5 * scale);
	good &= bench_group(f, "group: all", NULL, 0, rounds, 5 * scale);
	good &= bench_group(f, "group: model", (enum dimension[]){DIM_MODEL}, 1, rounds, 5 * scale);
	good &= bench_group(f, "group: category x model", (enum dimension[]){DIM_CATEGORY, DIM_MODEL}, 2, rounds, 5 * scale);
	good &= bench_group(f, "group: fail step x severity", (enum dimension[]){DIM_FAIL_STEP, DIM_SEVERITY}, 2, rounds, 5 * scale);
	good &= bench_group(f, "group: item x model", (enum dimension[]){DIM_ITEM, DIM_MODEL}, 2, rounds, 1500 * scale);
	good &= bench_sort(f, "sort: score", SORT_SCORE, rounds, 20 * scale);
	good &= bench_sort(f, "sort: severity", SORT_SEVERITY, rounds, 20 * scale);
	good &= bench_sort(f, "sort: model", SORT_MODEL, rounds, 20 * scale);
	good &= bench_sort(f, "sort: started", SORT_STARTED, rounds, 20 * scale);
	facts_close(f);
	return good ? 0 : 1;
}
