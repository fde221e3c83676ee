/* SPDX-License-Identifier: MIT
 *
 * The inside of a ruleset, shared by ruleset.c, derive.c and labels.c. Private
 * to ingest.
 */
#ifndef INGEST_RULESET_H
#define INGEST_RULESET_H

#include "base/dict.h"
#include "ingest/rules.h"

enum assign_field {
	SET_OUTCOME,
	SET_SEVERITY,
	SET_ITEM_SEVERITY,
	SET_KIND,
	SET_ALIAS,
	SET_CATEGORY,
	SET_FAIL_TURN,
	SET_SCORE,
	SET_COUNT
};

enum assign_op { ASSIGN, ASSIGN_ADD, ASSIGN_REMOVE };

#define FAIL_TURN_LAST UINT32_MAX

struct assign {
	enum assign_field field;
	enum assign_op op;
	int word;                  /* enum value of outcome, severity, kind */
	uint32_t turn;             /* SET_FAIL_TURN */
	struct str text;           /* alias, score name, glob of category-= */
	struct str taxonomy, path; /* category+= */
};

struct rule {
	const char *origin;
	unsigned line;
	struct str text, format; /* format absent: all */
	struct filter *filter;
	struct assign *assigns;
	size_t nassigns;
	struct str why; /* "origin:line" */
};

struct ruleset {
	struct arena arena;
	struct rule *rules;
	size_t n, cap;
	struct dict items;     /* keys of labelled items */
	uint32_t *first_label; /* by item id: index + 1 of its first label */
	size_t first_cap;
	struct label *labels;
	uint32_t *next_label;
	size_t nlabels, labels_cap, next_cap;
};

/* One rule of a database's own; the text is copied. */
enum status ruleset_add_line(
        struct ruleset *rs, const char *origin, unsigned line, struct str format, struct str text, struct err *err);
/* Forgets the rules that a database holds of that origin. */
void ruleset_drop_origin(struct ruleset *rs, struct str origin);
/* Does any rule say where a failure is? */
bool ruleset_sets_turn(const struct ruleset *rs);
/* Applies the labels of the raw facts' item to *out; categories are added through `add`. */
void labels_apply(const struct ruleset *rs, const struct raw_facts *raw, struct derived *out,
        void (*add)(void *ctx, struct str category), void *ctx);
/* A target that a label gives; absent when there is none. */
struct str labels_target(const struct ruleset *rs, const struct raw_facts *raw);
/* "taxonomy:a/b" in its two parts; without a colon the taxonomy is "category". */
void category_split(struct str text, struct str *taxonomy, struct str *path);

#endif
