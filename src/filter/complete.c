/* SPDX-License-Identifier: MIT
 *
 * Completion: which term the cursor stands in, and what could go on from there.
 */
#include "filter/internal.h"

/* The term under the cursor. */
struct place {
	size_t start;      /* of the term, behind minus signs */
	bool in_value;     /* behind a field and a comparison */
	struct str name;   /* of that field */
	size_t value_at;   /* start of the value under the cursor */
	bool quoted;       /* that value has an opening quote */
	bool none;         /* within a phrase or regular expression: nothing to complete */
};

/* Over a quotation that starts at the cursor; false when the text ends within it. */
static bool skip_quoted(struct cursor *c, char quote)
{
	for (c->at++; c->at < c->text.n; c->at++) {
		if (c->text.p[c->at] == quote) {
			c->at++;
			return true;
		}
		if (c->text.p[c->at] == '\\')
			c->at++;
	}
	c->at = c->text.n;
	return false;
}

/* Walks the values of a comparison; the last one is where the cursor is when the text ends in it. */
static bool walk_values(struct cursor *c, struct place *pl)
{
	for (;;) {
		pl->value_at = c->at;
		pl->quoted = c->at < c->text.n && c->text.p[c->at] == '"';
		if (pl->quoted && !skip_quoted(c, '"'))
			return true;
		if (!pl->quoted)
			lex_value(c);
		if (c->at >= c->text.n)
			return true;
		if (c->text.p[c->at] != ',')
			return false;
		c->at++;
	}
}

/* One term; true when the text ends in it. */
static bool walk_term(struct cursor *c, struct place *pl)
{
	enum filter_op op;
	while (c->at < c->text.n && (c->text.p[c->at] == '-' || c->text.p[c->at] == '('))
		c->at++;
	*pl = (struct place){.start = c->at, .name = {NULL, 0}};
	if (c->at >= c->text.n)
		return true;
	if (c->text.p[c->at] == '"' || c->text.p[c->at] == '/') {
		bool ended = skip_quoted(c, c->text.p[c->at]);
		pl->none = true;
		return !ended;
	}
	if (c->text.p[c->at] == ')') {
		c->at++;
		return false;
	}
	struct str name = lex_name(c);
	if (name.n && name.p[name.n - 1] == '.' && c->at < c->text.n && c->text.p[c->at] == '"') {
		if (!skip_quoted(c, '"')) {
			pl->none = true;
			return true;
		}
		name = str_sub(c->text, pl->start, c->at - pl->start);
	}
	if (lex_op(c, &op)) {
		pl->in_value = true;
		pl->name = name;
		return walk_values(c, pl);
	}
	lex_word(c);
	return c->at >= c->text.n;
}

static struct place find_place(struct str text)
{
	struct cursor c = {.text = text};
	struct place pl;
	for (;;) {
		lex_skip_blanks(&c);
		size_t before = c.at;
		if (walk_term(&c, &pl))
			return pl;
		if (c.at == before)
			c.at++; /* a stray sign */
	}
}

struct completion {
	const struct field *field;
	struct str typed;
	struct buf word;
	const char *prefix; /* field name in front of names behind a dot */
	const char *help;
	void (*each)(void *ctx, struct str word, const char *help);
	void *ctx;
};

static bool starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase(str_n(s.p, prefix.n), prefix);
}

/* Starts with what is typed, or has a last step that does. */
static bool fits(const struct completion *c, struct str value)
{
	if (starts_nocase(value, c->typed))
		return true;
	if (c->field && c->field->kind == FIELD_CATEGORY)
		for (size_t i = 0; i < value.n; i++)
			if ((value.p[i] == '/' || value.p[i] == ':') && starts_nocase(str_sub(value, i + 1, value.n), c->typed))
				return true;
	return false;
}

static void offer_value(void *ctx, struct str value)
{
	struct completion *c = ctx;
	if (!fits(c, value))
		return;
	buf_clear(&c->word);
	if (lex_needs_quotes(c->field, value))
		lex_write_quoted(&c->word, value);
	else
		buf_add_str(&c->word, value);
	c->each(c->ctx, buf_str(&c->word), c->help);
}

/* Closed words as they are: `none` and `unrated` mean what they say. */
static void offer_words(struct completion *c, const struct filter_env *env)
{
	for (const char *const *w = c->field->words; *w; w++) {
		if (!starts_nocase(str_c(*w), c->typed) || !filter_word_allowed(c->field, *w, env))
			continue;
		buf_clear(&c->word);
		if (strchr(*w, ' '))
			lex_write_quoted(&c->word, str_c(*w));
		else
			buf_add_c(&c->word, *w);
		c->each(c->ctx, buf_str(&c->word), c->field->help);
	}
}

static void offer_name(void *ctx, struct str name)
{
	struct completion *c = ctx;
	struct cursor plain = {.text = name};
	buf_clear(&c->word);
	buf_add_c(&c->word, c->prefix);
	if (*c->prefix && lex_name(&plain).n != name.n)
		lex_write_quoted(&c->word, name);
	else
		buf_add_str(&c->word, name);
	buf_add_ch(&c->word, ':');
	if (starts_nocase(buf_str(&c->word), c->typed))
		c->each(c->ctx, buf_str(&c->word), c->help);
}

static void offer_field(struct completion *c, const struct field *f, const struct filter_env *env)
{
	bool enumerable = env && env->values;
	c->help = f->help;
	if (f->id == F_TAXONOMY) {
		c->prefix = "";
		if (enumerable)
			env->values(env->ctx, f->id, str_n(NULL, 0), offer_name, c);
		return;
	}
	struct str name = str_c(f->name);
	bool typed_dot = f->prefix && c->typed.n >= name.n && starts_nocase(c->typed, name);
	if (typed_dot && enumerable) {
		c->prefix = f->name;
		env->values(env->ctx, f->id, str_n(NULL, 0), offer_name, c);
	} else if (starts_nocase(name, c->typed)) {
		buf_clear(&c->word);
		buf_add_str(&c->word, name);
		if (!f->prefix && (f->kind != FIELD_FLAG || f->words))
			buf_add_ch(&c->word, ':');
		c->each(c->ctx, buf_str(&c->word), f->help);
	}
}

static void complete_fields(struct completion *c, const struct filter_env *env)
{
	for (const struct field *f = filter_fields; f->name; f++)
		if (filter_field_allowed(f, env))
			offer_field(c, f, env);
}

static const struct field *known_field(struct str name, const struct filter_env *env, struct str *sub)
{
	const struct field *f = filter_field_find(name, sub);
	if (!f) {
		f = filter_field(F_TAXONOMY);
		*sub = name;
	}
	return filter_field_allowed(f, env) ? f : NULL;
}

static void complete_values(struct completion *c, const struct filter_env *env, struct str name)
{
	struct str sub;
	c->field = known_field(name, env, &sub);
	if (!c->field)
		return;
	c->help = c->field->help;
	if (c->field->words)
		offer_words(c, env);
	else if (env && env->values)
		env->values(env->ctx, c->field->id, sub, offer_value, c);
}

void filter_complete(struct str text, size_t cursor, const struct filter_env *env, size_t *word_start,
	void (*each)(void *ctx, struct str word, const char *help), void *ctx)
{
	struct str head = str_sub(text, 0, cursor);
	if (!head.p)
		head = str_c("");
	struct place pl = find_place(head);
	struct completion c = {.each = each, .ctx = ctx};
	*word_start = pl.none ? head.n : pl.in_value ? pl.value_at : pl.start;
	c.typed = str_sub(head, *word_start + (pl.in_value && pl.quoted), head.n);
	if (pl.in_value)
		complete_values(&c, env, pl.name);
	else if (!pl.none)
		complete_fields(&c, env);
	buf_fini(&c.word);
}
