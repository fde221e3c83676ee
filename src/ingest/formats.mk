# The importers, one file a line; each has its samples in sample-data/formats/NAME and a golden in tests/ingest/golden.
libp_ingest_a_SOURCES += src/ingest/imp_agentdojo.c
libp_ingest_a_SOURCES += src/ingest/imp_garak.c src/ingest/imp_garak.h src/ingest/imp_garak_hitlog.c src/ingest/imp_garak_parts.c
libp_ingest_a_SOURCES += src/ingest/imp_inspect.c src/ingest/imp_inspect.h src/ingest/inspect_chunked.c src/ingest/inspect_header.c
libp_ingest_a_SOURCES += src/ingest/inspect_sample.c src/ingest/inspect_score.c
libp_ingest_a_SOURCES += src/ingest/imp_promptfoo.c src/ingest/imp_promptfoo.h src/ingest/imp_promptfoo_chat.c src/ingest/imp_promptfoo_row.c
libp_ingest_a_SOURCES += src/ingest/imp_tau.c
libp_ingest_a_SOURCES += src/ingest/imp_tau2.c
# Field maps that ship with formats that are plain tables: one a line, embedded_files += schemas/maps/NAME.map.json
libp_ingest_a_SOURCES += src/ingest/imp_rjudge.c
libp_ingest_a_SOURCES += src/ingest/answer.c src/ingest/answer.h
libp_ingest_a_SOURCES += src/ingest/imp_jailbreakbench.c
libp_ingest_a_SOURCES += src/ingest/imp_refusal_direction.c
libp_ingest_a_SOURCES += src/ingest/imp_aisafetylab.c
libp_ingest_a_SOURCES += src/ingest/imp_deepteam.c
libp_ingest_a_SOURCES += src/ingest/imp_deepeval.c
libp_ingest_a_SOURCES += src/ingest/imp_harmbench.c
