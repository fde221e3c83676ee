/* SPDX-License-Identifier: MIT
 *
 * Is it a published table? A model in each row, and numbers in all other columns.
 */
#include <stdio.h>

#include "ingest/csvtable.h"
#include "ingest/mdtable.h"
#include "ingest/published.h"

static const char *const part_names[PUBLISHED_PARTS][10] = {
	[PUBLISHED_MODEL] = {"model", "models", "model_name", "model name", "system", "llm", "agent", NULL},
	[PUBLISHED_CATEGORY] = {"category", "subject", "subjects", "domain", "dimension", "risk", "area",
		"jailbreak_type", NULL},
	[PUBLISHED_METHOD] = {"attack_method", "attack", "attacker", "defense", "defence", "condition", "setting", NULL},
	[PUBLISHED_METRIC] = {"metric", "measure", NULL},
	[PUBLISHED_K] = {"k", "successes", "failures", "hits", "count", NULL},
	[PUBLISHED_N] = {"n", "total", "samples", "trials", NULL},
	[PUBLISHED_VALUE] = {"value", "rate", NULL},
	[PUBLISHED_LOW] = {"low", "lower", "ci_low", "ci_lower", NULL},
	[PUBLISHED_HIGH] = {"high", "upper", "ci_high", "ci_upper", NULL},
};

struct published_shape published_shape(const struct str *header, size_t n)
{
	struct published_shape s = {.subjects = 0};
	for (size_t p = 0; p < PUBLISHED_PARTS; p++)
		s.parts[p] = PUBLISHED_NONE;
	for (size_t i = 0; i < n; i++) {
		s.subjects += published_category(header[i]).n > 0;
		for (size_t p = 0; p < PUBLISHED_PARTS; p++)
			for (size_t k = 0; part_names[p][k]; k++)
				if (s.parts[p] == PUBLISHED_NONE && str_eq_nocase(published_name(header[i]), str_c(part_names[p][k])))
					s.parts[p] = i;
	}
	return s;
}

bool published_is_markdown(const struct member *m)
{
	return str_ends(str_c(m->name), ".md") || str_ends(str_c(m->name), ".markdown");
}

struct guess {
	struct published_shape shape;
	size_t n, rows, numeric, subjects;
	bool asr;   /* attack success rates: named so */
	bool again; /* a model has two rows, and no column tells them apart: rather results */
	struct str models[20];
};

/* In front, or behind the numbers of the rows. */
static bool names_model(const struct guess *g)
{
	return g->shape.parts[PUBLISHED_MODEL] <= 1;
}

static bool guess_header(void *ctx, struct str title, const struct str *cells, size_t n)
{
	struct guess *g = ctx;
	(void)title;
	g->shape = published_shape(cells, n);
	g->n = n;
	g->subjects += names_model(g) ? g->shape.subjects : 0;
	for (size_t i = 0; i < n; i++)
		g->asr |= str_find(cells[i], str_c("asr")) >= 0 || str_find(cells[i], str_c("ASR")) >= 0;
	return names_model(g);
}

/* A row of names and numbers only, or of a section's name. */
static void guess_row(void *ctx, const struct str *cells, uint64_t line)
{
	struct guess *g = ctx;
	struct in_aggregate a;
	bool numeric = true, any = false;
	for (size_t i = 0; i < g->n; i++) {
		bool name = i == g->shape.parts[PUBLISHED_MODEL] || i == g->shape.parts[PUBLISHED_CATEGORY] ||
			i == g->shape.parts[PUBLISHED_METHOD] || i == g->shape.parts[PUBLISHED_METRIC];
		if (name || !str_trim(cells[i]).n)
			continue;
		any = true;
		numeric &= published_cell(cells[i], &a) || str_trim(cells[i]).n < 4 || (line && i + 1 == g->n); /* a note */
	}
	bool told = g->shape.parts[PUBLISHED_CATEGORY] != PUBLISHED_NONE || g->shape.parts[PUBLISHED_METHOD] != PUBLISHED_NONE ||
		g->shape.parts[PUBLISHED_METRIC] != PUBLISHED_NONE;
	struct str model = str_trim(cells[g->shape.parts[PUBLISHED_MODEL]]);
	for (size_t i = 0; !line && !told && i < g->rows && i < 20; i++)
		g->again |= str_eq(g->models[i], model);
	if (any && g->rows < 20)
		g->models[g->rows] = model;
	g->rows += any;
	g->numeric += any && numeric;
}

/* The first rows of a CSV that stand in its head; cells with quotes need more than this look. */
static void guess_csv(struct guess *g, const struct csvtable *t, const struct member *m)
{
	struct str rest = m->head, line, cells[MDTABLE_COLUMNS];
	char delimiter = str_find(m->head, str_c("\t")) >= 0 && str_find(m->head, str_c(",")) < 0 ? '\t' : ',';
	if (t->n > MDTABLE_COLUMNS || !guess_header(g, (struct str){0}, t->header, t->n))
		return;
	str_cut(&rest, '\n', &line);
	while (str_cut(&rest, '\n', &line) && rest.p && g->rows < 20) {
		size_t n = 0;
		while (n < t->n && str_cut(&line, delimiter, &cells[n]))
			n++;
		if (n == t->n && !line.p)
			guess_row(g, cells, 0);
		else
			g->rows++;
	}
}

int published_guess(const struct member *m, const struct bundle *inside, char why[static 160])
{
	struct arena a = {0};
	struct csvtable t;
	struct guess g = {.rows = 0};
	const struct mdtable_ops md = {.header = guess_header, .row = guess_row, .ctx = &g};
	if (inside || !m->head.n)
		return 0;
	bool markdown = published_is_markdown(m);
	if (markdown)
		mdtable_each(m->head, &md);
	else if (csvtable_head(&a, m, &t))
		guess_csv(&g, &t, m);
	arena_fini(&a);
	if (g.numeric < 2 || g.numeric != g.rows || g.again)
		return 0;
	bool known = g.asr || g.subjects >= 3;
	snprintf(why, 160, "a row a model with numbers in every column%s", known ? ", of a kind that is known" : "");
	if (known)
		return 85;
	/* A README has other business than its table. */
	return !markdown ? 35 : str_glob(str_c("*readme*"), str_c(m->name)) ? 40 : 55;
}

