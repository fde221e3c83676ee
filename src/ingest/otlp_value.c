/* SPDX-License-Identifier: MIT
 *
 * Ids, times and the like of OTLP.
 */
#include "ingest/otlp_value.h"

#include "base/sha256.h"

static bool is_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789abcdefABCDEF", s.p[i]))
			return false;
	return s.n > 0;
}

static bool is_zero(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '0')
			return false;
	return true;
}

static bool from_base64(struct str s, unsigned char *out, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	size_t n = 0;
	int held = 0;
	for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
		const char *at = s.p[i] ? strchr(digits, s.p[i]) : NULL;
		if (!at)
			return false;
		bits = (bits << 6 | (uint32_t)(at - digits)) & 0xffffff;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		if (n < size)
			out[n] = (unsigned char)(bits >> held);
		n++;
	}
	return n == size;
}

struct str otlp_id(struct arena *a, const struct json *v, enum otlp_id size)
{
	struct str s = json_str(v);
	unsigned char bytes[OTLP_TRACE];
	char *out;
	if (is_zero(s))
		return str_c("");
	if (s.n == 2u * size && is_hex(s)) {
		out = arena_cstr(a, s);
		for (size_t i = 0; i < s.n; i++)
			if (out[i] >= 'A' && out[i] <= 'F')
				out[i] = (char)(out[i] - 'A' + 'a');
		return str_n(out, s.n);
	}
	if (s.n != ((size_t)size + 2) / 3 * 4 || !from_base64(s, bytes, size))
		return s;
	out = arena_alloc(a, 2u * size + 1);
	hex_encode(bytes, size, out);
	struct str hex = str_n(out, 2u * size);
	return is_zero(hex) ? str_c("") : hex;
}

int64_t otlp_time(const struct json *v)
{
	int64_t n;
	if (v->type == JSON_STRING)
		return str_to_i64(v->text, &n) && n > 0 ? n : 0;
	return json_i64(v, &n) && n > 0 ? n : 0;
}

enum span_status otlp_status(const struct json *status)
{
	struct str code = json_plain(json_get(status, "code"));
	if (str_eq_c(code, "2") || str_eq_c(code, "STATUS_CODE_ERROR"))
		return SPAN_ERROR;
	return code.n && !str_eq_c(code, "0") && !str_eq_c(code, "STATUS_CODE_UNSET") ? SPAN_OK : SPAN_STATUS_UNSAID;
}

uint64_t otlp_dropped(const struct json *node)
{
	static const char *const names[] = {"droppedAttributesCount", "droppedEventsCount", NULL};
	uint64_t sum = 0;
	double n;
	for (const char *const *name = names; *name; name++)
		if (json_num(json_get(node, *name), true, &n) && n > 0 && n < 1e9)
			sum += (uint64_t)n;
	return sum;
}
