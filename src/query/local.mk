noinst_LIBRARIES += libp-query.a
libp_query_a_SOURCES = \
	src/query/fields.h src/query/measures.c \
	src/query/query.h \
	src/query/result_fields.c \
	src/query/rows.c src/query/rows.h \
	src/query/rows_group.c src/query/rows_list.c src/query/made.h src/query/rows_made.c src/query/rows_raters.c \
	src/query/sql.c \
	src/query/tree.c src/query/tree.h \
	src/query/turn_fields.c \
	src/query/view.c

views = views/annotations.view \
	views/calls.view \
	views/categories.view \
	views/matrix.view \
	views/models.view \
	views/notes.view \
	views/results.view \
	views/rater-groups.view \
	views/raters.view \
	views/reviewers.view \
	views/runs.view \
	views/severities.view \
	views/sources.view \
	views/steps-of-failure.view \
	views/tasks.view \
	views/turns.view \
	views/turns-of-failure.view
embedded_files += $(views)

unit_tests += tests/unit/views
tests_unit_views_SOURCES = tests/unit/views.c tests/unit/unit.h
tests_unit_views_LDADD = $(libs_query) $(CMOCKA_LIBS)

unit_tests += tests/unit/sql
tests_unit_sql_SOURCES = tests/unit/sql.c tests/unit/unit.h
tests_unit_sql_LDADD = libp-query.a $(SQLITE_LIBS) $(libs_base) $(CMOCKA_LIBS)
