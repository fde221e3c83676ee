# How tests run: cmocka programs print TAP, scripts too; both go through automake's TAP driver.
TEST_EXTENSIONS = .sh
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_COMPILER = $(SHELL)
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP TZ=UTC LC_ALL=C.UTF-8 \
	PLIMSOLL_TOP='$(abs_top_srcdir)' PLIMSOLL='$(abs_top_builddir)/plimsoll' \
	PLIMSOLL_CORPUS="$${PLIMSOLL_CORPUS-$(abs_top_srcdir)/../shared/corpus}" \
	PLIMSOLL_VECTORS="$${PLIMSOLL_VECTORS-$(abs_top_srcdir)/../shared/vectors}"; \
	export CMOCKA_MESSAGE_OUTPUT TZ LC_ALL PLIMSOLL_TOP PLIMSOLL PLIMSOLL_CORPUS PLIMSOLL_VECTORS;

if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

# The shape of the source itself.
TESTS += tests/lint/layers.sh tests/lint/house.sh tests/lint/headers.sh
dist_noinst_SCRIPTS += tests/lint/layers.sh tests/lint/house.sh tests/lint/headers.sh tests/coverage.sh

# Unit tests again, under valgrind (those that end soon there; the sanitizers see all); and in a build with --enable-sanitize=thread.
check-valgrind:
	$(MAKE) check TESTS='$(filter tests/unit/base_% tests/unit/conf tests/unit/facts tests/unit/filter_% tests/unit/ingest_% \
		tests/unit/review tests/unit/source_% tests/unit/stats tests/unit/store_% tests/unit/taxonomy,$(unit_tests))' \
		LOG_COMPILER='valgrind -q --suppressions=$(srcdir)/tests/valgrind.supp --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite'
check-threads:
	$(MAKE) check TESTS='$(unit_tests)'
# After `make check` in a build with --enable-coverage: the share of lines that ran.
coverage:
	$(SHELL) $(srcdir)/tests/coverage.sh $(builddir)
.PHONY: check-valgrind check-threads coverage
CLEANFILES += $(check_PROGRAMS)

# Benchmarks are run by hand: make bench (BENCH_N=100000 BENCH_ROUNDS=3 BENCH_DIR=…).
bench_programs = tests/bench/gen_results tests/bench/latency tests/bench/bench_store tests/bench/bench_facts
dist_noinst_DATA += tests/lsan.supp tests/valgrind.supp
EXTRA_PROGRAMS = $(bench_programs)
tests_bench_gen_results_SOURCES = tests/bench/gen_results.c
tests_bench_latency_SOURCES = tests/bench/latency.c
tests_bench_bench_store_SOURCES = tests/bench/bench_store.c
tests_bench_bench_store_LDADD = $(libs_store)
tests_bench_bench_facts_SOURCES = tests/bench/bench_facts.c
tests_bench_bench_facts_LDADD = $(libs_facts)
dist_noinst_SCRIPTS += tests/bench/bench.sh
CLEANFILES += $(bench_programs)
bench: all $(bench_programs)
	$(SHELL) $(srcdir)/tests/bench/bench.sh $(builddir)
	$(builddir)/tests/bench/bench_store $${BENCH_N-100000} $${BENCH_DIR-.}
.PHONY: bench
