/* SPDX-License-Identifier: MIT
 *
 * Sessions as a whole, and the content blocks that agents' protocols have in common.
 */
#include "ingest/lines.h"

#include <stdlib.h>

#include "base/mem.h"

static enum status keep(void *ctx, const struct walked *w, struct err *err)
{
	struct lines *out = ctx;
	(void)err;
	struct str text = arena_str(&out->arena, w->record->text);
	const struct json *node;
	if (json_read(&out->arena, text, NULL, &node, NULL) != OK)
		return OK;
	if (out->n == out->cap)
		out->list = vec_grow(out->list, &out->cap, out->n + 1, sizeof *out->list);
	if (!out->n)
		out->place = *w->record;
	out->list[out->n++] = (struct line){node, w->record->line};
	out->place.text = str_n(NULL, (size_t)(w->record->offset - out->place.offset) + text.n);
	out->repairs += w->repairs;
	return OK;
}

enum status lines_read(struct import *im, const struct member *m, const char *const *arrays, struct lines *out, struct err *err)
{
	bool cut = false;
	struct walk walk = {.arrays = arrays, .cut = &cut, .each = keep, .ctx = out};
	enum status st = walk_member(im, m, &walk, err);
	if (st == OK && cut) {
		sink_warn(im->sink, "%s breaks off: nothing was taken of what is not whole", m->name);
		out->n = 0;
	}
	return st;
}

void lines_fini(struct lines *l)
{
	arena_fini(&l->arena);
	free(l->list);
	*l = (struct lines){0};
}

static void add_line(struct buf *b, struct str text)
{
	if (b->n && text.n)
		buf_add_ch(b, '\n');
	buf_add_str(b, text);
}

/* Where base64 lies: {data, mimeType}, {source: {data, media_type}}, {resource: {blob, mimeType}}, {image_url}. */
static const struct json *blob_of(const struct json *block, struct str *media)
{
	const struct json *source = json_get(block, "source"), *url = json_get(block, "image_url");
	const struct json *holder = source->type == JSON_OBJECT ? source : block;
	*media = json_str(json_first(json_get(holder, "mimeType"), json_get(holder, "media_type")));
	if (url->type == JSON_OBJECT)
		url = json_get(url, "url");
	return json_first(json_first(json_get(holder, "data"), json_get(holder, "blob")), json_first(json_get(holder, "url"), url));
}

static void block_text(struct buf *out, const struct json *block)
{
	struct str type = json_str(json_get(block, "type")), media;
	const struct json *resource = json_get(block, "resource"), *holder = resource->type == JSON_OBJECT ? resource : block;
	const struct json *text = json_get(holder, "text"), *blob = blob_of(holder, &media), *content = json_get(block, "content");
	if (text->type == JSON_STRING) {
		add_line(out, text->text);
	} else if (blob->type == JSON_STRING) {
		if (out->n)
			buf_add_ch(out, '\n');
		blob_mark(out, type.n ? type : str_c("data"), media, blob->text);
	} else if (!json_is_null(content)) {
		blocks_text(out, content);
	} else {
		add_line(out, json_plain(json_first(json_get(holder, "uri"), block)));
	}
}

void blocks_text(struct buf *out, const struct json *content)
{
	if (content->type == JSON_OBJECT)
		block_text(out, content);
	else if (content->type == JSON_ARRAY)
		JSON_EACH(block, content)
			blocks_text(out, block);
	else
		add_line(out, json_plain(content));
}
