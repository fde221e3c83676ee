/* SPDX-License-Identifier: MIT
 *
 * libcsv with its space trimming off and strict quoting. It is fed one physical
 * line at a time, so that a row knows the line and byte where it begins. The
 * library does not strip a byte order mark, so it is done here.
 */
#include "ingest/csvread.h"

#include <csv.h>
#include <stdlib.h>

#include "base/mem.h"

enum { BLOCK = 256 * 1024 };

struct csvread {
	const struct csvread_ops *ops;
	struct csv_parser parser;
	char delimiter;
	struct buf text; /* cells of the row in hand, one after the other */
	size_t *ends;    /* where each cell ends in it */
	struct str *cells;
	size_t n, ends_cap, cells_cap;
	uint64_t pending; /* bytes of the row in hand */
	struct record place;
	uint64_t offset, line; /* of the physical line in hand; line from 1 */
	enum status status;
	struct err *err;
	bool at_start;
	bool ended; /* what was fed ends with the end of a line */
};

static int no_space(unsigned char c)
{
	(void)c;
	return 0;
}

static void on_cell(void *cell, size_t n, void *ctx)
{
	struct csvread *c = ctx;
	if (c->n == c->ends_cap)
		c->ends = vec_grow(c->ends, &c->ends_cap, c->n + 1, sizeof *c->ends);
	buf_add(&c->text, cell, n);
	c->ends[c->n++] = c->text.n;
}

static void begin_row(struct csvread *c)
{
	buf_clear(&c->text);
	c->n = 0;
	c->pending = 0;
	c->at_start = true;
}

static void on_row(int end, void *ctx)
{
	struct csvread *c = ctx;
	(void)end;
	if (c->status == OK && c->n) {
		if (c->cells_cap < c->n)
			c->cells = vec_grow(c->cells, &c->cells_cap, c->n, sizeof *c->cells);
		size_t from = 0;
		const char *text = c->text.p ? c->text.p : "";
		for (size_t i = 0; i < c->n; i++) {
			c->cells[i] = str_n(text + from, c->ends[i] - from);
			from = c->ends[i];
		}
		/* The row's bytes are not kept; its length is. */
		c->place.text = str_n("", 0);
		c->status = c->ops->row(c->ops->ctx, c->cells, c->n, &c->place, c->err);
		c->place.ordinal++;
	}
	begin_row(c);
}

static void open_parser(struct csvread *c)
{
	if (csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
		abort(); /* no memory, or options the library does not know */
	csv_set_delim(&c->parser, (unsigned char)c->delimiter);
	csv_set_space_func(&c->parser, no_space);
	begin_row(c);
}

/* Gives up the row in hand and goes on with the next line. */
static void give_up_row(struct csvread *c, const char *why)
{
	c->ops->skip(c->ops->ctx, c->place.line, why);
	csv_free(&c->parser);
	open_parser(c);
}

static bool is_blank_line(const char *p, size_t n)
{
	return (n == 1 && p[0] == '\n') || (n == 2 && p[0] == '\r' && p[1] == '\n');
}

static void feed_line(struct csvread *c, const char *p, size_t n, bool whole)
{
	if (c->at_start) {
		c->place.offset = c->offset;
		c->place.line = c->line;
		c->at_start = false;
	}
	c->pending += n;
	if (c->pending > SOURCE_MAX_RECORD)
		give_up_row(c, "a row of more than 512 MB: is a quote open?");
	else if (csv_parse(&c->parser, p, n, on_cell, on_row, c) != n)
		give_up_row(c, csv_error(&c->parser) == CSV_EPARSE ? "broken quoting" : csv_strerror(csv_error(&c->parser)));
	else if (c->pending == n && is_blank_line(p, n))
		begin_row(c); /* the library passes over it */
	c->offset += n;
	c->line += whole;
	c->ended = whole;
}

static void feed(struct csvread *c, const char *p, size_t n)
{
	while (n && c->status == OK) {
		const char *lf = memchr(p, '\n', n);
		size_t len = lf ? (size_t)(lf - p) + 1 : n;
		feed_line(c, p, len, lf != NULL);
		p += len;
		n -= len;
	}
}

static void feed_end(struct csvread *c)
{
	bool ended = c->ended || !c->offset;
	if (c->status != OK)
		return;
	if (csv_fini(&c->parser, on_cell, on_row, c) != 0)
		c->ops->skip(c->ops->ctx, c->place.line, "the file ends inside a quoted cell");
	else if (!ended && c->ops->unended)
		c->ops->unended(c->ops->ctx);
}

static void close_parser(struct csvread *c)
{
	csv_free(&c->parser);
	buf_fini(&c->text);
	free(c->ends);
	free(c->cells);
}

static size_t mark_length(const char *p, size_t n)
{
	return n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Reads until at least 3 bytes are there, so that a byte order mark is seen whole. */
static enum status first_block(struct reader *r, char *block, size_t *got, struct err *err)
{
	enum status st = OK;
	*got = 0;
	while (st == OK && *got < 3) {
		size_t n = 0;
		st = reader_read(r, block + *got, BLOCK - *got, &n, err);
		*got += st == OK ? n : 0;
	}
	return st == END && *got ? OK : st;
}

enum status csvread_member(
        struct reader *r, const struct member *m, char delimiter, const struct csvread_ops *ops, struct err *err)
{
	struct csvread c = {.ops = ops, .delimiter = delimiter, .line = 1, .err = err};
	enum status st = reader_open(r, m, err);
	if (st)
		return st;
	char *block = xmalloc(BLOCK);
	open_parser(&c);
	size_t n = 0;
	st = first_block(r, block, &n, err);
	size_t mark = st ? 0 : mark_length(block, n);
	c.offset = mark;
	for (char *p = block + mark; st == OK && c.status == OK && !ops->stopped(ops->ctx); p = block) {
		feed(&c, p, n - (size_t)(p - block));
		st = reader_read(r, block, BLOCK, &n, err);
	}
	if (st == END)
		feed_end(&c);
	close_parser(&c);
	free(block);
	return c.status ? c.status : st == END ? OK : st;
}

char csvread_delimiter(struct str head)
{
	static const char candidates[] = {',', '\t', ';', '|'};
	size_t counts[sizeof candidates] = {0}, best = 0;
	bool quoted = false;
	for (size_t i = 0; i < head.n && (quoted || head.p[i] != '\n'); i++) {
		if (head.p[i] == '"')
			quoted = !quoted;
		for (size_t k = 0; k < sizeof candidates && !quoted; k++)
			counts[k] += head.p[i] == candidates[k];
	}
	for (size_t k = 1; k < sizeof candidates; k++)
		if (counts[k] > counts[best])
			best = k;
	return candidates[best];
}

struct header {
	struct arena *a;
	struct str *cells;
	size_t n;
	bool done;
};

static enum status take_header(void *ctx, const struct str *cells, size_t n, const struct record *place, struct err *err)
{
	struct header *h = ctx;
	(void)place;
	(void)err;
	h->cells = arena_alloc(h->a, n * sizeof *cells);
	for (size_t i = 0; i < n; i++)
		h->cells[i] = arena_str(h->a, cells[i]);
	h->n = n;
	h->done = true;
	return END;
}

static void ignore_skip(void *ctx, uint64_t line, const char *why)
{
	(void)ctx;
	(void)line;
	(void)why;
}

bool csvread_header(struct arena *a, struct str head, char delimiter, struct str **cells, size_t *n)
{
	struct header h = {.a = a};
	const struct csvread_ops ops = {.row = take_header, .skip = ignore_skip, .ctx = &h};
	struct csvread c = {.ops = &ops, .delimiter = delimiter, .line = 1};
	size_t mark = head.n ? mark_length(head.p, head.n) : 0;
	open_parser(&c);
	if (head.n)
		feed(&c, head.p + mark, head.n - mark);
	if (c.status == OK && head.n < HEAD_BYTES)
		feed_end(&c);
	close_parser(&c);
	*cells = h.cells;
	*n = h.n;
	return h.done && h.n >= 2;
}
