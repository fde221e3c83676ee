noinst_LIBRARIES += libp-conf.a
libp_conf_a_SOURCES = \
	src/conf/fields.c src/conf/fields.h \
	src/conf/policy.c src/conf/policy.h \
	src/conf/policy_fields.c src/conf/policy_raw.h \
	src/conf/schema.c \
	src/conf/taxonomy.c src/conf/taxonomy.h

embedded_files += policies/ailuminate-1.1-en.json policies/demo.json policies/f1-example.json schemas/policy.schema.json

unit_tests += tests/unit/conf
tests_unit_conf_SOURCES = tests/unit/conf.c tests/unit/unit.h
tests_unit_conf_LDADD = $(libs_conf) $(CMOCKA_LIBS)

embedded_files += schemas/taxonomies/aegis-2.0.json \
	schemas/taxonomies/agentdog.json \
	schemas/taxonomies/ailuminate-1.json \
	schemas/taxonomies/air-2024.json \
	schemas/taxonomies/catastrophic-2023.json \
	schemas/taxonomies/demo.json \
	schemas/taxonomies/demon-attacks.json \
	schemas/taxonomies/dices.json \
	schemas/taxonomies/f1-areas.json \
	schemas/taxonomies/f1-domains.json \
	schemas/taxonomies/haicosystem.json \
	schemas/taxonomies/mitre-atlas-5.6.json \
	schemas/taxonomies/nist-ai-600-1.json \
	schemas/taxonomies/promptfoo-severity.json \
	schemas/taxonomies/riosworld.json \
	schemas/taxonomies/safe-ai-behaviours.json \
	schemas/taxonomies/toolemu.json

unit_tests += tests/unit/taxonomy
tests_unit_taxonomy_SOURCES = tests/unit/taxonomy.c tests/unit/unit.h
tests_unit_taxonomy_LDADD = $(libs_conf) $(CMOCKA_LIBS)
