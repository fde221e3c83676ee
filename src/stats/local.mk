noinst_LIBRARIES += libp-stats.a
libp_stats_a_SOURCES =
