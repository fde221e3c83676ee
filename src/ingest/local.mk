noinst_LIBRARIES += libp-ingest.a
libp_ingest_a_SOURCES = \
	src/ingest/attach.c \
	src/ingest/batch.c src/ingest/batch.h \
	src/ingest/blob.c \
	src/ingest/chat.c \
	src/ingest/csvread.c src/ingest/csvread.h \
	src/ingest/derive.c src/ingest/labels.c \
	src/ingest/formats.c \
	src/ingest/guess.c \
	src/ingest/imp_native.c src/ingest/native.h src/ingest/native_about.c src/ingest/native_fields.c src/ingest/native_fields.h src/ingest/native_result.c \
	src/ingest/imp_table.c \
	src/ingest/importer.h src/ingest/importers.c src/ingest/importers.def \
	src/ingest/ingest.c src/ingest/ingest.h \
	src/ingest/job.c src/ingest/job.h \
	src/ingest/label.c \
	src/ingest/map.c src/ingest/map.h \
	src/ingest/pack.c \
	src/ingest/pair.c \
	src/ingest/plan.c src/ingest/plan.h src/ingest/trait.c \
	src/ingest/rebuild.c src/ingest/rederive.c \
	src/ingest/redact.c src/ingest/redact.h \
	src/ingest/rest.c \
	src/ingest/refusal.c src/ingest/refusal.h \
	src/ingest/report.c src/ingest/report.h \
	src/ingest/rows.c src/ingest/rows.h \
	src/ingest/rulefile.c src/ingest/rulefile.h \
	src/ingest/rules.h src/ingest/ruleset.c src/ingest/ruleset.h \
	src/ingest/run.h src/ingest/write.c \
	src/ingest/shape.c src/ingest/shape.h \
	src/ingest/sink.c src/ingest/sink.h src/ingest/sink_private.h \
	src/ingest/skeleton.c \
	src/ingest/sniff.c src/ingest/sniff.h

libp_ingest_a_SOURCES += src/ingest/head.c src/ingest/head.h src/ingest/walk.c src/ingest/walk.h
libp_ingest_a_SOURCES += src/ingest/csvtable.c src/ingest/csvtable.h
libp_ingest_a_SOURCES += src/ingest/pyliteral.c src/ingest/pyliteral.h
libp_ingest_a_SOURCES += src/ingest/whole.c src/ingest/whole.h
include src/ingest/formats.mk

unit_tests += tests/unit/ingest_published
tests_unit_ingest_published_SOURCES = tests/unit/ingest_published.c tests/unit/unit.h
tests_unit_ingest_published_LDADD = $(libs_ingest) $(CMOCKA_LIBS)

unit_tests += tests/unit/ingest_pyliteral
tests_unit_ingest_pyliteral_SOURCES = tests/unit/ingest_pyliteral.c tests/unit/unit.h
tests_unit_ingest_pyliteral_LDADD = $(libs_ingest) $(CMOCKA_LIBS)

unit_tests += tests/unit/ingest_inspect
tests_unit_ingest_inspect_SOURCES = tests/unit/ingest_inspect.c tests/unit/unit.h
tests_unit_ingest_inspect_LDADD = $(libs_ingest) $(CMOCKA_LIBS)

unit_tests += tests/unit/ingest_trace
tests_unit_ingest_trace_SOURCES = tests/unit/ingest_trace.c tests/unit/unit.h
tests_unit_ingest_trace_LDADD = $(libs_ingest) $(CMOCKA_LIBS)

unit_tests += tests/unit/ingest_head
tests_unit_ingest_head_SOURCES = tests/unit/ingest_head.c tests/unit/unit.h
tests_unit_ingest_head_LDADD = $(libs_ingest) $(CMOCKA_LIBS)

unit_tests += tests/unit/ingest_sink
tests_unit_ingest_sink_SOURCES = tests/unit/ingest_sink.c tests/unit/unit.h
tests_unit_ingest_sink_LDADD = $(libs_ingest) $(CMOCKA_LIBS)

# For scripts: an ingest from the command line, whatever the program's own can do.
check_PROGRAMS += tests/ingest/drive
tests_ingest_drive_SOURCES = tests/ingest/drive.c
tests_ingest_drive_LDADD = $(libs_ingest)
TESTS += tests/ingest/golden.sh
dist_noinst_SCRIPTS += tests/ingest/golden.sh
TESTS += tests/ingest/traces.sh
dist_noinst_SCRIPTS += tests/ingest/traces.sh
embedded_files += schemas/native.schema.json schemas/map.schema.json
EXTRA_DIST += \
	tests/ingest/fixtures/empty.jsonl tests/ingest/fixtures/hostile.jsonl tests/ingest/fixtures/house.rules \
	tests/ingest/fixtures/labels.csv tests/ingest/fixtures/late.jsonl tests/ingest/fixtures/native.jsonl \
	tests/ingest/fixtures/parts-1.jsonl tests/ingest/fixtures/parts-2.jsonl tests/ingest/fixtures/table.csv \
	tests/ingest/fixtures/wide.csv tests/ingest/fixtures/wide.map.json \
	tests/ingest/fixtures/votes.json tests/ingest/fixtures/votes.map.json \
	tests/ingest/fixtures/unknown/README.md tests/ingest/fixtures/unknown/blob.dat tests/ingest/fixtures/unknown/odd.json \
	tests/ingest/fixtures/unknown/plain.csv tests/ingest/fixtures/unknown/run.py \
	tests/ingest/golden

unit_tests += tests/unit/ingest_rules tests/unit/ingest_tables
tests_unit_ingest_rules_SOURCES = tests/unit/ingest_rules.c tests/unit/unit.h
tests_unit_ingest_rules_LDADD = $(libs_ingest) $(CMOCKA_LIBS)
tests_unit_ingest_tables_SOURCES = tests/unit/ingest_tables.c tests/unit/unit.h
tests_unit_ingest_tables_LDADD = $(libs_ingest) $(CMOCKA_LIBS)

TESTS += tests/ingest/formats.sh tests/ingest/joins.sh
dist_noinst_SCRIPTS += tests/ingest/formats.sh tests/ingest/joins.sh
EXTRA_DIST += sample-data/formats
