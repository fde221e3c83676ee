/* SPDX-License-Identifier: MIT
 *
 * map FILE: looks at a table, or at the records of a JSON file, and writes the
 * field map that a user completes: columns by usual names, examples, and the
 * words of its verdicts. Which of them fail is for the user to say.
 */
#include <stdlib.h>

#include "base/dict.h"
#include "base/json.h"
#include "base/mem.h"
#include "ingest/csvread.h"
#include "ingest/ingest.h"
#include "ingest/map.h"
#include "source/records.h"

enum {
	ROWS_LOOKED_AT = 5000,
	COLUMNS_MAX = 256,
	EXAMPLES = 3,
	EXAMPLE_BYTES = 40,
	WORDS_MAX = 12, /* a verdict has few words; more are a number or a text */
	WORD_BYTES = 40,
	AROUND_MAX = 40,
	NESTED_MAX = 2, /* steps below a record whose members are columns */
};
#define DOCUMENT_BYTES ((uint64_t)64 << 20)

struct column_seen {
	struct str name; /* header, member, or pointer */
	struct str last; /* its last step, what usual names are compared with */
	struct dict words;
	size_t counts[WORDS_MAX + 1];
	bool nested; /* an object or array was seen: no verdict */
};

struct table_seen {
	struct arena arena;
	struct column_seen columns[COLUMNS_MAX];
	size_t n, rows;
	bool header;
	struct str records; /* JSON pointer of the records in a document */
	struct around {     /* what the document says around them */
		struct str pointer, value;
	} around[AROUND_MAX];
	size_t naround;
};

static struct column_seen *column_named(struct table_seen *t, struct str name, struct str last)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->columns[i].name, name))
			return &t->columns[i];
	if (t->n == COLUMNS_MAX)
		return NULL;
	t->columns[t->n] = (struct column_seen){.name = arena_str(&t->arena, name), .last = arena_str(&t->arena, last)};
	return &t->columns[t->n++];
}

static void see(struct column_seen *c, struct str value)
{
	value = str_trim(value);
	if (!c || !value.n)
		return;
	struct str word = str_sub(value, 0, WORD_BYTES);
	if (c->words.n <= WORDS_MAX || dict_find(&c->words, word) != DICT_NONE) {
		uint32_t id = dict_add(&c->words, word);
		if (id <= WORDS_MAX)
			c->counts[id]++;
	}
}

/* ---- tables with a header ---- */

static enum status see_row(void *ctx, const struct str *cells, size_t n, const struct record *place, struct err *err)
{
	struct table_seen *t = ctx;
	(void)place;
	(void)err;
	if (!t->header) {
		t->header = true;
		for (size_t i = 0; i < n; i++) {
			size_t nth = 1;
			for (size_t k = 0; k < i; k++)
				nth += str_eq(cells[k], cells[i]);
			struct str name = arena_str(&t->arena, cells[i]);
			if (nth > 1)
				name = arena_printf(&t->arena, "%.*s#%zu", (int)cells[i].n, cells[i].p, nth);
			column_named(t, name, str_trim(cells[i]));
		}
		return OK;
	}
	for (size_t i = 0; i < n && i < t->n; i++)
		see(&t->columns[i], cells[i]);
	return ++t->rows >= ROWS_LOOKED_AT ? END : OK;
}

static void pass_over(void *ctx, uint64_t line, const char *why)
{
	(void)ctx;
	(void)line;
	(void)why;
}

static bool never_stopped(void *ctx)
{
	(void)ctx;
	return false;
}

static enum status look_at_csv(struct table_seen *t, struct reader *r, const struct member *m, struct err *err)
{
	const struct csvread_ops ops = {.row = see_row, .skip = pass_over, .stopped = never_stopped, .ctx = t};
	enum status st = csvread_member(r, m, csvread_delimiter(m->head), &ops, err);
	return st == END ? OK : st;
}

/* ---- JSON records ---- */

static void see_object(struct table_seen *t, const struct json *o, struct str prefix, int depth)
{
	JSON_EACH(v, o) {
		struct str name = v->key;
		if (prefix.n)
			name = arena_printf(&t->arena, "%.*s/%.*s", (int)prefix.n, prefix.p, (int)v->key.n, v->key.p);
		if (v->type == JSON_OBJECT && depth < NESTED_MAX && v->count) {
			struct str inner = prefix.n ? name : arena_printf(&t->arena, "/%.*s", (int)v->key.n, v->key.p);
			see_object(t, v, inner, depth + 1);
			continue;
		}
		struct column_seen *c = column_named(t, name, v->key);
		if (c && (v->type == JSON_ARRAY || v->type == JSON_OBJECT))
			c->nested = true;
		else if (c && !json_is_null(v))
			see(c, json_plain(v));
	}
	t->rows += depth == 0;
}

/* The longest array of objects of a document, by its pointer. */
static void find_records(struct table_seen *t, const struct json *node, struct str at, int depth, const struct json **best)
{
	JSON_EACH(v, node) {
		struct str here = arena_printf(&t->arena, "%.*s/%.*s", (int)at.n, at.p ? at.p : "", (int)v->key.n, v->key.p);
		if (v->type == JSON_ARRAY && v->child && v->child->type == JSON_OBJECT && (!*best || v->count > (*best)->count)) {
			*best = v;
			t->records = here;
		} else if (v->type == JSON_OBJECT && depth < NESTED_MAX) {
			find_records(t, v, here, depth + 1, best);
		}
	}
}

static void see_around(struct table_seen *t, const struct json *node, struct str at, int depth)
{
	JSON_EACH(v, node) {
		struct str here = arena_printf(&t->arena, "%.*s/%.*s", (int)at.n, at.p ? at.p : "", (int)v->key.n, v->key.p);
		if (v->type == JSON_OBJECT && depth < NESTED_MAX)
			see_around(t, v, here, depth + 1);
		else if (v->type != JSON_OBJECT && v->type != JSON_ARRAY && !json_is_null(v) && t->naround < AROUND_MAX)
			t->around[t->naround++] = (struct around){here, arena_str(&t->arena, str_sub(json_plain(v), 0, EXAMPLE_BYTES))};
	}
}

static void forget_columns(struct table_seen *t)
{
	for (size_t i = 0; i < t->n; i++)
		dict_fini(&t->columns[i].words);
	t->n = t->rows = 0;
}

static enum status look_at_document(struct table_seen *t, struct reader *r, const struct member *m, struct err *err)
{
	struct buf text = {0};
	const struct json *root, *list = NULL;
	enum status st = reader_slurp(r, m, DOCUMENT_BYTES, &text, err);
	if (!st)
		st = json_read(&t->arena, buf_str(&text), NULL, &root, err);
	if (!st && root->type == JSON_OBJECT) {
		find_records(t, root, (struct str){0}, 0, &list);
		if (list)
			see_around(t, root, (struct str){0}, 0);
		else
			see_object(t, root, (struct str){0}, 0);
		for (const struct json *o = list ? list->child : NULL; o && t->rows < ROWS_LOOKED_AT; o = o->next)
			see_object(t, o, (struct str){0}, 0);
	}
	buf_fini(&text);
	return st;
}

static enum status look_at_records(struct table_seen *t, struct reader *r, const struct member *m, struct err *err)
{
	struct records *rs;
	struct record rec;
	struct arena a = {0};
	const struct json *node;
	enum status st = records_open(r, m, NULL, &rs, err);
	if (st)
		return st;
	bool document = records_shape(rs) == RECORDS_DOCUMENT;
	while (!document && t->rows < ROWS_LOOKED_AT && (st = records_next(rs, &rec, err)) == OK) {
		arena_reset(&a);
		if (json_read(&a, rec.text, NULL, &node, NULL) == OK && node->type == JSON_OBJECT)
			see_object(t, node, (struct str){0}, 0);
	}
	records_close(rs);
	arena_fini(&a);
	/* One line that is one record may as well be a document on one line. */
	if (!document && st == END && t->rows == 1) {
		forget_columns(t);
		document = true;
	}
	if (document)
		return look_at_document(t, r, m, err);
	return st == END ? OK : st;
}

/* ---- the map ---- */

struct map_text {
	struct buf *out;
	size_t members;
};

static void add_key(struct map_text *w, const char *key)
{
	buf_add_c(w->out, w->members++ ? ",\n\t" : "{\n\t");
	json_write_str(w->out, str_c(key));
	buf_add_c(w->out, ": ");
}

static void add_examples(struct map_text *w, const struct table_seen *t)
{
	add_key(w, "$columns");
	buf_add_ch(w->out, '{');
	for (size_t i = 0; i < t->n; i++) {
		const struct column_seen *c = &t->columns[i];
		buf_add_c(w->out, i ? ",\n\t\t" : "\n\t\t");
		json_write_str(w->out, c->name);
		buf_add_c(w->out, ": [");
		for (uint32_t k = 0; k < c->words.n && k < EXAMPLES; k++) {
			buf_add_c(w->out, k ? ", " : "");
			json_write_str(w->out, str_sub(dict_name(&c->words, k), 0, EXAMPLE_BYTES));
		}
		buf_add_ch(w->out, ']');
	}
	buf_add_c(w->out, "\n\t}");
}

static void add_around(struct map_text *w, const struct table_seen *t)
{
	if (!t->naround)
		return;
	add_key(w, "$document");
	buf_add_ch(w->out, '{');
	for (size_t i = 0; i < t->naround; i++) {
		buf_add_c(w->out, i ? ",\n\t\t" : "\n\t\t");
		json_write_str(w->out, t->around[i].pointer);
		buf_add_c(w->out, ": ");
		json_write_str(w->out, t->around[i].value);
	}
	buf_add_c(w->out, "\n\t}");
}

/* Where the model is when no column names it: around the records, or for the user to write. */
static void add_model(struct map_text *w, const struct table_seen *t)
{
	static const char *const names[] = {"/model", "/model_name", "/model_id", "/target_model"};
	add_key(w, "model");
	for (size_t i = 0; i < t->naround; i++)
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (str_ends(t->around[i].pointer, names[k])) {
				buf_add_c(w->out, "{\"document\": ");
				json_write_str(w->out, t->around[i].pointer);
				buf_add_ch(w->out, '}');
				return;
			}
	buf_add_c(w->out, "{\"const\": \"\"}");
}

static bool is_verdict(const struct column_seen *c)
{
	return !c->nested && c->words.n >= 1 && c->words.n <= WORDS_MAX;
}

static const struct column_seen *column_of(const struct table_seen *t, const struct cellspec *s)
{
	return s && s->from == FROM_POSITION && s->position <= t->n ? &t->columns[s->position - 1] : NULL;
}

/* The column whose words are verdicts: the one named outcome, else the first score that has few values. */
static const struct column_seen *verdict_of(const struct table_seen *t, const struct map_variant *v)
{
	const struct column_seen *c = column_of(t, v->fields[MAP_OUTCOME]);
	for (size_t i = 0; i < v->nscores && !c; i++) {
		c = column_of(t, v->scores[i].spec);
		c = c && is_verdict(c) ? c : NULL;
	}
	return c;
}

static void add_words(struct map_text *w, const struct column_seen *c)
{
	add_key(w, "$words");
	buf_add_c(w->out, "\"which of these fail? ");
	struct buf words = {0}, quoted = {0};
	for (uint32_t i = 0; i < c->words.n && i < WORDS_MAX; i++) {
		struct str word = dict_name(&c->words, i);
		buf_printf(&words, "%s%.*s (%zu)", i ? ", " : "", (int)word.n, word.p, c->counts[i]);
	}
	json_write_str(&quoted, buf_str(&words));
	buf_add_str(w->out, str_sub(buf_str(&quoted), 1, quoted.n - 1)); /* without its first quote */
	buf_fini(&words);
	buf_fini(&quoted);
	add_key(w, "words");
	buf_add_c(w->out, "{\"fail\": [], \"pass\": []}");
}

/* No column is named like a verdict: which ones might be one? */
static void add_candidates(struct map_text *w, const struct table_seen *t)
{
	struct buf b = {0};
	buf_add_c(&b, "no column has a usual name of a verdict; name one, and its words. These have few values:");
	for (size_t i = 0; i < t->n; i++) {
		const struct column_seen *c = &t->columns[i];
		if (is_verdict(c) && c->words.n > 1)
			buf_printf(&b, " %.*s", (int)c->name.n, c->name.p);
	}
	add_key(w, "$outcome");
	json_write_str(w->out, buf_str(&b));
	buf_fini(&b);
}

static void add_named(struct map_text *w, const struct table_seen *t, const char *key, const struct named_spec *list, size_t n,
	const struct column_seen *but)
{
	size_t written = 0;
	for (size_t i = 0; i < n; i++) {
		const struct column_seen *c = column_of(t, list[i].spec);
		if (!c || c == but)
			continue;
		if (!written++) {
			add_key(w, key);
			buf_add_ch(w->out, '{');
		} else {
			buf_add_c(w->out, ", ");
		}
		json_write_str(w->out, c->last);
		buf_add_c(w->out, ": ");
		json_write_str(w->out, c->name);
	}
	if (written)
		buf_add_ch(w->out, '}');
}

static void write_map(const struct table_seen *t, const char *path, struct buf *out)
{
	struct map_text w = {out, 0};
	struct str names[COLUMNS_MAX];
	const char *slash = strrchr(path, '/');
	for (size_t i = 0; i < t->n; i++)
		names[i] = t->columns[i].last;
	struct fieldmap *hints = fieldmap_hints(names, t->n);
	const struct map_variant *v = &hints->variants[0];
	const struct column_seen *verdict = verdict_of(t, v);
	struct buf comment = {0};
	buf_printf(&comment,
		"Field map of %s (%zu rows looked at). Complete it, then: plimsoll ingest --map THIS-FILE %s. The keys and what they may "
		"hold: plimsoll schema map. Columns that are not named become facts (meta.NAME). Keys that begin with $ are comments.",
		slash ? slash + 1 : path, t->rows, slash ? slash + 1 : path);
	add_key(&w, "$comment");
	json_write_str(out, buf_str(&comment));
	buf_fini(&comment);
	add_examples(&w, t);
	add_around(&w, t);
	if (t->records.n) {
		add_key(&w, "records");
		json_write_str(out, t->records);
	}
	for (int f = 0; f < MAP_FIELDS; f++) {
		const struct column_seen *c = f == MAP_OUTCOME ? verdict : column_of(t, v->fields[f]);
		if (!c && f == MAP_MODEL)
			add_model(&w, t);
		if (!c)
			continue;
		add_key(&w, fieldmap_field_name((enum map_field)f));
		json_write_str(out, c->name);
	}
	if (verdict)
		add_words(&w, verdict);
	else
		add_candidates(&w, t);
	add_named(&w, t, "category", v->categories, v->ncategories, NULL);
	add_named(&w, t, "scores", v->scores, v->nscores, verdict);
	buf_add_c(out, "\n}\n");
	fieldmap_free(hints);
}

enum status ingest_map_skeleton(const char *path, struct buf *out, struct err *err)
{
	struct bundle *b;
	enum status st = bundle_open(path, &b, err);
	if (st)
		return st;
	struct table_seen *t = xcalloc(1, sizeof *t);
	struct reader *r = reader_new();
	const struct member *m = b->n == 1 ? &b->members[0] : NULL;
	if (!m)
		st = err_fail(err, "%s: a map is written for one file", path);
	else if (m->container == CONTAINER_ZIP || m->container == CONTAINER_TAR)
		st = err_fail(err, "%s: an archive; a map is written for one file of it", path);
	else if (records_sniff(m->head) != RECORDS_NONE)
		st = look_at_records(t, r, m, err);
	else
		st = look_at_csv(t, r, m, err);
	if (!st && (t->n < 2 || !t->rows))
		st = err_fail(err, "%s: no table: neither a header with rows nor JSON records were found", path);
	if (!st)
		write_map(t, path, out);
	forget_columns(t);
	arena_fini(&t->arena);
	free(t);
	reader_free(r);
	bundle_free(b);
	return st;
}
