/* SPDX-License-Identifier: MIT
 *
 * View files: lines of `directive: value`, read strictly against a table of
 * directives, and the list of views that ship.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <threads.h>

#include "base/embed.h"
#include "base/mem.h"
#include "query/fields.h"

struct reading {
	struct view *view;
	const char *path;
	unsigned line;
	struct err *err;
	const struct list_source *source;
	size_t column_cap;
};

struct directive {
	const char *name;
	const char *args;
	const char *help;
	enum status (*set)(struct reading *r, struct str value);
};

__attribute__((format(printf, 2, 3))) static enum status refuse(struct reading *r, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	err_usage(r->err, "%s:%u: %s", r->path, r->line, b.p);
	buf_fini(&b);
	return USAGE;
}

static enum status refuse_unknown(struct reading *r, const char *what, struct str word, const char *near)
{
	if (near)
		return refuse(r, "unknown %s \"%.*s\"; did you mean \"%s\"?", what, (int)word.n, word.p, near);
	return refuse(r, "unknown %s \"%.*s\"", what, (int)word.n, word.p);
}

/* Keeps the nearest of the names it is shown. */
struct nearest {
	struct str word;
	size_t distance;
	const char *name;
};

static void nearest_try(struct nearest *n, const char *name)
{
	size_t d = str_distance(n->word, str_c(name), 2);
	if (d <= 2 && (!n->name || d < n->distance)) {
		n->distance = d;
		n->name = name;
	}
}

static enum status set_name(struct reading *r, struct str value)
{
	r->view->name = arena_cstr(&r->view->arena, value);
	return OK;
}

static enum status set_title(struct reading *r, struct str value)
{
	r->view->title = arena_cstr(&r->view->arena, value);
	return OK;
}

static enum status set_help(struct reading *r, struct str value)
{
	r->view->help = arena_cstr(&r->view->arena, value);
	return OK;
}

static enum status set_kind(struct reading *r, struct str value)
{
	if (str_eq_c(value, "group"))
		r->view->kind = VIEW_GROUP;
	else if (str_eq_c(value, "list"))
		r->view->kind = VIEW_LIST;
	else
		return refuse(r, "kind \"%.*s\" is none of group, list", (int)value.n, value.p);
	return OK;
}

static enum status set_of(struct reading *r, struct str value)
{
	struct nearest near = {.word = value};
	r->source = list_source_find(value);
	if (r->source) {
		r->view->source = r->source->name;
		return OK;
	}
	for (const struct list_source *s = query_sources; s->name; s++)
		nearest_try(&near, s->name);
	return refuse_unknown(r, "list", value, near.name);
}

static enum status set_by(struct reading *r, struct str value)
{
	struct str part;
	r->view->ndims = 0;
	while (str_cut(&value, ',', &part)) {
		struct nearest near = {.word = part = str_trim(part)};
		const struct dimension_name *d = dimension_find(part);
		for (const struct dimension_name *i = query_dimensions; !d && i->name; i++)
			nearest_try(&near, i->name);
		if (!d)
			return refuse_unknown(r, "dimension", part, near.name);
		if (r->view->ndims == 2)
			return refuse(r, "a view groups by at most two dimensions");
		r->view->dims[r->view->ndims++] = d->dim;
	}
	return OK;
}

static enum status set_across(struct reading *r, struct str value)
{
	const struct dimension_name *d = dimension_find(value);
	if (!d)
		return refuse_unknown(r, "dimension", value, NULL);
	if (r->view->ndims != 1)
		return refuse(r, "across: needs by: with one dimension before it");
	r->view->dims[r->view->ndims++] = d->dim;
	r->view->matrix = true;
	return OK;
}

static enum status set_taxonomy(struct reading *r, struct str value)
{
	r->view->taxonomy = arena_cstr(&r->view->arena, value);
	return OK;
}

static enum status set_tree(struct reading *r, struct str value)
{
	if (!str_eq_c(value, "yes") && !str_eq_c(value, "no"))
		return refuse(r, "tree: is yes or no");
	r->view->tree = str_eq_c(value, "yes");
	return OK;
}

static bool list_column(const struct list_source *s, struct str name, struct column *out, struct nearest *near)
{
	const struct list_field *f = list_field_find(s, name);
	if (f) {
		*out = (struct column){f->name, f->title, f->kind, f->width, f->priority, f->help};
		return true;
	}
	for (const struct column *c = s->made; c && c->name; c++) {
		if (str_eq_c(name, c->name)) {
			*out = *c;
			return true;
		}
		nearest_try(near, c->name);
	}
	for (const struct list_field *i = s->fields; i && i->name; i++)
		nearest_try(near, i->name);
	return false;
}

/* The column as the tables know it; the view may then change title, width, priority. */
static enum status column_known(struct reading *r, struct str name, struct column *out)
{
	struct nearest near = {.word = name};
	if (r->view->kind == VIEW_LIST) {
		if (!r->source)
			return refuse(r, "columns need of: before them");
		return list_column(r->source, name, out, &near) ? OK : refuse_unknown(r, "column", name, near.name);
	}
	const struct measure *m = measure_find(name);
	for (const struct measure *i = query_measures; !m && i->name; i++)
		nearest_try(&near, i->name);
	if (!m)
		return refuse_unknown(r, "measure", name, near.name);
	*out = (struct column){m->name, m->title, m->kind, m->width, m->priority, m->help};
	return OK;
}

static void push_column(struct reading *r, const struct column *c)
{
	struct view *v = r->view;
	if (v->ncolumns == r->column_cap) {
		size_t cap = r->column_cap ? 2 * r->column_cap : 16;
		struct column *grown = arena_calloc(&v->arena, cap, sizeof *grown);
		if (v->ncolumns)
			memcpy(grown, v->columns, v->ncolumns * sizeof *grown);
		v->columns = grown;
		r->column_cap = cap;
	}
	v->columns[v->ncolumns++] = *c;
}

static enum status add_columns(struct reading *r, struct str value)
{
	struct str part;
	while (str_cut(&value, ',', &part)) {
		struct column c;
		enum status st = column_known(r, str_trim(part), &c);
		if (st != OK)
			return st;
		push_column(r, &c);
	}
	return OK;
}

static struct str next_word(struct str *rest)
{
	*rest = str_trim(*rest);
	size_t n = 0;
	bool quoted = false;
	while (n < rest->n && (quoted || rest->p[n] != ' ')) {
		if (rest->p[n] == '"')
			quoted = !quoted;
		n++;
	}
	struct str word = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->n);
	return word;
}

static struct str unquoted(struct str s)
{
	return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? str_sub(s, 1, s.n - 2) : s;
}

/* column: NAME [title="…"] [width=N] [priority=N] */
static enum status add_column(struct reading *r, struct str value)
{
	struct column c;
	enum status st = column_known(r, next_word(&value), &c);
	for (struct str word = next_word(&value); st == OK && word.n; word = next_word(&value)) {
		struct str key = {NULL, 0}, text = word;
		int64_t number = 0;
		if (!str_cut(&text, '=', &key) || !text.p)
			return refuse(r, "column: \"%.*s\" is none of title=, width=, priority=", (int)word.n, word.p);
		text = unquoted(text);
		if (str_eq_c(key, "title"))
			c.title = arena_cstr(&r->view->arena, text);
		else if (!str_to_i64(text, &number) || number < 0 || number > 500)
			return refuse(r, "column: \"%.*s\" is no number from 0 to 500", (int)text.n, text.p);
		else if (str_eq_c(key, "width"))
			c.width = (int)number;
		else if (str_eq_c(key, "priority"))
			c.priority = (int)number;
		else
			return refuse_unknown(r, "column option", key, NULL);
	}
	if (st == OK)
		push_column(r, &c);
	return st;
}

static enum status set_order(struct reading *r, struct str value)
{
	r->view->descending = value.n && value.p[0] == '-';
	r->view->order = arena_cstr(&r->view->arena, r->view->descending ? str_sub(value, 1, value.n) : value);
	return OK;
}

static enum status set_enter(struct reading *r, struct str value)
{
	r->view->enter = str_eq_c(value, "transcript") ? NULL : arena_cstr(&r->view->arena, value);
	return OK;
}

static enum status set_enter_filter(struct reading *r, struct str value)
{
	if (value.n < 2 || !str_ends(value, ":%"))
		return refuse(r, "enter-filter: is FIELD:%%");
	r->view->enter_filter = arena_cstr(&r->view->arena, value);
	return OK;
}

static enum status set_key(struct reading *r, struct str value)
{
	if (value.n != 1)
		return refuse(r, "key: is one character");
	r->view->key = arena_cstr(&r->view->arena, value);
	return OK;
}

static const struct directive directives[] = {
	{"view", "NAME", "its name; required", set_name},
	{"title", "TEXT", "what the screen says; required", set_title},
	{"help", "TEXT", "one line about it", set_help},
	{"kind", "group | list", "a table of groups, or rows of one kind; required, before columns", set_kind},
	{"of", "LIST", "list: what its rows are", set_of},
	{"by", "DIMENSION[, DIMENSION]", "group: by what", set_by},
	{"across", "DIMENSION", "group: a second dimension that runs across; the first column's measure fills the cells", set_across},
	{"taxonomy", "NAME", "group by category: of this taxonomy only", set_taxonomy},
	{"tree", "yes | no", "group by category: with the nodes above", set_tree},
	{"columns", "NAME[, NAME ...]", "fields of the list, or measures of the groups", add_columns},
	{"column", "NAME [title=\"TEXT\"] [width=N] [priority=N]", "one column, changed", add_column},
	{"order", "[-]COLUMN", "first order of the rows; - for descending", set_order},
	{"enter", "VIEW | transcript", "what Enter opens", set_enter},
	{"enter-filter", "FIELD:%", "the term that Enter adds; % is the row's key", set_enter_filter},
	{"key", "CHARACTER", "the key that opens it from anywhere", set_key},
	{0},
};

void view_directives(void (*each)(void *ctx, const char *name, const char *args, const char *help), void *ctx)
{
	for (const struct directive *d = directives; d->name; d++)
		each(ctx, d->name, d->args, d->help);
}

static enum status read_line(struct reading *r, struct str line)
{
	struct str name;
	line = str_trim(line);
	if (!line.n || line.p[0] == '#')
		return OK;
	if (!memchr(line.p, ':', line.n) || !str_cut(&line, ':', &name))
		return refuse(r, "not a line of the form directive: value");
	name = str_trim(name);
	line = str_trim(line);
	struct nearest near = {.word = name};
	for (const struct directive *d = directives; d->name; d++) {
		if (str_eq_c(name, d->name))
			return line.n ? d->set(r, line) : refuse(r, "%s: has no value", d->name);
		nearest_try(&near, d->name);
	}
	return refuse_unknown(r, "directive", name, near.name);
}

static bool has_column(const struct view *v, const char *name)
{
	for (size_t i = 0; i < v->ncolumns; i++)
		if (strcmp(v->columns[i].name, name) == 0)
			return true;
	return false;
}

/* Is there what each kind needs? */
static enum status check_whole(struct reading *r)
{
	const struct view *v = r->view;
	if (!v->name || !v->title)
		return refuse(r, "the file ends without %s:", v->name ? "title" : "view");
	if (v->kind == VIEW_LIST && !v->source)
		return refuse(r, "a list needs of:");
	if (v->kind == VIEW_GROUP && v->ndims == 0)
		return refuse(r, "a group needs by:");
	if (v->ncolumns == 0)
		return refuse(r, "there are no columns");
	if (v->tree && v->dims[0] != DIM_CATEGORY)
		return refuse(r, "tree: goes with by: category");
	if (v->order && !v->matrix && !has_column(v, v->order)) {
		const struct dimension_name *d = v->kind == VIEW_GROUP ? dimension_find(str_c(v->order)) : NULL;
		if (!d || (d->dim != v->dims[0] && d->dim != v->dims[v->ndims - 1]))
			return refuse(r, "order: \"%s\" is none of its columns", v->order);
	}
	return OK;
}

enum status view_read(struct str text, const char *path, struct view **out, struct err *err)
{
	struct view *v = xcalloc(1, sizeof *v);
	struct reading r = {.view = v, .path = path, .err = err};
	struct str line;
	enum status st = OK;
	*out = NULL;
	while (st == OK && str_cut(&text, '\n', &line)) {
		r.line++;
		st = read_line(&r, line);
	}
	if (st == OK)
		st = check_whole(&r);
	if (st != OK) {
		view_free(v);
		return st;
	}
	*out = v;
	return OK;
}

void view_free(struct view *v)
{
	if (!v)
		return;
	arena_fini(&v->arena);
	free(v);
}

/* ---- the shipped ones ---- */

static struct {
	once_flag once;
	const struct view **all;
	size_t n, cap;
} shipped = {.once = ONCE_FLAG_INIT};

/* A shipped file that does not read is a bug of ours, which the tests find; the view is then missing. */
static void load_shipped(void)
{
	for (const struct embed *e = embed_table; e->path; e++) {
		struct view *v;
		if (!str_starts(str_c(e->path), "views/") || !str_ends(str_c(e->path), ".view"))
			continue;
		if (view_read(str_n((const char *)e->data, e->size), e->path, &v, NULL) != OK)
			continue;
		shipped.all = vec_grow(shipped.all, &shipped.cap, shipped.n + 2, sizeof *shipped.all);
		shipped.all[shipped.n++] = v;
		shipped.all[shipped.n] = NULL;
	}
	if (!shipped.all)
		shipped.all = xcalloc(1, sizeof *shipped.all);
}

const struct view *const *views_all(void)
{
	call_once(&shipped.once, load_shipped);
	return shipped.all;
}

static const struct view *find_shipped(struct str name)
{
	for (const struct view *const *v = views_all(); *v; v++)
		if (str_eq_c(name, (*v)->name))
			return *v;
	return NULL;
}

static bool groups_by_category(const struct view *v)
{
	bool does = false;
	for (size_t i = 0; i < v->ndims; i++)
		does |= v->dims[i] == DIM_CATEGORY;
	return does && !v->taxonomy;
}

/* Views of one taxonomy are made when somebody asks for them, and kept: callers hold them as long as they like. */
static struct view_of_taxonomy {
	struct view view; /* shares everything else with the one that it is made of */
	struct view_of_taxonomy *next;
} *_Atomic of_taxonomy;

static const struct view *narrow_view(const struct view *whole, const char *name, struct str taxonomy)
{
	struct view_of_taxonomy *first = of_taxonomy;
	for (struct view_of_taxonomy *i = first; i; i = i->next)
		if (strcmp(i->view.name, name) == 0)
			return &i->view;
	struct view_of_taxonomy *new = xcalloc(1, sizeof *new);
	new->view = *whole;
	new->view.arena = (struct arena){0};
	new->view.name = arena_cstr(&new->view.arena, str_c(name));
	new->view.taxonomy = arena_cstr(&new->view.arena, taxonomy);
	new->view.title = arena_printf(&new->view.arena, "%s: %s", whole->title, new->view.taxonomy).p;
	new->next = first;
	while (!atomic_compare_exchange_weak(&of_taxonomy, &new->next, new))
		continue;
	return &new->view;
}

const struct view *view_find(const char *name)
{
	struct str taxonomy = str_c(name), base;
	str_cut(&taxonomy, ':', &base);
	const struct view *v = find_shipped(base);
	if (!taxonomy.p || !v)
		return v;
	return taxonomy.n && groups_by_category(v) ? narrow_view(v, name, taxonomy) : NULL;
}
