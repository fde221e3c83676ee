noinst_LIBRARIES += libp-ui.a
libp_ui_a_SOURCES = \
	src/ui/actions.c \
	src/ui/app.c src/ui/app.h \
	src/ui/bindings.c src/ui/bindings.h \
	src/ui/board.c \
	src/ui/command.c src/ui/command.h \
	src/ui/doc.c src/ui/doc.h \
	src/ui/edit.c src/ui/edit.h \
	src/ui/grid.c src/ui/grid.h \
	src/ui/keys.c src/ui/keys.h \
	src/ui/list.c \
	src/ui/marks.c \
	src/ui/policy.c \
	src/ui/prompt.c \
	src/ui/rate.c \
	src/ui/screen.h \
	src/ui/text.c \
	src/ui/theme.c src/ui/theme.h \
	src/ui/transcript.c \
	src/ui/transcript_doc.c src/ui/transcript_doc.h \
	src/ui/ui.h

unit_tests += tests/unit/ui_grid tests/unit/ui_edit
tests_unit_ui_grid_SOURCES = tests/unit/ui_grid.c tests/unit/unit.h
tests_unit_ui_grid_LDADD = libp-ui.a $(libs_base) $(CMOCKA_LIBS)
tests_unit_ui_edit_SOURCES = tests/unit/ui_edit.c tests/unit/unit.h
tests_unit_ui_edit_LDADD = libp-ui.a $(libs_base) $(CMOCKA_LIBS)
