noinst_LIBRARIES += libp-stats.a
libp_stats_a_SOURCES = \
	src/stats/beta.c src/stats/beta.h \
	src/stats/interval.c src/stats/interval.h \
	src/stats/rate.c src/stats/rate.h

unit_tests += tests/unit/stats tests/unit/stats_vectors
tests_unit_stats_SOURCES = tests/unit/stats.c tests/unit/unit.h
tests_unit_stats_LDADD = $(libs_stats) $(CMOCKA_LIBS)
tests_unit_stats_vectors_SOURCES = tests/unit/stats_vectors.c tests/unit/unit.h
tests_unit_stats_vectors_LDADD = $(libs_stats) $(CMOCKA_LIBS)
