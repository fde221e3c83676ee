noinst_LIBRARIES += libp-source.a
libp_source_a_SOURCES = \
	src/source/archive.c src/source/source_private.h \
	src/source/bundle.c src/source/bundle.h \
	src/source/reader.c \
	src/source/records.c src/source/records.h \
	src/source/split.c src/source/split.h \
	src/source/zip.c src/source/zip.h

unit_tests += tests/unit/source_bundle
tests_unit_source_bundle_SOURCES = tests/unit/source_bundle.c tests/unit/unit.h
tests_unit_source_bundle_LDADD = $(libs_source) $(CMOCKA_LIBS)

unit_tests += tests/unit/source_records
tests_unit_source_records_SOURCES = tests/unit/source_records.c tests/unit/unit.h
tests_unit_source_records_LDADD = $(libs_source) $(CMOCKA_LIBS)
