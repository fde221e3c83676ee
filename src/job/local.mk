noinst_LIBRARIES += libp-job.a
libp_job_a_SOURCES = \
	src/job/change.c \
	src/job/job.c src/job/job.h src/job/job_new.h \
	src/job/request.c src/job/request.h

unit_tests += tests/unit/job
tests_unit_job_SOURCES = tests/unit/job.c tests/unit/store_make.h tests/unit/unit.h
tests_unit_job_LDADD = $(libs_job) $(CMOCKA_LIBS)
