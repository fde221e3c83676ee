noinst_LIBRARIES += libp-export.a
libp_export_a_SOURCES = \
	src/export/export.h
