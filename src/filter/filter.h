/* SPDX-License-Identifier: MIT
 *
 * The filter language (DESIGN 6): text to tree, with positions for errors and
 * "did you mean"; one field table; completion; matching one record through an
 * accessor. facts evaluates the same tree over columns; both must agree.
 *
 *   filter   = or ; or = and { "or" and } ; and = not { not } ; not = [ "not" | "-" ] atom
 *   atom     = "(" or ")" | word | prefix* | "phrase" | /regex/ | flag | field ":" values | field op value
 *   values   = value { "," value } ; op = "=" "!=" "<" "<=" ">" ">="
 */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/terms.h"

enum field_kind {
	FIELD_TEXT,     /* compared as text, globs */
	FIELD_NUMBER,
	FIELD_ANY,      /* as a number when both sides are numbers, else as text: score.NAME, meta.KEY, epoch */
	FIELD_TIME,     /* ISO date or date-time */
	FIELD_OUTCOME,  /* enum outcome */
	FIELD_SEVERITY, /* ordered: severity>=high; unrated is absent */
	FIELD_KIND,     /* enum task_kind */
	FIELD_CATEGORY, /* taxonomy:a/b means that node or below; bare names match the last step; none */
	FIELD_FLAG,     /* has:note, reviewed */
	FIELD_TURN,     /* role:, in:, words: evaluated on one turn together */
};

/* Where a field's value comes from; facts has one case for each. */
enum field_id {
	F_RESULT, F_UID, F_SOURCE, F_FORMAT, F_RUN, F_TASK, F_KIND, F_MODEL, F_PROVIDER, F_ITEM, F_EPOCH, F_CATEGORY, F_AXIS,
	F_ITEM_SEVERITY, F_SEVERITY, F_OUTCOME, F_AUTO, F_TARGET, F_ANSWER, F_ERROR, F_LIMIT, F_SCORE, F_SCORE_NAME, F_META,
	F_TURNS, F_CALLS, F_TURN, F_STEP, F_STARTED, F_SAID, F_SAID_SEVERITY, F_SCOPE, F_RATER,
	F_REVIEWED, F_REVIEWER, F_REVIEWERS, F_TAG, F_NOTE, F_RULING, F_HAS, F_TOOL, F_TOOL_ARG, F_ROLE, F_IN, F_TAXONOMY, F_METRIC,
	F_COUNT
};

struct field {
	enum field_id id;
	const char *name;  /* "score." for fields with a name behind the dot */
	enum field_kind kind;
	bool prefix;       /* takes a name: score.NAME, meta.KEY, tool.arg.KEY */
	bool multi;        /* several values: means any of */
	bool blind;        /* does not exist in a masked session */
	bool rules;        /* may be used in rules (raw facts only) */
	const char *const *words; /* the closed vocabulary, NULL-terminated; NULL = open */
	const char *help;
	const char *example;
};
extern const struct field filter_fields[]; /* ends with name NULL; the row F_TAXONOMY stands for all taxonomy names */
/* By id; and by name (ASCII case ignored, "score.f1" gives the row "score." and its name behind the dot in *sub). NULL: none. */
const struct field *filter_field(enum field_id id);
const struct field *filter_field_find(struct str name, struct str *sub);

enum node_kind { NODE_ALL, NODE_AND, NODE_OR, NODE_NOT, NODE_COMPARE, NODE_WORD, NODE_PHRASE, NODE_REGEX };
enum filter_op { OP_IS, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE }; /* OP_IS: ":", globs and lists */

struct node {
	enum node_kind kind;
	const struct field *field;   /* NODE_COMPARE */
	struct str sub;              /* NAME of score.NAME …, taxonomy of F_TAXONOMY */
	enum filter_op op;
	struct str *values;          /* as written; words, phrase, regex: values[0] */
	size_t nvalues;
	bool *quoted;                /* by value: "…" was used, no globbing, `none` is a word */
	double *numbers;             /* by value, parsed, for number, time (ms), outcome, severity, kind; NaN = no number */
	double *until;               /* times only: the first ms behind the day, minute or second that was named */
	struct node **children;
	size_t nchildren;
	size_t at, len;              /* place in the text, for messages */
};

struct filter {
	struct arena arena;
	struct str text; /* as given */
	struct node *root;
};

/* What the parser may ask about the database. All members may be NULL. */
struct filter_env {
	void *ctx;
	/* Calls each() for every value of a field that exists (models, tasks, score names …); for completion and for
	 * "did you mean". false when the field's values are not enumerable. */
	bool (*values)(void *ctx, enum field_id field, struct str sub, void (*each)(void *each_ctx, struct str value), void *each_ctx);
	struct str me;     /* who `reviewer:me` is; absent: an error */
	bool check_values; /* unknown values are errors (screen, --filter); policies and rules leave it false */
	bool masked;       /* blind session: blind fields do not exist */
	bool rules;        /* only fields with .rules */
};

/* The empty text matches everything. USAGE: one sentence with the column and a caret-able position in *at (may be NULL). */
enum status filter_parse(struct str text, const struct filter_env *env, struct filter **out, size_t *at, struct err *err);
void filter_free(struct filter *f);
/* The tree as canonical text, which parses to the same tree. */
void filter_print(struct buf *out, const struct node *node);
/* base with one more and-term, quoted as needed: how drilling down builds filters. An absent value gives field:none
 * (severity: unrated); base is put in parentheses when it is an `or`. */
void filter_and_term(struct buf *out, struct str base, struct str field, struct str value);

/* Completions at byte `cursor` of text: field names, then values that exist. Calls each with the whole replacement of
 * [*word_start, cursor). A closed value or a flag comes whole; a field comes with its colon. */
void filter_complete(struct str text, size_t cursor, const struct filter_env *env, size_t *word_start,
	void (*each)(void *ctx, struct str word, const char *help), void *ctx);

/* ---- one record ---- */

struct match_value {
	struct str text;
	bool has_num;
	double num; /* numbers, times in ms, enum values */
};

/* Calls fn for every value the record has for the field (none = absent), until fn returns true.
 * F_CATEGORY: "taxonomy:a/b"; F_TAXONOMY: paths "a/b" of the taxonomy `sub`; F_AXIS: taxonomy names; F_HAS: the flags it
 * has; F_REVIEWED: one value when it is reviewed; outcome, severity, kind, numbers, times: num; of FIELD_ANY the text, and
 * num where the source gives a number (a text that spells one counts as one too). */
struct turn_text;
struct record_access {
	void *ctx;
	void (*each)(void *ctx, const struct field *field, struct str sub, bool (*fn)(void *fn_ctx,
		const struct match_value *v), void *fn_ctx);
	/* Calls fn with each turn, until it returns true; returns whether it did. NULL when there are no turns. */
	bool (*turns)(void *ctx, bool (*fn)(void *fn_ctx, const struct turn_text *turn), void *fn_ctx);
};
bool filter_match(const struct node *node, const struct record_access *rec);

/* ---- the terms about turns ----
 * Words, phrases, regular expressions, role: and in: of one and-group must hold in the same turn; so must an `or` of
 * nothing but such terms that stands in the group. A group in parentheses, and what is negated, is a group of its own:
 * `role:assistant -sorry` has an assistant turn, and no turn with "sorry". in: says where the words of its group are
 * looked for. The content of a tool's turn is content and results. */
enum turn_where { WHERE_CONTENT = 1, WHERE_REASONING = 2, WHERE_ARGUMENTS = 4, WHERE_RESULTS = 8, WHERE_ANY = 15 };
struct turn_piece {
	enum turn_where where;
	struct str text;
};
struct turn_text {
	enum role role;
	const struct turn_piece *pieces;
	size_t n;
};

/* Is this child of an and-group (or this node alone) decided on one turn? */
bool filter_is_turn_term(const struct node *node, bool in_and_group);
struct turn_group; /* compiled turn terms of one and-group; one thread at a time */
enum status turn_group_new(const struct node *const *terms, size_t n, struct turn_group **out, struct err *err);
/* Can any turn of this packed text hold the group? false is certain. */
bool turn_group_may_match(const struct turn_group *g, struct str packed);
/* FAIL when a regular expression gave up (match limit) on the text. */
enum status turn_group_matches(struct turn_group *g, const struct turn_text *turn, bool *matches, struct err *err);
void turn_group_free(struct turn_group *g);

/* The comparison every evaluator shares: does this one value satisfy the node? (globs, lists, enum order, categories) */
bool filter_value_matches(const struct node *node, const struct match_value *v);
/* Two-valued logic of absence: `field:none`. */
bool filter_wants_absent(const struct node *node);
/* answer=target, answer!=target: compares two fields of the record, ASCII case ignored; false when either is absent. */
bool filter_compares_fields(const struct node *node);

/* ---- the one tokenizer (words, prefixes, phrases) ---- */
/* The next token at or after *at: a run of letters, digits and marks; false at the end. In scripts that do not part words
 * with blanks (Han, kana, Thai …) each letter with its marks is a token, so that a word in them is a phrase. */
bool token_next(struct str text, size_t *at, struct str *token);
/* Finds the node's word, prefix, phrase or regex at or after `from`; case-insensitive. A regular expression can match
 * the empty text: step over it. */
struct text_matcher;
enum status text_matcher_new(const struct node *node, struct text_matcher **out, struct err *err);
bool text_matcher_find(struct text_matcher *m, struct str text, size_t from, size_t *start, size_t *end);
/* A literal that every match holds (for a fast scan of the packed text), lower case; empty when there is none. */
struct str text_matcher_literal(const struct text_matcher *m);
/* A regular expression ran into its match or heap limit since the last call: "not found" is then no answer. */
bool text_matcher_gave_up(struct text_matcher *m);
void text_matcher_free(struct text_matcher *m);

const char *filter_library_version(void); /* of PCRE2 */

/* A lower-case literal to be found whatever the ASCII case of the text: the sieve in front of decoding. */
struct text_literal {
	struct str text; /* empty: in every text */
	unsigned char skip[256];
};
void text_literal_init(struct text_literal *l, struct str lower_case); /* borrows the text; long ones are cut */
bool text_literal_in(const struct text_literal *l, struct str text);

#endif
