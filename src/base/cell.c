/* SPDX-License-Identifier: MIT
 *
 * Tables of typed cells and their two spellings.
 */
#include "base/cell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/terms.h"

void table_init(struct table *t, const struct column *columns, size_t n)
{
	memset(t, 0, sizeof *t);
	t->columns = xreallocarray(NULL, n ? n : 1, sizeof *columns);
	if (n)
		memcpy(t->columns, columns, n * sizeof *columns);
	t->ncolumns = n;
}

struct cell *table_add_row(struct table *t)
{
	size_t at = t->nrows * t->ncolumns;
	t->cells = vec_grow(t->cells, &t->cap, at + t->ncolumns, sizeof *t->cells);
	if (t->ncolumns)
		memset(t->cells + at, 0, t->ncolumns * sizeof *t->cells);
	t->nrows++;
	return t->cells + at;
}

const struct cell *table_cell(const struct table *t, size_t row, size_t column)
{
	return &t->cells[row * t->ncolumns + column];
}

void table_clear(struct table *t)
{
	t->nrows = 0;
	arena_reset(&t->arena);
}

void table_fini(struct table *t)
{
	arena_fini(&t->arena);
	free(t->columns);
	free(t->cells);
	memset(t, 0, sizeof *t);
}

struct cell cell_text(struct table *t, struct str s)
{
	return cell_text_borrowed(arena_str(&t->arena, s));
}

struct cell cell_text_borrowed(struct str s)
{
	return (struct cell){.kind = s.p ? CELL_TEXT : CELL_EMPTY, .text = s};
}

struct cell cell_int(int64_t v)
{
	return (struct cell){.kind = CELL_INT, .integer = v};
}

struct cell cell_real(double v)
{
	return (struct cell){.kind = isnan(v) ? CELL_EMPTY : CELL_REAL, .real = v};
}

struct cell cell_rate(double v)
{
	return (struct cell){.kind = isnan(v) ? CELL_EMPTY : CELL_RATE, .real = v};
}

/* --- spellings --- */

static void add_plain_real(struct buf *out, double v)
{
	if (isfinite(v))
		json_write_num(out, v);
	else if (isinf(v))
		buf_add_c(out, v < 0 ? "-inf" : "inf");
}

/* 10,234: groups of three. */
static void add_grouped(struct buf *out, int64_t v)
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%llu", v < 0 ? 0 - (unsigned long long)v : (unsigned long long)v);
	if (v < 0)
		buf_add_ch(out, '-');
	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			buf_add_ch(out, ',');
		buf_add_ch(out, digits[i]);
	}
}

/* Up to three decimals, without trailing zeros; very large and very small numbers in the exact form. */
static void add_screen_real(struct buf *out, double v)
{
	if (!isfinite(v) || fabs(v) >= 1e9 || (fabs(v) < 0.0005 && fabs(v) > 0)) {
		add_plain_real(out, v);
		return;
	}
	char text[32];
	int n = snprintf(text, sizeof text, "%.3f", v);
	while (n > 0 && text[n - 1] == '0')
		n--;
	if (n > 0 && text[n - 1] == '.')
		n--;
	buf_add(out, text, (size_t)n);
}

/* One decimal of a percentage; what is not quite 0 or 1 never looks like it. */
static void add_percent(struct buf *out, double v)
{
	double p = v * 100;
	if (p > 0 && p < 0.05)
		buf_add_c(out, "<0.1");
	else if (p < 100 && p > 99.95)
		buf_add_c(out, ">99.9");
	else
		buf_printf(out, "%.1f", p);
}

static void add_interval(struct buf *out, const struct cell *c, bool screen)
{
	if (!screen) {
		add_plain_real(out, c->real);
		buf_add_c(out, "..");
		add_plain_real(out, c->high);
		return;
	}
	add_percent(out, c->real);
	buf_add_c(out, escape_is_ascii() ? " - " : " \xE2\x80\x93 ");
	add_percent(out, c->high);
	buf_add_c(out, " %");
}

/* On screen without seconds and zone: "2026-01-31 12:34". */
static void add_time(struct buf *out, int64_t ms, bool screen)
{
	char text[25];
	clock_format(ms, text);
	if (screen && text[10] == 'T') {
		text[10] = ' ';
		text[16] = '\0';
	}
	buf_add_c(out, text);
}

static const char *name_of(const struct cell *c)
{
	size_t i = c->integer < 0 ? SIZE_MAX : (size_t)c->integer;
	if (c->kind == CELL_OUTCOME)
		return i < OUTCOME_COUNT ? outcome_name((enum outcome)i) : "";
	if (c->kind == CELL_SEVERITY)
		return i < SEVERITY_COUNT ? severity_name((enum severity)i) : "";
	return i < VERDICT_COUNT ? verdict_name((enum verdict)i) : "";
}

void cell_format(struct buf *out, const struct cell *c, bool screen)
{
	switch (c->kind) {
	case CELL_EMPTY:
		return;
	case CELL_TEXT:
		buf_add_str(out, c->text);
		return;
	case CELL_INT:
		if (screen)
			add_grouped(out, c->integer);
		else
			buf_printf(out, "%lld", (long long)c->integer);
		return;
	case CELL_REAL:
		(screen ? add_screen_real : add_plain_real)(out, c->real);
		return;
	case CELL_RATE:
		if (!screen) {
			add_plain_real(out, c->real);
			return;
		}
		add_percent(out, c->real);
		buf_add_c(out, " %");
		return;
	case CELL_INTERVAL:
		add_interval(out, c, screen);
		return;
	case CELL_TIME:
		add_time(out, c->integer, screen);
		return;
	case CELL_BOOL:
		buf_add_c(out, screen ? (c->integer ? "yes" : "no") : (c->integer ? "true" : "false"));
		return;
	case CELL_OUTCOME:
	case CELL_SEVERITY:
	case CELL_ZONE:
		buf_add_c(out, name_of(c));
		return;
	}
}
