/* SPDX-License-Identifier: MIT
 *
 * Records of a member, one at a time. Lines are cut at line feeds, so that one
 * broken line costs itself alone; everything else is cut by structure.
 */
#include "source/records.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "source/split.h"

enum { MAX_ARRAYS = 32, MAX_STEPS = 16, LOOK_AHEAD = 1 << 20 };

enum mode {
	MODE_START, /* nothing read yet */
	MODE_LINES,
	MODE_CONCAT,   /* documents that span lines, one behind the other */
	MODE_ELEMENTS, /* inside a top-level array */
	MODE_WALK,     /* inside a document, on the way to its arrays */
};

/* One array or object on the path to the wanted arrays. */
struct level {
	uint32_t wanted;  /* which pointers still match here */
	int array;        /* elements are records of this pointer; -1 on the way */
	bool object, any; /* any: an element was seen */
	uint64_t index;
};

struct records {
	struct reader *reader;
	const struct member *m;
	struct arena arena, scratch;
	struct str steps[MAX_ARRAYS][MAX_STEPS];
	size_t nsteps[MAX_ARRAYS], narrays;
	struct window w;
	enum mode mode;
	enum records_shape shape;
	struct level levels[MAX_STEPS + 1];
	size_t depth;
	uint64_t ordinals[MAX_ARRAYS], ordinal;
	struct buf star; /* the name that the last "*" matched */
	size_t pending;  /* bytes of the record handed out last, not consumed yet */
	struct buf skeleton;
	bool cut; /* the document breaks off */
	void (*on_skip)(void *ctx, uint64_t line, uint64_t offset, const char *why);
	void *on_skip_ctx;
};

static void skip(struct records *rs, uint64_t line, uint64_t offset, const char *why)
{
	if (rs->on_skip)
		rs->on_skip(rs->on_skip_ctx, line, offset, why);
}

static enum status cut_short(struct records *rs, uint64_t from, struct err *err)
{
	return err_fail(err, "%s: the text ends at byte %llu in the middle of the value that begins at byte %llu", rs->m->path,
		(unsigned long long)(rs->w.at + (rs->w.end - rs->w.start)), (unsigned long long)from);
}

static enum status misplaced(struct records *rs, const char *expected, struct err *err)
{
	return err_fail(err, "%s: byte %llu, line %llu: expected %s", rs->m->path, (unsigned long long)rs->w.at,
		(unsigned long long)rs->w.line, expected);
}

static bool starts_value(int c)
{
	return c == '{' || c == '[' || c == '"' || c == '-' || (c >= '0' && c <= '9') || c == 't' || c == 'f' || c == 'n' || c == 'N' || c == 'I';
}

/* --- values --- */

/* Consumes one value without keeping it. */
static enum status pass_value(struct records *rs, struct err *err)
{
	struct scan c = {0};
	uint64_t from = rs->w.at;
	for (;;) {
		window_consume(&rs->w, scan_more(&c, window_str(&rs->w)));
		if (c.done)
			return OK;
		enum status st = window_fill(&rs->w, err);
		if (st == END)
			return c.scalar ? OK : cut_short(rs, from, err);
		if (st)
			return st;
	}
}

/* Puts one whole value into the window; *n is its length. One that is too large is passed over and *n is 0. */
static enum status hold_value(struct records *rs, size_t *n, struct err *err)
{
	struct scan c = {0};
	*n = 0;
	for (;;) {
		*n += scan_more(&c, str_sub(window_str(&rs->w), *n, SIZE_MAX));
		if (c.done)
			break;
		if (*n > SOURCE_MAX_RECORD) {
			*n = 0;
			skip(rs, rs->w.line, rs->w.at, "a record larger than 512 MB");
			return pass_value(rs, err);
		}
		enum status st = window_fill(&rs->w, err);
		if (st == END && c.scalar)
			break;
		if (st)
			return st == END ? cut_short(rs, rs->w.at, err) : st;
	}
	return OK;
}

/* The name behind the last "*" of the pointer that the record belongs to. */
static struct str star_of(const struct records *rs, int array)
{
	for (size_t i = 0; array >= 0 && i < rs->nsteps[array]; i++)
		if (str_eq_c(rs->steps[array][i], "*"))
			return buf_str(&rs->star);
	return (struct str){0};
}

static void give(struct records *rs, struct record *out, size_t n, int array)
{
	*out = (struct record){
		.text = str_sub(window_str(&rs->w), 0, n),
		.offset = rs->w.at,
		.line = rs->w.line,
		.ordinal = array < 0 ? rs->ordinal++ : rs->ordinals[array]++,
		.array = array,
		.key = star_of(rs, array),
	};
	rs->pending = n;
}

/* --- lines --- */

/* The length of the line at the window's start, without its end; more of it is read as needed, up to `limit`. */
static enum status line_length(struct records *rs, size_t limit, size_t *n, bool *complete, struct err *err)
{
	for (size_t seen = 0;;) {
		struct str s = window_str(&rs->w);
		const char *lf = s.n > seen ? memchr(s.p + seen, '\n', s.n - seen) : NULL;
		*n = lf ? (size_t)(lf - s.p) : s.n;
		*complete = lf != NULL;
		if (lf || s.n > limit)
			return OK;
		seen = s.n;
		enum status st = window_fill(&rs->w, err);
		if (st)
			return st == END ? OK : st;
	}
}

/* Passes over the rest of an overlong line. */
static enum status drop_line(struct records *rs, struct err *err)
{
	for (;;) {
		struct str s = window_str(&rs->w);
		const char *lf = s.n ? memchr(s.p, '\n', s.n) : NULL;
		window_consume(&rs->w, lf ? (size_t)(lf - s.p) : s.n);
		if (lf)
			return OK;
		enum status st = window_fill(&rs->w, err);
		if (st)
			return st == END ? OK : st;
	}
}

static enum status next_in_lines(struct records *rs, struct record *out, struct err *err)
{
	for (;;) {
		enum status st = OK;
		size_t n;
		bool complete;
		int c = window_skip_blank(&rs->w, &st, err);
		if (c < 0)
			return st == OK ? END : st;
		st = line_length(rs, SOURCE_MAX_RECORD, &n, &complete, err);
		if (st)
			return st;
		if (!complete && n > SOURCE_MAX_RECORD) {
			skip(rs, rs->w.line, rs->w.at, "a record larger than 512 MB");
			st = drop_line(rs, err);
			if (st)
				return st;
			continue;
		}
		struct scan scan = {0};
		size_t used = scan_more(&scan, str_sub(window_str(&rs->w), 0, n));
		if (starts_value(c) && (scan.done || scan.scalar)) {
			give(rs, out, used, -1);
			return OK;
		}
		skip(rs, rs->w.line, rs->w.at,
			!starts_value(c)          ? "not JSON"
				: complete        ? "a record that does not end in its line"
						  : "the last record is cut short");
		rs->cut |= starts_value(c) && !complete;
		window_consume(&rs->w, n);
	}
}

/* --- documents and arrays --- */

static enum status next_document(struct records *rs, struct record *out, struct err *err)
{
	for (;;) {
		enum status st = OK;
		int c = window_skip_blank(&rs->w, &st, err);
		if (c < 0)
			return st == OK ? END : st;
		if (!starts_value(c))
			return misplaced(rs, "a JSON value", err);
		size_t n;
		st = hold_value(rs, &n, err);
		if (st)
			return st;
		if (n) {
			give(rs, out, n, -1);
			return OK;
		}
	}
}

/* Moves to the next element or member of the innermost level: its first byte, or the closing bracket. */
static enum status next_place(struct records *rs, struct level *l, int *c, struct err *err)
{
	enum status st = OK;
	char close = l->object ? '}' : ']';
	*c = window_skip_blank(&rs->w, &st, err);
	if (*c == ',' && l->any) {
		window_consume(&rs->w, 1);
		*c = window_skip_blank(&rs->w, &st, err);
	} else if (l->any && *c >= 0 && *c != close) {
		return misplaced(rs, l->object ? "',' or '}'" : "',' or ']'", err);
	}
	if (st == OK && *c < 0)
		return cut_short(rs, rs->w.at, err);
	if (st == OK && *c != close && !(l->object ? *c == '"' : starts_value(*c)))
		return misplaced(rs, l->object ? "a member's name" : "a JSON value", err);
	return st;
}

/* The next element of the array of records at the innermost level; END at its closing bracket, which is consumed. */
static enum status next_element(struct records *rs, struct level *l, struct record *out, struct err *err)
{
	for (;;) {
		int c;
		enum status st = next_place(rs, l, &c, err);
		if (st)
			return st;
		if (c == ']') {
			window_consume(&rs->w, 1);
			return END;
		}
		size_t n;
		l->any = true;
		st = hold_value(rs, &n, err);
		if (st)
			return st;
		if (n) {
			give(rs, out, n, l->array);
			return OK;
		}
		if (l->array >= 0)
			rs->ordinals[l->array]++;
		else
			rs->ordinal++;
	}
}

static enum status next_in_array(struct records *rs, struct record *out, struct err *err)
{
	for (;;) {
		if (rs->depth) {
			enum status st = next_element(rs, &rs->levels[0], out, err);
			if (st != END)
				return st;
			rs->depth = 0;
		}
		enum status st = OK;
		int c = window_skip_blank(&rs->w, &st, err);
		if (c < 0)
			return st == OK ? END : st;
		if (c != '[')
			return misplaced(rs, "the end of the file behind the array", err);
		window_consume(&rs->w, 1);
		rs->levels[0] = (struct level){.array = -1};
		rs->depth = 1;
	}
}

/* --- arrays inside a document --- */

/* Which of the pointers that match at `l` have `key` as their next step. */
static uint32_t match_step(const struct records *rs, const struct level *l, size_t depth, struct str key)
{
	uint32_t match = 0;
	for (size_t i = 0; i < rs->narrays; i++)
		if ((l->wanted >> i & 1) && rs->nsteps[i] > depth && (str_eq_c(rs->steps[i][depth], "*") || str_eq(rs->steps[i][depth], key)))
			match |= UINT32_C(1) << i;
	return match;
}

/* Is one of the pointers that match at `l` a "*" here? */
static bool is_star(const struct records *rs, const struct level *l, size_t depth)
{
	for (size_t i = 0; i < rs->narrays; i++)
		if ((l->wanted >> i & 1) && rs->nsteps[i] > depth && str_eq_c(rs->steps[i][depth], "*"))
			return true;
	return false;
}

/* Which pointer ends at this depth, or -1; *deeper: some go on. */
static int ending(const struct records *rs, uint32_t wanted, size_t depth, bool *deeper)
{
	int found = -1;
	*deeper = false;
	for (size_t i = 0; i < rs->narrays; i++) {
		if (!(wanted >> i & 1))
			continue;
		if (rs->nsteps[i] > depth)
			*deeper = true;
		else if (found < 0)
			found = (int)i;
	}
	return found;
}

/* A member's name or an element's number as the step it is, and on to the value. */
static enum status read_step(struct records *rs, struct level *l, struct str *key, struct err *err)
{
	struct arena *a = &rs->scratch;
	arena_reset(a);
	if (!l->object) {
		*key = arena_printf(a, "%llu", (unsigned long long)l->index++);
		return OK;
	}
	size_t n;
	enum status st = hold_value(rs, &n, err);
	if (st)
		return st;
	const struct json *name;
	st = json_read(a, arena_str(a, str_sub(window_str(&rs->w), 0, n)), NULL, &name, err);
	if (st) {
		err_prefix(err, "%s: member name at byte %llu", rs->m->path, (unsigned long long)rs->w.at);
		return st;
	}
	*key = name->text;
	window_consume(&rs->w, n);
	if (window_skip_blank(&rs->w, &st, err) != ':')
		return st ? st : misplaced(rs, "':'", err);
	window_consume(&rs->w, 1);
	int c = window_skip_blank(&rs->w, &st, err);
	return st ? st : starts_value(c) ? OK : misplaced(rs, "a JSON value", err);
}

/* Enters the value at hand when a wanted array is or may be in it, else passes over it. */
static enum status enter_or_pass(struct records *rs, uint32_t wanted, struct err *err)
{
	enum status st = OK;
	bool deeper;
	int array = ending(rs, wanted, rs->depth, &deeper);
	int c = window_peek(&rs->w, 0, &st, err);
	if (st)
		return st;
	bool records = array >= 0 && c == '[';
	if (!records && !(deeper && (c == '{' || c == '[')))
		return pass_value(rs, err);
	window_consume(&rs->w, 1);
	rs->levels[rs->depth++] = (struct level){.wanted = wanted, .array = records ? array : -1, .object = c == '{'};
	return OK;
}

/* One step of the walk through a document. For the skeleton (out NULL) elements are passed over uncopied. */
static enum status walk_step(struct records *rs, struct record *out, bool *got, struct err *err)
{
	struct level *l = &rs->levels[rs->depth - 1];
	int c;
	enum status st;
	*got = false;
	if (l->array >= 0) {
		struct record unused;
		struct buf *copy = rs->w.copy;
		rs->w.copy = NULL;
		st = next_element(rs, l, out ? out : &unused, err);
		if (st == OK && !out) {
			window_consume(&rs->w, rs->pending);
			rs->pending = 0;
		}
		rs->w.copy = copy;
		*got = st == OK && out;
		if (st != END)
			return st;
		if (copy)
			buf_add_ch(copy, ']');
		rs->depth--;
		return OK;
	}
	st = next_place(rs, l, &c, err);
	if (st)
		return st;
	if (c == '}' || c == ']') {
		window_consume(&rs->w, 1);
		rs->depth--;
		return OK;
	}
	l->any = true;
	struct str key;
	st = read_step(rs, l, &key, err);
	if (st)
		return st;
	if (is_star(rs, l, rs->depth - 1)) {
		buf_clear(&rs->star);
		buf_add_str(&rs->star, key);
	}
	return enter_or_pass(rs, match_step(rs, l, rs->depth - 1, key), err);
}

static enum status next_in_walk(struct records *rs, struct record *out, struct err *err)
{
	bool got = false;
	while (rs->depth) {
		enum status st = walk_step(rs, out, &got, err);
		if (st || got)
			return st;
	}
	return END;
}

/* --- opening --- */

static enum status restart(struct records *rs, struct err *err)
{
	struct reader *r = rs->w.reader;
	struct buf keep = {.p = rs->w.p, .cap = rs->w.cap};
	rs->w = (struct window){.reader = r, .p = keep.p, .cap = keep.cap, .line = 1};
	rs->depth = 0;
	rs->pending = 0;
	enum status st = reader_open(r, rs->m, err);
	if (st)
		return st;
	if (window_peek(&rs->w, 0, &st, err) == 0xEF && window_peek(&rs->w, 1, &st, err) == 0xBB && window_peek(&rs->w, 2, &st, err) == 0xBF)
		window_consume(&rs->w, 3);
	return st;
}

static enum status enter_document(struct records *rs, struct err *err)
{
	uint32_t all = rs->narrays == 32 ? UINT32_MAX : (UINT32_C(1) << rs->narrays) - 1;
	rs->mode = MODE_WALK;
	rs->shape = RECORDS_DOCUMENT;
	return enter_or_pass(rs, all, err);
}

/* What was kept of a broken document, up to its last whole member, with the brackets that are open there. */
static void close_skeleton(struct records *rs, size_t whole)
{
	rs->skeleton.n = whole;
	for (size_t i = rs->depth; i-- > 0;)
		buf_add_ch(&rs->skeleton, rs->levels[i].object ? '}' : ']');
}

/* Goes through the first document, keeping all but the elements. Tells whether more follows it. Where the document
 * breaks off, the walk through its records will say so, after those that are whole. */
static enum status read_skeleton(struct records *rs, bool *more, struct err *err)
{
	bool got;
	size_t whole = 0;
	struct err broken = {0};
	rs->w.copy = &rs->skeleton;
	enum status st = enter_document(rs, err);
	while (st == OK && rs->depth) {
		whole = rs->skeleton.n;
		st = walk_step(rs, NULL, &got, &broken);
		if (st == OK && rs->skeleton.n > SOURCE_MAX_RECORD)
			return err_fail(err, "%s: the document's header is larger than 512 MB", rs->m->path);
	}
	rs->w.copy = NULL;
	err_fini(&broken);
	if (st == FAIL && rs->depth) {
		rs->cut = true;
		close_skeleton(rs, whole);
		memset(rs->ordinals, 0, sizeof rs->ordinals);
		return OK;
	}
	*more = st == OK && window_skip_blank(&rs->w, &st, err) >= 0;
	memset(rs->ordinals, 0, sizeof rs->ordinals);
	return st;
}

/* Lines or documents that span lines? The first line tells: in the latter it ends inside a value, and what
 * follows is not the start of a next record. */
static enum status choose_lines(struct records *rs, struct err *err)
{
	size_t n;
	bool complete;
	enum status st = line_length(rs, SOURCE_MAX_RECORD, &n, &complete, err);
	if (st)
		return st;
	struct scan c = {0};
	scan_more(&c, str_sub(window_str(&rs->w), 0, n));
	int next = complete ? window_peek(&rs->w, n + 1, &st, err) : -1;
	bool broken_line = c.in_string || (n > 2 && next == '{') || !complete;
	rs->mode = c.done || c.scalar || broken_line ? MODE_LINES : MODE_CONCAT;
	rs->shape = RECORDS_LINES;
	return st;
}

/* `[1]` newline `[2]` are two lines, not one array: is there another array behind a first that ends in its line? */
static enum status is_array_of_records(struct records *rs, bool *yes, struct err *err)
{
	struct scan c = {0};
	size_t n;
	bool complete;
	*yes = true;
	enum status st = line_length(rs, LOOK_AHEAD, &n, &complete, err);
	if (st || !complete)
		return st;
	size_t used = scan_more(&c, str_sub(window_str(&rs->w), 0, n));
	if (!c.done || str_trim(str_sub(window_str(&rs->w), used, n - used)).n)
		return OK;
	int next;
	do
		next = window_peek(&rs->w, ++n, &st, err);
	while (next == '\n' || next == '\r' || next == ' ' || next == '\t');
	*yes = next != '[' && next != '{';
	return st;
}

static enum status start(struct records *rs, struct err *err)
{
	enum status st = OK;
	bool more = false, array = false;
	int c = window_skip_blank(&rs->w, &st, err);
	if (c < 0)
		return st;
	if (!starts_value(c))
		return err_fail(err, "%s: not JSON", rs->m->path);
	if (c == '[')
		st = is_array_of_records(rs, &array, err);
	if (st)
		return st;
	if (array) {
		rs->mode = MODE_ELEMENTS;
		rs->shape = RECORDS_ARRAY;
		return OK;
	}
	if (c == '{' && rs->narrays) {
		st = read_skeleton(rs, &more, err);
		if (st)
			return st;
		st = restart(rs, err);
		window_skip_blank(&rs->w, &st, err);
		if (st)
			return st;
		if (!more)
			return enter_document(rs, err);
		buf_clear(&rs->skeleton);
	}
	return choose_lines(rs, err);
}

static enum status take_arrays(struct records *rs, const char *const *arrays, struct err *err)
{
	for (; arrays && *arrays; arrays++, rs->narrays++) {
		struct str rest = str_c(*arrays), part;
		if (rs->narrays == MAX_ARRAYS || rest.n < 2 || rest.p[0] != '/')
			return err_fail(err, "\"%s\" is not a pointer to an array of records", *arrays);
		rest = str_sub(rest, 1, rest.n);
		while (str_cut(&rest, '/', &part)) {
			if (rs->nsteps[rs->narrays] == MAX_STEPS)
				return err_fail(err, "\"%s\" has too many steps", *arrays);
			rs->steps[rs->narrays][rs->nsteps[rs->narrays]++] = arena_str(&rs->arena, part);
		}
	}
	return OK;
}

enum status records_open(struct reader *r, const struct member *m, const char *const *arrays, struct records **out, struct err *err)
{
	struct records *rs = xcalloc(1, sizeof *rs);
	rs->m = m;
	rs->w.reader = r;
	*out = NULL;
	enum status st = take_arrays(rs, arrays, err);
	if (st == OK)
		st = restart(rs, err);
	if (st == OK)
		st = start(rs, err);
	if (st)
		records_close(rs);
	else
		*out = rs;
	return st;
}

enum status records_skeleton(struct records *rs, struct str *out, struct err *err)
{
	(void)err;
	*out = rs->shape == RECORDS_DOCUMENT ? buf_str(&rs->skeleton) : str_n(NULL, 0);
	return OK;
}

bool records_cut(const struct records *rs)
{
	return rs->cut;
}

enum records_shape records_shape(const struct records *rs)
{
	return rs->shape;
}

enum status records_next(struct records *rs, struct record *out, struct err *err)
{
	window_consume(&rs->w, rs->pending);
	rs->pending = 0;
	switch (rs->mode) {
	case MODE_LINES:
		return next_in_lines(rs, out, err);
	case MODE_CONCAT:
		return next_document(rs, out, err);
	case MODE_ELEMENTS:
		return next_in_array(rs, out, err);
	case MODE_WALK:
		return next_in_walk(rs, out, err);
	case MODE_START:
		break;
	}
	return END;
}

void records_on_skip(struct records *rs, void (*fn)(void *ctx, uint64_t line, uint64_t offset, const char *why), void *ctx)
{
	rs->on_skip = fn;
	rs->on_skip_ctx = ctx;
}

void records_close(struct records *rs)
{
	if (!rs)
		return;
	window_fini(&rs->w);
	buf_fini(&rs->skeleton);
	buf_fini(&rs->star);
	arena_fini(&rs->arena);
	arena_fini(&rs->scratch);
	free(rs);
}

/* --- sniffing --- */

enum records_shape records_sniff(struct str head)
{
	if (str_starts(head, "\xEF\xBB\xBF"))
		head = str_sub(head, 3, head.n);
	head = str_trim(head);
	if (head.n == 0 || (head.p[0] != '{' && head.p[0] != '['))
		return RECORDS_NONE;
	struct scan c = {0};
	size_t used = scan_more(&c, head);
	struct str rest = str_trim(str_sub(head, used, head.n));
	bool more = c.done && rest.n && (rest.p[0] == '{' || rest.p[0] == '[');
	if (more)
		return RECORDS_LINES;
	if (c.done && rest.n)
		return RECORDS_NONE;
	return head.p[0] == '[' ? RECORDS_ARRAY : RECORDS_DOCUMENT;
}
