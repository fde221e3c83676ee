noinst_LIBRARIES += libp-ui.a
libp_ui_a_SOURCES = \
	src/ui/edit.c src/ui/edit.h \
	src/ui/grid.c src/ui/grid.h \
	src/ui/keys.c src/ui/keys.h \
	src/ui/theme.c src/ui/theme.h
