noinst_LIBRARIES += libp-store.a
libp_store_a_SOURCES = \
	src/store/block.c src/store/block.h \
	src/store/check.c \
	src/store/columns.c src/store/columns.h \
	src/store/compare.h \
	src/store/db.c src/store/db.h \
	src/store/functions.c \
	src/store/in.h \
	src/store/ledger.c src/store/ledger.h \
	src/store/ledger_find.c \
	src/store/ledger_text.c src/store/ledger_text.h \
	src/store/ledger_verify.c \
	src/store/open.c \
	src/store/predicate.c \
	src/store/read.c \
	src/store/rules.c src/store/rules.h \
	src/store/scan.c \
	src/store/schema.c \
	src/store/setting.c \
	src/store/store.h \
	src/store/transcript.c src/store/transcript.h \
	src/store/uidmap.c src/store/uidmap.h \
	src/store/writer.c src/store/writer.h \
	src/store/writer_attach.c \
	src/store/writer_blocks.c \
	src/store/writer_models.c \
	src/store/writer_names.c \
	src/store/writer_parts.c \
	src/store/writer_put.c \
	src/store/writer_source.c

unit_tests += tests/unit/store_put
tests_unit_store_put_SOURCES = tests/unit/store_put.c tests/unit/store_make.h tests/unit/unit.h
tests_unit_store_put_LDADD = $(libs_store) $(CMOCKA_LIBS)

unit_tests += tests/unit/store_transcript
tests_unit_store_transcript_SOURCES = tests/unit/store_transcript.c tests/unit/store_make.h tests/unit/unit.h
tests_unit_store_transcript_LDADD = $(libs_store) $(CMOCKA_LIBS)

unit_tests += tests/unit/store_attach
tests_unit_store_attach_SOURCES = tests/unit/store_attach.c tests/unit/store_make.h tests/unit/unit.h
tests_unit_store_attach_LDADD = $(libs_store) $(CMOCKA_LIBS)

unit_tests += tests/unit/store_ledger
tests_unit_store_ledger_SOURCES = tests/unit/store_ledger.c tests/unit/store_make.h tests/unit/unit.h
tests_unit_store_ledger_LDADD = $(libs_store) $(CMOCKA_LIBS)

unit_tests += tests/unit/store_views
tests_unit_store_views_SOURCES = tests/unit/store_views.c tests/unit/store_make.h tests/unit/unit.h
tests_unit_store_views_LDADD = $(libs_store) $(CMOCKA_LIBS)

unit_tests += tests/unit/store_faults
tests_unit_store_faults_SOURCES = tests/unit/store_faults.c tests/unit/store_make.h tests/unit/unit.h
tests_unit_store_faults_LDADD = $(libs_store) $(CMOCKA_LIBS)

unit_tests += tests/unit/store_scan
tests_unit_store_scan_SOURCES = tests/unit/store_scan.c tests/unit/store_make.h tests/unit/unit.h
tests_unit_store_scan_LDADD = $(libs_store) $(CMOCKA_LIBS)
