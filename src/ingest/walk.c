/* SPDX-License-Identifier: MIT
 *
 * What the JSON importers have in common.
 */
#include "ingest/walk.h"

#include "base/clock.h"
#include "base/sha256.h"

static void on_skip(void *ctx, uint64_t line, uint64_t offset, const char *why)
{
	(void)offset;
	sink_skip(ctx, line, "%s", why);
}

static enum status walk_header(struct records *rs, const struct walk *w, struct arena *a, struct err *err)
{
	struct str text;
	enum status st = records_skeleton(rs, &text, err);
	if (st != OK || !text.n)
		return st;
	const struct json *node;
	st = json_read(a, text, NULL, &node, err);
	return st == OK ? w->header(w->ctx, node, err) : st;
}

static enum status walk_record(struct import *im, const struct walk *w, const struct record *rec, struct arena *a,
	struct err *err)
{
	struct json_repairs repairs = {0};
	struct walked item = {.record = rec, .arena = a};
	struct err why = {0};
	if (w->wants && !w->wants(w->ctx, rec->text))
		return OK;
	if (json_read(a, rec->text, &repairs, &item.node, &why) != OK) {
		if (!w->quiet)
			sink_skip(im->sink, rec->line, "%s", err_text(&why));
		err_fini(&why);
		return OK;
	}
	item.repairs = repairs.nul + repairs.surrogates + repairs.invalid_utf8;
	return w->each(w->ctx, &item, err);
}

enum status walk_member(struct import *im, const struct member *m, const struct walk *w, struct err *err)
{
	struct arena header = {0}, arena = {0};
	struct records *rs;
	struct record rec;
	enum status st = records_open(im->reader, m, w->arrays, &rs, err);
	if (st != OK)
		return st;
	if (!w->quiet)
		records_on_skip(rs, on_skip, im->sink);
	bool given = !(w->whole_header && records_cut(rs));
	if (w->arrays && w->header && given)
		st = walk_header(rs, w, &header, err);
	while (st == OK && !given)
		st = records_next(rs, &rec, err);
	while (st == OK) {
		if (sink_stopped(im->sink))
			st = err_set(err, CANCELLED, "%s: stopped", m->path);
		else if ((st = records_next(rs, &rec, err)) == OK)
			st = walk_record(im, w, &rec, &arena, err);
		arena_reset(&arena);
	}
	if (w->cut)
		*w->cut = records_cut(rs);
	records_close(rs);
	arena_fini(&arena);
	arena_fini(&header);
	return st == END ? OK : st;
}

struct str path_stem(const char *path, const char *const *suffixes)
{
	struct str s = str_c(path);
	for (size_t i = s.n; i-- > 0;) {
		if (s.p[i] == '/' || s.p[i] == '!') {
			s = str_sub(s, i + 1, s.n);
			break;
		}
	}
	static const char *const packed[] = {".gz", ".zst", NULL};
	for (const char *const *p = packed; *p; p++)
		if (str_ends(s, *p))
			s.n -= strlen(*p);
	for (; suffixes && *suffixes; suffixes++) {
		if (str_ends(s, *suffixes) && s.n > strlen(*suffixes)) {
			s.n -= strlen(*suffixes);
			break;
		}
	}
	return s;
}

struct str setting_or(const struct import *im, const char *key, struct str fallback)
{
	struct str s = im->setting ? im->setting(im, key) : (struct str){0};
	return s.p ? s : fallback;
}

void short_hash(struct str text, char out[static SHORT_HASH])
{
	unsigned char digest[SHA256_SIZE];
	sha256_of(text, digest);
	hex_encode(digest, SHORT_HASH / 2, out);
}

const struct json *json_first(const struct json *a, const struct json *b)
{
	return json_is_null(a) ? b : a;
}

int64_t time_of(const struct json *node)
{
	int64_t ms;
	bool zone;
	struct str s = json_str(node);
	return s.p && clock_parse(s, &ms, &zone) ? ms : 0;
}

bool score_of(const struct json *node, const char *name, struct in_score *out)
{
	*out = (struct in_score){.name = str_c(name), .value_text = json_plain(node)};
	if (node->type == JSON_BOOL) {
		out->num = node->truth ? 1 : 0;
		out->has_num = true;
	} else {
		out->has_num = json_num(node, false, &out->num);
	}
	return out->has_num || node->type == JSON_NAN;
}

struct str category_path(struct arena *a, struct str name)
{
	char *p = arena_cstr(a, name);
	for (size_t i = 0; i < name.n; i++)
		if (p[i] == ':' && !(i + 2 < name.n && p[i + 1] == '/' && p[i + 2] == '/'))
			p[i] = '/';
	return str_n(p, name.n);
}

struct str joined_texts(struct arena *a, const struct json *list)
{
	struct buf b = {0};
	JSON_EACH(it, list) {
		if (b.n)
			buf_add_ch(&b, ',');
		buf_add_str(&b, json_plain(it));
	}
	struct str out = b.n ? arena_str(a, buf_str(&b)) : (struct str){0};
	buf_fini(&b);
	return out;
}

void ignore_rest(struct sink *s, const struct json *object, const char *const *used)
{
	JSON_EACH(v, object) {
		const char *const *name = used;
		while (*name && !str_eq_c(v->key, *name))
			name++;
		if (!*name && !json_is_null(v) && (v->type == JSON_NUMBER || v->type == JSON_BOOL || v->count || json_str(v).n))
			sink_ignore(s, v->key, 1);
	}
}
