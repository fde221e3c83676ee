noinst_LIBRARIES += libp-conf.a
libp_conf_a_SOURCES = \
	src/conf/policy.h
