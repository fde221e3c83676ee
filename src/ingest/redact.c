/* SPDX-License-Identifier: MIT
 *
 * Two tests: the name of a value (a secret name with a value that is no plain
 * number), and shapes of keys inside any text. Better too much than a leak:
 * this is applied to configuration and facts beside the transcript only.
 */
#include "ingest/redact.h"

static const char *const secret_names[] = {
        "key", "token", "secret", "authorization", "cookie", "password", "passwd", "credential"};
/* Names that hold one of those words and mean something else. */
static const char *const harmless_names[] = {"keyword", "keyboard", "monkey", "hotkey", "keystroke", "tokenizer", "max_token",
        "num_token", "tokens_in", "tokens_out", "total_token", "token_count", "token_limit", "token_usage", "n_token"};

/* What starts a key, how many bytes of its alphabet must follow, and that alphabet. */
static const struct shape {
	const char *start;
	size_t min;
	const char *more; /* beside letters and digits */
} shapes[] = {
        {"sk-", 16, "-_"},
        {"pk-", 20, "-_"},
        {"rk-", 20, "-_"},
        {"AKIA", 12, ""},
        {"ASIA", 12, ""},
        {"ghp_", 20, ""},
        {"gho_", 20, ""},
        {"github_pat_", 20, "_"},
        {"glpat-", 16, "-_"},
        {"xoxb-", 10, "-"},
        {"xoxp-", 10, "-"},
        {"AIza", 30, "-_"},
        {"hf_", 20, ""},
        {"eyJ", 30, "-_."},
        {"Bearer ", 8, "-_.~+/="},
        {"bearer ", 8, "-_.~+/="},
        {"Basic ", 12, "+/="},
        {"-----BEGIN ", 4, " -+/=\n\r"},
};

static bool holds(struct str s, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= s.n; i++)
		if (str_eq_nocase(str_n(s.p + i, n), str_n(word, n)))
			return true;
	return false;
}

bool redact_key(struct str key)
{
	for (size_t i = 0; i < sizeof harmless_names / sizeof *harmless_names; i++)
		if (holds(key, harmless_names[i]))
			return false;
	for (size_t i = 0; i < sizeof secret_names / sizeof *secret_names; i++)
		if (holds(key, secret_names[i]))
			return true;
	return false;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static size_t run_length(struct str s, size_t at, const char *more)
{
	size_t n = 0;
	while (at + n < s.n && (is_alnum(s.p[at + n]) || (s.p[at + n] && strchr(more, s.p[at + n]))))
		n++;
	return n;
}

/* Length of the key that starts at `at`, 0 for none; *keep gets the bytes in front that stay. */
static size_t key_at(struct str s, size_t at, size_t *keep)
{
	if (at > 0 && is_alnum(s.p[at - 1]))
		return 0;
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		size_t n = strlen(shapes[i].start);
		if (s.n - at < n || memcmp(s.p + at, shapes[i].start, n) != 0)
			continue;
		size_t more = run_length(s, at + n, shapes[i].more);
		if (more < shapes[i].min)
			continue;
		*keep = shapes[i].start[n - 1] == ' ' ? n : 0;
		return n + more;
	}
	return 0;
}

/* "api_key=0123…", "token: abc…": a secret word, a separator, at least 20 bytes of base64 or hex. */
static size_t assigned_at(struct str s, size_t at, size_t *keep)
{
	if (at == 0 || !strchr("=: \"'", s.p[at - 1]) || !is_alnum(s.p[at]))
		return 0;
	size_t word = at;
	while (word > 0 && s.p[word - 1] && strchr("=: \"'", s.p[word - 1]))
		word--;
	size_t start = word;
	while (start > 0 && word - start < 40 && (is_alnum(s.p[start - 1]) || (s.p[start - 1] && strchr("_-", s.p[start - 1]))))
		start--;
	*keep = 0;
	size_t n = run_length(s, at, "+/=_-.");
	return n >= 20 && redact_key(str_n(s.p + start, word - start)) ? n : 0;
}

struct str redact_value(struct arena *a, struct str s)
{
	struct buf b = {0};
	size_t done = 0;
	for (size_t at = 0; at < s.n;) {
		size_t keep = 0, n = key_at(s, at, &keep);
		if (n == 0)
			n = assigned_at(s, at, &keep);
		if (n == 0) {
			at++;
			continue;
		}
		buf_add(&b, s.p + done, at + keep - done);
		buf_add_c(&b, "[redacted]");
		at += n;
		done = at;
	}
	if (done == 0) {
		buf_fini(&b);
		return s;
	}
	buf_add(&b, s.p + done, s.n - done);
	struct str out = arena_str(a, buf_str(&b));
	buf_fini(&b);
	return out;
}

static bool is_plain(const struct json *v)
{
	double num;
	return v->type == JSON_NULL || v->type == JSON_BOOL || v->type == JSON_NAN || v->type == JSON_NUMBER ||
	       (v->type == JSON_STRING && (v->text.n == 0 || str_to_double(v->text, &num)));
}

void redact_json(struct buf *out, struct arena *a, const struct json *node)
{
	if (node->type == JSON_STRING) {
		json_write_str(out, redact_value(a, node->text));
		return;
	}
	if (node->type != JSON_OBJECT && node->type != JSON_ARRAY) {
		json_write_node(out, node);
		return;
	}
	bool object = node->type == JSON_OBJECT;
	buf_add_ch(out, object ? '{' : '[');
	const char *comma = "";
	JSON_EACH(it, node)
	{
		buf_add_c(out, comma);
		comma = ",";
		if (object) {
			json_write_str(out, it->key);
			buf_add_ch(out, ':');
		}
		if (object && redact_key(it->key) && !is_plain(it))
			buf_add_c(out, "\"[redacted]\"");
		else
			redact_json(out, a, it);
	}
	buf_add_ch(out, object ? '}' : ']');
}
