/* SPDX-License-Identifier: MIT
 *
 * One mutex, three conditions: a task to run, room to push, news for the
 * consumer. Items are batches of a megabyte, so the lock is rarely taken.
 */
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { HEAD_ITEMS = 2, NS_PER_MS = 1000000 };

struct item {
	void *p;
	struct item *next;
};

struct lane {
	struct pool *pool;
	pool_task *run;
	void *arg;
	struct item *first, **last;
	size_t n;
	bool done;
	struct lane *next_task; /* in the queue of tasks that wait */
	struct lane *prev_all, *next_all;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t task, room, news;
	pthread_t *threads;
	unsigned n;
	struct tasks {
		struct lane *first, **last;
	} urgent, tasks;
	struct lane *all, *head;
	size_t items, max_items;
	bool stop, has_news;
	atomic_bool cancelled;
};

struct worker {
	struct pool *pool;
	unsigned index;
};

static struct lane *take_task(struct pool *p)
{
	struct tasks *q = p->urgent.first ? &p->urgent : &p->tasks;
	struct lane *lane = q->first;
	if (lane)
		q->first = lane->next_task;
	if (!q->first)
		q->last = &q->first;
	return lane;
}

static void tell(struct pool *p)
{
	p->has_news = true;
	pthread_cond_signal(&p->news);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct pool *p = w->pool;
	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct lane *lane = take_task(p);
		if (!lane && p->stop)
			break;
		if (!lane) {
			pthread_cond_wait(&p->task, &p->lock);
			continue;
		}
		if (!atomic_load(&p->cancelled)) {
			pthread_mutex_unlock(&p->lock);
			lane->run(lane->arg, lane, w->index);
			pthread_mutex_lock(&p->lock);
		}
		lane->done = true;
		tell(p);
	}
	pthread_mutex_unlock(&p->lock);
	free(w);
	return NULL;
}

static void start_threads(struct pool *p, unsigned threads)
{
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (; p->n < threads; p->n++) {
		struct worker *w = xmalloc(sizeof *w);
		*w = (struct worker){p, p->n};
		if (pthread_create(&p->threads[p->n], NULL, work, w) != 0) {
			free(w);
			break;
		}
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (p->n == 0)
		abort(); /* no thread at all: as fatal as no memory */
}

struct pool *pool_new(unsigned threads, size_t max_items)
{
	struct pool *p = xcalloc(1, sizeof *p);
	pthread_condattr_t attr;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->task, NULL);
	pthread_cond_init(&p->room, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->news, &attr);
	pthread_condattr_destroy(&attr);
	p->urgent.last = &p->urgent.first;
	p->tasks.last = &p->tasks.first;
	p->max_items = max_items;
	atomic_init(&p->cancelled, false);
	p->threads = xcalloc(threads ? threads : 1, sizeof *p->threads);
	start_threads(p, threads ? threads : 1);
	return p;
}

void pool_cancel(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	atomic_store(&p->cancelled, true);
	pthread_cond_broadcast(&p->task);
	pthread_cond_broadcast(&p->room);
	pthread_mutex_unlock(&p->lock);
}

bool pool_cancelled(const struct pool *p)
{
	return atomic_load(&p->cancelled);
}

void pool_free(struct pool *p, void (*drop)(void *item))
{
	if (!p)
		return;
	pool_cancel(p);
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->task);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n; i++)
		pthread_join(p->threads[i], NULL);
	while (p->all) {
		for (void *item; (item = lane_pop(p->all));)
			if (drop)
				drop(item);
		lane_free(p->all);
	}
	pthread_cond_destroy(&p->task);
	pthread_cond_destroy(&p->room);
	pthread_cond_destroy(&p->news);
	pthread_mutex_destroy(&p->lock);
	free(p->threads);
	free(p);
}

struct lane *pool_submit(struct pool *p, bool urgent, pool_task *run, void *arg)
{
	struct tasks *q = urgent ? &p->urgent : &p->tasks;
	struct lane *lane = xcalloc(1, sizeof *lane);
	lane->pool = p;
	lane->run = run;
	lane->arg = arg;
	lane->last = &lane->first;
	pthread_mutex_lock(&p->lock);
	lane->next_all = p->all;
	if (p->all)
		p->all->prev_all = lane;
	p->all = lane;
	*q->last = lane;
	q->last = &lane->next_task;
	pthread_cond_signal(&p->task);
	pthread_mutex_unlock(&p->lock);
	return lane;
}

void pool_set_head(struct pool *p, struct lane *lane)
{
	pthread_mutex_lock(&p->lock);
	p->head = lane;
	pthread_cond_broadcast(&p->room);
	pthread_mutex_unlock(&p->lock);
}

void pool_wait(struct pool *p, int timeout_ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	long ns = until.tv_nsec + (long)(timeout_ms % 1000) * NS_PER_MS;
	until.tv_sec += timeout_ms / 1000 + ns / (1000L * NS_PER_MS);
	until.tv_nsec = ns % (1000L * NS_PER_MS);
	pthread_mutex_lock(&p->lock);
	while (!p->has_news && pthread_cond_timedwait(&p->news, &p->lock, &until) == 0)
		;
	p->has_news = false;
	pthread_mutex_unlock(&p->lock);
}

unsigned pool_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

static bool has_room(const struct pool *p, const struct lane *lane)
{
	return p->items < p->max_items || (p->head == lane && lane->n < HEAD_ITEMS);
}

bool lane_push(struct lane *lane, void *item)
{
	struct pool *p = lane->pool;
	pthread_mutex_lock(&p->lock);
	while (!has_room(p, lane) && !atomic_load(&p->cancelled))
		pthread_cond_wait(&p->room, &p->lock);
	bool open = !atomic_load(&p->cancelled);
	if (open) {
		struct item *it = xmalloc(sizeof *it);
		*it = (struct item){item, NULL};
		*lane->last = it;
		lane->last = &it->next;
		lane->n++;
		p->items++;
		tell(p);
	}
	pthread_mutex_unlock(&p->lock);
	return open;
}

bool lane_cancelled(const struct lane *lane)
{
	return atomic_load(&lane->pool->cancelled);
}

void *lane_pop(struct lane *lane)
{
	struct pool *p = lane->pool;
	void *item = NULL;
	pthread_mutex_lock(&p->lock);
	struct item *it = lane->first;
	if (it) {
		item = it->p;
		lane->first = it->next;
		if (!lane->first)
			lane->last = &lane->first;
		lane->n--;
		p->items--;
		pthread_cond_broadcast(&p->room);
	}
	pthread_mutex_unlock(&p->lock);
	free(it);
	return item;
}

bool lane_ended(struct lane *lane)
{
	pthread_mutex_lock(&lane->pool->lock);
	bool ended = lane->done && !lane->first;
	pthread_mutex_unlock(&lane->pool->lock);
	return ended;
}

void lane_free(struct lane *lane)
{
	if (!lane)
		return;
	struct pool *p = lane->pool;
	pthread_mutex_lock(&p->lock);
	if (lane->prev_all)
		lane->prev_all->next_all = lane->next_all;
	else
		p->all = lane->next_all;
	if (lane->next_all)
		lane->next_all->prev_all = lane->prev_all;
	if (p->head == lane)
		p->head = NULL;
	pthread_mutex_unlock(&p->lock);
	free(lane);
}
