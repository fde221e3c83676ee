/* SPDX-License-Identifier: MIT
 *
 * Intervals and verdicts against a file of reference values, when the
 * environment names one (PLIMSOLL_VECTORS/stat-vectors.json); skipped otherwise.
 */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "stats/beta.h"
#include "stats/rate.h"

static struct arena arena;
static const struct json *root;

static void load(void)
{
	const char *dir = getenv("PLIMSOLL_VECTORS");
	struct str path = arena_printf(&arena, "%s/stat-vectors.json", dir ? dir : ".");
	FILE *f = dir ? fopen(path.p, "rb") : NULL;
	if (!f)
		return;
	struct buf text = {0};
	char block[65536];
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
		buf_add(&text, block, n);
	fclose(f);
	struct err err = {0};
	if (json_read(&arena, arena_str(&arena, buf_str(&text)), NULL, &root, &err))
		print_message("%s: %s\n", path.p, err_text(&err));
	err_fini(&err);
	buf_fini(&text);
}

static const struct json *vectors(const char *pointer)
{
	const struct json *v = json_pointer(root, str_c(pointer));
	assert_true(v->count > 0);
	return v;
}

static double num(const struct json *node, const char *key)
{
	double d;
	if (!json_num(json_get(node, key), false, &d))
		fail_msg("no number %s in %.*s", key, (int)node->src.n, node->src.p);
	return d;
}

static void near(double got, double want, const struct json *where)
{
	if (!(fabs(got - want) <= 1e-9))
		fail_msg("got %.15g, want %.15g in %.*s", got, want, (int)where->src.n, where->src.p);
}

static void pair(struct interval got, const struct json *want, const struct json *where)
{
	double low = 0, high = 0;
	assert_true(json_num(json_at(want, 0), false, &low) && json_num(json_at(want, 1), false, &high));
	near(got.low, low, where);
	near(got.high, high, where);
}

static void binomial_intervals(void **state)
{
	(void)state;
	static const struct {
		const char *key;
		struct interval (*fn)(double, double, double);
	} methods[] = {
		{"wilson", interval_wilson},
		{"wilson_cc", interval_wilson_cc},
		{"clopper_pearson", interval_clopper_pearson},
		{"jeffreys", interval_jeffreys},
	};
	JSON_EACH(v, vectors("/binomial_intervals/vectors"))
		for (size_t i = 0; i < 4; i++)
			pair(methods[i].fn(num(v, "k"), num(v, "n"), num(v, "conf")), json_get(v, methods[i].key), v);
}

static void one_sided(void **state)
{
	(void)state;
	JSON_EACH(v, vectors("/one_sided_upper/vectors"))
		near(upper_bound(num(v, "k"), num(v, "n"), num(v, "conf")), num(v, "upper"), v);
	JSON_EACH(v, vectors("/rule_of_three/vectors"))
		near(rule_of_three(num(v, "n"), 0.95), num(v, "exact"), v);
	JSON_EACH(v, vectors("/beta_posterior/vectors"))
		near(beta_sf(num(v, "k") + num(v, "a"), num(v, "n") - num(v, "k") + num(v, "b"), num(v, "line")), num(v, "p_gt_line"), v);
}

static struct tally clusters(const struct json *v)
{
	struct tally t = {0};
	JSON_EACH(cluster, json_get(v, "clusters"))
	{
		double sum = 0, x;
		JSON_EACH(score, cluster)
			sum += json_num(score, false, &x) ? x : 0;
		tally_add(&t, sum, (double)cluster->count);
	}
	return t;
}

static void cluster_errors(void **state)
{
	(void)state;
	struct tally last = {0};
	JSON_EACH(v, vectors("/cluster_se/vectors"))
	{
		last = clusters(v);
		near(tally_mean(&last), num(v, "mean"), v);
		near(tally_se(&last), num(v, "se_cr1"), v);
		near((double)last.clusters, num(v, "G"), v);
		if (json_get(v, "n_eff")->type == JSON_NUMBER)
			near(tally_n_eff(&last), num(v, "n_eff"), v);
	}
	JSON_EACH(v, vectors("/wilson_effective_n/vectors"))
	{
		near(tally_n_eff(&last), num(v, "n_eff"), v);
		double n_eff = tally_n_eff(&last);
		pair(interval_wilson(tally_mean(&last) * n_eff, n_eff, 0.95), json_get(v, "wilson"), v);
	}
}

static struct counts singles(const struct json *v)
{
	struct counts c = {0};
	double k = num(v, "k"), n = num(v, "n"), missing = num(v, "missing");
	for (double i = 0; i < n; i++)
		counts_add(&c, i < k, 1, 0, 0);
	for (double i = 0; i < missing; i++)
		counts_add(&c, 0, 0, 1, 0);
	return c;
}

static void missing_outcomes(void **state)
{
	(void)state;
	JSON_EACH(v, vectors("/missing_outcomes/vectors"))
	{
		struct counts c = singles(v);
		struct rule r = {.confidence = .95, .higher_worse = true, .yellow = NAN, .red = NAN, .high = 1};
		struct judgement j;
		judge(&c, &r, &j);
		pair(counts_interval(&c, 0.95, false), json_get(v, "interval"), v);
		near(j.value, num(v, "rate_observed"), v);
		near(j.coverage, num(v, "coverage"), v);
		double high = 0;
		assert_true(json_num(json_at(json_get(v, "rate_bounds"), 1), false, &high));
		near(j.value_missing_failed, high, v);
	}
	JSON_EACH(v, vectors("/familywise/vectors"))
		near(interval_clopper_pearson(num(v, "k"), num(v, "n"), 1 - (1 - num(v, "conf")) / num(v, "m")).high, num(v, "upper"), v);
}

static void verdicts(void **state)
{
	(void)state;
	JSON_EACH(v, vectors("/rules/verdict/vectors"))
	{
		struct counts c = singles(v);
		struct rule r = {.confidence = .95, .higher_worse = true, .inclusive = true, .yellow = num(v, "yellow"), .red = NAN,
			.high = 1, .n_min = (uint64_t)num(v, "nmin")};
		json_num(json_get(v, "red"), false, &r.red);
		struct judgement j;
		judge(&c, &r, &j);
		struct str want = json_str(json_get(v, "verdict"));
		if (str_starts(want, "insufficient")) {
			assert_int_equal(j.verdict, VERDICT_INSUFFICIENT);
			struct str reads = arena_printf(&arena, "insufficient (n=%.0f<%.0f; reads %s)", num(v, "n"), num(v, "nmin"),
				verdict_name(j.reads));
			assert_true(str_eq(reads, want));
		} else {
			assert_string_equal(verdict_name(j.verdict), arena_cstr(&arena, want));
		}
		assert_int_equal(j.confirmed, json_is_true(json_get(v, "confirmed")));
		if (json_get(v, "interval")->count)
			pair(counts_interval(&c, 0.95, false), json_get(v, "interval"), v);
		assert_int_equal(j.small_n && j.verdict != VERDICT_INSUFFICIENT && c.n > 0, str_eq_c(json_str(json_get(v, "tag")), "small n"));
	}
}

int main(void)
{
	load();
	if (!root) {
		puts("1..0 # SKIP PLIMSOLL_VECTORS names no directory with stat-vectors.json");
		arena_fini(&arena);
		return 0;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(binomial_intervals), cmocka_unit_test(one_sided), cmocka_unit_test(cluster_errors),
		cmocka_unit_test(missing_outcomes), cmocka_unit_test(verdicts),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_fini(&arena);
	return failed;
}
