noinst_LIBRARIES += libp-zones.a
libp_zones_a_SOURCES = \
	src/zones/zones.h
