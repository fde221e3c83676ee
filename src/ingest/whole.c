/* SPDX-License-Identifier: MIT
 *
 * Files that are one result as a whole.
 */
#include "ingest/whole.h"

enum status whole_member(struct import *im, const struct member *m, enum status (*each)(void *ctx, const struct walked *w, struct err *err),
	void *ctx, struct err *err)
{
	struct buf text = {0};
	struct arena a = {0};
	struct json_repairs repairs = {0};
	struct err why = {0};
	struct record place = {.line = 1, .array = -1};
	struct walked w = {.record = &place, .arena = &a};
	enum status st = reader_slurp(im->reader, m, SOURCE_MAX_RECORD, &text, err);
	if (st != OK)
		goto out;
	place.text = buf_str(&text);
	if (json_read(&a, place.text, &repairs, &w.node, &why) != OK) {
		sink_skip(im->sink, 1, "%s", err_text(&why));
		goto out;
	}
	w.repairs = repairs.nul + repairs.surrogates + repairs.invalid_utf8;
	st = each(ctx, &w, err);
out:
	err_fini(&why);
	buf_fini(&text);
	arena_fini(&a);
	return st;
}

static bool is_slash(char c)
{
	return c == '/' || c == '!';
}

struct str path_parent(const char *path)
{
	size_t n = strlen(path);
	while (n > 0 && !is_slash(path[n - 1]))
		n--;
	return n > 1 ? str_n(path, n - 1) : (struct str){0};
}

struct str path_base(const char *path)
{
	size_t n = strlen(path), at = n;
	while (at > 0 && !is_slash(path[at - 1]))
		at--;
	return str_n(path + at, n - at);
}

struct str path_folder(const char *path)
{
	struct str s = path_parent(path);
	for (size_t i = s.n; i-- > 0;) {
		if (is_slash(s.p[i])) {
			s = str_sub(s, i + 1, s.n);
			break;
		}
	}
	return s.n && !str_eq_c(s, ".") && !str_eq_c(s, "..") ? s : (struct str){0};
}

struct str path_tail(const char *path)
{
	struct str folder = path_folder(path);
	return folder.p ? str_c(folder.p) : path_base(path);
}
