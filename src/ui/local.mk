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
	src/ui/prompt.c \
	src/ui/rate.c \
	src/ui/screen.h \
	src/ui/text.c \
	src/ui/theme.c src/ui/theme.h \
	src/ui/transcript.c \
	src/ui/transcript_doc.c src/ui/transcript_doc.h \
	src/ui/ui.h
