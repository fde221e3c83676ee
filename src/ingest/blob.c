/* SPDX-License-Identifier: MIT
 *
 * Images, sounds and files in transcripts: their kind, size and hash stand for
 * them. They are never drawn and never kept.
 */
#include "base/sha256.h"
#include "ingest/sink.h"

enum { ADDRESS_SHOWN = 120, MEDIA_SHOWN = 60 };

static int sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Bytes of the decoded base64 and their hash; false when it is none. Line breaks and padding are passed over. */
static bool hash_base64(struct str s, unsigned char sum[static SHA256_SIZE], uint64_t *size)
{
	struct sha256 *h = sha256_new();
	unsigned char block[768];
	size_t n = 0;
	uint32_t bits = 0;
	int held = 0;
	bool good = s.n > 0;
	*size = 0;
	for (size_t i = 0; i < s.n && good; i++) {
		int v = sextet(s.p[i]);
		if (v < 0) {
			good = s.p[i] == '=' || s.p[i] == '\n' || s.p[i] == '\r';
			continue;
		}
		bits = (bits << 6 | (uint32_t)v) & 0xffffff;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		block[n++] = (unsigned char)(bits >> held);
		if (n == sizeof block) {
			sha256_add(h, block, n);
			*size += n;
			n = 0;
		}
	}
	sha256_add(h, block, n);
	*size += n;
	sha256_end(h, sum);
	return good;
}

/* "data:image/png;base64,AAAA": media type and payload apart. */
static bool cut_data_url(struct str *data, struct str *media)
{
	struct str rest = *data, head;
	if (!str_starts(rest, "data:") || !str_cut(&rest, ',', &head) || !rest.p || !str_ends(head, ";base64"))
		return false;
	head = str_sub(head, strlen("data:"), head.n - strlen("data:") - strlen(";base64"));
	if (head.n)
		*media = head;
	*data = rest;
	return true;
}

void blob_mark(struct buf *out, struct str kind, struct str media, struct str data)
{
	unsigned char sum[SHA256_SIZE];
	uint64_t size;
	bool url = cut_data_url(&data, &media);
	buf_add_ch(out, '[');
	buf_add_str(out, kind.n ? str_sub(kind, 0, MEDIA_SHOWN) : str_c("blob"));
	if (media.n) {
		buf_add_ch(out, ' ');
		buf_add_str(out, str_sub(media, 0, MEDIA_SHOWN));
	}
	if (hash_base64(data, sum, &size)) {
		buf_printf(out, " %llu bytes sha256:", (unsigned long long)size);
		for (size_t i = 0; i < sizeof sum; i++)
			buf_printf(out, "%02x", sum[i]);
	} else if (data.n && !url) {
		buf_add_ch(out, ' ');
		buf_add_str(out, str_sub(data, 0, ADDRESS_SHOWN));
		if (data.n > ADDRESS_SHOWN)
			buf_add_c(out, "…");
	}
	buf_add_ch(out, ']');
}
