/* SPDX-License-Identifier: MIT
 *
 * Work off the UI thread. Three lanes, each a thread with a queue and a
 * connection of its own: PAGE fetches what is about to be seen, QUERY opens
 * views, evaluates boards and refreshes the facts, WRITE owns the only write
 * connection. A job is owned by whoever holds it: the poster, then the queue,
 * then the lane, then the UI thread again, which gets it back through a wake
 * pipe, applies it and frees it. So the UI thread runs no SQL and shares no
 * memory with a running job but the two atomics below.
 *
 * The facts are one structure. Only the QUERY lane changes them (jobs_refresh),
 * under a write lock; other lanes read under a read lock, the UI thread only
 * when it gets one without waiting.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include <stdatomic.h>

#include "facts/facts.h"
#include "store/store.h"

enum lane { LANE_PAGE, LANE_QUERY, LANE_WRITE, LANE_COUNT };

struct jobs;

/* What a job may use while it runs. */
struct job_env {
	struct jobs *jobs;
	struct store *store; /* the lane's; on WRITE the one that may write */
	struct facts *facts; /* NULL until they are loaded */
};

struct job {
	enum lane lane;
	unsigned slot;  /* not 0: a newer job with this lane and slot supersedes this one, wherever it is */
	bool urgent;    /* goes before those that are not; on WRITE also between the batches of an ingest */
	bool no_facts;  /* runs long without the facts, which may be refreshed meanwhile */
	uint32_t owner; /* for the receiver: the screen that asked */
	enum status (*run)(struct job *j, struct job_env *env, struct err *err); /* on the lane's thread */
	void (*done)(struct job *j, void *ctx);                                  /* on the UI thread; NULL: nothing to tell */
	void (*destroy)(struct job *j);                                          /* frees j and what it still owns */
	enum status status;
	struct err err;
	atomic_bool cancel; /* run should look at it now and then */
	bool superseded;
	struct job *next;
};

/* Opens three connections (the write one unless read_only) and starts the lanes. */
enum status jobs_open(const char *path, bool read_only, struct jobs **out, struct err *err);
/* Lets urgent writes finish, cancels everything else, joins the threads. */
void jobs_close(struct jobs *jobs);
bool jobs_read_only(const struct jobs *jobs);

/* Takes the job over. On WRITE of a read-only database it fails with a sentence. */
void jobs_post(struct jobs *jobs, struct job *j);
/* Cancels what is queued or running under the lane and slot. */
void jobs_cancel(struct jobs *jobs, enum lane lane, unsigned slot);
/* Readable when jobs_drain has something to do. */
int jobs_wake_fd(const struct jobs *jobs);
/* Hands finished jobs to their `done` with ctx and frees them; true when there were any. */
bool jobs_drain(struct jobs *jobs, void *ctx);
/* Nothing is queued, running, or waiting to be drained. */
bool jobs_idle(struct jobs *jobs);
/* Waits until there is something to drain or the time is over. */
void jobs_wait(struct jobs *jobs, int timeout_ms);

/* Progress of a long job, told by its thread and read by the UI thread. */
struct job_progress {
	bool running;
	char text[160]; /* showable after base/escape */
};
void jobs_set_progress(struct jobs *jobs, const struct job_progress *p); /* wakes the UI thread */
void jobs_progress(struct jobs *jobs, struct job_progress *out);

/* On the QUERY lane: loads or refreshes the facts. *changed may be NULL. */
enum status jobs_refresh(struct job_env *env, bool *changed, struct err *err);
/* The facts under a read lock, or NULL when they are not there or just being refreshed; end with jobs_facts_leave. */
struct facts *jobs_facts_try(struct jobs *jobs);
void jobs_facts_leave(struct jobs *jobs);
/* On WRITE, inside a long job: runs the urgent jobs that wait. */
void jobs_run_urgent(struct jobs *jobs, struct store *s);

#endif
