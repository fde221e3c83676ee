/* SPDX-License-Identifier: MIT
 *
 * Lanes, queues and the wake pipe. See job.h.
 */
#include "job/job.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

struct lane_thread {
	struct jobs *jobs;
	struct store *store;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct job *queue; /* in the order of running */
	struct job *running;
	bool stop;
};

struct jobs {
	struct lane_thread lanes[LANE_COUNT];
	bool read_only;
	int wake[2];
	pthread_mutex_t lock; /* finished, outstanding, progress */
	struct job *finished, **finished_tail;
	size_t outstanding;
	struct job_progress progress;
	pthread_rwlock_t facts_lock;
	struct facts *facts;
};

static void wake_up(struct jobs *jobs)
{
	/* A full pipe wakes as well as one byte more. */
	while (write(jobs->wake[1], "w", 1) < 0 && errno == EINTR)
		;
}

static void finish(struct jobs *jobs, struct job *j)
{
	pthread_mutex_lock(&jobs->lock);
	j->next = NULL;
	*jobs->finished_tail = j;
	jobs->finished_tail = &j->next;
	pthread_mutex_unlock(&jobs->lock);
	wake_up(jobs);
}

static void run_job(struct lane_thread *lane, struct job *j, struct store *store)
{
	struct jobs *jobs = lane->jobs;
	struct job_env env = {jobs, store, NULL};
	/* The QUERY lane is the one that changes the facts, so it needs no lock to read them. */
	bool locked = j->lane != LANE_QUERY && !j->no_facts;
	if (locked)
		pthread_rwlock_rdlock(&jobs->facts_lock);
	env.facts = j->no_facts ? NULL : jobs->facts;
	j->status = atomic_load(&j->cancel) ? CANCELLED : j->run(j, &env, &j->err);
	if (locked)
		pthread_rwlock_unlock(&jobs->facts_lock);
}

static struct job *take(struct lane_thread *lane)
{
	struct job *j = lane->queue;
	lane->queue = j->next;
	j->next = NULL;
	lane->running = j;
	return j;
}

static void *lane_main(void *arg)
{
	struct lane_thread *lane = arg;
	pthread_mutex_lock(&lane->lock);
	for (;;) {
		while (!lane->queue && !lane->stop)
			pthread_cond_wait(&lane->work, &lane->lock);
		if (!lane->queue)
			break;
		struct job *j = take(lane);
		pthread_mutex_unlock(&lane->lock);
		run_job(lane, j, lane->store);
		pthread_mutex_lock(&lane->lock);
		lane->running = NULL;
		pthread_mutex_unlock(&lane->lock);
		finish(lane->jobs, j);
		pthread_mutex_lock(&lane->lock);
	}
	pthread_mutex_unlock(&lane->lock);
	return NULL;
}

void jobs_run_urgent(struct jobs *jobs, struct store *s)
{
	struct lane_thread *lane = &jobs->lanes[LANE_WRITE];
	for (;;) {
		pthread_mutex_lock(&lane->lock);
		struct job *j = lane->queue && lane->queue->urgent ? lane->queue : NULL;
		if (j)
			lane->queue = j->next;
		pthread_mutex_unlock(&lane->lock);
		if (!j)
			return;
		run_job(lane, j, s);
		finish(jobs, j);
	}
}

static enum status lane_start(struct jobs *jobs, enum lane which, const char *path, struct err *err)
{
	struct lane_thread *lane = &jobs->lanes[which];
	lane->jobs = jobs;
	pthread_mutex_init(&lane->lock, NULL);
	pthread_cond_init(&lane->work, NULL);
	if (which == LANE_WRITE && jobs->read_only)
		return OK;
	enum status st = store_open(path, which == LANE_WRITE ? STORE_CREATE : STORE_READ, &lane->store, err);
	if (st != OK)
		return st;
	/* Signals are for the thread that owns the terminal. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&lane->thread, NULL, lane_main, lane);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0)
		return err_fail(err, "can not start a thread: %s", strerror(rc));
	lane->started = true;
	return OK;
}

static bool set_flags(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

enum status jobs_open(const char *path, bool read_only, struct jobs **out, struct err *err)
{
	struct jobs *jobs = xcalloc(1, sizeof *jobs);
	jobs->read_only = read_only;
	jobs->finished_tail = &jobs->finished;
	jobs->wake[0] = jobs->wake[1] = -1;
	pthread_mutex_init(&jobs->lock, NULL);
	pthread_rwlock_init(&jobs->facts_lock, NULL);
	enum status st = OK;
	if (pipe(jobs->wake) != 0 || !set_flags(jobs->wake[0]) || !set_flags(jobs->wake[1]))
		st = err_fail(err, "can not make a pipe: %s", strerror(errno));
	/* The writer first: it may have to make or migrate the database. */
	static const enum lane order[] = {LANE_WRITE, LANE_QUERY, LANE_PAGE};
	for (size_t i = 0; i < LANE_COUNT; i++)
		if (st == OK)
			st = lane_start(jobs, order[i], path, err);
	if (st != OK) {
		jobs_close(jobs);
		return st;
	}
	*out = jobs;
	return OK;
}

static void lane_stop(struct lane_thread *lane, struct job **dropped)
{
	if (!lane->jobs)
		return;
	pthread_mutex_lock(&lane->lock);
	lane->stop = true;
	if (lane->running && !lane->running->urgent) {
		atomic_store(&lane->running->cancel, true);
		store_interrupt(lane->store);
	}
	struct job **at = &lane->queue;
	while (*at) {
		struct job *j = *at;
		if (j->urgent && lane->jobs->lanes[LANE_WRITE].store == lane->store) {
			at = &j->next;
			continue;
		}
		*at = j->next;
		j->next = *dropped;
		*dropped = j;
	}
	pthread_cond_signal(&lane->work);
	pthread_mutex_unlock(&lane->lock);
}

static void lane_join(struct lane_thread *lane)
{
	if (!lane->jobs)
		return;
	if (lane->started)
		pthread_join(lane->thread, NULL);
	pthread_cond_destroy(&lane->work);
	pthread_mutex_destroy(&lane->lock);
}

static void job_drop(struct job *j)
{
	err_fini(&j->err);
	j->destroy(j);
}

static void drop_list(struct job *j)
{
	while (j) {
		struct job *next = j->next;
		job_drop(j);
		j = next;
	}
}

void jobs_close(struct jobs *jobs)
{
	if (!jobs)
		return;
	struct job *dropped = NULL;
	for (int i = 0; i < LANE_COUNT; i++)
		lane_stop(&jobs->lanes[i], &dropped);
	for (int i = 0; i < LANE_COUNT; i++)
		lane_join(&jobs->lanes[i]);
	drop_list(dropped);
	drop_list(jobs->finished);
	facts_close(jobs->facts);
	for (int i = 0; i < LANE_COUNT; i++)
		store_close(jobs->lanes[i].store);
	for (int i = 0; i < 2; i++)
		if (jobs->wake[i] >= 0)
			close(jobs->wake[i]);
	pthread_rwlock_destroy(&jobs->facts_lock);
	pthread_mutex_destroy(&jobs->lock);
	free(jobs);
}

bool jobs_read_only(const struct jobs *jobs)
{
	return jobs->read_only;
}

/* With the lane's lock held: takes superseded jobs out of the queue and asks the running one to stop. */
static void supersede(struct lane_thread *lane, unsigned slot, struct job **dropped)
{
	struct job **at = &lane->queue;
	while (*at) {
		struct job *j = *at;
		if (j->slot != slot) {
			at = &j->next;
			continue;
		}
		*at = j->next;
		j->next = *dropped;
		*dropped = j;
	}
	if (lane->running && lane->running->slot == slot) {
		lane->running->superseded = true;
		atomic_store(&lane->running->cancel, true);
		store_interrupt(lane->store);
	}
}

static void count_dropped(struct jobs *jobs, struct job *dropped)
{
	size_t n = 0;
	for (struct job *j = dropped; j; j = j->next)
		n++;
	pthread_mutex_lock(&jobs->lock);
	jobs->outstanding -= n;
	pthread_mutex_unlock(&jobs->lock);
	drop_list(dropped);
}

void jobs_post(struct jobs *jobs, struct job *j)
{
	struct lane_thread *lane = &jobs->lanes[j->lane];
	struct job *dropped = NULL;
	pthread_mutex_lock(&jobs->lock);
	jobs->outstanding++;
	pthread_mutex_unlock(&jobs->lock);
	if (!lane->started) {
		j->status = err_fail(&j->err, "the database is open read-only: nothing was written");
		finish(jobs, j);
		return;
	}
	pthread_mutex_lock(&lane->lock);
	if (j->slot)
		supersede(lane, j->slot, &dropped);
	struct job **at = &lane->queue;
	while (*at && (!j->urgent || (*at)->urgent))
		at = &(*at)->next;
	j->next = *at;
	*at = j;
	pthread_cond_signal(&lane->work);
	pthread_mutex_unlock(&lane->lock);
	count_dropped(jobs, dropped);
}

void jobs_cancel(struct jobs *jobs, enum lane which, unsigned slot)
{
	struct lane_thread *lane = &jobs->lanes[which];
	struct job *dropped = NULL;
	pthread_mutex_lock(&lane->lock);
	supersede(lane, slot, &dropped);
	pthread_mutex_unlock(&lane->lock);
	count_dropped(jobs, dropped);
}

int jobs_wake_fd(const struct jobs *jobs)
{
	return jobs->wake[0];
}

bool jobs_drain(struct jobs *jobs, void *ctx)
{
	char bytes[64];
	while (read(jobs->wake[0], bytes, sizeof bytes) > 0)
		;
	bool any = false;
	for (;;) {
		pthread_mutex_lock(&jobs->lock);
		struct job *j = jobs->finished;
		if (j) {
			jobs->finished = j->next;
			if (!jobs->finished)
				jobs->finished_tail = &jobs->finished;
		}
		pthread_mutex_unlock(&jobs->lock);
		if (!j)
			return any;
		any = true;
		if (j->done && !j->superseded)
			j->done(j, ctx);
		job_drop(j);
		pthread_mutex_lock(&jobs->lock);
		jobs->outstanding--;
		pthread_mutex_unlock(&jobs->lock);
	}
}

bool jobs_idle(struct jobs *jobs)
{
	pthread_mutex_lock(&jobs->lock);
	bool idle = jobs->outstanding == 0;
	pthread_mutex_unlock(&jobs->lock);
	return idle;
}

void jobs_wait(struct jobs *jobs, int timeout_ms)
{
	struct pollfd fd = {.fd = jobs->wake[0], .events = POLLIN};
	poll(&fd, 1, timeout_ms);
}

void jobs_set_progress(struct jobs *jobs, const struct job_progress *p)
{
	pthread_mutex_lock(&jobs->lock);
	jobs->progress = *p;
	pthread_mutex_unlock(&jobs->lock);
	wake_up(jobs);
}

void jobs_progress(struct jobs *jobs, struct job_progress *out)
{
	pthread_mutex_lock(&jobs->lock);
	*out = jobs->progress;
	pthread_mutex_unlock(&jobs->lock);
}

enum status jobs_refresh(struct job_env *env, bool *changed, struct err *err)
{
	struct jobs *jobs = env->jobs;
	pthread_rwlock_wrlock(&jobs->facts_lock);
	enum status st;
	bool moved = true;
	if (jobs->facts)
		st = facts_refresh(jobs->facts, &moved, err);
	else
		st = facts_open(env->store, &jobs->facts, err);
	env->facts = jobs->facts;
	pthread_rwlock_unlock(&jobs->facts_lock);
	if (changed)
		*changed = moved;
	return st;
}

struct facts *jobs_facts_try(struct jobs *jobs)
{
	if (pthread_rwlock_tryrdlock(&jobs->facts_lock) != 0)
		return NULL;
	if (jobs->facts)
		return jobs->facts;
	pthread_rwlock_unlock(&jobs->facts_lock);
	return NULL;
}

void jobs_facts_leave(struct jobs *jobs)
{
	pthread_rwlock_unlock(&jobs->facts_lock);
}
