/* SPDX-License-Identifier: MIT
 *
 * JSON and JSON Lines: numbers are numbers, what is not there is null, text is
 * the text.
 */
#include "base/json.h"
#include "base/terms.h"
#include "export/writers.h"

static void add_spelling(struct buf *out, const struct cell *c)
{
	struct buf text = {0};
	cell_format(&text, c, false);
	if (text.n)
		json_write_str(out, buf_str(&text));
	else
		buf_add_c(out, "null");
	buf_fini(&text);
}

static void add_value(struct buf *out, const struct cell *c)
{
	switch (c->kind) {
	case CELL_EMPTY:
		buf_add_c(out, "null");
		break;
	case CELL_TEXT:
		json_write_str(out, c->text);
		break;
	case CELL_INT:
		buf_printf(out, "%lld", (long long)c->integer);
		break;
	case CELL_REAL:
	case CELL_RATE:
		json_write_num(out, c->real);
		break;
	case CELL_BOOL:
		buf_add_c(out, c->integer ? "true" : "false");
		break;
	default:
		add_spelling(out, c);
		break;
	}
}

static void add_member(struct buf *out, const char *name, const char *suffix, const struct cell *c)
{
	struct buf key = {0};
	buf_add_c(&key, name);
	buf_add_c(&key, suffix);
	json_write_str(out, buf_str(&key));
	buf_add_ch(out, ':');
	add_value(out, c);
	buf_fini(&key);
}

static void add_object(struct buf *out, const struct table *t, size_t row)
{
	buf_add_ch(out, '{');
	for (size_t i = 0; i < t->ncolumns; i++) {
		const struct cell *c = table_cell(t, row, i);
		const char *name = t->columns[i].name;
		if (i)
			buf_add_ch(out, ',');
		if (t->columns[i].kind == CELL_INTERVAL) {
			bool there = c->kind == CELL_INTERVAL;
			struct cell low = there ? cell_real(c->real) : (struct cell){0}, high = there ? cell_real(c->high) : (struct cell){0};
			add_member(out, name, "_low", &low);
			buf_add_ch(out, ',');
			add_member(out, name, "_high", &high);
		} else {
			add_member(out, name, "", c);
		}
	}
	buf_add_ch(out, '}');
}

void json_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o)
{
	(void)columns;
	(void)n;
	(void)o;
	buf_add_c(out, "{\"schema\":\"plimsoll-rows-1\",\"rows\":[");
}

void json_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first)
{
	(void)o;
	buf_add_c(out, first ? "\n" : ",\n");
	add_object(out, t, row);
}

void json_end(struct buf *out, const struct writer_options *o)
{
	(void)o;
	buf_add_c(out, "\n]}\n");
}

void none_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o)
{
	(void)out;
	(void)columns;
	(void)n;
	(void)o;
}

void none_end(struct buf *out, const struct writer_options *o)
{
	(void)out;
	(void)o;
}

void jsonl_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first)
{
	(void)o;
	(void)first;
	add_object(out, t, row);
	buf_add_ch(out, '\n');
}
