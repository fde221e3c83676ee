noinst_LIBRARIES += libp-review.a
libp_review_a_SOURCES = \
	src/review/review.c src/review/review.h

unit_tests += tests/unit/review
tests_unit_review_SOURCES = tests/unit/review.c tests/unit/store_make.h tests/unit/unit.h
tests_unit_review_LDADD = $(libs_review) $(CMOCKA_LIBS)
