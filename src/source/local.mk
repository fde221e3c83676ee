noinst_LIBRARIES += libp-source.a
libp_source_a_SOURCES = \
	src/source/bundle.h src/source/records.h
