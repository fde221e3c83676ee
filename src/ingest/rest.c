/* SPDX-License-Identifier: MIT
 *
 * What importers have no use for is kept as facts where it is small, and
 * counted where it is not: nothing is lost without a word.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/sink_private.h"

enum { FACT_MAX = 4096, NAME_MAX_BYTES = 64, IGNORED_NAMES = 100 };

static bool is_used(struct str key, const char *const *used)
{
	for (; used && *used; used++)
		if (str_eq_c(key, *used))
			return true;
	return false;
}

void fact_key(struct buf *out, struct str key)
{
	for (size_t i = 0; i < key.n && i < NAME_MAX_BYTES; i++) {
		char c = key.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
		buf_add_ch(out, plain ? c : '_');
	}
}

static bool is_scalar(const struct json *v)
{
	return v->type == JSON_BOOL || v->type == JSON_NUMBER || (v->type == JSON_STRING && v->text.n && v->text.n <= FACT_MAX);
}

static bool is_empty(const struct json *v)
{
	return json_is_null(v) || (v->type == JSON_STRING && v->text.n == 0) ||
		((v->type == JSON_ARRAY || v->type == JSON_OBJECT) && v->count == 0);
}

void sink_rest(struct sink *s, const char *prefix, const struct json *object, const char *const *used)
{
	struct buf name = {0};
	JSON_EACH(v, object) {
		double num;
		if (is_used(v->key, used) || is_empty(v))
			continue;
		buf_clear(&name);
		buf_add_c(&name, prefix);
		fact_key(&name, v->key);
		if (!is_scalar(v) || !name.n)
			sink_ignore(s, buf_str(&name), 1);
		else if (v->type == JSON_NUMBER && json_num(v, false, &num) && num < 9e15 && num > -9e15) /* beyond, digits count */
			sink_meta_num(s, name.p, num);
		else
			sink_meta(s, name.p, json_plain(v));
	}
	buf_fini(&name);
}

void sink_ignore(struct sink *s, struct str what, uint64_t n)
{
	size_t i = 0;
	while (i < s->nignored && !str_eq(s->ignored[i].what, what))
		i++;
	if (i == IGNORED_NAMES) { /* more names than anybody reads */
		i--;
		s->ignored[i].what = str_c("others");
	}
	if (i == s->nignored) {
		s->ignored = vec_grow(s->ignored, &s->ignored_cap, i + 1, sizeof *s->ignored);
		s->ignored[s->nignored++] = (struct ignored){pack_str(&s->source, what, NULL), 0};
	}
	s->ignored[i].n += n;
}

struct str ignored_text(struct sink *s)
{
	struct buf b = {0};
	for (size_t i = 0; i < s->nignored; i++) {
		buf_add_c(&b, i ? ", " : "");
		buf_add_str(&b, s->ignored[i].what);
		if (s->ignored[i].n > 1)
			buf_printf(&b, " %llu×", (unsigned long long)s->ignored[i].n);
	}
	struct str text = b.n ? arena_str(&s->source, buf_str(&b)) : (struct str){0};
	buf_fini(&b);
	return text;
}
