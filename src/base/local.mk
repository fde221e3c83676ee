noinst_LIBRARIES += libp-base.a
libp_base_a_SOURCES = \
	src/base/arena.c src/base/arena.h \
	src/base/bitset.c src/base/bitset.h \
	src/base/buf.c src/base/buf.h \
	src/base/cell.c src/base/cell.h \
	src/base/clock.c src/base/clock.h \
	src/base/dict.c src/base/dict.h \
	src/base/embed.c src/base/embed.h \
	src/base/err.c src/base/err.h \
	src/base/escape.c src/base/escape.h \
	src/base/json.c src/base/json.h src/base/json_read.c \
	src/base/log.c src/base/log.h \
	src/base/mem.c src/base/mem.h \
	src/base/pool.c src/base/pool.h \
	src/base/sha256.c src/base/sha256.h \
	src/base/str.c src/base/str.h \
	src/base/terms.c src/base/terms.h \
	src/base/utf8.c src/base/utf8.h
nodist_libp_base_a_SOURCES = src/base/embedded.c

# Files compiled into the program, so that an installed binary needs no data directory.
embedded_files = schemas/db/0001_init.sql schemas/db/0002_sources.sql schemas/db/0003_nameless.sql
src/base/embedded.c: build-aux/embed.sh $(embedded_files)
	$(AM_V_GEN)$(MKDIR_P) src/base && $(SHELL) $(srcdir)/build-aux/embed.sh $(srcdir) $(embedded_files) > $@.tmp && mv $@.tmp $@
CLEANFILES += src/base/embedded.c
EXTRA_DIST += $(embedded_files)

unit_tests += tests/unit/base_basics
tests_unit_base_basics_SOURCES = tests/unit/base_basics.c tests/unit/unit.h
tests_unit_base_basics_LDADD = $(libs_base) $(CMOCKA_LIBS)

unit_tests += tests/unit/base_json
tests_unit_base_json_SOURCES = tests/unit/base_json.c tests/unit/unit.h
tests_unit_base_json_LDADD = $(libs_base) $(CMOCKA_LIBS)

unit_tests += tests/unit/base_text
tests_unit_base_text_SOURCES = tests/unit/base_text.c tests/unit/unit.h
tests_unit_base_text_LDADD = $(libs_base) $(CMOCKA_LIBS)
unit_tests += tests/unit/base_pool
tests_unit_base_pool_SOURCES = tests/unit/base_pool.c tests/unit/unit.h
tests_unit_base_pool_LDADD = $(libs_base) $(CMOCKA_LIBS)
