/* SPDX-License-Identifier: MIT
 *
 * What the files of the filter module share and nobody else needs.
 */
#ifndef FILTER_INTERNAL_H
#define FILTER_INTERNAL_H

#include "filter/filter.h"

enum {
	FILTER_MAX_BYTES = 1 << 20,
	FILTER_MAX_DEPTH = 100, /* nested parentheses and negations; what recursion may cost */
};

/* ---- characters ---- */

/* One code point at s.p; the bytes used, 0 at the end. *cp is UINT32_MAX for an invalid byte. */
size_t char_next(struct str s, uint32_t *cp);
/* Simple case folding that never leads from outside ASCII into it, so that a search for ASCII bytes misses nothing. */
uint32_t char_fold(uint32_t cp);

/* ---- lexing ---- */

struct cursor {
	struct str text;
	size_t at;
};

bool lex_is_blank(char c);
void lex_skip_blanks(struct cursor *c);
/* The bytes up to a blank, parenthesis, quote, comma or comparison: what may be a field's name. */
struct str lex_name(struct cursor *c);
/* The rest of a word: up to a blank, parenthesis or quote. */
struct str lex_word(struct cursor *c);
/* One unquoted value: up to a blank, parenthesis, quote or comma. */
struct str lex_value(struct cursor *c);
/* A comparison at the cursor. */
bool lex_op(struct cursor *c, enum filter_op *op);
/* "…" with \" and \\; the cursor stands on the quote. false: it does not end. */
bool lex_quoted(struct cursor *c, struct arena *a, struct str *out);
/* /…/ with \/ ; kept as written. */
bool lex_regex(struct cursor *c, struct str *out);
/* Is the word `or`, `and`, `not` (all lower or all upper case)? */
bool lex_is_keyword(struct str word, const char *keyword);
/* Does this value have to be quoted to be read back as it is? */
bool lex_needs_quotes(const struct field *field, struct str value);
void lex_write_quoted(struct buf *out, struct str s);

/* ---- the parser ---- */

/* Like filter_parse, but a name that is no field is taken for a taxonomy's and values are not checked: for building filters. */
enum status filter_parse_lenient(struct str text, struct filter **out, struct err *err);
bool filter_has_glob(struct str value);
const char *filter_op_text(enum filter_op op);
/* Does the field exist in this session? */
bool filter_field_allowed(const struct field *f, const struct filter_env *env);
/* Does the word of the field's closed vocabulary? (has:note tells of other reviewers) */
bool filter_word_allowed(const struct field *f, const char *word, const struct filter_env *env);
/* The value of a closed vocabulary in its own spelling ('-' and '_' stand for a blank), NULL when it is none. */
const char *filter_word_find(const struct field *f, struct str value);
/* A time or a part of one ("2026", "2026-01", a day, minute or second) as [*from, *until) in ms. */
bool filter_time(struct str text, double *from, double *until);

#endif
