/* SPDX-License-Identifier: MIT
 *
 * The parser's state, and its checks of fields and values (suggest.c).
 */
#ifndef FILTER_PARSE_H
#define FILTER_PARSE_H

#include "filter/internal.h"

struct parser {
	struct cursor c;
	struct filter *f;
	const struct filter_env *env; /* may be NULL */
	bool lenient;
	unsigned depth;
	size_t *at; /* may be NULL */
	struct err *err;
};

/* USAGE: "column N: …", with the byte position in *p->at. */
enum status parse_fail(struct parser *p, size_t at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* For %.*s of text that the user wrote: long ones are cut. */
int parse_shown(struct str s);

/* Sets n->field and n->sub, or says what the name could have been. */
enum status parse_find_field(struct parser *p, struct str name, struct node *n);
/* The name behind the dot, when the database knows them all. */
enum status parse_check_sub(struct parser *p, const struct node *n);
enum status parse_check_op(struct parser *p, const struct node *n, size_t at);
/* Reads value i: its number, time or word; is it one that the field has? */
enum status parse_check_value(struct parser *p, struct node *n, size_t i, size_t at);

#endif
