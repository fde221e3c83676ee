/* SPDX-License-Identifier: MIT
 *
 * The one table of fields: what a filter can ask, in which sessions, and what
 * the help says about it.
 */
#include "filter/internal.h"

static const char *const outcome_words[] = {"pass", "fail", "unsure", "missing", "invalid", "none", NULL};
static const char *const severity_words[] = {"unrated", "none", "low", "medium", "high", "critical", NULL};
static const char *const kind_words[] = {"safety", "capability", "utility", "over-refusal", "none", NULL};
static const char *const scope_words[] = {"in", "out", NULL};
static const char *const ruling_words[] = {
	"confirmed", "false positive", "missed failure", "agrees: pass", "resolved: pass", "resolved: fail",
	"unsure", "invalid", "none", NULL,
};
static const char *const has_words[] = {
	"note", "moved", "tag", "error", "limit", "truncated", "invisible", "repaired", "calls", "reasoning", NULL,
};
static const char *const role_words[] = {"system", "user", "assistant", "tool", "other", NULL};
static const char *const in_words[] = {"content", "reasoning", "arguments", "results", NULL};

/* Blind: what names the model or its maker, what the machine decided, and what other reviewers said. */
const struct field filter_fields[] = {
	{F_RESULT, "result", FIELD_NUMBER,
		.help = "number of the result in this database", .example = "result:123,456"},
	{F_UID, "uid", FIELD_TEXT, .help = "id of the result, the same in every database; its first digits do", .example = "uid:4f1c"},
	{F_SOURCE, "source", FIELD_TEXT, .blind = true,
		.help = "path of the input file", .example = "source:*/2026-03/*"},
	{F_FORMAT, "format", FIELD_TEXT, .rules = true, .blind = true,
		.help = "format of the input file", .example = "format:inspect"},
	{F_RUN, "run", FIELD_TEXT, .rules = true, .blind = true,
		.help = "the run's name", .example = "run:nightly-*"},
	{F_TASK, "task", FIELD_TEXT, .rules = true, .help = "benchmark or data set", .example = "task:agentharm*"},
	{F_KIND, "kind", FIELD_KIND, .words = kind_words,
		.help = "what the task measures", .example = "kind:safety"},
	{F_MODEL, "model", FIELD_TEXT, .multi = true, .rules = true, .blind = true,
		.help = "model under test, by its raw name or alias", .example = "model:gpt-4*"},
	{F_PROVIDER, "provider", FIELD_TEXT, .rules = true, .blind = true,
		.help = "who serves the model", .example = "provider:openai"},
	{F_ITEM, "item", FIELD_TEXT, .rules = true, .help = "test case of the task", .example = "item:\"case 17\""},
	{F_EPOCH, "epoch", FIELD_ANY, .rules = true, .help = "epoch, trial or generation", .example = "epoch:2"},
	{F_CATEGORY, "category", FIELD_CATEGORY, .multi = true, .rules = true,
		.help = "category: that node or below it; a bare name is the last step", .example = "category:ailuminate-1:src"},
	{F_AXIS, "axis", FIELD_TEXT, .multi = true, .rules = true,
		.help = "has a category of this taxonomy", .example = "axis:attack"},
	{F_ITEM_SEVERITY, "item_severity", FIELD_SEVERITY, .words = severity_words,
		.help = "how bad a failure of this item would be", .example = "item_severity>=high"},
	{F_SEVERITY, "severity", FIELD_SEVERITY, .blind = true, .words = severity_words,
		.help = "harm seen in the result; a reviewer's word counts first", .example = "severity>=high"},
	{F_OUTCOME, "outcome", FIELD_OUTCOME, .blind = true, .words = outcome_words,
		.help = "outcome after review", .example = "outcome:fail"},
	{F_AUTO, "auto", FIELD_OUTCOME, .blind = true, .words = outcome_words,
		.help = "outcome by the rules alone", .example = "auto:fail outcome:pass"},
	{F_TARGET, "target", FIELD_TEXT, .rules = true, .help = "expected answer", .example = "target:refuse*"},
	{F_ANSWER, "answer", FIELD_TEXT, .rules = true,
		.help = "the model's answer as the scorer read it; answer=target compares the two", .example = "answer!=target"},
	{F_ERROR, "error", FIELD_TEXT, .rules = true, .help = "error of the result", .example = "error:*timeout*"},
	{F_LIMIT, "limit", FIELD_TEXT, .rules = true, .help = "limit that ended it", .example = "limit:token*"},
	{F_SCORE, "score", FIELD_NUMBER, .blind = true,
		.help = "the primary score, in single precision", .example = "score<0.5"},
	{F_SCORE_NAME, "score.", FIELD_ANY, .prefix = true, .multi = true, .rules = true, .blind = true,
		.help = "score of that name, as number or text", .example = "score.security>=0.5"},
	{F_META, "meta.", FIELD_ANY, .prefix = true, .rules = true, .blind = true,
		.help = "further fact of the source", .example = "meta.persona:skilled"},
	{F_TURNS, "turns", FIELD_NUMBER, .rules = true, .help = "number of turns", .example = "turns>3"},
	{F_CALLS, "calls", FIELD_NUMBER, .rules = true, .help = "number of tool calls", .example = "calls:0"},
	{F_TURN, "turn", FIELD_NUMBER, .blind = true, .help = "the failing turn", .example = "turn>=10"},
	{F_STEP, "step", FIELD_NUMBER, .blind = true,
		.help = "the failing step (assistant turn)", .example = "step:1"},
	{F_STARTED, "started", FIELD_TIME,
		.help = "when it started, UTC: a year, month, day, minute or second", .example = "started>=2026-01-01"},
	{F_SAID, "said", FIELD_TEXT, .rules = true, .blind = true,
		.help = "outcome in the source's own word", .example = "said:unsafe"},
	{F_SAID_SEVERITY, "said_severity", FIELD_TEXT, .rules = true, .blind = true,
		.help = "severity in the source's own word", .example = "said_severity:S3"},
	{F_SCOPE, "scope", FIELD_TEXT, .words = scope_words, .help = "is the run in scope?", .example = "scope:in"},
	{F_RATER, "rater", FIELD_ANY, .multi = true, .rules = true, .blind = true,
		.help = "scorer, judge or rater of the source", .example = "rater:judge-*"},
	{F_REVIEWED, "reviewed", FIELD_FLAG, .help = "somebody annotated it", .example = "-reviewed"},
	{F_REVIEWER, "reviewer", FIELD_TEXT, .multi = true, .blind = true,
		.help = "who annotated it; me is you", .example = "reviewer:me"},
	{F_REVIEWERS, "reviewers", FIELD_NUMBER, .blind = true,
		.help = "how many annotated it", .example = "reviewers<2"},
	{F_TAG, "tag", FIELD_TEXT, .multi = true, .blind = true,
		.help = "tag of an annotation", .example = "tag:follow-up"},
	{F_NOTE, "note", FIELD_TEXT, .multi = true, .blind = true,
		.help = "text of a note", .example = "note:*jailbreak*"},
	{F_RULING, "ruling", FIELD_TEXT, .blind = true, .words = ruling_words,
		.help = "what review makes of the automatic outcome", .example = "ruling:\"missed failure\""},
	{F_HAS, "has", FIELD_FLAG, .multi = true, .words = has_words,
		.help = "has a note, an error, invisible characters …", .example = "has:invisible"},
	{F_TOOL, "tool", FIELD_TEXT, .multi = true, .help = "calls this tool", .example = "tool:bash"},
	{F_TOOL_ARG, "tool.arg.", FIELD_TEXT, .prefix = true, .multi = true,
		.help = "a tool call has this argument", .example = "tool.arg.path:/etc/*"},
	{F_ROLE, "role", FIELD_TURN, .words = role_words,
		.help = "role of the turn in which the words stand", .example = "role:assistant \"rm -rf\""},
	{F_IN, "in", FIELD_TURN, .words = in_words,
		.help = "part of the turn in which the words stand", .example = "in:reasoning pretend"},
	{F_TAXONOMY, "TAXONOMY", FIELD_CATEGORY, .multi = true, .rules = true,
		.help = "any taxonomy's name: its node or below", .example = "ailuminate-1:src"},
	{F_METRIC, "metric", FIELD_TEXT,
		.help = "metric of published values (no result has one)", .example = "metric:accuracy"},
	{.name = NULL},
};

const struct field *filter_field(enum field_id id)
{
	for (const struct field *f = filter_fields; f->name; f++)
		if (f->id == id)
			return f;
	return NULL;
}

const struct field *filter_field_find(struct str name, struct str *sub)
{
	const struct field *best = NULL;
	*sub = str_n(NULL, 0);
	for (const struct field *f = filter_fields; f->name; f++) {
		size_t n = strlen(f->name);
		if (f->id == F_TAXONOMY)
			continue;
		if (!f->prefix && str_eq_nocase(name, str_c(f->name)))
			return f;
		if (f->prefix && name.n > n && str_eq_nocase(str_n(name.p, n), str_c(f->name))) {
			best = f;
			*sub = str_sub(name, n, name.n - n);
		}
	}
	return best;
}

bool filter_field_allowed(const struct field *f, const struct filter_env *env)
{
	if (!env)
		return true;
	return !(env->masked && f->blind) && !(env->rules && !f->rules);
}

bool filter_word_allowed(const struct field *f, const char *word, const struct filter_env *env)
{
	if (f->id != F_HAS || !env || !env->masked)
		return true;
	return strcmp(word, "note") != 0 && strcmp(word, "moved") != 0 && strcmp(word, "tag") != 0;
}

static char word_char(char c)
{
	if (c == '-' || c == '_')
		return ' ';
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

const char *filter_word_find(const struct field *f, struct str value)
{
	for (const char *const *w = f->words; w && *w; w++) {
		size_t i = 0;
		while (i < value.n && (*w)[i] && word_char((*w)[i]) == word_char(value.p[i]))
			i++;
		if (i == value.n && !(*w)[i])
			return *w;
	}
	return NULL;
}
