# The bundled data of `plimsoll demo`, installed beside the program; their generator only goes with the source.
nobase_dist_pkgdata_DATA = sample-data/demo/agentdojo/tool-misuse_atlas-2-70b.jsonl \
	sample-data/demo/agentdojo/tool-misuse_borealis-mini.jsonl \
	sample-data/demo/agentdojo/tool-misuse_corvid-3.jsonl \
	sample-data/demo/agentdojo/tool-misuse_drake-8b.jsonl \
	sample-data/demo/demo.rules \
	sample-data/demo/garak/self-harm_atlas-2-70b.report.jsonl \
	sample-data/demo/garak/self-harm_borealis-mini.report.jsonl \
	sample-data/demo/garak/self-harm_corvid-3.report.jsonl \
	sample-data/demo/garak/self-harm_drake-8b.report.jsonl \
	sample-data/demo/inspect/cyber_atlas-2-70b.json \
	sample-data/demo/inspect/cyber_borealis-mini.json \
	sample-data/demo/inspect/cyber_corvid-3.json \
	sample-data/demo/inspect/cyber_drake-8b.json \
	sample-data/demo/native/deception_atlas-2-70b.jsonl \
	sample-data/demo/native/deception_borealis-mini.jsonl \
	sample-data/demo/native/deception_corvid-3.jsonl \
	sample-data/demo/native/deception_drake-8b.jsonl \
	sample-data/demo/native/over-refusal.jsonl \
	sample-data/demo/promptfoo/privacy.json \
	sample-data/demo/table/fraud.csv \
	sample-data/demo/table/fraud.map.json
EXTRA_DIST += sample-data/generate.py

# After `make install`: the installed program runs its demo from the installed data.
installcheck-local:
	scratch=`mktemp -d` && cd "$$scratch" && env PLIMSOLL_SAMPLE_DATA='$(DESTDIR)$(pkgdatadir)/sample-data/demo' \
		XDG_DATA_HOME="$$scratch" '$(DESTDIR)$(bindir)/plimsoll' demo --format csv -o demo.csv && \
		grep ',red,' demo.csv >/dev/null && cd / && rm -rf "$$scratch"
EXTRA_DIST += sample-data/README.md README.md sample-data/worked

