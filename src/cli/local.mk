# The program itself.
bin_PROGRAMS += plimsoll
plimsoll_SOURCES = \
	src/cli/args.c src/cli/cli.c src/cli/cli.h \
	src/cli/cmd_about.c src/cli/cmd_doctor.c src/cli/cmd_formats.c src/cli/cmd_ingest.c src/cli/cmd_list.c \
	src/cli/cmd_polarity.c src/cli/cmd_review.c src/cli/cmd_schema.c src/cli/cmd_show.c src/cli/cmd_sql.c src/cli/cmd_taxonomy.c src/cli/cmd_ui.c src/cli/cmd_zones.c \
	src/cli/command.h src/cli/commands.c src/cli/commands.h \
	src/cli/complete.c src/cli/database.c src/cli/help.c src/cli/main.c src/cli/mdoc.c src/cli/print.c \
	src/cli/show.c src/cli/show.h
plimsoll_CPPFLAGS = $(AM_CPPFLAGS) -DPLIMSOLL_DATADIR='"$(pkgdatadir)"' -DPLIMSOLL_SOURCE='"$(abs_top_srcdir)"'
plimsoll_LDADD = $(libs_term)

dist_man_MANS = man/plimsoll.1 man/plimsoll.5
dist_noinst_SCRIPTS += man/update.sh

# What the shells complete, printed by the program.
if NATIVE
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
nodist_bashcompletion_DATA = completions/plimsoll
nodist_zshcompletion_DATA = completions/_plimsoll
nodist_fishcompletion_DATA = completions/plimsoll.fish
completions/plimsoll: plimsoll$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) completions && ./plimsoll$(EXEEXT) completion bash >$@.tmp && mv $@.tmp $@
completions/_plimsoll: plimsoll$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) completions && ./plimsoll$(EXEEXT) completion zsh >$@.tmp && mv $@.tmp $@
completions/plimsoll.fish: plimsoll$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) completions && ./plimsoll$(EXEEXT) completion fish >$@.tmp && mv $@.tmp $@
CLEANFILES += completions/plimsoll completions/_plimsoll completions/plimsoll.fish
endif

cli_tests = tests/cli/usage.sh tests/cli/axes.sh tests/cli/data.sh tests/cli/man.sh tests/cli/map.sh tests/cli/models.sh tests/cli/newcomer.sh tests/cli/review.sh \
	tests/cli/samples.sh tests/cli/taxonomy.sh tests/cli/turns.sh tests/cli/zones.sh
TESTS += $(cli_tests)
dist_noinst_SCRIPTS += $(cli_tests)
dist_noinst_DATA += tests/cli/audit.jsonl tests/cli/kinds.rules tests/cli/lib.sh tests/cli/same_rows.py
