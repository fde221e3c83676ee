noinst_LIBRARIES += libp-facts.a
libp_facts_a_SOURCES = \
	src/facts/decide.c src/facts/env.c src/facts/facts.c src/facts/facts.h src/facts/group.c src/facts/internal.h \
	src/facts/leaf.c src/facts/leaf_review.c src/facts/leaf_stored.c src/facts/narrow.c src/facts/overlay.c \
	src/facts/scan.c src/facts/select.c src/facts/sort.c

unit_tests += tests/unit/facts_property
tests_unit_facts_property_SOURCES = tests/unit/facts_property.c tests/unit/store_make.h tests/unit/unit.h
tests_unit_facts_property_LDADD = $(libs_facts) $(CMOCKA_LIBS)

unit_tests += tests/unit/facts
tests_unit_facts_SOURCES = tests/unit/facts.c tests/unit/store_make.h tests/unit/unit.h
tests_unit_facts_LDADD = $(libs_facts) $(CMOCKA_LIBS)
