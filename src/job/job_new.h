/* SPDX-License-Identifier: MIT
 *
 * Private to job: a zeroed request with its lane and its two functions.
 */
#ifndef JOB_JOB_NEW_H
#define JOB_JOB_NEW_H

#include "base/mem.h"
#include "job/job.h"

static inline void *job_new(size_t size, enum lane lane, enum status (*run)(struct job *, struct job_env *, struct err *),
	void (*destroy)(struct job *))
{
	struct job *j = xcalloc(1, size);
	j->lane = lane;
	j->run = run;
	j->destroy = destroy;
	return j;
}

/* JOB_NEW(struct page_job, LANE_PAGE, page) takes page_run and page_destroy. */
#define JOB_NEW(type, lane, name) ((type *)job_new(sizeof(type), lane, name##_run, name##_destroy))

#endif
