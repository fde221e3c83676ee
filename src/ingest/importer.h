/* SPDX-License-Identifier: MIT
 *
 * A format: one file imp_NAME.c with one record, and one row in importers.c.
 */
#ifndef INGEST_IMPORTER_H
#define INGEST_IMPORTER_H

#include "ingest/sink.h"
#include "source/bundle.h"

struct fieldmap; /* ingest/map.h: how a table of any shape is read */

/* One source: what an importer reads in one go. */
struct claim {
	const struct importer *importer;
	const struct member *main; /* gives the source its path and hash; an archive that is read as a whole is its own main */
	const struct member **members; /* what belongs to it, main included, in order */
	size_t n;
	const struct member *map; /* one of them that is the field map of main, or NULL: its text counts among the settings */
	int confidence; /* 1 … 100 */
	char why[160];  /* for `detect`: what was recognised */
};

/* A confidence that low is taken only where the user names the format, or the model: the file itself names none. */
enum { WITHOUT_MODEL = 10 };

struct import {
	const struct claim *claim;
	const struct bundle *inside; /* when main is a zip or tar that the importer reads as a whole (Inspect .eval) */
	struct reader *reader;       /* this thread's */
	struct sink *sink;
	const struct fieldmap *map; /* --map, else the claim's, or NULL */
	/* --set key=value; absent str when not set. */
	struct str (*setting)(const struct import *im, const char *key);
	void *setting_ctx;
};

/* A table that tools write, as data: recognised by its columns, read through a field map that ships. */
struct table_shape {
	int confidence;          /* 1 … 100 */
	const char *columns[12]; /* header cells, or members of the first record; NULL-terminated */
	const char *map;         /* schemas/maps/MAP.map.json; columns that it names may be missing */
	const char *why;         /* for `detect` */
};

struct importer {
	const char *name;  /* "inspect": stable, in v_source.format */
	const char *title; /* "Inspect AI logs (.eval, .json)" */
	int version;       /* part of a source's identity: raise it when results change */
	bool experimental;
	bool assembles;       /* uses sink_part; then `assemble` is set */
	bool named;           /* folder and name of a file say what it is about: equal bytes elsewhere are another source */
	const char *maps;     /* for `formats`: what becomes what, one paragraph */
	const char *polarity; /* for `formats`: which direction is a failure, as the rules below say it */
	const char *rules;    /* default rules, one per line, in the rules language */
	const char *warning;  /* said of each of its sources, or NULL */
	const struct table_shape *tables; /* ended by an empty one; then probe and read may be NULL. Asked after probe. */
	/* How sure is it that this one member is its own (0 … 100), from path, head and size only? why gets what was seen.
	 * Zip and tar members come here with their raw head; `inside` is their list when they could be opened. */
	int (*probe)(const struct member *m, const struct bundle *inside, char why[static 160]);
	/* Optional: claims several members of a bundle as one source; what it does not claim goes to probe. */
	void (*claim)(const struct bundle *b, void (*add)(void *ctx, const struct claim *c), void *ctx);
	enum status (*read)(struct import *im, struct err *err);
	/* Rebuilds one result from all its parts, in canonical order (assembles only). */
	enum status (*assemble)(struct sink *s, const struct in_part *parts, size_t n, struct err *err);
};

/* Its probe and its read, whether they are code or a table's. */
int importer_probe(const struct importer *imp, const struct member *m, const struct bundle *inside, char why[static 160]);
enum status importer_read(struct import *im, struct err *err);

extern const struct importer *const importers[]; /* NULL-terminated, in order of preference on a tie */

#endif
