noinst_LIBRARIES += libp-filter.a
libp_filter_a_SOURCES = \
	src/filter/filter.h
