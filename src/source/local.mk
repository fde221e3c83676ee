noinst_LIBRARIES += libp-source.a
libp_source_a_SOURCES =
