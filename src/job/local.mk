noinst_LIBRARIES += libp-job.a
libp_job_a_SOURCES = \
	src/job/change.c \
	src/job/job.c src/job/job.h src/job/job_new.h \
	src/job/request.c src/job/request.h
