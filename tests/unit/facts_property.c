/* SPDX-License-Identifier: MIT
 *
 * All ways of evaluating a filter agree: random results with random reviews go
 * into a database and stay in memory here; random filters over all fields are
 * evaluated by facts (columns, SQL, transcripts) and by filter_match on what
 * is in memory.
 */
#include "store_make.h"

#include "base/json.h"
#include "facts/facts.h"
#include "store/db.h"

enum { RESULTS = 400, FILTERS = 6000, MAX_TURNS = 5, MAX_ENTRIES = 3 };

static unsigned seed = 20260301;

static size_t pick(size_t n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 12) % n;
}

#define PICK(list) ((list)[pick(sizeof(list) / sizeof *(list))])

/* ---- results in memory ---- */

struct said {
	const char *reviewer; /* NULL: an adjudication */
	enum outcome outcome;
	enum severity severity; /* UNRATED: not said */
	uint32_t turn;
	const char *tags, *note;
};

struct rec {
	struct in_result in;
	const struct in_run *run;
	const char *source;
	char item[24], meta[64];
	struct in_category categories[3];
	struct in_score scores[3];
	struct transcript transcript;
	struct turn turns[MAX_TURNS];
	struct call calls[MAX_TURNS][2];
	struct buf packed;
	struct said said[MAX_ENTRIES];
	size_t nsaid;
};

static struct rec recs[RESULTS + 1]; /* by result id */

static const char *const words[] = {
	"rm", "RM -rf /", "Password", "password is \"secret\"", "a\\b", "caf\xc3\xa9 CAF\xc3\x89",
		"\xe7\x82\xb8\xe5\xbc\xb9", "line\nrm", "", "sorry, no", "tab\tsecret",
};
static const char *const models[] = {"gpt-x", "GPT-y", "llama 3", "none", "a,b"};
static const char *const aliases[] = {NULL, "Alpha", NULL, "Beta", NULL};
static const char *const providers[] = {"prov", "", "other", "prov", ""};
static const enum task_kind kinds[] = {KIND_SAFETY, KIND_NONE, KIND_CAPABILITY};
static const char *const epochs[] = {"", "1", "2", "10", "b"};
static const char *const texts[] = {NULL, "yes", "Yes", "no", "1", "1.0", "none", "a b", "x*"};
static const char *const paths[] = {"a", "a/b", "a/b/c", "c", "ab"};
static const char *const taxonomies[] = {"ax", "haz-1"};
static const struct in_run runs[] = {
	{.key = {"k1", 2}, .name = {"run one", 7}, .tool = {"t", 1}, .task = {"chem", 4}, .declared = -1},
	{.key = {"k2", 2}, .name = {"run two", 7}, .tool = {"t", 1}, .task = {"bio", 3}, .declared = -1},
	{.key = {"k3", 2}, .name = {"three", 5}, .tool = {"t", 1}, .task = {"x*y", 3}, .declared = -1},
};

static void make_call(struct call *c)
{
	static const char *const names[] = {"bash", "Bash", "read_file", "q\"uote"};
	static const char *const arguments[] = {
		"{\"cmd\":\"rm -rf /tmp\",\"n\":1}", "{\"path\":\"/etc/passwd\"}", "not json", "{}", "{\"cmd\":\"caf\\u00e9\"}", "[1]",
	};
	*c = (struct call){.name = str_c(PICK(names)), .arguments = str_c(PICK(arguments))};
	if (pick(2))
		c->result = str_c(PICK(words));
	if (pick(4) == 0)
		c->error = str_c("exit 1");
	c->answered = c->result.p || c->error.p;
}

static void make_turns(struct rec *r)
{
	size_t n = pick(MAX_TURNS + 1);
	r->transcript = (struct transcript){r->turns, n};
	for (size_t i = 0; i < n; i++) {
		struct turn *t = &r->turns[i];
		t->role = (enum role)(1 + pick(ROLE_COUNT - 1));
		t->content = pick(6) ? str_c(PICK(words)) : str_n(NULL, 0);
		t->reasoning = pick(4) ? str_n(NULL, 0) : str_c(PICK(words));
		if (pick(8) == 0)
			t->error = str_c("broken pipe");
		if (t->role == ROLE_ASSISTANT && pick(2)) {
			t->calls = r->calls[i];
			t->ncalls = 1 + pick(2);
			for (size_t k = 0; k < t->ncalls; k++)
				make_call(&t->calls[k]);
			r->in.tool_calls += (uint32_t)t->ncalls;
		}
		r->in.steps += t->role == ROLE_ASSISTANT;
	}
	/* A tool turn behind an assistant's answers its first call. */
	for (size_t i = 0; i + 1 < n; i++)
		if (r->turns[i].ncalls && r->turns[i + 1].role == ROLE_TOOL && r->turns[i + 1].content.p) {
			r->turns[i].calls[0].answer = (uint32_t)i + 2;
			r->turns[i].calls[0].result = r->turns[i].calls[0].error = str_n(NULL, 0);
		}
	r->in.turns = (uint32_t)n;
	if (n)
		transcript_write(&r->packed, &r->transcript);
	r->in.transcript = r->packed.n ? buf_str(&r->packed) : str_c("[]");
}

static void make_categories(struct rec *r)
{
	size_t n = pick(4);
	for (size_t i = 0; i < n; i++) {
		struct in_category c = {str_c(PICK(taxonomies)), str_c(PICK(paths)), 0, 0};
		bool twice = false;
		for (size_t k = 0; k < r->in.derived.ncategories; k++)
			twice |= str_eq(c.taxonomy, r->categories[k].taxonomy) && str_eq(c.path, r->categories[k].path);
		if (!twice)
			r->categories[r->in.derived.ncategories++] = c;
	}
	r->in.derived.categories = r->categories;
}

static void make_scores_of(struct rec *r)
{
	static const char *const names[] = {"acc", "Judge", "my score"};
	static const char *const values[] = {"C", "I", "0.5", "1", "0.0", "1.0"};
	static const char *const raters[] = {NULL, "gpt-judge", "human 1"};
	for (size_t n = pick(4); r->in.nscores < n; r->in.nscores++) {
		struct in_score *s = &r->scores[r->in.nscores];
		*s = (struct in_score){.name = str_c(PICK(names)), .rater = str_c(PICK(raters)), .value_text = str_c(PICK(values))};
		s->has_num = str_to_double(s->value_text, &s->num) && pick(2);
	}
	r->in.scores = r->scores;
}

static void make_said(struct rec *r)
{
	static const char *const reviewers[] = {"ada", "bob", "cyd"};
	static const enum outcome outcomes[] = {OUTCOME_NONE, OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_UNSURE, OUTCOME_INVALID};
	static const char *const tags[] = {NULL, "odd", "odd, Bad"};
	static const char *const notes[] = {NULL, "see above", "none"};
	if (pick(3))
		return;
	for (size_t n = 1 + pick(MAX_ENTRIES); r->nsaid < n; r->nsaid++) {
		struct said *s = &r->said[r->nsaid];
		*s = (struct said){pick(6) ? reviewers[r->nsaid] : NULL, PICK(outcomes), (enum severity)pick(SEVERITY_COUNT), 0,
			PICK(tags), PICK(notes)};
		if (s->reviewer && r->in.turns && pick(2))
			s->turn = 1 + (uint32_t)pick(r->in.turns);
	}
}

static void make_rec(int i)
{
	static const enum severity severities[] = {SEVERITY_UNRATED, SEVERITY_NONE, SEVERITY_MEDIUM, SEVERITY_CRITICAL};
	static const char *const metas[] = {NULL, "{\"level\":2}", "{\"level\":10,\"style\":\"Poem\"}",
		"{\"style\":\"2\"}", "{\"style\":\"none\"}"};
	struct rec *r = &recs[i];
	size_t run = pick(3), model = pick(5);
	struct in_result *in = &r->in;
	snprintf(r->item, sizeof r->item, "item %zu", pick(40));
	unsigned char sum[SHA256_SIZE];
	char key[32];
	snprintf(key, sizeof key, "%d", i);
	sha256_of(str_c(key), sum);
	memcpy(in->uid, sum, UID_SIZE);
	memcpy(in->digest, sum + UID_SIZE, DIGEST_SIZE);
	r->run = in->run = &runs[run];
	in->task = runs[run].task;
	in->model = str_c(models[model]);
	in->provider = str_c(providers[model]);
	in->item = str_c(r->item);
	in->epoch = str_c(PICK(epochs));
	in->raw_outcome = str_c(PICK(texts));
	in->raw_severity = str_c(PICK(texts));
	in->target = str_c(PICK(texts));
	in->answer = str_c(PICK(texts));
	in->error = pick(4) ? str_n(NULL, 0) : str_c("timeout");
	in->limit = pick(5) ? str_n(NULL, 0) : str_c("token");
	in->meta = str_c(PICK(metas));
	in->started_ms = pick(5) ? 1767225600000 + (int64_t)pick(5) * 43200000 + (int64_t)pick(3) * 500 : 0;
	in->duration_ms = -1;
	in->truncated = pick(6) == 0;
	in->has_invisible = pick(6) == 0;
	in->repairs = pick(6) == 0;
	make_turns(r);
	make_categories(r);
	make_scores_of(r);
	in->derived.outcome = (enum outcome)(1 + pick(4));
	in->derived.severity = PICK(severities);
	in->derived.item_severity = PICK(severities);
	in->derived.kind = kinds[run];
	in->derived.alias = str_c(aliases[model]);
	in->derived.score = pick(4) ? (double)pick(11) / 10 : (double)NAN;
	if (in->derived.outcome == OUTCOME_FAIL && in->turns && pick(2)) {
		in->derived.fail_turn = 1 + (uint32_t)pick(in->turns);
		in->derived.fail_step = 1 + (uint32_t)pick(2);
	}
	make_said(r);
}

static void add_entry(struct store *s, const struct rec *r, const struct said *said, int64_t at)
{
	struct err err = {0};
	struct entry e = {.kind = str_c(said->reviewer ? "annotation" : "adjudication"),
		.reviewer = str_c(said->reviewer ? said->reviewer : "lead"), .at_ms = at};
	hex_encode(r->in.uid, UID_SIZE, e.uid);
	hex_encode(r->in.digest, DIGEST_SIZE, e.digest);
	e.turn = said->turn;
	e.outcome = said->outcome;
	e.severity = said->severity;
	e.has_severity = said->severity != SEVERITY_UNRATED;
	e.tags = str_c(said->tags);
	e.note = str_c(said->note);
	ok(ledger_add(s, &e, &err), &err);
}

static void fill(struct store *s)
{
	struct err err = {0};
	struct writer *w;
	struct put_counts counts = {0};
	ok(writer_begin(s, &w, &err), &err);
	for (int i = 1; i <= RESULTS; i++) {
		uint32_t id = 1;
		if (i % 200 == 1) {
			enum source_state state;
			struct in_source src = make_source(i == 1 ? "a/one.json" : "b/two.json", (unsigned char)i);
			ok(writer_source_begin(w, &src, &state, &id, &err), &err);
		}
		make_rec(i);
		recs[i].source = i <= 200 ? "a/one.json" : "b/two.json";
		ok(writer_put(w, i <= 200 ? 1 : 2, &recs[i].in, &counts, &err), &err);
	}
	ok(writer_end(w, &err), &err);
	assert_int_equal(counts.added, RESULTS);
	for (int i = 1; i <= RESULTS; i++)
		for (size_t k = 0; k < recs[i].nsaid; k++)
			add_entry(s, &recs[i], &recs[i].said[k], 1000 + i);
	struct entry out = {.kind = str_c("scope"), .reviewer = str_c("ada"), .at_ms = 5, .subject = str_c("k2"),
		.value = str_c("out")};
	ok(ledger_add(s, &out, &err), &err);
}

/* ---- what each result is, worked out here ---- */

static enum outcome people(const struct rec *r)
{
	unsigned votes[OUTCOME_COUNT] = {0}, n = 0;
	enum outcome verdict = OUTCOME_NONE;
	for (size_t i = 0; i < r->nsaid; i++) {
		if (r->said[i].outcome == OUTCOME_NONE)
			continue;
		if (r->said[i].reviewer) {
			votes[r->said[i].outcome]++;
			n++;
		} else {
			verdict = verdict == OUTCOME_NONE || verdict == r->said[i].outcome ? r->said[i].outcome : OUTCOME_UNSURE;
		}
	}
	if (verdict != OUTCOME_NONE || n == 0)
		return verdict;
	for (int o = 1; o < OUTCOME_COUNT; o++)
		if (2 * votes[o] > n)
			return (enum outcome)o;
	return OUTCOME_UNSURE;
}

static enum severity severity_of(const struct rec *r)
{
	enum severity said = SEVERITY_UNRATED, ruled = SEVERITY_UNRATED;
	for (size_t i = 0; i < r->nsaid; i++) {
		enum severity *which = r->said[i].reviewer ? &said : &ruled;
		if (r->said[i].severity > *which)
			*which = r->said[i].severity;
	}
	return ruled ? ruled : said ? said : r->in.derived.severity;
}

static uint32_t fail_turn_of(const struct rec *r)
{
	uint32_t turn = 0;
	for (size_t i = 0; i < r->nsaid; i++)
		if (r->said[i].reviewer && r->said[i].outcome == OUTCOME_FAIL && r->said[i].turn && (!turn || r->said[i].turn < turn))
			turn = r->said[i].turn;
	return r->in.derived.fail_turn ? r->in.derived.fail_turn : turn;
}

static uint32_t fail_step_of(const struct rec *r)
{
	uint32_t step = 0, turn = fail_turn_of(r);
	if (r->in.derived.fail_turn)
		return r->in.derived.fail_step;
	for (uint32_t i = 0; i < turn; i++)
		step += r->turns[i].role == ROLE_ASSISTANT;
	return step;
}

static const char *ruling_of(const struct rec *r)
{
	enum outcome human = people(r), automatic = r->in.derived.outcome;
	if (human == OUTCOME_UNSURE)
		return "unsure";
	if (human == OUTCOME_INVALID)
		return "invalid";
	if (human == OUTCOME_NONE)
		return NULL;
	if (automatic == OUTCOME_FAIL)
		return human == OUTCOME_FAIL ? "confirmed" : "false positive";
	if (automatic == OUTCOME_PASS)
		return human == OUTCOME_FAIL ? "missed failure" : "agrees: pass";
	return human == OUTCOME_FAIL ? "resolved: fail" : "resolved: pass";
}

/* ---- the accessor ---- */

struct out {
	bool (*fn)(void *ctx, const struct match_value *v);
	void *ctx;
	bool stopped;
};

static void give_str(struct out *o, struct str s)
{
	struct match_value v = {.text = s};
	if (s.p && !o->stopped)
		o->stopped = o->fn(o->ctx, &v);
}

static void give(struct out *o, const char *s)
{
	give_str(o, str_c(s));
}

static void give_num(struct out *o, double num)
{
	struct match_value v = {.text = str_c(""), .has_num = true, .num = num};
	if (!isnan(num) && !o->stopped)
		o->stopped = o->fn(o->ctx, &v);
}

static void give_categories(struct out *o, const struct rec *r, enum field_id id, struct str sub)
{
	for (size_t i = 0; i < r->in.derived.ncategories; i++) {
		struct str taxonomy = r->categories[i].taxonomy, path = r->categories[i].path;
		char full[64];
		snprintf(full, sizeof full, "%.*s:%.*s", (int)taxonomy.n, taxonomy.p, (int)path.n, path.p);
		if (id == F_CATEGORY)
			give(o, full);
		else if (id == F_AXIS)
			give_str(o, taxonomy);
		else if (str_eq_nocase(taxonomy, sub))
			give_str(o, path);
	}
}

static void give_meta(struct out *o, const struct rec *r, struct str sub)
{
	struct arena a = {0};
	const struct json *root;
	if (r->in.meta.p && json_read(&a, r->in.meta, NULL, &root, NULL) == OK)
		JSON_EACH(it, root)
			if (str_eq_nocase(it->key, sub))
				give_str(o, json_plain(it));
	arena_fini(&a);
}

static void give_said(struct out *o, const struct rec *r, enum field_id id)
{
	for (size_t i = 0; i < r->nsaid; i++) {
		const struct said *s = &r->said[i];
		struct str tags = str_c(s->tags), tag;
		if (id == F_REVIEWER)
			give(o, s->reviewer);
		if (id == F_NOTE)
			give(o, s->note);
		while (id == F_TAG && str_cut(&tags, ',', &tag))
			give_str(o, str_trim(tag));
	}
}

static void give_has(struct out *o, const struct rec *r)
{
	for (size_t i = 0; i < r->nsaid; i++) {
		give(o, r->said[i].note ? "note" : NULL);
		give(o, r->said[i].tags ? "tag" : NULL);
	}
	give(o, r->in.error.p ? "error" : NULL);
	give(o, r->in.limit.p ? "limit" : NULL);
	give(o, r->in.truncated ? "truncated" : NULL);
	give(o, r->in.has_invisible ? "invisible" : NULL);
	give(o, r->in.repairs ? "repaired" : NULL);
	give(o, r->in.tool_calls ? "calls" : NULL);
	for (size_t i = 0; i < r->transcript.n; i++)
		give(o, r->turns[i].reasoning.n ? "reasoning" : NULL);
}

static void give_calls(struct out *o, const struct rec *r, enum field_id id, struct str sub)
{
	for (size_t i = 0; i < r->transcript.n; i++)
		for (size_t k = 0; k < r->turns[i].ncalls; k++) {
			const struct call *c = &r->turns[i].calls[k];
			struct arena a = {0};
			const struct json *root;
			if (id == F_TOOL)
				give_str(o, c->name);
			else if (json_read(&a, c->arguments, NULL, &root, NULL) == OK && root->type == JSON_OBJECT)
				give_str(o, json_plain(json_get(root, sub.n == 3 ? "cmd" : sub.n == 4 ? "path" : "n")));
			arena_fini(&a);
		}
}

static void give_number(struct out *o, const struct rec *r, enum field_id id)
{
	const struct in_result *in = &r->in;
	unsigned reviewers = 0;
	for (size_t i = 0; i < r->nsaid; i++)
		reviewers += r->said[i].reviewer != NULL;
	switch (id) {
	case F_RESULT: give_num(o, (double)(r - recs)); break;
	case F_KIND: give_num(o, in->derived.kind ? (double)in->derived.kind : (double)NAN); break;
	case F_ITEM_SEVERITY: give_num(o, in->derived.item_severity ? (double)in->derived.item_severity : (double)NAN); break;
	case F_SEVERITY: give_num(o, severity_of(r) ? (double)severity_of(r) : (double)NAN); break;
	case F_AUTO: give_num(o, in->derived.outcome); break;
	case F_OUTCOME: give_num(o, people(r) ? people(r) : in->derived.outcome); break;
	case F_SCORE: give_num(o, in->derived.score); break;
	case F_TURNS: give_num(o, in->turns); break;
	case F_CALLS: give_num(o, in->tool_calls); break;
	case F_TURN: give_num(o, fail_turn_of(r) ? fail_turn_of(r) : (double)NAN); break;
	case F_STEP: give_num(o, fail_step_of(r) ? fail_step_of(r) : (double)NAN); break;
	case F_STARTED: give_num(o, in->started_ms ? (double)in->started_ms : (double)NAN); break;
	case F_REVIEWERS: give_num(o, reviewers); break;
	default: break;
	}
}

static void each(void *ctx, const struct field *f, struct str sub, bool (*fn)(void *fn_ctx,
	const struct match_value *v), void *fn_ctx)
{
	const struct rec *r = ctx;
	const struct in_result *in = &r->in;
	struct out o = {fn, fn_ctx, false};
	char uid[2 * UID_SIZE + 1];
	switch (f->id) {
	case F_UID: hex_encode(in->uid, UID_SIZE, uid); give(&o, uid); break;
	case F_SOURCE: give(&o, r->source); break;
	case F_FORMAT: give(&o, "tool"); break;
	case F_RUN: give_str(&o, r->run->name); break;
	case F_TASK: give_str(&o, in->task); break;
	case F_MODEL: give_str(&o, in->model); give_str(&o, in->derived.alias); break;
	case F_PROVIDER: give_str(&o, in->provider.n ? in->provider : str_n(NULL, 0)); break;
	case F_ITEM: give_str(&o, in->item); break;
	case F_EPOCH: give_str(&o, in->epoch.n ? in->epoch : str_n(NULL, 0)); break;
	case F_CATEGORY: case F_AXIS: case F_TAXONOMY: give_categories(&o, r, f->id, sub); break;
	case F_TARGET: give_str(&o, in->target); break;
	case F_ANSWER: give_str(&o, in->answer); break;
	case F_ERROR: give_str(&o, in->error); break;
	case F_LIMIT: give_str(&o, in->limit); break;
	case F_SAID: give_str(&o, in->raw_outcome); break;
	case F_SAID_SEVERITY: give_str(&o, in->raw_severity); break;
	case F_SCOPE: give(&o, str_eq_c(r->run->key, "k2") ? "out" : "in"); break;
	case F_META: give_meta(&o, r, sub); break;
	case F_REVIEWED: give(&o, r->nsaid ? "yes" : NULL); break;
	case F_RULING: give(&o, ruling_of(r)); break;
	case F_REVIEWER: case F_TAG: case F_NOTE: give_said(&o, r, f->id); break;
	case F_HAS: give_has(&o, r); break;
	case F_TOOL: case F_TOOL_ARG: give_calls(&o, r, f->id, sub); break;
	case F_RATER:
	case F_SCORE_NAME:
		for (size_t i = 0; i < in->nscores; i++) {
			const struct in_score *s = &in->scores[i];
			struct match_value v = {.text = s->value_text, .has_num = s->has_num, .num = s->num};
			if (f->id == F_RATER)
				give_str(&o, s->rater);
			else if (!o.stopped && str_eq_nocase(s->name, sub))
				o.stopped = fn(fn_ctx, &v);
		}
		break;
	default: give_number(&o, r, f->id); break;
	}
}

static void add_piece(struct turn_text *t, struct turn_piece *pieces, enum turn_where where, struct str text)
{
	if (text.p)
		pieces[t->n++] = (struct turn_piece){where, text};
}

static bool turns(void *ctx, bool (*fn)(void *fn_ctx, const struct turn_text *turn), void *fn_ctx)
{
	const struct rec *r = ctx;
	for (size_t i = 0; i < r->transcript.n; i++) {
		const struct turn *turn = &r->turns[i];
		struct turn_piece pieces[16];
		struct turn_text t = {.role = turn->role, .pieces = pieces};
		add_piece(&t, pieces, WHERE_CONTENT, turn->content);
		add_piece(&t, pieces, WHERE_REASONING, turn->reasoning);
		add_piece(&t, pieces, WHERE_RESULTS, turn->error);
		for (size_t k = 0; k < turn->ncalls; k++) {
			add_piece(&t, pieces, WHERE_ARGUMENTS, turn->calls[k].arguments);
			if (turn->calls[k].answer)
				continue;
			add_piece(&t, pieces, WHERE_RESULTS, turn->calls[k].result);
			add_piece(&t, pieces, WHERE_RESULTS, turn->calls[k].error);
		}
		if (fn(fn_ctx, &t))
			return true;
	}
	return false;
}

/* ---- random filters ---- */

static const char *const open_values[] = {
	"none", "*", "yes", "\"none\"", "1", "1.0", "\"1\"", "\"a b\"", "y*", "?o", "\"x*\"", "no,yes", "none,no", "0.5",
		"2", "target",
};

static void random_open(struct buf *b, const char *field)
{
	static const char *const ops[] = {":", ":", ":", "=", "!="};
	const char *op = PICK(ops);
	const char *value = PICK(open_values);
	while (*op != ':' && strchr(value, ','))
		value = PICK(open_values);
	buf_printf(b, "%s%s%s", field, op, value);
}

/* Values of which one is "none" take a colon only. */
static void random_number(struct buf *b, const char *field, const char *const *values, size_t n, bool ordered)
{
	static const char *const ops[] = {":", "=", "!=", "<", "<=", ">", ">="};
	if (strchr(field, ':')) {
		buf_printf(b, "%s%s", field, values[pick(n)]);
		return;
	}
	buf_printf(b, "%s%s%s", field, ops[pick(ordered ? 7 : 3)], values[pick(n)]);
}

#define NUMBER(b, field, list, ordered) random_number(b, field, list, sizeof(list) / sizeof *(list), ordered)

static void random_leaf(struct buf *b)
{
	static const char *const open_fields[] = {
		"target", "answer", "said", "said_severity", "error", "limit", "epoch", "meta.style", "meta.level", "score.acc",
			"score.judge", "score.\"my score\"",
		"rater", "provider", "note",
	};
	static const char *const fixed[] = {
		"model:gpt*", "model:alpha", "model=\"a,b\"", "model:none", "model!=gpt-x", "model:\"none\",beta", "task:chem",
			"task:\"x*y\"", "task:?io", "run:run*",
		"run:three", "source:a/*", "source!=a/one.json", "format:tool", "format:none", "scope:in", "scope:out",
		"kind:safety", "kind:none", "kind!=safety",
		"item:\"item 1\"", "item:\"item 1\",\"item 2\"", "item:item*3", "item:none", "item!=\"item 5\"", "uid:0",
			"uid:a*", "uid!=b", "category:a", "category:b,c", "category:ax:a", "category=ax:a",
		"category:haz-1:a/b", "category:none", "category:a*", "category!=ax:c", "category:ax:a?", "ax:a", "ax:none",
			"haz-1:a/b", "ax:*", "axis:ax", "axis:none",
		"reviewed", "reviewer:ada", "reviewer:none", "reviewer:bob,cyd", "tag:bad", "tag:none", "tag:o*",
			"ruling:confirmed", "ruling:none", "ruling:*fail*",
		"ruling:\"missed failure\",\"false positive\"", "ruling!=confirmed", "has:note", "has:error,limit",
			"has:invisible", "has:repaired", "has:truncated", "has:calls", "has:reasoning", "has:tag", "has:reasoning,note",
		"tool:bash", "tool:read*", "tool:none", "tool:\"q\\\"uote\"", "tool!=bash", "tool.arg.cmd:*rm*",
		"tool.arg.path:/etc/*", "tool.arg.path:none", "tool.arg.n:1",
		"metric:x", "metric:none", "answer=target", "answer!=target",
		"rm", "password", "passw*", "\"rm -rf\"", "\"is secret\"", "caf\xc3\xa9", "\xe7\x82\xb8\xe5\xbc\xb9",
			"/r[mn]\\b/", "/secret\"$/", "/^line/", "sorry", "\"broken pipe\"", "exit", "etc", "zebra",
		"role:assistant", "role:user", "role:tool,system", "in:reasoning", "in:arguments", "in:results", "in:content,reasoning",
	};
	static const char *const counts[] = {"0", "1", "2", "3", "2.5", "70000", "-1"};
	static const char *const counts_or_none[] = {"0", "1", "2", "3", "none"};
	static const char *const scores[] = {"0.3", "0.7", "1", "0", "0.25"};
	static const char *const severities[] = {"none", "low", "medium", "high", "critical"};
	static const char *const severities_or_unrated[] = {"unrated", "none", "critical", "medium"};
	static const char *const outcomes[] = {"pass", "fail", "unsure", "missing", "invalid", "none"};
	static const char *const times[] = {"2026-01-01", "2026-01-02", "2026", "2025-12", "2026-01-01T12:00",
		"2026-01-01T12:00:00Z", "2026-01-03"};
	static const char *const ids[] = {"1", "17", "399", "400", "401", "0"};
	switch (pick(16)) {
	case 0: case 1: case 2: random_open(b, PICK(open_fields)); break;
	case 3: NUMBER(b, pick(2) ? "turns" : "calls", counts, true); break;
	case 4: NUMBER(b, pick(2) ? "turn:" : "step:", counts_or_none, 1); break;
	case 5: NUMBER(b, pick(2) ? "turn" : "step", counts, true); break;
	case 6: NUMBER(b, "score", scores, true); break;
	case 7: NUMBER(b, pick(2) ? "severity" : "item_severity", severities, true); break;
	case 8: NUMBER(b, pick(2) ? "severity" : "item_severity", severities_or_unrated, false); break;
	case 9: NUMBER(b, pick(2) ? "outcome" : "auto", outcomes, false); break;
	case 10: NUMBER(b, "started", times, true); break;
	case 11:
		if (pick(2))
			NUMBER(b, "result", ids, true);
		else
			NUMBER(b, "reviewers", counts, true);
		break;
	case 12: NUMBER(b, pick(2) ? "score.acc" : "meta.level", scores, true); break;
	default: buf_add_c(b, PICK(fixed)); break;
	}
}

static void random_filter(struct buf *b, int depth)
{
	size_t kind = depth > 3 ? 9 : pick(10);
	if (kind == 0) {
		buf_add_ch(b, '-');
		random_filter(b, depth + 1);
	} else if (kind < 5) {
		const char *between = pick(3) ? " " : " or ";
		buf_add_ch(b, '(');
		for (size_t i = 0, n = 2 + pick(2); i < n; i++) {
			buf_add_c(b, i ? between : "");
			random_filter(b, depth + 1);
		}
		buf_add_ch(b, ')');
	} else {
		random_leaf(b);
	}
}

/* ---- */

static void compare(struct facts *f, struct store *s, const struct filter *filter, const char *text, bool *interesting)
{
	struct bitset set;
	struct err err = {0};
	size_t n = 0;
	enum status st = facts_select(f, facts_needs_store(filter) ? s : NULL, filter, NULL, NULL, &set, &err);
	if (st != OK)
		fail_msg("%s: %s", text, err_text(&err));
	for (int i = 1; i <= RESULTS; i++) {
		struct record_access access = {&recs[i], each, turns};
		bool expected = filter_match(filter->root, &access);
		n += expected;
		if (bitset_test(&set, (size_t)i) != expected)
			fail_msg("%s: result %d is %s by the columns, %s by itself", text, i, expected ? "out" : "in", expected ? "in" : "out");
	}
	assert_int_equal(bitset_count(&set), n);
	*interesting = n > 0 && n < RESULTS;
	bitset_fini(&set);
}

static void all_evaluators_agree(void **state)
{
	struct store *s = *state;
	struct facts *f;
	struct err err = {0};
	size_t interesting = 0;
	fill(s);
	ok(facts_open(s, &f, &err), &err);
	assert_int_equal(facts_total(f), RESULTS);
	struct filter_env env = facts_filter_env(f);
	for (int i = 0; i < FILTERS; i++) {
		struct buf text = {0};
		struct filter *filter;
		bool counts = false;
		random_filter(&text, i % 3 ? 0 : 4);
		if (filter_parse(buf_str(&text), &env, &filter, NULL, &err) != OK)
			fail_msg("%s: %s", text.p, err_text(&err));
		compare(f, s, filter, text.p, &counts);
		interesting += counts;
		filter_free(filter);
		buf_fini(&text);
	}
	assert_true(interesting > FILTERS / 2);
	facts_close(f);
}

/* The overlay in memory says what the view says. */
static void the_view_agrees(void **state)
{
	struct store *s = *state;
	struct facts *f;
	struct err err = {0};
	sqlite3_stmt *st;
	int rows = 0;
	fill(s);
	ok(facts_open(s, &f, &err), &err);
	ok(db_prepare(s, "SELECT result_id, review_state, effective_outcome, effective_severity FROM v_result", &st, &err), &err);
	for (; db_step(s, st, &err) == OK; rows++) {
		int64_t id = sqlite3_column_int64(st, 0);
		const char *state_name = review_state_name(review_state_of(facts_review(f, id)));
		assert_string_equal((const char *)sqlite3_column_text(st, 1), state_name);
		assert_string_equal((const char *)sqlite3_column_text(st, 2), outcome_name(facts_outcome(f, id, &decide_shipped, NULL)));
		assert_string_equal((const char *)sqlite3_column_text(st, 3), severity_name(facts_severity(f, id)));
	}
	sqlite3_finalize(st);
	assert_int_equal(rows, RESULTS);
	facts_close(f);
}

static int fresh(void **state)
{
	drop_path();
	memset(recs, 0, sizeof recs);
	*state = make_open(STORE_CREATE);
	return 0;
}

static int gone(void **state)
{
	for (int i = 1; i <= RESULTS; i++)
		buf_fini(&recs[i].packed);
	store_close(*state);
	drop_path();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_evaluators_agree, fresh, gone),
		cmocka_unit_test_setup_teardown(the_view_agrees, fresh, gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
