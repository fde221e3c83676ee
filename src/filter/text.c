/* SPDX-License-Identifier: MIT
 *
 * Finding words, prefixes, phrases and regular expressions in a text.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "filter/internal.h"

enum {
	/* Enough for any sensible pattern on a megabyte of text, and stops (a+)+$ in milliseconds. */
	REGEX_MATCH_LIMIT = 1000000,
	REGEX_DEPTH_LIMIT = 100000,
	REGEX_HEAP_KIB = 20000,
	REGEX_MAX_BYTES = 10000,
	LITERAL_MAX_BYTES = 200, /* skips fit a byte */
};

struct text_matcher {
	struct arena arena;
	/* Words and phrases: the tokens, folded. */
	struct str *tokens;
	size_t ntokens;
	bool prefix; /* the last token may go on */
	struct str literal;
	unsigned char first_lower; /* first byte of the first token when it is ASCII, else 0 */
	/* Regular expressions. */
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	bool gave_up;
};

/* ---- words ---- */

static struct str fold(struct arena *a, struct str token)
{
	char *p = arena_alloc(a, 4 * token.n + 1);
	size_t at = 0, n = 0, used;
	uint32_t cp;
	while ((used = utf8_next(str_n(token.p + at, token.n - at), &cp)) != 0) {
		at += used;
		n += utf8_encode(char_fold(cp), p + n);
	}
	return str_n(p, n);
}

/* Can a text spell this character in one way only? Then its bytes may go into the literal. ASCII letters may too, because
 * the scan ignores their case and nothing outside ASCII folds to them. */
static bool is_uncased(uint32_t cp)
{
	if (cp < 0x80)
		return true;
	utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
	return c == UTF8PROC_CATEGORY_LO || c == UTF8PROC_CATEGORY_ND;
}

/* The longest run of a folded token that the packed text must hold byte by byte. */
static struct str longest_literal(struct str token)
{
	struct str best = str_n(token.p, 0);
	size_t at = 0, from = 0, used;
	uint32_t cp;
	while ((used = utf8_next(str_n(token.p + at, token.n - at), &cp)) != 0) {
		bool plain = is_uncased(cp);
		at += used;
		if (!plain)
			from = at;
		else if (at - from > best.n)
			best = str_n(token.p + from, at - from);
	}
	return best;
}

static void init_tokens(struct text_matcher *m, const struct node *node)
{
	struct str text = node->values[0], token;
	m->prefix = !node->quoted[0] && text.n && text.p[text.n - 1] == '*';
	size_t at = 0;
	while (token_next(text, &at, &token))
		m->ntokens++;
	m->tokens = arena_alloc(&m->arena, (m->ntokens + 1) * sizeof *m->tokens);
	at = 0;
	for (size_t i = 0; token_next(text, &at, &token); i++) {
		m->tokens[i] = fold(&m->arena, token);
		struct str literal = longest_literal(m->tokens[i]);
		if (literal.n > m->literal.n)
			m->literal = literal;
	}
	if (m->ntokens && (unsigned char)m->tokens[0].p[0] < 0x80)
		m->first_lower = (unsigned char)m->tokens[0].p[0];
}

/* Compares a token of the text with a folded one. */
static bool token_matches(struct str token, struct str want, bool prefix)
{
	size_t i = 0, j = 0;
	while (i < token.n && j < want.n) {
		unsigned char c = (unsigned char)token.p[i], w = (unsigned char)want.p[j];
		if (c < 0x80) {
			if (char_fold(c) != w)
				return false;
			i++;
			j++;
			continue;
		}
		uint32_t cp;
		char folded[4];
		i += utf8_next(str_n(token.p + i, token.n - i), &cp);
		size_t n = utf8_encode(char_fold(cp), folded);
		if (n > want.n - j || memcmp(folded, want.p + j, n) != 0)
			return false;
		j += n;
	}
	return j == want.n && (prefix || i == token.n);
}

static bool rest_matches(const struct text_matcher *m, struct str text, size_t at, size_t *end)
{
	struct str token;
	for (size_t i = 1; i < m->ntokens; i++) {
		if (!token_next(text, &at, &token) || !token_matches(token, m->tokens[i], m->prefix && i + 1 == m->ntokens))
			return false;
		*end = (size_t)(token.p + token.n - text.p);
	}
	return true;
}

static bool find_tokens(const struct text_matcher *m, struct str text, size_t from, size_t *start, size_t *end)
{
	struct str token;
	size_t at = from;
	if (m->ntokens == 0)
		return false;
	while (token_next(text, &at, &token)) {
		unsigned char c = (unsigned char)token.p[0];
		if (m->first_lower && c < 0x80 && char_fold(c) != m->first_lower)
			continue;
		if (!token_matches(token, m->tokens[0], m->prefix && m->ntokens == 1))
			continue;
		*start = (size_t)(token.p - text.p);
		*end = *start + token.n;
		if (rest_matches(m, text, at, end))
			return true;
	}
	return false;
}

/* ---- literals ---- */

static unsigned char lower(char c)
{
	unsigned char u = (unsigned char)c;
	return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

/* Horspool: `skip` is how far a mismatch under this byte moves the literal. */
void text_literal_init(struct text_literal *l, struct str lower_case)
{
	l->text = str_sub(lower_case, 0, LITERAL_MAX_BYTES);
	size_t n = l->text.n;
	memset(l->skip, n ? (int)n : 1, sizeof l->skip);
	for (size_t i = 0; i + 1 < n; i++) {
		unsigned char c = (unsigned char)l->text.p[i];
		l->skip[c] = (unsigned char)(n - 1 - i);
		if (c >= 'a' && c <= 'z')
			l->skip[c - 32] = (unsigned char)(n - 1 - i);
	}
}

bool text_literal_in(const struct text_literal *l, struct str text)
{
	size_t n = l->text.n;
	if (n == 0)
		return true;
	unsigned char last = (unsigned char)l->text.p[n - 1];
	for (size_t at = n - 1; at < text.n; at += l->skip[(unsigned char)text.p[at]]) {
		if (lower(text.p[at]) != last)
			continue;
		size_t i = 1;
		while (i < n && lower(text.p[at - i]) == (unsigned char)l->text.p[n - 1 - i])
			i++;
		if (i == n)
			return true;
	}
	return false;
}

/* ---- regular expressions ---- */

static enum status init_regex(struct text_matcher *m, struct str pattern, struct err *err)
{
	int code;
	PCRE2_SIZE at;
	if (pattern.n > REGEX_MAX_BYTES)
		return err_usage(err, "a regular expression may have %d bytes", REGEX_MAX_BYTES);
	uint32_t options = PCRE2_CASELESS | PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_MULTILINE;
	m->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, options, &code, &at, NULL);
	if (!m->code) {
		unsigned char why[200];
		pcre2_get_error_message(code, why, sizeof why);
		return err_usage(err, "the regular expression is wrong at its character %zu: %s", (size_t)at, (const char *)why);
	}
	/* Compiled to machine code where the system allows it; the same answers either way. */
	pcre2_jit_compile(m->code, PCRE2_JIT_COMPLETE);
	m->data = pcre2_match_data_create_from_pattern(m->code, NULL);
	m->context = pcre2_match_context_create(NULL);
	if (!m->data || !m->context)
		return err_fail(err, "no memory for a regular expression");
	pcre2_set_match_limit(m->context, REGEX_MATCH_LIMIT);
	pcre2_set_depth_limit(m->context, REGEX_DEPTH_LIMIT);
	pcre2_set_heap_limit(m->context, REGEX_HEAP_KIB);
	return OK;
}

static bool find_regex(struct text_matcher *m, struct str text, size_t from, size_t *start, size_t *end)
{
	if (from > text.n)
		return false;
	int n = pcre2_match(m->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, from, 0, m->data, m->context);
	if (n < 0) {
		m->gave_up |= n != PCRE2_ERROR_NOMATCH;
		return false;
	}
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(m->data);
	*start = at[0];
	*end = at[1] < at[0] ? at[0] : at[1]; /* \K in a look-behind can turn them around */
	return true;
}

/* ---- */

enum status text_matcher_new(const struct node *node, struct text_matcher **out, struct err *err)
{
	struct text_matcher *m = xcalloc(1, sizeof *m);
	enum status st = OK;
	m->literal = str_c("");
	if (node->kind == NODE_REGEX)
		st = init_regex(m, node->values[0], err);
	else
		init_tokens(m, node);
	*out = m;
	if (st != OK) {
		text_matcher_free(m);
		*out = NULL;
	}
	return st;
}

bool text_matcher_find(struct text_matcher *m, struct str text, size_t from, size_t *start, size_t *end)
{
	return m->code ? find_regex(m, text, from, start, end) : find_tokens(m, text, from, start, end);
}

struct str text_matcher_literal(const struct text_matcher *m)
{
	return m->literal;
}

bool text_matcher_gave_up(struct text_matcher *m)
{
	bool gave_up = m->gave_up;
	m->gave_up = false;
	return gave_up;
}

void text_matcher_free(struct text_matcher *m)
{
	if (!m)
		return;
	pcre2_match_context_free(m->context);
	pcre2_match_data_free(m->data);
	pcre2_code_free(m->code);
	arena_fini(&m->arena);
	free(m);
}

/* "10.42 2022-12-11" */
const char *filter_library_version(void)
{
	static char version[64];
	if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) < (int)sizeof version)
		pcre2_config(PCRE2_CONFIG_VERSION, version);
	version[strcspn(version, " ")] = '\0';
	return version;
}
