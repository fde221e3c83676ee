/* SPDX-License-Identifier: MIT
 *
 * Aegis AI Content Safety Dataset 2.0: prompts and answers with labels of people and of a jury of models.
 */
#include <stdio.h>

#include "ingest/csvtable.h"
#include "ingest/head.h"
#include "ingest/walk.h"

extern const struct importer imp_aegis;

/* Names of the categories as the set writes them; their codes in the shipped taxonomy aegis-2.0. */
static const char *const codes[][2] = {{"Violence", "S1"}, {"Sexual", "S2"}, {"Criminal Planning/Confessions", "S3"},
	{"Guns and Illegal Weapons", "S4"}, {"Controlled/Regulated Substances", "S5"}, {"Suicide and Self Harm", "S6"},
	{"Sexual (minor)", "S7"}, {"Sexual Minor", "S7"}, {"Hate/Identity Hate", "S8"}, {"PII/Privacy", "S9"}, {"Harassment", "S10"},
	{"Threat", "S11"}, {"Profanity", "S12"}, {"Needs Caution", "S13"}, {"Other", "S14"}, {"Manipulation", "S15"},
	{"Fraud/Deception", "S16"}, {"Malware", "S17"}, {"High Risk Gov Decision Making", "S18"},
	{"Political/Misinformation/Conspiracy", "S19"}, {"Copyright/Trademark/Plagiarism", "S20"}, {"Unauthorized Advice", "S21"},
	{"Illegal Activity", "S22"}, {"Immoral/Unethical", "S23"}};

enum field { ID, RECONSTRUCTION, PROMPT, RESPONSE, PROMPT_LABEL, RESPONSE_LABEL, CATEGORIES, PROMPT_SOURCE, RESPONSE_SOURCE, FIELDS };
static const char *const names[FIELDS + 1] = {"id", "reconstruction_id_if_redacted", "prompt", "response", "prompt_label",
	"response_label", "violated_categories", "prompt_label_source", "response_label_source", NULL};

struct aegis {
	struct import *im;
	size_t columns[FIELDS];
};

static void add_categories(struct sink *s, struct str list)
{
	struct str name;
	while (str_cut(&list, ',', &name)) {
		name = str_trim(name);
		for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
			if (str_eq_nocase(name, str_c(codes[i][0])))
				name = str_c(codes[i][1]);
		sink_category(s, str_c("aegis-2.0"), name);
	}
}

static void add_label(struct sink *s, const char *name, struct str label, struct str rater)
{
	bool unsafe = str_eq_nocase(label, str_c("unsafe")), safe = str_eq_nocase(label, str_c("safe"));
	if (label.n)
		sink_score(s, &(struct in_score){.name = str_c(name), .rater = rater, .value_text = label, .has_num = unsafe || safe,
			.num = unsafe});
}

/* An empty text says that there is none. */
static struct str some(struct str s)
{
	return s.n ? s : (struct str){0};
}

static void open_result(struct aegis *g, const struct str *v, const struct record *place, uint32_t repairs)
{
	struct sink *s = g->im->sink;
	struct sink_result r = SINK_RESULT_INIT;
	r.item = v[ID];
	r.raw_outcome = some(v[RESPONSE_LABEL]);
	r.place = place;
	r.repairs = repairs;
	sink_result(s, &r);
	if (v[PROMPT].n)
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = v[PROMPT]});
	if (v[RESPONSE].n)
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = v[RESPONSE]});
	add_label(s, "prompt_label", v[PROMPT_LABEL], some(v[PROMPT_SOURCE]));
	add_label(s, "response_label", v[RESPONSE_LABEL], some(v[RESPONSE_SOURCE]));
	add_categories(s, v[CATEGORIES]);
	sink_meta(s, "reconstruction_id", some(v[RECONSTRUCTION]));
}

static enum status json_row(void *ctx, const struct walked *w, struct err *err)
{
	struct aegis *g = ctx;
	struct str v[FIELDS];
	for (size_t i = 0; i < FIELDS; i++)
		v[i] = json_plain(json_get(w->node, names[i]));
	if (w->node->type != JSON_OBJECT || !v[ID].n) {
		sink_skip(g->im->sink, w->record->line, "no id");
		return OK;
	}
	open_result(g, v, w->record, w->repairs);
	sink_rest(g->im->sink, "", w->node, names);
	return sink_result_end(g->im->sink, err);
}

static enum status csv_header(void *ctx, const struct csvtable *t, struct err *err)
{
	struct aegis *g = ctx;
	(void)err;
	for (size_t i = 0; i < FIELDS; i++)
		g->columns[i] = csvtable_column(t, names[i]);
	return OK;
}

static enum status csv_row(
	void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place, struct err *err)
{
	struct aegis *g = ctx;
	struct str v[FIELDS];
	for (size_t i = 0; i < FIELDS; i++)
		v[i] = csvtable_cell(t, cells, g->columns[i]);
	open_result(g, v, place, 0);
	return sink_result_end(g->im->sink, err);
}

static enum status aegis_read(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {".csv", ".jsonl", ".json", NULL};
	struct aegis g = {.im = im};
	struct walk walk = {.each = json_row, .ctx = &g};
	const struct csvtable_ops csv = {.header = csv_header, .row = csv_row, .ctx = &g};
	sink_run(im->sink, &(struct in_run){.key = path_stem(im->claim->main->path, suffixes), .tool = str_c("aegis"),
		.task = str_c("aegis-2.0"), .declared = -1});
	if (records_sniff(im->claim->main->head) != RECORDS_NONE)
		return walk_member(im, im->claim->main, &walk, err);
	return csvtable_read(im, im->claim->main, &csv, err);
}

static int aegis_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"reconstruction_id_if_redacted", "prompt_label"}, "prompts with labels and a reconstruction id"},
		{90, {"prompt", "prompt_label", "response_label", "violated_categories"}, "prompts and answers with violated categories"},
		{60, {"prompt", "prompt_label", "violated_categories"}, "prompts with violated categories"},
	};
	struct arena a = {0};
	struct csvtable t;
	if (inside)
		return 0;
	int sure = head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (!sure && csvtable_head(&a, m, &t) && csvtable_column(&t, "prompt_label") != NO_COLUMN &&
		csvtable_column(&t, "violated_categories") != NO_COLUMN) {
		snprintf(why, 160, "prompts with labels and violated categories");
		sure = 90;
	}
	arena_fini(&a);
	return sure;
}

const struct importer imp_aegis = {
	.name = "aegis",
	.title = "Aegis AI Content Safety Dataset 2.0 (.json, .jsonl, .csv)",
	.version = 1,
	.experimental = true,
	.maps = "A row is a result; prompt and response are its turns. Labels are scores, unsafe 1 and safe 0, by the source that the "
		"set names (human, llm_jury …). Violated categories are those of the taxonomy aegis-2.0. The set does not name the model.",
	.polarity = "An unsafe response is a failure, a safe one a pass. Where only the prompt has a label the outcome is missing.",
	.rules = "task:* => set kind=safety score=response_label\n"
		"said:unsafe => set outcome=fail\n"
		"said:safe => set outcome=pass\n",
	.probe = aegis_probe,
	.read = aegis_read,
};
