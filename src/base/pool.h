/* SPDX-License-Identifier: MIT
 *
 * Worker threads whose results are taken in the order of the tasks. A task
 * runs on any thread and pushes items into its lane; one consumer drains lane
 * after lane. What is queued is bounded over all lanes together, so workers
 * run ahead of the consumer only so far; the lane at the head is exempt, so
 * that it can never starve behind later ones.
 *
 * All signals are blocked in the threads. Nothing here may be called from a
 * thread other than the consumer's, except lane_push and pool_cancelled.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct pool;
struct lane;

/* run(arg, lane, worker): worker is 0 … threads - 1, for things that each thread keeps. */
typedef void pool_task(void *arg, struct lane *lane, unsigned worker);

/* threads >= 1; max_items: bound on queued items (the head lane may always have 2). */
struct pool *pool_new(unsigned threads, size_t max_items);
/* Cancels what runs, waits for it, frees the lanes too. Items still queued go to `drop` (may be NULL). */
void pool_free(struct pool *p, void (*drop)(void *item));

/* Queues a task; tasks start in this order, urgent ones before all others. The consumer must drain the lanes of tasks that
 * push in the order in which it submitted them. The lane lives until lane_free or pool_free. */
struct lane *pool_submit(struct pool *p, bool urgent, pool_task *run, void *arg);
/* The lane that the consumer drains now. */
void pool_set_head(struct pool *p, struct lane *lane);
/* Waits until something was pushed or ended since the last call, at most timeout_ms. */
void pool_wait(struct pool *p, int timeout_ms);
/* Asks tasks to end: pushes fail from now on, tasks that have not started never do. */
void pool_cancel(struct pool *p);
bool pool_cancelled(const struct pool *p);
unsigned pool_processors(void);

/* In a task: hands an item to the consumer; may block. false when cancelled: the item stays the caller's. */
bool lane_push(struct lane *lane, void *item);
bool lane_cancelled(const struct lane *lane);
/* The next item or NULL when there is none now. Never blocks. */
void *lane_pop(struct lane *lane);
/* Has the task ended (or will never start), and was everything taken? */
bool lane_ended(struct lane *lane);
/* After lane_ended. */
void lane_free(struct lane *lane);

#endif
