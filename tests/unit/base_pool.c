/* SPDX-License-Identifier: MIT
 *
 * The worker pool: order of lanes, bounds, cancelling.
 */
#include "unit.h"

#include <stdlib.h>

#include "base/pool.h"

enum { TASKS = 40, ITEMS = 25 };

struct job {
	int first;
	struct lane *lane;
	int pushed;
};

static void produce(void *arg, struct lane *lane, unsigned worker)
{
	(void)worker;
	struct job *j = arg;
	for (int i = 0; i < ITEMS; i++) {
		int *n = malloc(sizeof *n);
		*n = j->first + i;
		if (!lane_push(lane, n)) {
			free(n);
			return;
		}
		j->pushed++;
	}
}

static void lanes_are_drained_in_the_order_of_tasks(void **state)
{
	(void)state;
	struct pool *p = pool_new(3, 4);
	struct job jobs[TASKS] = {{0}};
	for (int i = 0; i < TASKS; i++) {
		jobs[i].first = i * ITEMS;
		jobs[i].lane = pool_submit(p, true, produce, &jobs[i]);
	}
	int want = 0;
	for (int i = 0; i < TASKS; i++) {
		pool_set_head(p, jobs[i].lane);
		while (!lane_ended(jobs[i].lane)) {
			int *n = lane_pop(jobs[i].lane);
			if (!n) {
				pool_wait(p, 1000);
				continue;
			}
			assert_int_equal(*n, want++);
			free(n);
		}
		lane_free(jobs[i].lane);
	}
	assert_int_equal(want, TASKS * ITEMS);
	pool_free(p, free);
}

static void cancelling_ends_blocked_workers(void **state)
{
	(void)state;
	struct pool *p = pool_new(2, 2);
	struct job jobs[4] = {{0}};
	for (int i = 0; i < 4; i++)
		jobs[i].lane = pool_submit(p, true, produce, &jobs[i]);
	pool_wait(p, 1000);
	pool_cancel(p);
	assert_true(pool_cancelled(p));
	pool_free(p, free); /* would hang if a push still blocked */
	int pushed = 0;
	for (int i = 0; i < 4; i++)
		pushed += jobs[i].pushed;
	assert_true(pushed <= 4);
}

static atomic_int started;

static void note_order(void *arg, struct lane *lane, unsigned worker)
{
	(void)lane;
	(void)worker;
	*(int *)arg = atomic_fetch_add(&started, 1) + 1;
}

static void urgent_tasks_overtake(void **state)
{
	(void)state;
	struct pool *p = pool_new(1, 8);
	struct job blocker = {0};
	/* The only worker is held by a full lane while tasks queue up behind it. */
	struct lane *first = pool_submit(p, false, produce, &blocker);
	pool_wait(p, 1000);
	int late = 0, soon = 0;
	struct lane *slow = pool_submit(p, false, note_order, &late), *fast = pool_submit(p, true, note_order, &soon);
	pool_set_head(p, first);
	while (!lane_ended(first)) {
		free(lane_pop(first));
		pool_wait(p, 10);
	}
	while (!lane_ended(fast) || !lane_ended(slow))
		pool_wait(p, 10);
	assert_int_equal(soon, 1);
	assert_int_equal(late, 2);
	pool_free(p, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(lanes_are_drained_in_the_order_of_tasks),
	        cmocka_unit_test(urgent_tasks_overtake),
	        cmocka_unit_test(cancelling_ends_blocked_workers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
