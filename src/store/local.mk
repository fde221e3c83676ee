noinst_LIBRARIES += libp-store.a
libp_store_a_SOURCES = \
	src/store/columns.h src/store/in.h src/store/ledger.h src/store/store.h src/store/transcript.h
