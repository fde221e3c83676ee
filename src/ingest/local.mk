noinst_LIBRARIES += libp-ingest.a
libp_ingest_a_SOURCES = \
	src/ingest/importer.h src/ingest/ingest.h src/ingest/rules.h src/ingest/sink.h
