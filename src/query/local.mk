noinst_LIBRARIES += libp-query.a
libp_query_a_SOURCES = \
	src/query/query.h \
	src/query/sql.c
