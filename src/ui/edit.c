/* SPDX-License-Identifier: MIT
 *
 * The line editor. See edit.h.
 */
#include "ui/edit.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"

void history_add(struct history *h, struct str line)
{
	if (line.n == 0)
		return;
	for (size_t i = 0; i < h->n; i++)
		if (str_eq_c(line, h->lines[i])) {
			char *same = h->lines[i];
			memmove(&h->lines[i], &h->lines[i + 1], (h->n - i - 1) * sizeof *h->lines);
			h->lines[h->n - 1] = same;
			return;
		}
	if (h->n == HISTORY_MAX) {
		free(h->lines[0]);
		memmove(&h->lines[0], &h->lines[1], --h->n * sizeof *h->lines);
	}
	h->lines = vec_grow(h->lines, &h->cap, h->n + 1, sizeof *h->lines);
	h->lines[h->n++] = xstrndup(line.p, line.n);
}

void history_fini(struct history *h)
{
	for (size_t i = 0; i < h->n; i++)
		free(h->lines[i]);
	free(h->lines);
	*h = (struct history){0};
}

static void words_clear(struct edit *e)
{
	for (size_t i = 0; i < e->nwords; i++)
		free(e->words[i]);
	e->nwords = e->word_at = 0;
	e->completing = false;
}

void edit_start(struct edit *e, struct str text, struct history *history, edit_completer complete, void *ctx)
{
	edit_fini(e);
	e->history = history;
	e->history_at = history ? history->n : 0;
	e->complete = complete;
	e->complete_ctx = ctx;
	edit_insert(e, text);
}

void edit_fini(struct edit *e)
{
	words_clear(e);
	free(e->words);
	free(e->typed);
	buf_fini(&e->text);
	*e = (struct edit){0};
}

void edit_set(struct edit *e, struct str text)
{
	buf_clear(&e->text);
	e->cursor = 0;
	edit_insert(e, text);
}

static void insert_bytes(struct edit *e, const char *p, size_t n)
{
	buf_reserve(&e->text, n + 1);
	memmove(e->text.p + e->cursor + n, e->text.p + e->cursor, e->text.n - e->cursor);
	memcpy(e->text.p + e->cursor, p, n);
	e->text.n += n;
	e->text.p[e->text.n] = '\0';
	e->cursor += n;
}

void edit_insert(struct edit *e, struct str text)
{
	words_clear(e);
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];
		char out = c < 0x20 || c == 0x7f ? ' ' : text.p[i];
		insert_bytes(e, &out, 1);
	}
}

static size_t step_left(const struct edit *e, size_t at)
{
	while (at > 0 && (e->text.p[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t step_right(const struct edit *e, size_t at)
{
	if (at < e->text.n)
		at++;
	while (at < e->text.n && (e->text.p[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static void erase(struct edit *e, size_t from, size_t to)
{
	if (from >= to)
		return;
	memmove(e->text.p + from, e->text.p + to, e->text.n - to);
	e->text.n -= to - from;
	e->text.p[e->text.n] = '\0';
	e->cursor = from;
}

static size_t word_left(const struct edit *e)
{
	size_t at = e->cursor;
	while (at > 0 && e->text.p[at - 1] == ' ')
		at--;
	while (at > 0 && e->text.p[at - 1] != ' ')
		at--;
	return at;
}

static void history_move(struct edit *e, int by)
{
	if (!e->history || e->history->n == 0)
		return;
	size_t at = e->history_at, n = e->history->n;
	if ((by < 0 && at == 0) || (by > 0 && at >= n))
		return;
	if (at >= n) {
		free(e->typed);
		e->typed = xstrndup(e->text.p ? e->text.p : "", e->text.n);
	}
	e->history_at = by < 0 ? at - 1 : at + 1;
	edit_set(e, str_c(e->history_at < n ? e->history->lines[e->history_at] : e->typed));
}

static void word_add(void *ctx, struct str word, const char *help)
{
	struct edit *e = ctx;
	(void)help;
	if (e->nwords >= 500)
		return;
	e->words = vec_grow(e->words, &e->words_cap, e->nwords + 1, sizeof *e->words);
	e->words[e->nwords++] = xstrndup(word.p, word.n);
}

static void word_replace(struct edit *e, const char *word)
{
	size_t from = e->word_start <= e->cursor ? e->word_start : e->cursor;
	erase(e, from, e->cursor);
	insert_bytes(e, word, strlen(word));
}

/* The first Tab offers the words and completes a single one; further ones walk through them. */
static enum edit_result complete_word(struct edit *e, int by)
{
	if (!e->complete)
		return EDIT_NONE;
	if (!e->completing) {
		words_clear(e);
		e->word_start = e->cursor;
		e->complete(e->complete_ctx, buf_str(&e->text), e->cursor, &e->word_start, word_add, e);
		if (e->nwords == 0)
			return EDIT_NONE;
		e->completing = true;
		e->word_at = by < 0 ? e->nwords - 1 : 0;
	} else if (by > 0) {
		e->word_at = (e->word_at + 1) % e->nwords;
	} else {
		e->word_at = (e->word_at + e->nwords - 1) % e->nwords;
	}
	word_replace(e, e->words[e->word_at]);
	if (e->nwords == 1)
		words_clear(e);
	return EDIT_CHANGED;
}

static enum edit_result move_to(struct edit *e, size_t at)
{
	words_clear(e);
	e->cursor = at;
	return EDIT_MOVED;
}

static enum edit_result erase_to(struct edit *e, size_t from, size_t to)
{
	words_clear(e);
	erase(e, from, to);
	return EDIT_CHANGED;
}

static enum edit_result history_key(struct edit *e, int by)
{
	history_move(e, by);
	return EDIT_CHANGED;
}

enum edit_result edit_key(struct edit *e, uint32_t key)
{
	switch (key) {
	case KEY_RETURN:
	case '\n':
		return EDIT_ACCEPT;
	case KEY_ESCAPE:
	case KEY_CTRL('C'):
	case KEY_CTRL('G'):
		return EDIT_CANCEL;
	case KEY_TAB:
		return complete_word(e, 1);
	case KEY_BACK_TAB:
		return complete_word(e, -1);
	case KEY_CURSOR_LEFT:
	case KEY_CTRL('B'):
		return move_to(e, step_left(e, e->cursor));
	case KEY_CURSOR_RIGHT:
	case KEY_CTRL('F'):
		return move_to(e, step_right(e, e->cursor));
	case KEY_LINE_START:
	case KEY_CTRL('A'):
		return move_to(e, 0);
	case KEY_LINE_END:
	case KEY_CTRL('E'):
		return move_to(e, e->text.n);
	case KEY_CURSOR_UP:
	case KEY_CTRL('P'):
		return history_key(e, -1);
	case KEY_CURSOR_DOWN:
	case KEY_CTRL('N'):
		return history_key(e, 1);
	case KEY_ERASE:
	case KEY_CTRL('H'):
	case 127:
		return e->text.n == 0 ? EDIT_CANCEL : erase_to(e, step_left(e, e->cursor), e->cursor);
	case KEY_DELETE:
	case KEY_CTRL('D'):
		return erase_to(e, e->cursor, step_right(e, e->cursor));
	case KEY_CTRL('W'):
		return erase_to(e, word_left(e), e->cursor);
	case KEY_CTRL('U'):
		return erase_to(e, 0, e->cursor);
	case KEY_CTRL('K'):
		return erase_to(e, e->cursor, e->text.n);
	default:
		break;
	}
	if (key < 0x20 || key >= KEY_BASE)
		return EDIT_NONE;
	char text[4];
	words_clear(e);
	insert_bytes(e, text, utf8_encode(key, text));
	return EDIT_CHANGED;
}

static int width_of(struct str raw)
{
	struct buf shown = {0};
	escape_text(&shown, raw, 0);
	int width = (int)utf8_width(buf_str(&shown));
	buf_fini(&shown);
	return width;
}

void edit_draw(struct edit *e, struct area a, int y, const char *label, unsigned style)
{
	grid_blank(a, 0, y, a.w, STYLE_NORMAL);
	int x = grid_put_c(a, 0, y, style, label);
	struct area field = area_sub(a, x, y, a.w - x, 1);
	int before = width_of(str_sub(buf_str(&e->text), 0, e->cursor));
	/* The cursor stays in sight: the text slides left under it. */
	int shift = before < field.w ? 0 : before - field.w + 1;
	struct buf shown = {0};
	escape_text(&shown, buf_str(&e->text), ESCAPE_MARK);
	grid_put(field, -shift, 0, STYLE_NORMAL, buf_str(&shown));
	buf_fini(&shown);
	a.grid->cursor_x = field.x + before - shift;
	a.grid->cursor_y = a.y + y;
	a.grid->cursor_shown = true;
}

bool edit_draw_words(const struct edit *e, struct area a, int y)
{
	if (!e->completing || e->nwords < 2)
		return false;
	grid_blank(a, 0, y, a.w, STYLE_NORMAL);
	/* Enough words before the chosen one are left out to keep it in sight. */
	size_t first = e->word_at > 3 ? e->word_at - 3 : 0;
	int x = 1;
	for (size_t i = first; i < e->nwords && x < a.w; i++) {
		unsigned style = i == e->word_at ? (unsigned)STYLE_KEY | STYLE_SELECTED : (unsigned)STYLE_DIM;
		x += grid_put_raw(a, x, y, a.w - x, style, str_c(e->words[i])) + 2;
	}
	return true;
}
