/* SPDX-License-Identifier: MIT
 *
 * Field maps: how the columns of a table, or the members of JSON records,
 * become results. Read from a JSON file (--map), strictly; or guessed from
 * usual names, and then without any direction.
 */
#ifndef INGEST_MAP_H
#define INGEST_MAP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/terms.h"

/* Where a value comes from. */
enum cell_from {
	FROM_COLUMN,   /* `name`: a header (a repeated one: "Score#2"), a member, or a JSON pointer "/a/b" */
	FROM_POSITION, /* `position`, from 1 */
	FROM_CONST,    /* `name` itself */
	FROM_FILE,     /* the file name; `name` is a pattern in which {} stands for the value: "run_{}.csv" */
	FROM_PARTS,    /* the parts that are there, joined by '/' */
	FROM_DOCUMENT, /* JSON pointer into the document around the records */
};

struct cellspec {
	enum cell_from from;
	struct str name;
	size_t position;
	const struct cellspec *parts;
	size_t nparts;
	size_t id; /* dense, below fieldmap.nspecs: where a reading keeps the resolved column */
};

enum map_field {
	MAP_RUN,
	MAP_TASK,
	MAP_MODEL,
	MAP_PROVIDER,
	MAP_ITEM,
	MAP_EPOCH,
	MAP_SEVERITY,
	MAP_ITEM_SEVERITY,
	MAP_OUTCOME,
	MAP_TARGET,
	MAP_ANSWER,
	MAP_ERROR,
	MAP_LIMIT,
	MAP_STARTED,
	MAP_DURATION,
	MAP_SYSTEM,
	MAP_PROMPT,
	MAP_RESPONSE,
	MAP_TURNS,
	MAP_REASON,
	MAP_RATER,
	MAP_FIELDS
};

struct named_spec {
	struct str name; /* of a score, a fact, a taxonomy */
	const struct cellspec *spec;
	struct str rater; /* of a score of `ratings`; absent there: the column is an object {rater: value} */
	bool by_rater;    /* a score of `ratings` */
};

/* One result of a row: the whole row, or the part of a wide table that belongs to one model. */
struct map_variant {
	const struct cellspec *fields[MAP_FIELDS]; /* NULL: not mapped */
	struct named_spec *scores, *categories, *meta;
	size_t nscores, ncategories, nmeta;
};

struct map_word {
	struct str said;     /* compared without case */
	const char *becomes; /* "fail", "high" … */
};

struct fieldmap {
	struct arena arena;
	struct str text; /* as read, canonical; absent for a guess */
	const char *path;
	char delimiter;     /* 0: found out */
	struct str records; /* JSON pointer of the array of records in a document; absent: the document or its lines */
	struct str tool;
	struct map_variant *variants; /* at least one */
	size_t nvariants;
	struct map_word *words, *severity_words;
	size_t nwords, nseverity_words;
	struct map_skip { /* rows that are no results: totals, means */
		const struct cellspec *spec;
		struct str *values;
		size_t n;
	} * skips;
	size_t nskips;
	size_t nspecs;
	bool guessed;
	bool lenient; /* ships with a format: columns that it names may be missing */
};

enum status fieldmap_load(const char *path, struct fieldmap **out, struct err *err);
/* path names the map in messages. USAGE names the JSON pointer, and the nearest known key. */
enum status fieldmap_read(struct str text, const char *path, struct fieldmap **out, struct err *err);
void fieldmap_free(struct fieldmap *m);
struct str fieldmap_text(const struct fieldmap *m);

/* A map from names; NULL when they are not those of results: there must be an answer or a score, and something it is about.
 * names: headers or members. */
struct fieldmap *fieldmap_guess(const struct str *names, size_t n);
/* What usual names say of these columns, however little; never NULL. */
struct fieldmap *fieldmap_hints(const struct str *names, size_t n);

/* Is the text, or what its first bytes are, such a map rather than a record with a model? Only what is sure. */
bool fieldmap_is(struct str head);

/* The key of a field in a map. */
const char *fieldmap_field_name(enum map_field f);

/* The JSON Schema, as in schemas/map.schema.json. */
void fieldmap_schema(struct buf *out);

#endif
