# Real files against counts that an independent reader made. They are no part of the project: $PLIMSOLL_CORPUS names
# their directory, and without it these tests skip.
corpus_tests = tests/corpus/counts tests/corpus/cut
check_PROGRAMS += $(corpus_tests)
TESTS += $(corpus_tests)
tests_corpus_counts_SOURCES = tests/corpus/counts.c tests/corpus/expect.def tests/corpus/corpus.h tests/corpus/scratch.c
tests_corpus_counts_LDADD = $(libs_ingest)
tests_corpus_cut_SOURCES = tests/corpus/cut.c tests/corpus/corpus.h tests/corpus/scratch.c
tests_corpus_cut_LDADD = $(libs_ingest)
