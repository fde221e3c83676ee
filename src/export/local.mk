noinst_LIBRARIES += libp-export.a
libp_export_a_SOURCES = \
	src/export/export.c src/export/export.h \
	src/export/write_csv.c src/export/write_json.c src/export/write_text.c \
	src/export/writers.h

unit_tests += tests/unit/export
tests_unit_export_SOURCES = tests/unit/export.c tests/unit/unit.h
tests_unit_export_LDADD = libp-export.a $(CSV_LIBS) $(libs_base) $(CMOCKA_LIBS)
