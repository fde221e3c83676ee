/* SPDX-License-Identifier: MIT
 *
 * Field maps from JSON, through one table of keys that also prints the schema.
 */
#include "ingest/map.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "ingest/rulefile.h"
#include "ingest/sniff.h"

enum key_kind {
	KEY_SPEC,
	KEY_CATEGORY,
	KEY_SCORE,
	KEY_SCORES,
	KEY_RATINGS,
	KEY_META,
	KEY_WORDS,
	KEY_SEVERITY_WORDS,
	KEY_MODELS,
	KEY_SKIP,
	KEY_TEXT
};

static const struct key {
	const char *name;
	enum key_kind kind;
	int field; /* KEY_SPEC: enum map_field */
	const char *help;
} keys[] = {
        {"run", KEY_SPEC, MAP_RUN, "the run; absent: the path of the file"},
        {"task", KEY_SPEC, MAP_TASK, "benchmark or data set"},
        {"model", KEY_SPEC, MAP_MODEL, "the model under test"},
        {"provider", KEY_SPEC, MAP_PROVIDER, "who serves it"},
        {"item", KEY_SPEC, MAP_ITEM, "the test case; absent: the number of the row"},
        {"epoch", KEY_SPEC, MAP_EPOCH, "whatever tells repeats of an item apart"},
        {"severity", KEY_SPEC, MAP_SEVERITY, "harm seen"},
        {"item_severity", KEY_SPEC, MAP_ITEM_SEVERITY, "how bad a failure of this item would be"},
        {"outcome", KEY_SPEC, MAP_OUTCOME, "the outcome in the table's words, see words"},
        {"target", KEY_SPEC, MAP_TARGET, "the expected answer"},
        {"answer", KEY_SPEC, MAP_ANSWER, "the answer as the scorer read it"},
        {"error", KEY_SPEC, MAP_ERROR, "why the item broke"},
        {"limit", KEY_SPEC, MAP_LIMIT, "the limit that ended it"},
        {"started_at", KEY_SPEC, MAP_STARTED, "ISO 8601, or seconds or milliseconds since 1970"},
        {"duration_ms", KEY_SPEC, MAP_DURATION, "milliseconds"},
        {"system", KEY_SPEC, MAP_SYSTEM, "the system message"},
        {"prompt", KEY_SPEC, MAP_PROMPT, "the user's message, or a chat as JSON"},
        {"response", KEY_SPEC, MAP_RESPONSE, "the model's answer"},
        {"turns", KEY_SPEC, MAP_TURNS, "a chat: a list of messages with role and content"},
        {"reason", KEY_SPEC, MAP_REASON, "why the score is what it is"},
        {"rater", KEY_SPEC, MAP_RATER, "who gave the scores"},
        {"category", KEY_CATEGORY, 0, "where the path is (several columns: its steps), or {taxonomy: that}"},
        {"score", KEY_SCORE, 0, "the score named score"},
        {"scores", KEY_SCORES, 0, "{name: where it is}"},
        {"ratings", KEY_RATINGS, 0, "scores of several raters: {name: {rater: where it is}}, or {name: a column that holds {rater: value}}"},
        {"meta", KEY_META, 0, "further facts: {name: where it is}, or a list of columns"},
        {"words", KEY_WORDS, 0, "outcome words of the table: {\"fail\": [\"no\", \"unsafe\"], \"pass\": [\"yes\"]}"},
        {"severity_words", KEY_SEVERITY_WORDS, 0, "severity words of the table: {\"high\": [\"S3\"]}"},
        {"models", KEY_MODELS, 0, "wide tables: a list with, for each model, what differs (model, response, outcome, scores …)"},
        {"skip", KEY_SKIP, 0, "rows that are no results: {column: [values]}"},
        {"delimiter", KEY_TEXT, 0, "of the table, one character; absent: found out"},
        {"records", KEY_TEXT, 1, "JSON pointer of the list of records in a document"},
        {"tool", KEY_TEXT, 2, "name of the tool that wrote the file"},
};

enum { NKEYS = sizeof keys / sizeof *keys, MAX_SPECS = 4096 };

struct map_reader {
	struct fieldmap *m;
	struct arena *a;
	const char *path;
	struct err *err;
};

static enum status bad(struct map_reader *r, const char *where, const char *what)
{
	return err_usage(r->err, "%s: %s: %s", r->path, where, what);
}

static struct str keep(struct map_reader *r, struct str s)
{
	return arena_str(r->a, s);
}

/* ---- where a value comes from ---- */

static struct cellspec *new_spec(struct map_reader *r, enum cell_from from, struct str name)
{
	struct cellspec *s = arena_calloc(r->a, 1, sizeof *s);
	s->from = from;
	s->name = keep(r, name);
	s->id = r->m->nspecs++;
	return s;
}

static enum status read_spec(struct map_reader *r, const char *where, const struct json *v, const struct cellspec **out);

static enum status read_parts(struct map_reader *r, const char *where, const struct json *v, struct cellspec *s)
{
	const struct cellspec **list = arena_alloc(r->a, (v->count + 1) * sizeof *list);
	size_t n = 0;
	JSON_EACH(it, v)
	{
		enum status st = read_spec(r, where, it, &list[n++]);
		if (st)
			return st;
	}
	struct cellspec *parts = arena_alloc(r->a, (n + 1) * sizeof *parts);
	for (size_t i = 0; i < n; i++)
		parts[i] = *list[i];
	s->parts = parts;
	s->nparts = n;
	return n ? OK : bad(r, where, "an empty list of columns");
}

static enum status read_spec(struct map_reader *r, const char *where, const struct json *v, const struct cellspec **out)
{
	int64_t n;
	if (r->m->nspecs >= MAX_SPECS)
		return bad(r, where, "more columns than a map can hold");
	if (v->type == JSON_STRING && v->text.n) {
		*out = new_spec(r, FROM_COLUMN, v->text);
		return OK;
	}
	if (v->type == JSON_NUMBER && json_i64(v, &n) && n >= 1 && n <= 1 << 20) {
		struct cellspec *s = new_spec(r, FROM_POSITION, (struct str){0});
		s->position = (size_t)n;
		*out = s;
		return OK;
	}
	if (v->type == JSON_ARRAY) {
		struct cellspec *s = new_spec(r, FROM_PARTS, (struct str){0});
		*out = s;
		return read_parts(r, where, v, s);
	}
	const struct json *constant = json_get(v, "const"), *file = json_get(v, "file_name"), *around = json_get(v, "document");
	if (v->type == JSON_OBJECT && v->count == 1 && (constant->type == JSON_STRING || constant->type == JSON_NUMBER)) {
		*out = new_spec(r, FROM_CONST, json_plain(constant));
		return OK;
	}
	if (v->type == JSON_OBJECT && v->count == 1 && file->type == JSON_STRING && str_find(file->text, str_c("{}")) >= 0) {
		*out = new_spec(r, FROM_FILE, file->text);
		return OK;
	}
	if (v->type == JSON_OBJECT && v->count == 1 && around->type == JSON_STRING && str_starts(around->text, "/")) {
		*out = new_spec(r, FROM_DOCUMENT, around->text);
		return OK;
	}
	return bad(r, where,
	        "a value comes from a column name, a position from 1, a list of those, {\"const\": text}, "
	        "{\"file_name\": \"pattern with {}\"}, or {\"document\": \"/pointer\"}");
}

/* ---- lists of named values ---- */

static void add_named(struct map_reader *r, struct named_spec **list, size_t *n, struct str name, const struct cellspec *spec)
{
	struct named_spec *more = arena_alloc(r->a, (*n + 1) * sizeof *more);
	if (*n)
		memcpy(more, *list, *n * sizeof *more);
	more[(*n)++] = (struct named_spec){.name = keep(r, name), .spec = spec};
	*list = more;
}

static enum status read_named(struct map_reader *r, const char *where, const struct json *v, struct named_spec **list, size_t *n)
{
	if (v->type != JSON_OBJECT)
		return bad(r, where, "an object {name: where it is} is wanted");
	JSON_EACH(it, v)
	{
		const struct cellspec *spec;
		enum status st = read_spec(r, where, it, &spec);
		if (st)
			return st;
		add_named(r, list, n, it->key, spec);
	}
	return OK;
}

/* Is it {name: where} rather than one place? */
static bool is_names(const struct json *v)
{
	return v->type == JSON_OBJECT && json_is_null(json_get(v, "const")) && json_is_null(json_get(v, "file_name")) &&
	       json_is_null(json_get(v, "document"));
}

static enum status read_ratings(struct map_reader *r, const char *where, const struct json *v, struct map_variant *out)
{
	if (v->type != JSON_OBJECT)
		return bad(r, where, "an object {name: {rater: where it is}} is wanted");
	JSON_EACH(score, v)
	{
		size_t from = out->nscores;
		const struct cellspec *spec;
		enum status st = OK;
		if (is_names(score)) {
			st = read_named(r, where, score, &out->scores, &out->nscores);
		} else {
			st = read_spec(r, where, score, &spec);
			if (!st)
				add_named(r, &out->scores, &out->nscores, (struct str){0}, spec);
		}
		if (st)
			return st;
		for (size_t i = from; i < out->nscores; i++) {
			out->scores[i].rater = out->scores[i].name;
			out->scores[i].name = keep(r, score->key);
			out->scores[i].by_rater = true;
		}
	}
	return OK;
}

static enum status read_category(struct map_reader *r, const char *where, const struct json *v, struct map_variant *out)
{
	const struct cellspec *spec;
	if (is_names(v)) /* by taxonomy */
		return read_named(r, where, v, &out->categories, &out->ncategories);
	enum status st = read_spec(r, where, v, &spec);
	if (!st)
		add_named(r, &out->categories, &out->ncategories, str_c("category"), spec);
	return st;
}

static enum status read_meta(struct map_reader *r, const char *where, const struct json *v, struct map_variant *out)
{
	if (v->type != JSON_ARRAY)
		return read_named(r, where, v, &out->meta, &out->nmeta);
	JSON_EACH(it, v)
	{
		const struct cellspec *spec;
		if (it->type != JSON_STRING)
			return bad(r, where, "a list of column names is wanted");
		enum status st = read_spec(r, where, it, &spec);
		if (st)
			return st;
		add_named(r, &out->meta, &out->nmeta, it->text, spec);
	}
	return OK;
}

/* ---- words ---- */

static const char *outcome_word(struct str s)
{
	enum outcome o;
	return outcome_parse(s, &o) && o != OUTCOME_NONE ? outcome_name(o) : NULL;
}

static const char *severity_word(struct str s)
{
	enum severity v;
	return severity_parse(s, &v) ? severity_name(v) : NULL;
}

static enum status read_words(struct map_reader *r, const char *where, const struct json *v, const char *(*word)(struct str s),
        struct map_word **out, size_t *n)
{
	size_t cap = 0;
	if (v->type != JSON_OBJECT)
		return bad(r, where, "an object {our word: [their words]} is wanted");
	JSON_EACH(it, v)
	cap += it->count + 1;
	*out = arena_alloc(r->a, (cap + 1) * sizeof **out);
	JSON_EACH(it, v)
	{
		const char *becomes = word(it->key);
		if (!becomes || it->type != JSON_ARRAY)
			return bad(r, where,
			        "the keys are our words (pass, fail, unsure, missing; none … critical), the values lists");
		JSON_EACH(w, it)
		{
			struct str said = json_plain(w);
			if (!said.p || w->type == JSON_ARRAY || w->type == JSON_OBJECT)
				return bad(r, where, "a word is a text or a number");
			(*out)[(*n)++] = (struct map_word){keep(r, said), becomes};
		}
	}
	return OK;
}

static enum status read_skip(struct map_reader *r, const char *where, const struct json *v)
{
	if (v->type != JSON_OBJECT)
		return bad(r, where, "an object {column: [values]} is wanted");
	r->m->skips = arena_alloc(r->a, (v->count + 1) * sizeof *r->m->skips);
	JSON_EACH(it, v)
	{
		struct map_skip *s = &r->m->skips[r->m->nskips];
		*s = (struct map_skip){.spec = new_spec(r, FROM_COLUMN, it->key)};
		if (it->type != JSON_ARRAY)
			return bad(r, where, "the values to skip are a list");
		s->values = arena_alloc(r->a, (it->count + 1) * sizeof *s->values);
		JSON_EACH(w, it)
		s->values[s->n++] = keep(r, json_plain(w));
		r->m->nskips++;
	}
	return OK;
}

static enum status read_text(struct map_reader *r, const char *where, const struct json *v, int which)
{
	if (v->type != JSON_STRING || v->text.n == 0)
		return bad(r, where, "a text is wanted");
	if (which == 0) {
		if (v->text.n != 1)
			return bad(r, where, "one character is wanted");
		r->m->delimiter = v->text.p[0];
	} else if (which == 1) {
		if (v->text.p[0] != '/')
			return bad(r, where, "a JSON pointer begins with /");
		r->m->records = keep(r, v->text);
	} else {
		r->m->tool = keep(r, v->text);
	}
	return OK;
}

/* ---- objects ---- */

static enum status unknown_key(struct map_reader *r, const char *at, struct str key)
{
	const char *near = NULL;
	size_t best = 3;
	for (size_t i = 0; i < NKEYS; i++) {
		size_t d = str_distance(key, str_c(keys[i].name), 2);
		if (d < best) {
			best = d;
			near = keys[i].name;
		}
	}
	return err_usage(r->err, "%s: %s/%.*s: unknown key%s%s%s", r->path, at, (int)(key.n < 60 ? key.n : 60), key.p,
	        near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static enum status read_models(struct map_reader *r, const struct json *v);

static enum status read_key(
        struct map_reader *r, const struct key *k, const char *where, const struct json *v, struct map_variant *out, bool inner)
{
	struct fieldmap *m = r->m;
	const struct cellspec *spec = NULL;
	enum status st = OK;
	if (inner && k->kind >= KEY_WORDS)
		return bad(r, where, "belongs to the whole map, not to one model");
	switch (k->kind) {
	case KEY_SPEC:
		return read_spec(r, where, v, &out->fields[k->field]);
	case KEY_CATEGORY:
		return read_category(r, where, v, out);
	case KEY_SCORE:
		st = read_spec(r, where, v, &spec);
		if (!st)
			add_named(r, &out->scores, &out->nscores, str_c("score"), spec);
		return st;
	case KEY_SCORES:
		return read_named(r, where, v, &out->scores, &out->nscores);
	case KEY_RATINGS:
		return read_ratings(r, where, v, out);
	case KEY_META:
		return read_meta(r, where, v, out);
	case KEY_WORDS:
		return read_words(r, where, v, outcome_word, &m->words, &m->nwords);
	case KEY_SEVERITY_WORDS:
		return read_words(r, where, v, severity_word, &m->severity_words, &m->nseverity_words);
	case KEY_MODELS:
		return v->type == JSON_ARRAY && v->count ? OK : bad(r, where, "a list of objects is wanted");
	case KEY_SKIP:
		return read_skip(r, where, v);
	default:
		return read_text(r, where, v, k->field);
	}
}

static enum status read_object(struct map_reader *r, const char *at, const struct json *o, struct map_variant *out, bool inner)
{
	if (o->type != JSON_OBJECT)
		return bad(r, at[0] ? at : "/", "an object is wanted");
	JSON_EACH(it, o)
	{
		size_t i = 0;
		while (i < NKEYS && !str_eq_c(it->key, keys[i].name))
			i++;
		if (i == NKEYS && (inner || !str_starts(it->key, "$")))
			return unknown_key(r, at, it->key);
		if (i == NKEYS)
			continue; /* $schema, $comment */
		struct str where = arena_printf(r->a, "%s/%s", at, keys[i].name);
		enum status st = read_key(r, &keys[i], where.p, it, out, inner);
		if (st)
			return st;
	}
	return OK;
}

/* What a model does not say itself it takes from the whole map. */
static void inherit(struct map_variant *v, const struct map_variant *from)
{
	for (int i = 0; i < MAP_FIELDS; i++)
		if (!v->fields[i])
			v->fields[i] = from->fields[i];
	if (!v->nscores) {
		v->scores = from->scores;
		v->nscores = from->nscores;
	}
	if (!v->ncategories) {
		v->categories = from->categories;
		v->ncategories = from->ncategories;
	}
	if (!v->nmeta) {
		v->meta = from->meta;
		v->nmeta = from->nmeta;
	}
}

static enum status read_models(struct map_reader *r, const struct json *v)
{
	struct map_variant whole = r->m->variants[0];
	if (v->type != JSON_ARRAY)
		return OK;
	r->m->variants = arena_calloc(r->a, v->count, sizeof *r->m->variants);
	r->m->nvariants = 0;
	JSON_EACH(it, v)
	{
		struct map_variant *out = &r->m->variants[r->m->nvariants];
		struct str at = arena_printf(r->a, "/models/%zu", r->m->nvariants);
		enum status st = read_object(r, at.p, it, out, true);
		if (st)
			return st;
		inherit(out, &whole);
		r->m->nvariants++;
	}
	return OK;
}

enum status fieldmap_read(struct str text, const char *path, struct fieldmap **out, struct err *err)
{
	struct fieldmap *m = xcalloc(1, sizeof *m);
	struct map_reader r = {m, &m->arena, path, err};
	struct arena a = {0};
	struct buf canonical = {0};
	const struct json *root;
	m->path = arena_cstr(&m->arena, str_c(path));
	m->variants = arena_calloc(&m->arena, 1, sizeof *m->variants);
	m->nvariants = 1;
	enum status st = json_read(&a, text, NULL, &root, err);
	if (st) {
		err_prefix(err, "%s", path);
	} else {
		st = read_object(&r, "", root, &m->variants[0], false);
		if (!st)
			st = read_models(&r, json_get(root, "models"));
		json_write_node(&canonical, root);
		m->text = arena_str(&m->arena, buf_str(&canonical));
	}
	buf_fini(&canonical);
	arena_fini(&a);
	*out = st ? NULL : m;
	if (st)
		fieldmap_free(m);
	return st;
}

enum status fieldmap_load(const char *path, struct fieldmap **out, struct err *err)
{
	struct buf text = {0};
	*out = NULL;
	enum status st = rulefile_read(path, &text, err);
	if (!st)
		st = fieldmap_read(buf_str(&text), path, out, err);
	buf_fini(&text);
	return st;
}

bool fieldmap_is(struct str head)
{
	/* A record may have the other names, too. */
	static const char *const own[] = {"words", "severity_words", "models", "skip", "delimiter", "records", NULL};
	struct fieldmap *m = NULL;
	struct err why = {0};
	bool is = sniff_has(head, own) && fieldmap_read(head, "", &m, &why) == OK;
	err_fini(&why);
	fieldmap_free(m);
	return is;
}

void fieldmap_free(struct fieldmap *m)
{
	if (!m)
		return;
	struct arena a = m->arena; /* holds everything but the record itself */
	arena_fini(&a);
	free(m);
}

const char *fieldmap_field_name(enum map_field f)
{
	for (size_t i = 0; i < NKEYS; i++)
		if (keys[i].kind == KEY_SPEC && keys[i].field == (int)f)
			return keys[i].name;
	return "";
}

struct str fieldmap_text(const struct fieldmap *m)
{
	return m->text;
}

/* ---- the schema ---- */

static const char *const kind_refs[] = {
        [KEY_SPEC] = "{\"$ref\": \"#/$defs/value\"",
        [KEY_CATEGORY] = "{\"anyOf\": [{\"$ref\": \"#/$defs/value\"}, {\"$ref\": \"#/$defs/values\"}]",
        [KEY_SCORE] = "{\"$ref\": \"#/$defs/value\"",
        [KEY_SCORES] = "{\"$ref\": \"#/$defs/values\"",
        [KEY_RATINGS] = ("{\"type\": \"object\", \"additionalProperties\": {\"anyOf\": [{\"$ref\": \"#/$defs/value\"}, "
                         "{\"$ref\": \"#/$defs/values\"}]}"),
        [KEY_META] = "{\"anyOf\": [{\"type\": \"array\", \"items\": {\"type\": \"string\"}}, {\"$ref\": \"#/$defs/values\"}]",
        [KEY_WORDS] = "{\"$ref\": \"#/$defs/lists\"",
        [KEY_SEVERITY_WORDS] = "{\"$ref\": \"#/$defs/lists\"",
        [KEY_MODELS] = "{\"type\": \"array\", \"minItems\": 1, \"items\": {\"type\": \"object\"}",
        [KEY_SKIP] = "{\"$ref\": \"#/$defs/lists\"",
        [KEY_TEXT] = "{\"type\": \"string\", \"minLength\": 1",
};

void fieldmap_schema(struct buf *out)
{
	buf_add_c(out,
	        "{\n\t\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n\t\"title\": \"plimsoll field map\",\n"
	        "\t\"description\": \"How the columns of a table, or the members of JSON records, become results.\",\n"
	        "\t\"type\": \"object\",\n\t\"patternProperties\": {\"^[$]\": true},\n\t\"additionalProperties\": "
	        "false,\n\t\"properties\": {\n");
	for (size_t i = 0; i < NKEYS; i++) {
		buf_printf(out, "\t\t\"%s\": %s, \"description\": ", keys[i].name, kind_refs[keys[i].kind]);
		json_write_str(out, str_c(keys[i].help));
		buf_add_c(out, i + 1 < NKEYS ? "},\n" : "}\n");
	}
	buf_add_c(out, "\t},\n\t\"$defs\": {\n"
	               "\t\t\"value\": {\"anyOf\": [\n"
	               "\t\t\t{\"type\": \"string\", \"minLength\": 1, \"description\": \"a header (a repeated one: Score#2), a "
	               "member, or a JSON pointer\"},\n"
	               "\t\t\t{\"type\": \"integer\", \"minimum\": 1, \"description\": \"position of a column\"},\n"
	               "\t\t\t{\"type\": \"array\", \"minItems\": 1, \"items\": {\"$ref\": \"#/$defs/value\"}, \"description\": "
	               "\"joined by /\"},\n"
	               "\t\t\t{\"type\": \"object\", \"properties\": {\"const\": {\"type\": [\"string\", \"number\"]}}, "
	               "\"required\": [\"const\"], \"additionalProperties\": false},\n"
	               "\t\t\t{\"type\": \"object\", \"properties\": {\"file_name\": {\"type\": \"string\", \"pattern\": "
	               "\"[{][}]\"}}, \"required\": [\"file_name\"], "
	               "\"additionalProperties\": false},\n"
	               "\t\t\t{\"type\": \"object\", \"properties\": {\"document\": {\"type\": \"string\", \"pattern\": \"^/\"}}, "
	               "\"required\": [\"document\"], \"additionalProperties\": false, \"description\": \"a JSON pointer into the "
	               "document around the records\"}\n\t\t]},\n"
	               "\t\t\"values\": {\"type\": \"object\", \"additionalProperties\": {\"$ref\": \"#/$defs/value\"}},\n"
	               "\t\t\"lists\": {\"type\": \"object\", \"additionalProperties\": {\"type\": \"array\", \"items\": "
	               "{\"type\": [\"string\", \"number\", \"boolean\"]}}}\n"
	               "\t}\n}\n");
}
