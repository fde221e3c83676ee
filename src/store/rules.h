/* SPDX-License-Identifier: MIT
 *
 * The rules and item labels that a database holds beside the shipped ones.
 */
#ifndef STORE_RULES_H
#define STORE_RULES_H

#include "store/store.h"

struct stored_rule {
	int64_t rule_id;   /* order of application */
	struct str origin; /* file or screen it came from */
	struct str text;   /* one line of the rules language */
	int64_t added_ms;
};

/* In order of application; everything lives in `a`. */
enum status store_rules(struct store *s, struct arena *a, struct stored_rule **out, size_t *n, struct err *err);
/* Appends a rule. */
enum status store_rule_add(struct store *s, struct str origin, struct str text, struct err *err);
/* END when there is no such rule. */
enum status store_rule_remove(struct store *s, int64_t rule_id, struct err *err);
/* All rules of that origin are replaced by the lines of text that are neither blank nor comments; *changed: they differ. */
enum status store_rules_replace(struct store *s, struct str origin, struct str text, bool *changed, struct err *err);

struct stored_label {
	struct str task, item; /* task "": any */
	struct str field, value;
};

/* Calls fn for each label, ordered by task, item, field; what it gets is borrowed. */
enum status store_labels(
        struct store *s, enum status (*fn)(void *ctx, const struct stored_label *l, struct err *err), void *ctx, struct err *err);
/* Adds labels in one transaction. A category is added; any other field of the item is replaced. */
enum status store_labels_add(struct store *s, const struct stored_label *labels, size_t n, struct err *err);

#endif
