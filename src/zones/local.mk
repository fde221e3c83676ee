noinst_LIBRARIES += libp-zones.a
libp_zones_a_SOURCES = \
	src/zones/check.c \
	src/zones/count.c \
	src/zones/declare.c \
	src/zones/evaluate.c \
	src/zones/explain.c \
	src/zones/gate.c \
	src/zones/internal.h \
	src/zones/rollup.c \
	src/zones/rows.c \
	src/zones/sets.c \
	src/zones/starter.c \
	src/zones/table.c \
	src/zones/taxonomy.c \
	src/zones/units.c \
	src/zones/words.c \
	src/zones/zones.h

unit_tests += tests/unit/zones tests/unit/zones_board
tests_unit_zones_SOURCES = tests/unit/zones.c tests/unit/store_make.h tests/unit/zones_make.h tests/unit/unit.h
tests_unit_zones_LDADD = $(libs_zones) $(CMOCKA_LIBS)
tests_unit_zones_board_SOURCES = tests/unit/zones_board.c tests/unit/store_make.h tests/unit/zones_make.h tests/unit/unit.h
tests_unit_zones_board_LDADD = $(libs_zones) $(CMOCKA_LIBS)
