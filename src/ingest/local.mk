noinst_LIBRARIES += libp-ingest.a
libp_ingest_a_SOURCES = \
	src/ingest/attach.c \
	src/ingest/batch.c src/ingest/batch.h \
	src/ingest/chat.c \
	src/ingest/importer.h src/ingest/ingest.h \
	src/ingest/pack.c \
	src/ingest/pair.c \
	src/ingest/redact.c src/ingest/redact.h \
	src/ingest/refusal.c src/ingest/refusal.h \
	src/ingest/derive.c src/ingest/labels.c \
	src/ingest/rules.h src/ingest/ruleset.c src/ingest/ruleset.h \
	src/ingest/sink.c src/ingest/sink.h src/ingest/sink_private.h

libp_ingest_a_SOURCES += \
	src/ingest/head.c src/ingest/head.h src/ingest/walk.c src/ingest/walk.h \
	src/ingest/imp_agentdojo.c \
	src/ingest/imp_garak.c src/ingest/imp_garak.h src/ingest/imp_garak_hitlog.c src/ingest/imp_garak_parts.c \
	src/ingest/imp_promptfoo.c src/ingest/imp_promptfoo.h src/ingest/imp_promptfoo_chat.c src/ingest/imp_promptfoo_row.c \
	src/ingest/imp_tau.c src/ingest/imp_tau2.c

unit_tests += tests/unit/ingest_head
tests_unit_ingest_head_SOURCES = tests/unit/ingest_head.c tests/unit/unit.h
tests_unit_ingest_head_LDADD = $(libs_ingest) $(CMOCKA_LIBS)
