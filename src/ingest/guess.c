/* SPDX-License-Identifier: MIT
 *
 * A field map from usual column names. It never sets a direction: what says
 * success, score or label becomes a score, and the outcome stays missing until
 * a rule or a map says which way it points.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/map.h"

/* In order of preference; the first column with a name wins. */
static const struct usual {
	enum map_field field;
	const char *names[12];
} usual[] = {
        {MAP_RUN, {"run", "run_id", "run_name"}},
        {MAP_TASK, {"task", "benchmark", "dataset", "task_name"}},
        {MAP_MODEL, {"model", "model_name", "model_id", "target_model", "generator"}},
        {MAP_PROVIDER, {"provider"}},
        {MAP_ITEM, {"item", "item_id", "prompt_id", "sample_id", "test_id", "case_id", "behavior_id", "behaviorid", "question_id",
                           "id"}},
        {MAP_EPOCH, {"epoch", "trial", "repeat", "attempt"}},
        {MAP_SEVERITY, {"severity", "harm_severity"}},
        {MAP_OUTCOME, {"outcome", "verdict"}},
        {MAP_TARGET, {"target", "reference", "expected", "gold"}},
        {MAP_ERROR, {"error", "exception"}},
        {MAP_STARTED, {"started_at", "timestamp", "created_at", "date"}},
        {MAP_DURATION, {"duration_ms", "latency_ms"}},
        {MAP_SYSTEM, {"system", "system_prompt"}},
        {MAP_PROMPT, {"prompt", "prompt_text", "question", "instruction", "query", "input", "behavior", "goal", "user_prompt"}},
        {MAP_RESPONSE, {"response", "completion", "output", "answer", "generation", "model_output", "response_text",
                               "assistant_response"}},
        {MAP_TURNS, {"messages", "turns", "conversation", "transcript"}},
        {MAP_REASON, {"reason", "rationale", "explanation", "score_reason", "judge_reason"}},
        {MAP_RATER, {"judge", "judge_model", "grader", "scorer", "annotator"}},
};

static const char *const score_names[] = {"score", "success", "passed", "pass", "label", "final_label", "safe", "is_safe",
        "unsafe", "is_unsafe", "jailbroken", "is_jailbroken", "refused", "refusal", "is_refusal", "correct", "harmful", "grade",
        "rating", "reward", "toxicity", "asr", NULL};

static const char *const category_names[] = {
        "category", "harm_category", "semanticcategory", "hazard", "risk_category", "subcategory", "topic", NULL};

enum { MAX_META = 64 };

static bool is_name(struct str column, const char *name)
{
	/* "Judge Model" and "judge-model" are usual too. */
	size_t n = strlen(name);
	column = str_trim(column);
	if (column.n != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = column.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (c == ' ' || c == '-')
			c = '_';
		if (c != name[i])
			return false;
	}
	return true;
}

static bool is_one_of(struct str column, const char *const *names)
{
	for (; *names; names++)
		if (is_name(column, *names))
			return true;
	return false;
}

struct guesser {
	struct fieldmap *m;
	const struct str *names;
	size_t n;
	bool *used;
};

static const struct cellspec *column(struct guesser *g, size_t i)
{
	struct cellspec *s = arena_calloc(&g->m->arena, 1, sizeof *s);
	s->from = FROM_POSITION;
	s->position = i + 1;
	s->name = arena_str(&g->m->arena, g->names[i]);
	s->id = g->m->nspecs++;
	g->used[i] = true;
	return s;
}

static void guess_fields(struct guesser *g, struct map_variant *v)
{
	for (size_t u = 0; u < sizeof usual / sizeof *usual; u++)
		for (size_t k = 0; k < 12 && usual[u].names[k] && !v->fields[usual[u].field]; k++)
			for (size_t i = 0; i < g->n && !v->fields[usual[u].field]; i++)
				if (!g->used[i] && is_name(g->names[i], usual[u].names[k]))
					v->fields[usual[u].field] = column(g, i);
}

static struct named_spec named(struct guesser *g, struct str name, size_t i)
{
	size_t nth = 1;
	for (size_t k = 0; k < i; k++)
		nth += str_eq_nocase(str_trim(g->names[k]), str_trim(name));
	const struct cellspec *spec = column(g, i);
	if (nth > 1) /* a repeated header */
		return (struct named_spec){.name = arena_printf(&g->m->arena, "%.*s#%zu", (int)name.n, name.p, nth), .spec = spec};
	return (struct named_spec){.name = arena_str(&g->m->arena, str_trim(name)), .spec = spec};
}

static void guess_lists(struct guesser *g, struct map_variant *v)
{
	struct arena *a = &g->m->arena;
	v->scores = arena_alloc(a, (g->n + 1) * sizeof *v->scores);
	v->categories = arena_alloc(a, (g->n + 1) * sizeof *v->categories);
	v->meta = arena_alloc(a, (g->n + 1) * sizeof *v->meta);
	for (size_t i = 0; i < g->n; i++) {
		if (g->used[i])
			continue;
		if (is_one_of(g->names[i], score_names))
			v->scores[v->nscores++] = named(g, g->names[i], i);
		else if (is_one_of(g->names[i], category_names))
			v->categories[v->ncategories++] =
			        named(g, is_name(g->names[i], "category") ? str_c("category") : g->names[i], i);
		else if (str_trim(g->names[i]).n && v->nmeta < MAX_META)
			v->meta[v->nmeta++] = named(g, g->names[i], i);
	}
}

struct fieldmap *fieldmap_hints(const struct str *names, size_t n)
{
	struct fieldmap *m = xcalloc(1, sizeof *m);
	struct guesser g = {m, names, n, xcalloc(n + 1, sizeof(bool))};
	m->guessed = true;
	m->path = "(guess)";
	m->variants = arena_calloc(&m->arena, 1, sizeof *m->variants);
	m->nvariants = 1;
	struct map_variant *v = m->variants;
	guess_fields(&g, v);
	guess_lists(&g, v);
	free(g.used);
	return m;
}

struct fieldmap *fieldmap_guess(const struct str *names, size_t n)
{
	struct fieldmap *m = fieldmap_hints(names, n);
	const struct map_variant *v = m->variants;
	/* "turns" alone may as well be a count. */
	bool about = v->fields[MAP_PROMPT] || v->fields[MAP_ITEM], judged = v->fields[MAP_OUTCOME] || v->nscores;
	bool said = v->fields[MAP_RESPONSE] || v->fields[MAP_TURNS] || judged;
	if ((about && said) || (v->fields[MAP_TURNS] && judged))
		return m;
	fieldmap_free(m);
	return NULL;
}
