noinst_LIBRARIES += libp-term.a
libp_term_a_SOURCES =
