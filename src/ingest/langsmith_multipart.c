/* SPDX-License-Identifier: MIT
 *
 * Multipart bodies of LangSmith's clients: "post.ID" holds a run, "post.ID.inputs" its inputs, and so on. The members are
 * put together again, and the run is read as any other.
 */
#include <stdlib.h>

#include "base/dict.h"
#include "base/mem.h"
#include "ingest/imp_langsmith.h"

/* The parts of one run. */
struct parts {
	enum langsmith_op op;
	bool feedback;
	struct buf json; /* an object that is not closed yet */
};

struct multipart {
	struct langsmith *l;
	struct str rest, boundary; /* with the dashes in front */
	struct dict names;         /* "post.ID" */
	struct parts *runs;        /* by name */
	size_t cap;
	uint64_t attachments;
};

/* ---- the frame ---- */

/* The value of `name=` in a header, without quotes. */
static struct str parameter(struct str header, const char *name)
{
	ptrdiff_t at = str_find(header, str_c(name));
	if (at < 0)
		return (struct str){0};
	struct str v = str_sub(header, (size_t)at + strlen(name), header.n);
	bool quoted = str_starts(v, "\"");
	size_t n = 0;
	if (quoted)
		v = str_sub(v, 1, v.n);
	while (n < v.n && v.p[n] != '"' && v.p[n] != '\r' && v.p[n] != '\n' && (quoted || v.p[n] != ';'))
		n++;
	return str_sub(v, 0, n);
}

/* Where the next line that begins with the boundary is, from the start of the part; -1 when there is none. */
static ptrdiff_t find_boundary(const struct multipart *m, struct str text)
{
	for (size_t from = 0;;) {
		ptrdiff_t at = str_find(str_sub(text, from, text.n), m->boundary);
		if (at < 0)
			return -1;
		size_t here = from + (size_t)at;
		if (here == 0 || text.p[here - 1] == '\n')
			return (ptrdiff_t)here;
		from = here + 1;
	}
}

/* The header and the content of the part that begins at rest, which moves behind it; false at the end, or where it breaks off. */
static bool next_part(struct multipart *m, struct str *header, struct str *content)
{
	struct str text = str_sub(m->rest, m->boundary.n, m->rest.n);
	ptrdiff_t blank = str_find(text, str_c("\r\n\r\n"));
	size_t gap = 4;
	if (str_starts(text, "--"))
		return false;
	if (blank < 0) {
		blank = str_find(text, str_c("\n\n"));
		gap = 2;
	}
	if (blank < 0)
		return false;
	*header = str_sub(text, 0, (size_t)blank);
	text = str_sub(text, (size_t)blank + gap, text.n);
	int64_t length;
	struct str said = parameter(*header, "length=");
	/* What an attachment holds may look like a boundary. */
	size_t skip = str_to_i64(said, &length) && length > 0 && (uint64_t)length <= text.n ? (size_t)length : 0;
	ptrdiff_t end = find_boundary(m, str_sub(text, skip, text.n));
	if (end < 0)
		return false;
	*content = str_trim(str_sub(text, 0, skip + (size_t)end));
	m->rest = str_sub(text, skip + (size_t)end, text.n);
	return true;
}

/* ---- parts of runs ---- */

static struct parts *run_of(struct multipart *m, struct str name)
{
	uint32_t known = (uint32_t)m->names.n, i = dict_add(&m->names, name);
	if (i < known)
		return &m->runs[i];
	if (i >= m->cap)
		m->runs = vec_grow(m->runs, &m->cap, i + 1, sizeof *m->runs);
	m->runs[i] = (struct parts){.op = str_starts(name, "patch") ? LANGSMITH_PATCH : LANGSMITH_POST,
		.feedback = str_starts(name, "feedback")};
	buf_add_ch(&m->runs[i].json, '{');
	return &m->runs[i];
}

/* "post.ID" or "post.ID.MEMBER"; anything else is a blob. */
static void add_part(struct multipart *m, struct str name, struct str content)
{
	struct str rest = name, op, id;
	str_cut(&rest, '.', &op);
	str_cut(&rest, '.', &id);
	if (!id.n || !(str_eq_c(op, "post") || str_eq_c(op, "patch") || str_eq_c(op, "feedback")) || content.n < 2) {
		m->attachments++;
		return;
	}
	struct parts *run = run_of(m, str_sub(name, 0, op.n + 1 + id.n));
	if (!rest.p && (content.p[0] != '{' || content.p[content.n - 1] != '}'))
		return;
	if (!rest.p)
		content = str_trim(str_sub(content, 1, content.n - 2));
	if (run->json.n > 1 && content.n)
		buf_add_ch(&run->json, ',');
	if (rest.p) {
		json_write_str(&run->json, rest);
		buf_add_ch(&run->json, ':');
	}
	buf_add_str(&run->json, content);
}

static void give_run(struct multipart *m, uint32_t i)
{
	struct arena a = {0};
	struct json_repairs repairs = {0};
	struct err why = {0};
	const struct json *node;
	struct parts *run = &m->runs[i];
	struct str name = dict_name(&m->names, i);
	buf_add_ch(&run->json, '}');
	if (json_read(&a, buf_str(&run->json), &repairs, &node, &why) != OK)
		sink_skip(m->l->im->sink, 0, "%.*s: %s", (int)name.n, name.p, err_text(&why));
	else if (run->feedback ? !langsmith_feedback(m->l, &a, node) : !langsmith_run(m->l, &a, node, run->op,
			repairs.nul + repairs.surrogates + repairs.invalid_utf8))
		sink_skip(m->l->im->sink, 0, "%.*s: no run, it has no trace", (int)name.n, name.p);
	err_fini(&why);
	arena_fini(&a);
}

enum status langsmith_multipart(struct langsmith *l, struct err *err)
{
	struct multipart m = {.l = l};
	struct buf all = {0};
	struct str header, content, line;
	enum status st = reader_slurp(l->im->reader, l->im->claim->main, SOURCE_MAX_RECORD, &all, err);
	m.rest = line = buf_str(&all);
	str_cut(&line, '\n', &m.boundary);
	m.boundary = str_trim(m.boundary);
	while (st == OK && !sink_stopped(l->im->sink) && next_part(&m, &header, &content))
		add_part(&m, parameter(header, " name="), content);
	bool whole = str_starts(str_sub(m.rest, m.boundary.n, 2), "--");
	if (st == OK && !whole)
		sink_skip(l->im->sink, 0, "the body breaks off: nothing was taken of it");
	for (uint32_t i = 0; i < m.names.n; i++) {
		if (st == OK && whole)
			give_run(&m, i);
		buf_fini(&m.runs[i].json);
	}
	if (m.attachments)
		sink_ignore(l->im->sink, str_c("attachments"), m.attachments);
	free(m.runs);
	dict_fini(&m.names);
	buf_fini(&all);
	return st;
}
