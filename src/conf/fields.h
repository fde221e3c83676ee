/* SPDX-License-Identifier: MIT
 *
 * The reader of our own configuration files: JSON with // and block comments,
 * decoded strictly through a table of fields into a struct. The same table
 * prints the JSON Schema and the help, so none of them can differ.
 *
 * Every message names file, line and JSON pointer; an unknown key is an error
 * that suggests the nearest known one, so is a key that stands twice.
 */
#ifndef CONF_FIELDS_H
#define CONF_FIELDS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum conf_type {               /* at its offset the struct holds … */
	CONF_TEXT,             /* const char * */
	CONF_NUMBER,           /* double */
	CONF_INTEGER,          /* int64_t */
	CONF_BOOL,             /* bool */
	CONF_CHOICE,           /* int: index in choices */
	CONF_NUMBER_OR_CHOICE, /* struct conf_mixed */
	CONF_PAIR,             /* struct conf_pair: [low, high] */
	CONF_TEXTS,            /* struct conf_texts: a list; with `single` also one text; with choices only those */
	CONF_TEXT_MAP,         /* struct conf_map: {"any key": "text", …} */
	CONF_NUMBER_MAP,       /* struct conf_map */
	CONF_OBJECT,           /* the struct of `object` itself */
	CONF_OBJECTS,          /* struct conf_items: a list of them */
	CONF_ANY,              /* const char *: its JSON text */
};

struct conf_mixed {
	double number; /* NaN when it is a choice or not given */
	int choice;    /* -1 when it is none */
};
struct conf_pair {
	bool given;
	double low, high;
};
struct conf_texts {
	const char *const *items; /* NULL-terminated; NULL when not given */
	size_t n;
	bool single; /* was written as one text */
};
struct conf_map {
	const char **keys;
	const char **texts; /* or */
	double *numbers;
	size_t n;
};
struct conf_items {
	void *items;
	size_t n;
};
/* Where an object stands. */
struct conf_place {
	char pointer[64]; /* "/lines/4" */
	unsigned line;
};

struct conf_shape;
struct conf_field {
	const char *name; /* NULL ends the table */
	enum conf_type type;
	size_t offset;
	const char *fallback; /* JSON text of the default, decoded like any value; NULL: 0, NULL, NaN, -1 by type */
	const char *help;     /* one sentence */
	const char *const *choices;
	const struct conf_shape *object;
	double min, max; /* of numbers; both 0 = any */
	bool required, single;
};

struct conf_shape {
	const char *help;
	const struct conf_field *fields;
	size_t size; /* of the struct */
	bool has_place;
	size_t place; /* offset of a struct conf_place */
};

struct conf_file;

/* Blanks comments (keeping line breaks) and parses. text need not outlive the call; the file lives until conf_close. */
enum status conf_open(struct str text, const char *path, struct conf_file **out, struct err *err);
void conf_close(struct conf_file *f);
/* Fills *out (shape->size bytes); all it points to lives in `a`. */
enum status conf_decode(const struct conf_file *f, const struct conf_shape *shape, struct arena *a, void *out, struct err *err);
/* FAIL with "path:line: pointer: message". Also for checks that the table can not express. */
enum status conf_error(const struct conf_file *f, const char *pointer, struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Reads a whole file of at most 16 MB. */
enum status conf_read_file(const char *path, struct buf *out, struct err *err);

/* The JSON Schema (draft 2020-12) of a shape, pretty-printed, with a line break at the end. */
void conf_schema(struct buf *out, const struct conf_shape *shape, const char *id, const char *title);
/* One line per key: path, type, default, help. */
void conf_help(struct buf *out, const struct conf_shape *shape);
const char *conf_library_version(void); /* of cJSON */
/* Of a NULL-terminated list the entry nearest to s, or NULL when none is near. */
const char *conf_nearest(struct str s, const char *const *names);

#endif
