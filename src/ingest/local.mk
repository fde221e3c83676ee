noinst_LIBRARIES += libp-ingest.a
libp_ingest_a_SOURCES =
