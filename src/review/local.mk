noinst_LIBRARIES += libp-review.a
libp_review_a_SOURCES =
