noinst_LIBRARIES += libp-term.a
libp_term_a_SOURCES = \
	src/term/plain.c src/term/plain.h \
	src/term/restore.c \
	src/term/run.c \
	src/term/script.c src/term/script.h \
	src/term/term.h \
	src/term/term_curses.c
