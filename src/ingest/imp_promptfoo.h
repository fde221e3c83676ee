/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the promptfoo importer.
 */
#ifndef INGEST_IMP_PROMPTFOO_H
#define INGEST_IMP_PROMPTFOO_H

#include "ingest/walk.h"

struct promptfoo {
	struct import *im;
	struct str task;             /* of rows that are no red teaming */
	const struct json *prompts;  /* the header's, with the provider of each; or absent */
	struct str only_provider;    /* when the configuration names just one */
	bool variants;               /* rows are told apart by prompt, too */
};

/* One element of the results, or one line. */
enum status promptfoo_row(void *ctx, const struct walked *w, struct err *err);

/* The turns of a row: the messages of an attack loop, else its history, else the prompt and what was answered.
 * meta is the row's metadata; a prompt that is itself JSON is read into `a`. */
void promptfoo_turns(struct sink *s, const struct json *row, const struct json *meta, struct arena *a);

/* What was answered: text, or calls. */
void promptfoo_output(struct sink *s, const struct json *output);

/* CSV exports: is it one (0 … 100), and its results. */
int promptfoo_csv_probe(const struct member *m, char why[static 160]);
enum status promptfoo_csv_read(struct import *im, struct str task, struct err *err);

#endif
