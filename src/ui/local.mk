noinst_LIBRARIES += libp-ui.a
libp_ui_a_SOURCES = \
	src/ui/actions.c \
	src/ui/app.c src/ui/app.h \
	src/ui/bindings.c src/ui/bindings.h \
	src/ui/board.c src/ui/board.h src/ui/board_draw.c \
	src/ui/command.c src/ui/command.h \
	src/ui/copy.c src/ui/copy.h \
	src/ui/doc.c src/ui/doc.h \
	src/ui/edit.c src/ui/edit.h \
	src/ui/grid.c src/ui/grid.h \
	src/ui/keys.c src/ui/keys.h \
	src/ui/list.c src/ui/list.h src/ui/list_draw.c \
	src/ui/marks.c \
	src/ui/policy.c \
	src/ui/prompt.c \
	src/ui/rate.c \
	src/ui/screen.h \
	src/ui/text.c \
	src/ui/theme.c src/ui/theme.h \
	src/ui/transcript.c \
	src/ui/transcript_doc.c src/ui/transcript_doc.h \
	src/ui/ui.h \
	src/ui/visit.c

unit_tests += tests/unit/ui_grid tests/unit/ui_edit
tests_unit_ui_grid_SOURCES = tests/unit/ui_grid.c tests/unit/unit.h
tests_unit_ui_grid_LDADD = libp-ui.a $(libs_base) $(CMOCKA_LIBS)
tests_unit_ui_edit_SOURCES = tests/unit/ui_edit.c tests/unit/unit.h
tests_unit_ui_edit_LDADD = libp-ui.a $(libs_base) $(CMOCKA_LIBS)

# The application on the null terminal, and on a pseudo-terminal where libvterm is there to read it.
check_PROGRAMS += tests/ui/fixture tests/ui/screen
tests_ui_fixture_SOURCES = tests/ui/fixture.c
tests_ui_fixture_LDADD = $(libs_store)
tests_ui_screen_SOURCES = tests/ui/screen.c
tests_ui_screen_LDADD = $(libs_term)
TESTS += tests/ui/screens.sh tests/pty/terminal.sh
dist_noinst_SCRIPTS += tests/ui/screens.sh tests/pty/terminal.sh
EXTRA_DIST += $(srcdir)/tests/ui/*.script $(srcdir)/tests/ui/*.screen $(srcdir)/tests/ui/*.before $(srcdir)/tests/ui/lines.json
update-goldens: tests/ui/fixture tests/ui/screen
	UPDATE=1 PLIMSOLL_TOP='$(abs_top_srcdir)' PLIMSOLL='$(abs_top_builddir)/plimsoll' TZ=UTC LC_ALL=C.UTF-8 \
		$(SHELL) $(srcdir)/tests/ui/screens.sh
.PHONY: update-goldens
if HAVE_VTERM
check_PROGRAMS += tests/pty/terminal
tests_pty_terminal_SOURCES = tests/pty/terminal.c
tests_pty_terminal_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
tests_pty_terminal_LDADD = $(VTERM_LIBS) -lutil
endif
