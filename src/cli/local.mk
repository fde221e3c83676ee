# The program itself.
bin_PROGRAMS += plimsoll
plimsoll_SOURCES = \
	src/cli/args.c src/cli/cli.c src/cli/cli.h \
	src/cli/cmd_about.c \
	src/cli/command.h src/cli/commands.c src/cli/commands.h \
	src/cli/help.c src/cli/main.c
plimsoll_LDADD = $(libs_term)
