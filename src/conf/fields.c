/* SPDX-License-Identifier: MIT
 *
 * Strict decoding of configuration files through field tables.
 */
#include "conf/fields.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"

enum { CONF_FILE_MAX = 16 << 20 };

struct conf_file {
	char *path;
	struct buf text; /* comments blanked, same offsets as the file */
	cJSON *root;
	struct arena arena;
	const struct json *places; /* the same document read by base, whose nodes know where they stand */
};

/* One decoding: the pointer grows and shrinks with the recursion. */
struct walk {
	const struct conf_file *file;
	struct arena *arena;
	struct buf pointer;
	struct err *err;
};

/* Where the comment that starts at i ends, or i when there is none. */
static size_t comment_end(struct str text, size_t i)
{
	const char *end = NULL;
	if (i + 1 < text.n && text.p[i] == '/' && text.p[i + 1] == '/')
		end = memchr(text.p + i, '\n', text.n - i);
	else if (i + 1 < text.n && text.p[i] == '/' && text.p[i + 1] == '*') {
		ptrdiff_t at = str_find(str_sub(text, i + 2, text.n), str_c("*/"));
		end = at < 0 ? NULL : text.p + i + 2 + at + 2;
	} else {
		return i;
	}
	return end ? (size_t)(end - text.p) : text.n;
}

/* Comments become blanks; line breaks stay, so offsets and line numbers are those of the file. */
static void blank_comments(struct buf *text)
{
	char *p = text->p;
	bool in_string = false;
	for (size_t i = 0; i < text->n; i++) {
		if (in_string && p[i] == '\\')
			i++;
		else if (p[i] == '"')
			in_string = !in_string;
		else if (!in_string)
			for (size_t end = comment_end(buf_str(text), i); i < end; i++)
				p[i] = p[i] == '\n' ? '\n' : ' ';
	}
}

static unsigned line_at(const struct conf_file *f, const char *at)
{
	unsigned line = 1;
	for (const char *p = f->text.p; p < at; p++)
		line += *p == '\n';
	return line;
}

static unsigned line_of(const struct conf_file *f, const char *pointer)
{
	const struct json *node = f->places ? json_pointer(f->places, str_c(pointer)) : NULL;
	return node && node->src.p ? line_at(f, node->src.p) : 1;
}

enum status conf_error(const struct conf_file *f, const char *pointer, struct err *err, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = xvasprintf(fmt, ap);
	va_end(ap);
	enum status st = err_fail(err, "%s:%u: %s: %s", f->path, line_of(f, pointer), *pointer ? pointer : "(top level)", text);
	free(text);
	return st;
}

static enum status parse(struct conf_file *f, struct err *err)
{
	struct err why = {0};
	enum status st = OK;
	const char *end = NULL;
	if (json_read(&f->arena, buf_str(&f->text), NULL, &f->places, &why)) {
		/* cJSON knows the place as a pointer, from which the line follows. */
		cJSON_Delete(cJSON_ParseWithOpts(f->text.p, &end, 1));
		f->places = NULL;
		st = err_fail(err, "%s:%u: not a JSON document: %s", f->path, end ? line_at(f, end) : 1, err_text(&why));
	} else if (!(f->root = cJSON_ParseWithOpts(f->text.p, &end, 1))) {
		st = err_fail(err, "%s:%u: not a JSON document", f->path, end ? line_at(f, end) : 1);
	}
	err_fini(&why);
	return st;
}

enum status conf_open(struct str text, const char *path, struct conf_file **out, struct err *err)
{
	*out = NULL;
	if (text.n > CONF_FILE_MAX)
		return err_fail(err, "%s: larger than 16 MB, which is no configuration file", path);
	if (text.n && memchr(text.p, 0, text.n))
		return err_fail(err, "%s: holds NUL bytes, which is no text", path);
	struct conf_file *f = xcalloc(1, sizeof *f);
	f->path = xstrdup(path);
	if (str_starts(text, "\xef\xbb\xbf"))
		text = str_sub(text, 3, text.n - 3);
	buf_add_str(&f->text, text);
	buf_add_c(&f->text, "");
	blank_comments(&f->text);
	enum status st = parse(f, err);
	if (st) {
		conf_close(f);
		return st;
	}
	*out = f;
	return OK;
}

void conf_close(struct conf_file *f)
{
	if (!f)
		return;
	cJSON_Delete(f->root);
	arena_fini(&f->arena);
	buf_fini(&f->text);
	free(f->path);
	free(f);
}

enum status conf_read_file(const char *path, struct buf *out, struct err *err)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return err_fail(err, "%s: %s", path, strerror(errno));
	char block[8192];
	for (size_t n; out->n <= CONF_FILE_MAX && (n = fread(block, 1, sizeof block, file)) > 0;)
		buf_add(out, block, n);
	int failed = ferror(file);
	fclose(file);
	return failed ? err_fail(err, "%s: cannot be read", path) : OK;
}

const char *conf_nearest(struct str s, const char *const *names)
{
	const char *best = NULL;
	size_t least = s.n / 3 + 2;
	for (; names && *names; names++) {
		size_t d = str_distance(s, str_c(*names), least);
		if (d < least) {
			least = d;
			best = *names;
		}
	}
	return best;
}

/* ---- decoding ---- */

static enum status wrong(struct walk *w, const char *expected)
{
	return conf_error(w->file, w->pointer.p ? w->pointer.p : "", w->err, "must be %s", expected);
}

/* Appends "/key" to the pointer, escaped as RFC 6901 wants; returns the length to go back to. */
static size_t pointer_push(struct walk *w, const char *key)
{
	size_t before = w->pointer.n;
	buf_add_ch(&w->pointer, '/');
	for (; *key; key++) {
		if (*key == '~' || *key == '/')
			buf_add_c(&w->pointer, *key == '~' ? "~0" : "~1");
		else
			buf_add_ch(&w->pointer, *key);
	}
	return before;
}

static size_t pointer_push_index(struct walk *w, size_t i)
{
	size_t before = w->pointer.n;
	buf_printf(&w->pointer, "/%zu", i);
	return before;
}

static void pointer_pop(struct walk *w, size_t before)
{
	w->pointer.n = before;
	w->pointer.p[before] = '\0';
}

/* "one of a, b, c; did you mean …" */
static enum status not_a_choice(struct walk *w, const struct conf_field *f, const cJSON *v)
{
	struct buf list = {0};
	const char *nearest = cJSON_IsString(v) ? conf_nearest(str_c(v->valuestring), f->choices) : NULL;
	buf_add_c(&list, f->type == CONF_NUMBER_OR_CHOICE ? "a number or one of" : "one of");
	for (const char *const *c = f->choices; *c; c++)
		buf_printf(&list, "%s %s", c == f->choices ? "" : ",", *c);
	if (nearest)
		buf_printf(&list, "; did you mean \"%s\"?", nearest);
	enum status st = wrong(w, list.p);
	buf_fini(&list);
	return st;
}

static int choice_index(const struct conf_field *f, const cJSON *v)
{
	for (int i = 0; cJSON_IsString(v) && f->choices[i]; i++)
		if (strcmp(f->choices[i], v->valuestring) == 0)
			return i;
	return -1;
}

static enum status check_range(struct walk *w, const struct conf_field *f, double v)
{
	if ((f->min != 0 || f->max != 0) && !(v >= f->min && v <= f->max))
		return conf_error(w->file, w->pointer.p, w->err, "is %g; it must lie between %g and %g", v, f->min, f->max);
	return OK;
}

static const char *keep(struct walk *w, const char *text)
{
	return arena_cstr(w->arena, str_c(text));
}

static enum status read_text(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	(void)f;
	if (!cJSON_IsString(v))
		return wrong(w, "a text");
	*(const char **)out = keep(w, v->valuestring);
	return OK;
}

static enum status read_number(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	if (!cJSON_IsNumber(v) || !isfinite(v->valuedouble))
		return wrong(w, "a number");
	*(double *)out = v->valuedouble;
	return check_range(w, f, v->valuedouble);
}

static enum status read_integer(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	if (!cJSON_IsNumber(v) || v->valuedouble != floor(v->valuedouble) || fabs(v->valuedouble) > 9007199254740992.0)
		return wrong(w, "a whole number");
	*(int64_t *)out = (int64_t)v->valuedouble;
	return check_range(w, f, v->valuedouble);
}

static enum status read_bool(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	(void)f;
	if (!cJSON_IsBool(v))
		return wrong(w, "true or false");
	*(bool *)out = cJSON_IsTrue(v);
	return OK;
}

static enum status read_choice(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	int i = choice_index(f, v);
	if (i < 0)
		return not_a_choice(w, f, v);
	*(int *)out = i;
	return OK;
}

static enum status read_mixed(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	struct conf_mixed *m = out;
	if (cJSON_IsNumber(v) && isfinite(v->valuedouble)) {
		*m = (struct conf_mixed){v->valuedouble, -1};
		return check_range(w, f, v->valuedouble);
	}
	*m = (struct conf_mixed){NAN, choice_index(f, v)};
	return m->choice < 0 ? not_a_choice(w, f, v) : OK;
}

static enum status read_pair(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	(void)f;
	struct conf_pair *p = out;
	const cJSON *low = cJSON_GetArrayItem(v, 0), *high = cJSON_GetArrayItem(v, 1);
	if (!cJSON_IsArray(v) || cJSON_GetArraySize(v) != 2 || !cJSON_IsNumber(low) || !cJSON_IsNumber(high))
		return wrong(w, "two numbers, [low, high]");
	if (!(low->valuedouble < high->valuedouble) || !isfinite(low->valuedouble) || !isfinite(high->valuedouble))
		return wrong(w, "[low, high] with low below high");
	*p = (struct conf_pair){true, low->valuedouble, high->valuedouble};
	return OK;
}

static enum status read_one_of_texts(struct walk *w, const struct conf_field *f, const cJSON *v)
{
	if (!cJSON_IsString(v))
		return wrong(w, "a text");
	return f->choices && choice_index(f, v) < 0 ? not_a_choice(w, f, v) : OK;
}

static enum status read_texts(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	struct conf_texts *t = out;
	t->single = f->single && cJSON_IsString(v);
	if (!t->single && !cJSON_IsArray(v))
		return wrong(w, f->single ? "a text or a list of texts" : "a list of texts");
	size_t n = t->single ? 1 : (size_t)cJSON_GetArraySize(v);
	const char **items = arena_calloc(w->arena, n + 1, sizeof *items);
	const cJSON *item = t->single ? v : v->child;
	for (size_t i = 0; i < n; i++, item = item->next) {
		size_t before = t->single ? w->pointer.n : pointer_push_index(w, i);
		enum status st = read_one_of_texts(w, f, item);
		if (st)
			return st;
		items[i] = keep(w, item->valuestring);
		pointer_pop(w, before);
	}
	t->items = items;
	t->n = n;
	return OK;
}

static enum status read_map(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	struct conf_map *m = out;
	bool numbers = f->type == CONF_NUMBER_MAP;
	if (!cJSON_IsObject(v))
		return wrong(w, numbers ? "an object of numbers" : "an object of texts");
	m->n = (size_t)cJSON_GetArraySize(v);
	m->keys = arena_calloc(w->arena, m->n + 1, sizeof *m->keys);
	m->texts = arena_calloc(w->arena, m->n + 1, sizeof *m->texts);
	m->numbers = arena_calloc(w->arena, m->n + 1, sizeof *m->numbers);
	size_t i = 0;
	for (const cJSON *c = v->child; c; c = c->next, i++) {
		size_t before = pointer_push(w, c->string);
		enum status st = numbers ? read_number(w, f, c, &m->numbers[i]) : read_text(w, f, c, &m->texts[i]);
		for (size_t j = 0; j < i && !st; j++)
			if (strcmp(m->keys[j], c->string) == 0)
				st = conf_error(w->file, w->pointer.p, w->err, "stands twice");
		if (st)
			return st;
		m->keys[i] = keep(w, c->string);
		pointer_pop(w, before);
	}
	return OK;
}

static enum status read_any(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	(void)f;
	char *text = cJSON_PrintUnformatted(v);
	*(const char **)out = keep(w, text ? text : "null");
	cJSON_free(text);
	return OK;
}

static enum status read_object(struct walk *w, const struct conf_shape *shape, const cJSON *v, void *out);

static enum status read_nested(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	return read_object(w, f->object, v, out);
}

static enum status read_objects(struct walk *w, const struct conf_field *f, const cJSON *v, void *out)
{
	struct conf_items *list = out;
	if (!cJSON_IsArray(v))
		return wrong(w, "a list of objects");
	size_t n = (size_t)cJSON_GetArraySize(v), size = f->object->size;
	char *items = arena_calloc(w->arena, n ? n : 1, size);
	const cJSON *item = v->child;
	for (size_t i = 0; i < n; i++, item = item->next) {
		size_t before = pointer_push_index(w, i);
		enum status st = read_object(w, f->object, item, items + i * size);
		if (st)
			return st;
		pointer_pop(w, before);
	}
	*list = (struct conf_items){items, n};
	return OK;
}

static enum status (*const readers[])(struct walk *w, const struct conf_field *f, const cJSON *v, void *out) = {
	[CONF_TEXT] = read_text,
	[CONF_NUMBER] = read_number,
	[CONF_INTEGER] = read_integer,
	[CONF_BOOL] = read_bool,
	[CONF_CHOICE] = read_choice,
	[CONF_NUMBER_OR_CHOICE] = read_mixed,
	[CONF_PAIR] = read_pair,
	[CONF_TEXTS] = read_texts,
	[CONF_TEXT_MAP] = read_map,
	[CONF_NUMBER_MAP] = read_map,
	[CONF_OBJECT] = read_nested,
	[CONF_OBJECTS] = read_objects,
	[CONF_ANY] = read_any,
};

static const struct conf_field *find_field(const struct conf_shape *shape, const char *name)
{
	for (const struct conf_field *f = shape->fields; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static enum status unknown_key(struct walk *w, const struct conf_shape *shape, const cJSON *member)
{
	const char *names[64] = {NULL};
	size_t n = 0;
	for (const struct conf_field *f = shape->fields; f->name && n < 63; f++)
		names[n++] = f->name;
	const char *nearest = conf_nearest(str_c(member->string), names);
	pointer_push(w, member->string);
	if (nearest)
		return conf_error(
			w->file, w->pointer.p, w->err, "unknown key \"%s\"; did you mean \"%s\"?", member->string, nearest);
	struct buf list = {0};
	for (size_t i = 0; i < n; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
	enum status st = conf_error(
		w->file, w->pointer.p, w->err, "unknown key \"%s\"; known are %s", member->string, list.p ? list.p : "none");
	buf_fini(&list);
	return st;
}

/* What a struct holds for a key that is not given and has no default. */
static void set_absent(const struct conf_field *f, void *out)
{
	if (f->type == CONF_NUMBER)
		*(double *)out = NAN;
	else if (f->type == CONF_CHOICE)
		*(int *)out = -1;
	else if (f->type == CONF_INTEGER)
		*(int64_t *)out = -1;
	else if (f->type == CONF_NUMBER_OR_CHOICE)
		*(struct conf_mixed *)out = (struct conf_mixed){NAN, -1};
}

static enum status apply_defaults(struct walk *w, const struct conf_shape *shape, void *out)
{
	for (const struct conf_field *f = shape->fields; f->name; f++) {
		set_absent(f, (char *)out + f->offset);
		if (!f->fallback)
			continue;
		cJSON *v = cJSON_Parse(f->fallback);
		size_t before = pointer_push(w, f->name);
		enum status st = readers[f->type](w, f, v, (char *)out + f->offset);
		cJSON_Delete(v);
		if (st)
			return st;
		pointer_pop(w, before);
	}
	return OK;
}

static enum status read_object(struct walk *w, const struct conf_shape *shape, const cJSON *v, void *out)
{
	if (!cJSON_IsObject(v))
		return wrong(w, "an object");
	enum status st = apply_defaults(w, shape, out);
	for (const cJSON *m = v->child; m && !st; m = m->next) {
		const struct conf_field *f = find_field(shape, m->string);
		if (!f)
			return unknown_key(w, shape, m);
		size_t before = pointer_push(w, m->string);
		for (const cJSON *earlier = v->child; earlier != m; earlier = earlier->next)
			if (strcmp(earlier->string, m->string) == 0)
				return conf_error(w->file, w->pointer.p, w->err, "stands twice");
		st = readers[f->type](w, f, m, (char *)out + f->offset);
		if (!st)
			pointer_pop(w, before);
	}
	for (const struct conf_field *f = shape->fields; f->name && !st; f++)
		if (f->required && !cJSON_GetObjectItemCaseSensitive(v, f->name))
			st = conf_error(w->file, w->pointer.p ? w->pointer.p : "", w->err, "the key \"%s\" is missing: %s",
				f->name, f->help);
	if (shape->has_place && !st) {
		struct conf_place *place = (struct conf_place *)(void *)((char *)out + shape->place);
		snprintf(place->pointer, sizeof place->pointer, "%s", w->pointer.p ? w->pointer.p : "");
		place->line = line_of(w->file, place->pointer);
	}
	return st;
}

enum status conf_decode(const struct conf_file *f, const struct conf_shape *shape, struct arena *a, void *out, struct err *err)
{
	struct walk w = {.file = f, .arena = a, .err = err};
	buf_add_c(&w.pointer, "");
	memset(out, 0, shape->size);
	enum status st = read_object(&w, shape, f->root, out);
	buf_fini(&w.pointer);
	return st;
}

const char *conf_library_version(void)
{
	return cJSON_Version();
}
