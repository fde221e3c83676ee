/* SPDX-License-Identifier: MIT
 *
 * Looking up commands and keys. The table itself is in actions.c.
 */
#include "ui/command.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "ui/bindings.h"

const struct command *ui_command_find(struct str name)
{
	for (const struct command *c = ui_commands; c->name; c++)
		if (str_eq_c(name, c->name))
			return c;
	return NULL;
}

static const struct {
	enum context context;
	const char *name;
} contexts[] = {
	{CONTEXT_GENERAL, "general"},
	{CONTEXT_BOARD, "board"},
	{CONTEXT_LIST, "list"},
	{CONTEXT_TRANSCRIPT, "transcript"},
	{CONTEXT_TEXT, "text"},
};

const char *context_name(enum context c)
{
	for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++)
		if (contexts[i].context == c)
			return contexts[i].name;
	return "";
}

static bool context_parse(struct str name, enum context *out)
{
	for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++)
		if (str_eq_c(name, contexts[i].name)) {
			*out = contexts[i].context;
			return true;
		}
	return false;
}

static struct str next_word(struct str *rest)
{
	*rest = str_trim(*rest);
	size_t n = 0;
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	struct str word = str_sub(*rest, 0, n);
	*rest = str_trim(str_sub(*rest, n, rest->n));
	return word;
}

static enum status usage(struct err *err, const char *what, struct str word)
{
	struct buf shown = {0};
	escape_text(&shown, word, 0);
	enum status st = err_usage(err, "bind: %s \"%s\"", what, shown.n ? shown.p : "");
	buf_fini(&shown);
	return st;
}

/* The row of exactly this context and key, new when there is none. */
static struct binding *row_for(struct keymap *m, enum context context, uint32_t key)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->rows[i].context == context && m->rows[i].key == key)
			return &m->rows[i];
	m->rows = vec_grow(m->rows, &m->cap, m->n + 1, sizeof *m->rows);
	m->rows[m->n] = (struct binding){.context = context, .key = key};
	return &m->rows[m->n++];
}

enum status keymap_bind(struct keymap *m, struct str row, struct err *err)
{
	struct str rest = row;
	struct str context_word = next_word(&rest), key_word = next_word(&rest);
	enum context context;
	uint32_t key;
	if (!context_parse(context_word, &context))
		return usage(err, "the contexts are general, board, list, transcript, text; not", context_word);
	if (!key_parse(key_word, &key))
		return usage(err, "there is no key", key_word);
	struct str line = rest, copy = rest, name = next_word(&copy);
	if (name.n && !ui_command_find(name))
		return usage(err, "there is no command", name);
	struct binding *b = row_for(m, context, key);
	free(b->line);
	free(b->hint);
	b->hint = NULL;
	b->line = xstrndup(line.p ? line.p : "", line.n);
	return OK;
}

void keymap_init(struct keymap *m)
{
	*m = (struct keymap){0};
	for (const struct default_binding *d = default_bindings; d->row; d++) {
		if (keymap_bind(m, str_c(d->row), NULL) != OK)
			abort(); /* a row of our own that does not parse */
		struct str rest = str_c(d->row);
		enum context context = CONTEXT_GENERAL;
		uint32_t key = 0;
		context_parse(next_word(&rest), &context);
		key_parse(next_word(&rest), &key);
		struct binding *b = row_for(m, context, key);
		b->hint = d->hint ? xstrdup(d->hint) : NULL;
	}
}

void keymap_fini(struct keymap *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->rows[i].line);
		free(m->rows[i].hint);
	}
	free(m->rows);
	*m = (struct keymap){0};
}

const struct binding *keymap_find(const struct keymap *m, unsigned context, uint32_t key)
{
	const struct binding *general = NULL;
	for (size_t i = 0; i < m->n; i++) {
		if (m->rows[i].key != key)
			continue;
		if (m->rows[i].context == context)
			return m->rows[i].line[0] ? &m->rows[i] : NULL;
		if (m->rows[i].context == CONTEXT_GENERAL)
			general = &m->rows[i];
	}
	return general && general->line[0] ? general : NULL;
}

void ui_command_complete(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *each_ctx, struct str word, const char *help), void *each_ctx)
{
	size_t n = 0;
	while (n < cursor && text.p[n] != ' ')
		n++;
	struct str name = str_sub(text, 0, n);
	if (n == cursor) {
		*word_start = 0;
		for (const struct command *c = ui_commands; c->name; c++)
			if (n == 0 || str_eq(str_sub(str_c(c->name), 0, n), name))
				each(each_ctx, str_c(c->name), c->help);
		return;
	}
	const struct command *c = ui_command_find(name);
	if (!c || !c->complete)
		return;
	size_t from = n + 1, inner = 0;
	c->complete(ctx, str_sub(text, from, text.n), cursor - from, &inner, each, each_ctx);
	*word_start = from + inner;
}
