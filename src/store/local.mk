noinst_LIBRARIES += libp-store.a
libp_store_a_SOURCES =
