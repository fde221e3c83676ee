/* SPDX-License-Identifier: MIT
 *
 * Inspect AI logs: .eval (a zip with one member a sample, or many) and .json
 * (one document with "samples"). The header is read in inspect_header.c, a
 * sample in inspect_sample.c and inspect_score.c, one in pieces in
 * inspect_chunked.c.
 */
#include "ingest/imp_inspect.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/head.h"

/* A .json above this is refused by the tool itself; archives of one development version say 3. */
enum { NEWEST_JSON = 2, NEWEST_EVAL = 3 };

static const char *const sample_arrays[] = {"/samples", NULL};

/* ---- .json ---- */

static enum status json_header(void *ctx, const struct json *doc, struct err *err)
{
	struct inspect *in = ctx;
	enum status st = inspect_header(in, doc, NEWEST_JSON, (struct str){0}, err);
	if (st)
		err_prefix(err, "%s", in->im->claim->main->path);
	return st;
}

static enum status json_sample(void *ctx, const struct walked *w, struct err *err)
{
	struct inspect *in = ctx;
	if (w->record->array < 0) {
		sink_skip(in->im->sink, w->record->line, "a record outside of \"samples\"");
		return OK;
	}
	return inspect_sample_whole(in, &(struct inspect_sample){
		.node = w->node, .place = w->record, .arena = w->arena, .repairs = w->repairs,
	}, err);
}

static enum status read_json(struct inspect *in, struct err *err)
{
	struct walk walk = {.arrays = sample_arrays, .header = json_header, .each = json_sample, .ctx = in};
	return walk_member(in->im, in->im->claim->main, &walk, err);
}

/* ---- .eval ---- */

enum status inspect_slurp(
	struct inspect *in, const struct member *m, struct arena *a, uint32_t *repairs, const struct json **out, struct err *err)
{
	struct buf b = {0};
	struct json_repairs r = {0};
	enum status st = reader_slurp(in->im->reader, m, SOURCE_MAX_RECORD, &b, err);
	if (st == OK) {
		st = json_read(a, arena_str(a, buf_str(&b)), &r, out, err);
		if (st)
			err_prefix(err, "%s", m->path);
	}
	buf_fini(&b);
	if (repairs)
		*repairs += r.nul + r.surrogates + r.invalid_utf8;
	return st;
}

/* Does the name end in "_epoch_N", with `suffix` behind it? */
static bool is_sample_name(struct str name, const char *suffix)
{
	if (!str_ends(name, suffix))
		return false;
	name.n -= strlen(suffix);
	size_t digits = 0;
	while (digits < name.n && name.p[name.n - digits - 1] >= '0' && name.p[name.n - digits - 1] <= '9')
		digits++;
	name.n -= digits;
	return digits && str_starts(name, "samples/") && str_ends(name, "_epoch_");
}

static enum status eval_header(struct inspect *in, struct err *err)
{
	struct arena a = {0};
	const struct member *m = bundle_find(in->im->inside, "header.json");
	struct str status = {0};
	const struct json *doc;
	if (!m) { /* still running, or killed */
		m = bundle_find(in->im->inside, "_journal/start.json");
		status = str_c("started");
	}
	enum status st = m ? inspect_slurp(in, m, &a, NULL, &doc, err) : err_fail(err, "neither header.json nor _journal/start.json is in it");
	if (st == OK)
		st = inspect_header(in, doc, NEWEST_EVAL, status, err);
	if (st)
		err_prefix(err, "%s", in->im->claim->main->path);
	arena_fini(&a);
	return st;
}

static enum status eval_member(struct inspect *in, const struct member *m, struct arena *a, struct err *err)
{
	struct str name = str_c(m->name);
	if (is_sample_name(name, "/sample.json"))
		return inspect_chunked(in, m, a, err);
	if (!is_sample_name(name, ".json"))
		return OK;
	struct inspect_sample s = {.arena = a, .member = name};
	enum status st = inspect_slurp(in, m, a, &s.repairs, &s.node, err);
	return st ? st : inspect_sample_whole(in, &s, err);
}

/* A member that can not be read costs itself. */
static enum status read_eval(struct inspect *in, struct err *err)
{
	const struct bundle *b = in->im->inside;
	struct arena a = {0};
	enum status st = eval_header(in, err);
	for (size_t i = 0; st == OK && i < b->n; i++) {
		struct err why = {0};
		if (sink_stopped(in->im->sink))
			st = err_set(err, CANCELLED, "%s: stopped", b->path);
		else if (eval_member(in, &b->members[i], &a, &why) != OK && !sink_stopped(in->im->sink))
			sink_skip(in->im->sink, 0, "%s", err_text(&why));
		err_fini(&why);
		arena_reset(&a);
	}
	arena_fini(&a);
	return st;
}

/* ---- */

static enum status inspect_read(struct import *im, struct err *err)
{
	struct inspect in = {.im = im, .primary = setting_or(im, "scorer", (struct str){0})};
	enum status st = im->inside ? read_eval(&in, err) : read_json(&in, err);
	free(in.scorers);
	arena_fini(&in.keep);
	return st;
}

static int inspect_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const char *const must[] = {"version", "eval", NULL}, *const may[] = {"status", "plan", "results", "samples", NULL};
	if (m->container == CONTAINER_ZIP) {
		const struct member *start = inside ? bundle_find(inside, "_journal/start.json") : NULL;
		if (!start && inside)
			start = bundle_find(inside, "header.json");
		if (!start || !head_has(start->head, "eval"))
			return 0;
		snprintf(why, 160, "an archive with %s", start->name);
		return 95;
	}
	if (inside)
		return 0;
	if (head_has_all(m->head, must) && head_has(m->head, "eval/task")) {
		snprintf(why, 160, "a document with version, eval and its task");
		return 90;
	}
	/* Cut or broken behind its first members: claimed, so that it is refused with a reason. */
	if (str_starts(str_trim(m->head), "{") && head_has(m->head, "version") && head_count(m->head, may) >= 1) {
		snprintf(why, 160, "a document that begins as Inspect's do");
		return 40;
	}
	return 0;
}

const struct importer imp_inspect = {
	.name = "inspect",
	.title = "Inspect AI logs (.eval, .json)",
	.version = 1,
	.maps = "A sample is a result, its messages are the turns, its scores the scores (a score that is an object gives one a "
		"name, scorer/key). The run is the eval id. Category and severity come from the sample's metadata "
		"(category, subcategory, harm_category, risk_category …) and belong to the taxonomy named like the task; the rest of the "
		"metadata are facts. Texts moved to attachments are put back. Events repeat the messages and are not read.",
	.polarity = "C (correct) passes, I (incorrect) and N (no answer) fail, P (partial) is unsure: the words say so. Any other value "
		"counts by Inspect's own mapping to a number (yes, true = 1; no, false = 0), fail := score < 0.5, only where Inspect "
		"summarises the scorer as accuracy, for then 1 is right; in a task of attacks right may still be what the "
		"attacker wants, so confirm it with `polarity`. Any other number has no stated direction and gives no outcome until a rule "
		"says one. Of several scorers the first counts, or --set scorer=NAME. NaN and null are unscored.",
	.rules = "said:correct => set outcome=pass\n"
		"said:incorrect,noanswer => set outcome=fail\n"
		"said:partial => set outcome=unsure\n"
		"said:unscored => set outcome=missing\n"
		"-error:none => set outcome=missing\n",
	.probe = inspect_probe,
	.read = inspect_read,
};
