/* SPDX-License-Identifier: MIT
 *
 * Values by their place in the map, and the results made of them.
 */
#include "ingest/rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

enum { META_MAX = 4096 }; /* bytes of a further fact; longer cells are no facts */

/* ---- binding names to columns ---- */

/* "Score#2" is the second column of that name. */
static size_t find_column(struct str name, const struct str *header, size_t n)
{
	struct str base = name;
	int64_t nth = 1;
	for (size_t i = name.n; i-- > 1;)
		if (name.p[i] == '#' && str_to_i64(str_sub(name, i + 1, name.n), &nth) && nth >= 1) {
			base = str_sub(name, 0, i);
			break;
		}
	for (size_t i = 0; i < n; i++)
		if (str_eq(header[i], name))
			return i;
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(str_trim(header[i]), base) && --nth == 0)
			return i;
	return SIZE_MAX;
}

static enum status no_column(const struct bound_map *b, struct str name, const struct str *header, size_t n, struct err *err)
{
	struct buf list = {0};
	for (size_t i = 0; i < n && i < 30; i++) {
		if (i)
			buf_add_c(&list, ", ");
		buf_add_str(&list, str_sub(header[i], 0, 40));
	}
	enum status st = err_fail(err, "%s: there is no column \"%.*s\" that %s names; there are: %s", b->im->claim->main->path,
	        (int)(name.n < 60 ? name.n : 60), name.p, b->map->path, list.p ? list.p : "none");
	buf_fini(&list);
	return st;
}

struct binder {
	struct bound_map *b;
	const struct str *header;
	size_t n;
	struct err *err;
};

static enum status bind_spec(struct binder *bd, const struct cellspec *s)
{
	enum status st = OK;
	if (!s)
		return OK;
	size_t *at = &bd->b->columns[s->id];
	if (s->from == FROM_POSITION)
		*at = s->position - 1;
	if (s->from == FROM_COLUMN) {
		*at = find_column(s->name, bd->header, bd->n);
		if (*at == SIZE_MAX && !bd->b->map->lenient)
			return no_column(bd->b, s->name, bd->header, bd->n, bd->err);
	}
	if ((s->from == FROM_COLUMN || s->from == FROM_POSITION) && *at < bd->n)
		bd->b->used[*at] = true;
	for (size_t i = 0; i < s->nparts && !st; i++)
		st = bind_spec(bd, &s->parts[i]);
	return st;
}

/* JSON records have no header: the members that a map names are those that it could name. */
static void name_spec(struct binder *bd, const struct cellspec *s)
{
	struct str name, rest = s ? s->name : (struct str){0};
	if (!s)
		return;
	if (s->from == FROM_COLUMN && rest.n > 1) {
		if (rest.p[0] == '/') /* of a pointer its first step counts */
			rest = str_sub(rest, 1, rest.n);
		str_cut(&rest, s->name.p[0] == '/' ? '/' : '\0', &name);
		bd->b->names[bd->n++] = arena_cstr(&bd->b->names_arena, name);
	}
	for (size_t i = 0; i < s->nparts; i++)
		name_spec(bd, &s->parts[i]);
}

static void name_variant(struct binder *bd, const struct map_variant *v)
{
	for (int i = 0; i < MAP_FIELDS; i++)
		name_spec(bd, v->fields[i]);
	for (size_t i = 0; i < v->nscores; i++)
		name_spec(bd, v->scores[i].spec);
	for (size_t i = 0; i < v->ncategories; i++)
		name_spec(bd, v->categories[i].spec);
	for (size_t i = 0; i < v->nmeta; i++)
		name_spec(bd, v->meta[i].spec);
}

static void bind_names(struct bound_map *b)
{
	struct binder bd = {.b = b};
	/* Variants share what they inherit, so a spec may be named once for each. */
	b->names = xcalloc(b->map->nspecs * b->map->nvariants + b->map->nskips + 1, sizeof *b->names);
	for (size_t i = 0; i < b->map->nvariants; i++)
		name_variant(&bd, &b->map->variants[i]);
	for (size_t i = 0; i < b->map->nskips; i++)
		name_spec(&bd, b->map->skips[i].spec);
}

static enum status bind_list(struct binder *bd, const struct named_spec *list, size_t n)
{
	enum status st = OK;
	for (size_t i = 0; i < n && !st; i++)
		st = bind_spec(bd, list[i].spec);
	return st;
}

static enum status bind_variant(struct binder *bd, const struct map_variant *v)
{
	enum status st = OK;
	for (int i = 0; i < MAP_FIELDS && !st; i++)
		st = bind_spec(bd, v->fields[i]);
	if (!st)
		st = bind_list(bd, v->scores, v->nscores);
	if (!st)
		st = bind_list(bd, v->categories, v->ncategories);
	return st ? st : bind_list(bd, v->meta, v->nmeta);
}

enum status rows_bind(
        struct bound_map *b, struct import *im, const struct fieldmap *map, const struct str *header, size_t n, struct err *err)
{
	const char *path = im->claim->main->name, *slash = strrchr(path, '/');
	*b = (struct bound_map){.map = map, .im = im, .file = str_c(slash ? slash + 1 : path)};
	b->columns = xcalloc(map->nspecs + 1, sizeof *b->columns);
	b->used = xcalloc(n + 1, sizeof *b->used);
	b->header = header;
	b->nheader = n;
	struct binder bd = {b, header, n, err};
	enum status st = OK;
	if (!header)
		bind_names(b);
	for (size_t i = 0; header && i < map->nvariants && !st; i++)
		st = bind_variant(&bd, &map->variants[i]);
	for (size_t i = 0; header && i < map->nskips && !st; i++)
		st = bind_spec(&bd, map->skips[i].spec);
	return st;
}

/* ---- values ---- */

/* What stands for {} in the file name; absent when the pattern does not fit. */
static struct str from_file(struct str file, struct str pattern)
{
	ptrdiff_t at = str_find(pattern, str_c("{}"));
	struct str head = str_sub(pattern, 0, (size_t)at), tail = str_sub(pattern, (size_t)at + 2, pattern.n);
	if (file.n < head.n + tail.n || !str_eq(str_sub(file, 0, head.n), head) ||
	        !str_eq(str_sub(file, file.n - tail.n, tail.n), tail))
		return (struct str){0};
	return str_sub(file, head.n, file.n - head.n - tail.n);
}

static const struct json *member(const struct row *row, struct str name)
{
	if (name.n && name.p[0] == '/')
		return json_pointer(row->object, name);
	JSON_EACH(it, row->object)
	if (str_eq(it->key, name))
		return it;
	return json_get(row->object, "");
}

/* Empty cells are absent: a table has no other way to say so. */
static struct str value(struct bound_map *b, const struct row *row, const struct cellspec *s)
{
	struct str v = {0};
	if (!s)
		return v;
	if (s->from == FROM_CONST)
		return s->name;
	if (s->from == FROM_FILE)
		return from_file(b->file, s->name);
	if (s->from == FROM_DOCUMENT)
		return b->document ? json_plain(json_pointer(b->document, s->name)) : v;
	if (s->from == FROM_PARTS) {
		struct buf joined = {0};
		for (size_t i = 0; i < s->nparts; i++) {
			struct str part = str_trim(value(b, row, &s->parts[i]));
			if (joined.n && part.n)
				buf_add_ch(&joined, '/');
			buf_add_str(&joined, part);
		}
		v = joined.n ? arena_str(&b->arena, buf_str(&joined)) : v;
		buf_fini(&joined);
		return v;
	}
	if (row->object)
		return s->name.n ? json_plain(member(row, s->name)) : v;
	size_t i = b->columns[s->id];
	return i < row->n && row->cells[i].n ? row->cells[i] : v;
}

static struct str field(struct bound_map *b, const struct row *row, const struct map_variant *v, enum map_field f)
{
	return value(b, row, v->fields[f]);
}

static int64_t when(struct str s)
{
	int64_t ms;
	bool zone;
	double num;
	if (clock_parse(str_trim(s), &ms, &zone))
		return ms;
	return str_to_double(str_trim(s), &num) && num > 0 && num < 1e15 ? (int64_t)(num > 1e11 ? num : num * 1000) : 0;
}

/* The table's word in ours; absent when the map does not know it. */
static struct str mapped(const struct map_word *words, size_t n, struct str said)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(words[i].said, str_trim(said)))
			return str_c(words[i].becomes);
	return (struct str){0};
}

/* ---- results ---- */

static bool is_skipped(struct bound_map *b, const struct row *row)
{
	for (size_t i = 0; i < b->map->nskips; i++) {
		const struct map_skip *k = &b->map->skips[i];
		struct str v = str_trim(value(b, row, k->spec));
		for (size_t w = 0; w < k->n; w++)
			if (str_glob(k->values[w], v.p ? v : str_c("")))
				return true;
	}
	return false;
}

/* JSON in a cell that holds a chat is read as one. */
static bool put_chat(struct bound_map *b, struct str text)
{
	struct str t = str_trim(text);
	const struct json *node;
	if (t.n < 2 || t.p[0] != '[' || json_read(&b->arena, t, NULL, &node, NULL) != OK || node->type != JSON_ARRAY ||
	        !node->child)
		return false;
	JSON_EACH(it, node)
	if (it->type != JSON_OBJECT || (json_is_null(json_get(it, "role")) && json_is_null(json_get(it, "from"))))
		return false;
	sink_chat(b->im->sink, node);
	return true;
}

static void put_text(struct bound_map *b, enum role role, struct str text)
{
	if (text.p && !put_chat(b, text))
		sink_turn(b->im->sink, &(struct sink_turn){.role = role, .content = text});
}

static void put_turns(struct bound_map *b, const struct row *row, const struct map_variant *v)
{
	struct str turns = field(b, row, v, MAP_TURNS);
	if (turns.p && put_chat(b, turns))
		return;
	put_text(b, ROLE_SYSTEM, field(b, row, v, MAP_SYSTEM));
	put_text(b, ROLE_USER, field(b, row, v, MAP_PROMPT));
	put_text(b, ROLE_ASSISTANT, field(b, row, v, MAP_RESPONSE));
}

static void put_score(struct bound_map *b, const struct in_score *like, struct str said)
{
	struct in_score s = *like;
	if (!said.p)
		return;
	s.value_text = said;
	s.has_num = str_to_double(str_trim(said), &s.num);
	if (!s.has_num && (str_eq_nocase(said, str_c("true")) || str_eq_nocase(said, str_c("false")))) {
		s.has_num = true;
		s.num = said.n == 4;
	}
	sink_score(b->im->sink, &s);
}

/* A column that holds {rater: value}, as JSON. */
static void put_ratings(struct bound_map *b, const struct row *row, const struct named_spec *n, struct in_score like)
{
	const struct json *votes = NULL;
	struct str text = str_trim(value(b, row, n->spec));
	if (row->object && n->spec->from == FROM_COLUMN)
		votes = member(row, n->spec->name);
	else if (text.n && json_read(&b->arena, text, NULL, &votes, NULL) != OK)
		votes = NULL;
	if (!votes || votes->type != JSON_OBJECT)
		return;
	JSON_EACH(vote, votes)
	{
		like.rater = vote->key;
		put_score(b, &like, json_is_null(vote) ? (struct str){0} : json_plain(vote));
	}
}

static void put_scores(struct bound_map *b, const struct row *row, const struct map_variant *v)
{
	struct str rater = field(b, row, v, MAP_RATER), reason = field(b, row, v, MAP_REASON);
	for (size_t i = 0; i < v->nscores; i++) {
		const struct named_spec *n = &v->scores[i];
		if (n->by_rater && !n->rater.p)
			put_ratings(b, row, n, (struct in_score){.name = n->name});
		else if (n->by_rater)
			put_score(b, &(struct in_score){.name = n->name, .rater = n->rater}, value(b, row, n->spec));
		else
			put_score(b, &(struct in_score){.name = n->name, .rater = rater, .reason = reason}, value(b, row, n->spec));
	}
}

static void fact_name(struct str column, char out[static 64])
{
	size_t n = 0;
	for (; n < column.n && n < 63; n++) {
		char c = column.p[n];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
		out[n] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : plain ? c : '_');
	}
	out[n] = '\0';
}

static void put_facts(struct bound_map *b, const struct row *row, const struct map_variant *v)
{
	struct sink *s = b->im->sink;
	for (size_t i = 0; i < v->ncategories; i++) {
		struct str path = value(b, row, v->categories[i].spec);
		if (path.p)
			sink_category(s, v->categories[i].name, path);
	}
	for (size_t i = 0; i < v->nmeta; i++) {
		char name[64];
		struct str fact = value(b, row, v->meta[i].spec);
		fact_name(v->meta[i].name, name);
		if (fact.p && fact.n <= META_MAX)
			sink_meta(s, name, fact);
	}
}

/* What the map does not name. */
static void put_rest(struct bound_map *b, const struct row *row)
{
	char name[64];
	if (row->object) {
		sink_rest(b->im->sink, "", row->object, b->names);
		return;
	}
	for (size_t i = 0; i < row->n && i < b->nheader; i++) {
		struct str fact = row->cells[i];
		if (b->used[i] || !fact.n || !str_trim(b->header[i]).n)
			continue;
		fact_name(str_trim(b->header[i]), name);
		size_t nth = 1;
		for (size_t k = 0; k < i; k++)
			nth += str_eq(b->header[k], b->header[i]);
		if (nth > 1 && strlen(name) < sizeof name - 8)
			snprintf(name + strlen(name), 8, ".%zu", nth % 1000);
		if (fact.n > META_MAX)
			sink_ignore(b->im->sink, str_c(name), 1);
		else
			sink_meta(b->im->sink, name, fact);
	}
}

static void open_result(
        struct bound_map *b, const struct row *row, const struct map_variant *v, const struct record *place, uint32_t repairs)
{
	const struct fieldmap *m = b->map;
	struct sink_result r = SINK_RESULT_INIT;
	struct str said = field(b, row, v, MAP_OUTCOME), severity = field(b, row, v, MAP_SEVERITY);
	struct str ours = mapped(m->words, m->nwords, said),
	           our_severity = mapped(m->severity_words, m->nseverity_words, severity);
	double duration;
	r.model = str_trim(field(b, row, v, MAP_MODEL));
	r.provider = field(b, row, v, MAP_PROVIDER);
	r.task = field(b, row, v, MAP_TASK);
	r.item = field(b, row, v, MAP_ITEM);
	r.epoch = field(b, row, v, MAP_EPOCH);
	r.raw_outcome = ours.p ? ours : str_trim(said);
	r.raw_severity = our_severity.p ? our_severity : str_trim(severity);
	r.raw_item_severity = field(b, row, v, MAP_ITEM_SEVERITY);
	r.target = field(b, row, v, MAP_TARGET);
	r.answer = field(b, row, v, MAP_ANSWER);
	r.error = field(b, row, v, MAP_ERROR);
	r.limit = field(b, row, v, MAP_LIMIT);
	r.started_ms = when(field(b, row, v, MAP_STARTED));
	if (str_to_double(field(b, row, v, MAP_DURATION), &duration) && duration >= 0 && duration < 1e15)
		r.duration_ms = (int64_t)duration;
	r.place = place;
	r.repairs = repairs;
	sink_result(b->im->sink, &r);
	if (ours.p && !str_eq_nocase(ours, str_trim(said)))
		sink_meta(b->im->sink, "said", said);
	if (our_severity.p && !str_eq_nocase(our_severity, str_trim(severity)))
		sink_meta(b->im->sink, "said_severity", severity);
}

static enum status put_variant(struct bound_map *b, const struct row *row, const struct map_variant *v,
        const struct record *place, uint32_t repairs, struct err *err)
{
	struct sink *s = b->im->sink;
	struct str run = field(b, row, v, MAP_RUN);
	/* Of a tool's own tables it is known that they name none. */
	if (!b->map->lenient && !field(b, row, v, MAP_MODEL).n && !b->im->setting(b->im, "model").n) {
		sink_skip(s, place->line, "no model; name it with --set model=NAME or in the map");
		return OK;
	}
	/* In a wide table a model that was not asked has empty cells. */
	if (b->map->nvariants > 1 && !field(b, row, v, MAP_RESPONSE).p && !field(b, row, v, MAP_OUTCOME).p) {
		bool any = false;
		for (size_t i = 0; i < v->nscores && !any; i++)
			any = value(b, row, v->scores[i].spec).p != NULL;
		if (!any)
			return OK;
	}
	sink_run(s, &(struct in_run){.key = run, .tool = b->map->tool, .declared = -1});
	open_result(b, row, v, place, repairs);
	put_turns(b, row, v);
	put_scores(b, row, v);
	put_facts(b, row, v);
	put_rest(b, row);
	b->results++;
	/* A map whose words say the direction knows what an empty cell is: not scored. */
	bool worded = b->map->nwords && v->fields[MAP_OUTCOME];
	b->undirected += !worded && !field(b, row, v, MAP_OUTCOME).p && v->nscores > 0;
	return sink_result_end(s, err);
}

enum status rows_put(struct bound_map *b, const struct row *row, const struct record *place, uint32_t repairs, struct err *err)
{
	enum status st = OK;
	arena_reset(&b->arena);
	if (is_skipped(b, row))
		return OK;
	for (size_t i = 0; i < b->map->nvariants && !st; i++)
		st = put_variant(b, row, &b->map->variants[i], place, repairs, err);
	return st;
}

void rows_end(struct bound_map *b)
{
	if (b->map->guessed && b->results)
		sink_warn(b->im->sink, "columns were guessed from their names; --map FILE says what they are");
	if (b->undirected && !b->map->lenient) /* with a map that ships come rules that know the direction */
		sink_warn(b->im->sink, "direction not set: no column says pass or fail; --map FILE with words, or --rules FILE, "
		                       "says which way a score points");
	free(b->columns);
	free(b->used);
	free(b->names);
	b->columns = NULL;
	arena_fini(&b->names_arena);
	arena_fini(&b->arena);
}
