noinst_LIBRARIES += libp-filter.a
libp_filter_a_SOURCES = \
	src/filter/complete.c src/filter/fields.c src/filter/filter.h src/filter/internal.h src/filter/lex.c \
	src/filter/match.c src/filter/parse.c src/filter/parse.h src/filter/print.c src/filter/suggest.c src/filter/text.c \
	src/filter/token.c src/filter/turns.c src/filter/value.c

unit_tests += tests/unit/filter_language tests/unit/filter_match
tests_unit_filter_language_SOURCES = tests/unit/filter_language.c tests/unit/unit.h
tests_unit_filter_language_LDADD = $(libs_filter) $(CMOCKA_LIBS)
tests_unit_filter_match_SOURCES = tests/unit/filter_match.c tests/unit/unit.h
tests_unit_filter_match_LDADD = $(libs_filter) $(CMOCKA_LIBS)
