noinst_LIBRARIES += libp-job.a
libp_job_a_SOURCES =
