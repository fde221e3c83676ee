noinst_LIBRARIES += libp-conf.a
libp_conf_a_SOURCES = \
	src/conf/fields.c src/conf/fields.h \
	src/conf/policy.c src/conf/policy.h \
	src/conf/policy_fields.c src/conf/policy_raw.h \
	src/conf/schema.c

embedded_files += policies/ailuminate-1.1-en.json policies/demo.json policies/f1-example.json schemas/policy.schema.json

unit_tests += tests/unit/conf
tests_unit_conf_SOURCES = tests/unit/conf.c tests/unit/unit.h
tests_unit_conf_LDADD = $(libs_conf) $(CMOCKA_LIBS)
