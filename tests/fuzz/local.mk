# Fuzz targets. An ordinary build replays their seeds in `make check`, whole, cut and changed; with --enable-fuzzing (clang)
# the same targets are libFuzzer programs: tests/fuzz/json -max_len=4096 DIRECTORY, FUZZ_IMPORTER=garak tests/fuzz/fuzz_importer ...
fuzz_targets = tests/fuzz/filter tests/fuzz/json tests/fuzz/pyliteral tests/fuzz/records tests/fuzz/text tests/fuzz/fuzz_importer
EXTRA_DIST += tests/fuzz/corpus

if FUZZING
noinst_PROGRAMS += $(fuzz_targets)
fuzz_main =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
else
check_PROGRAMS += $(fuzz_targets)
TESTS += $(fuzz_targets)
fuzz_main = tests/fuzz/replay.c
fuzz_ldflags = $(AM_LDFLAGS)
endif

tests_fuzz_filter_SOURCES = tests/fuzz/filter.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_filter_LDADD = $(libs_filter)
tests_fuzz_filter_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_json_SOURCES = tests/fuzz/json.c $(fuzz_main)
tests_fuzz_json_LDADD = $(libs_base)
tests_fuzz_json_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_pyliteral_SOURCES = tests/fuzz/pyliteral.c $(fuzz_main)
tests_fuzz_pyliteral_LDADD = $(libs_ingest)
tests_fuzz_pyliteral_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_records_SOURCES = tests/fuzz/records.c $(fuzz_main)
tests_fuzz_records_LDADD = $(libs_source)
tests_fuzz_records_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_text_SOURCES = tests/fuzz/text.c $(fuzz_main)
tests_fuzz_text_LDADD = $(libs_base)
tests_fuzz_text_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_importer_SOURCES = tests/fuzz/fuzz_importer.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_fuzz_importer_LDADD = $(libs_ingest)
tests_fuzz_fuzz_importer_LDFLAGS = $(fuzz_ldflags)
