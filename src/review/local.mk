noinst_LIBRARIES += libp-review.a
libp_review_a_SOURCES = \
	src/review/review.h
