/* SPDX-License-Identifier: MIT
 *
 * Entries as text: the bytes that are hashed.
 */
#include "store/ledger_text.h"

#include <inttypes.h>

/* Separator and name of the next member. */
static void name(struct buf *out, const char *member)
{
	buf_add_c(out, out->n > 1 ? ",\"" : "\"");
	buf_add_c(out, member);
	buf_add_c(out, "\":");
}

static void put_str(struct buf *out, const char *member, struct str v)
{
	if (!v.n)
		return;
	name(out, member);
	json_write_str(out, v);
}

static void put_int(struct buf *out, const char *member, uint64_t v)
{
	if (!v)
		return;
	name(out, member);
	buf_printf(out, "%" PRIu64, v);
}

void id_list_write(struct buf *out, const struct str *ids, size_t n)
{
	buf_add_ch(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_ch(out, ',');
		json_write_str(out, ids[i]);
	}
	buf_add_ch(out, ']');
}

void entry_write(struct buf *out, const struct entry *e, const struct str *parents, size_t n)
{
	buf_clear(out);
	buf_add_ch(out, '{');
	put_str(out, "kind", e->kind);
	put_str(out, "reviewer", e->reviewer);
	name(out, "at");
	buf_printf(out, "%" PRId64, e->at_ms);
	put_str(out, "uid", str_c(e->uid));
	put_str(out, "digest", str_c(e->digest));
	put_str(out, "subject", e->subject);
	put_int(out, "turn", e->turn);
	if (e->end) {
		name(out, "start");
		buf_printf(out, "%" PRIu64, e->start);
		put_int(out, "end", e->end);
	}
	put_str(out, "words", str_c(e->words));
	put_str(out, "outcome", str_c(outcome_name(e->outcome)));
	if (e->has_severity)
		put_str(out, "severity", str_c(severity_name(e->severity)));
	put_str(out, "category", e->category);
	put_str(out, "tags", e->tags);
	put_str(out, "note", e->note);
	put_str(out, "value", e->value);
	put_str(out, "supersedes", e->supersedes);
	name(out, "parents");
	id_list_write(out, parents, n);
	buf_add_ch(out, '}');
}

void entry_id(struct str body, char id[static SHA256_HEX])
{
	unsigned char sum[SHA256_SIZE];
	sha256_of(body, sum);
	hex_encode(sum, sizeof sum, id);
}

/* A hexadecimal member into a fixed array; what does not fit is no such value. */
static void get_hex(const struct json *root, const char *member, char *out, size_t size)
{
	struct str v = json_str(json_get(root, member));
	memset(out, 0, size);
	if (v.p && v.n == size - 1)
		memcpy(out, v.p, v.n);
}

static uint64_t get_int(const struct json *root, const char *member)
{
	int64_t v = 0;
	return json_i64(json_get(root, member), &v) && v > 0 ? (uint64_t)v : 0;
}

enum status entry_read(
	struct arena *a, struct str id, struct str body, struct entry *out, struct str **parents, size_t *n, struct err *err)
{
	const struct json *root;
	*out = (struct entry){0};
	*n = 0;
	enum status status = json_read(a, body, NULL, &root, err);
	if (status || root->type != JSON_OBJECT || id.n != SHA256_HEX - 1)
		return err_fail(err, "entry %.*s of the ledger is not readable: it was changed", (int)(id.n < 64 ? id.n : 64),
			id.p ? id.p : "");
	memcpy(out->id, id.p, id.n);
	out->kind = json_str(json_get(root, "kind"));
	out->reviewer = json_str(json_get(root, "reviewer"));
	json_i64(json_get(root, "at"), &out->at_ms);
	get_hex(root, "uid", out->uid, sizeof out->uid);
	get_hex(root, "digest", out->digest, sizeof out->digest);
	get_hex(root, "words", out->words, sizeof out->words);
	out->subject = json_str(json_get(root, "subject"));
	out->turn = (uint32_t)get_int(root, "turn");
	out->start = get_int(root, "start");
	out->end = get_int(root, "end");
	outcome_parse(json_str(json_get(root, "outcome")), &out->outcome);
	out->has_severity = severity_parse(json_str(json_get(root, "severity")), &out->severity);
	out->category = json_str(json_get(root, "category"));
	out->tags = json_str(json_get(root, "tags"));
	out->note = json_str(json_get(root, "note"));
	out->value = json_str(json_get(root, "value"));
	out->supersedes = json_str(json_get(root, "supersedes"));
	const struct json *list = json_get(root, "parents");
	*parents = arena_calloc(a, list->count + 1, sizeof **parents);
	JSON_EACH(node, list)
	(*parents)[(*n)++] = json_str(node);
	return OK;
}
