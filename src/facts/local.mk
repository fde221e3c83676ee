noinst_LIBRARIES += libp-facts.a
libp_facts_a_SOURCES = \
	src/facts/facts.h
