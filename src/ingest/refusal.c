/* SPDX-License-Identifier: MIT
 *
 * Openings in lower case, with a plain apostrophe; the first sentence counts.
 */
#include "ingest/refusal.h"

static const char *const openings[] = {
        "i can't",
        "i cannot",
        "i can not",
        "i won't",
        "i will not",
        "i'm sorry",
        "i am sorry",
        "sorry,",
        "i apologize",
        "i'm not able to",
        "i am not able to",
        "i'm unable to",
        "i am unable to",
        "i must decline",
        "i have to decline",
        "i'm not going to",
        "as an ai",
        "no, i can't",
        "i do not feel comfortable",
        "i don't feel comfortable",
        "i'm not comfortable",
        "i'd rather not",
        "i refuse",
        "unfortunately, i can",
        "我不能",
        "抱歉",
        "对不起",
};

/* U+2019 is what models write for an apostrophe. */
static size_t plain_start(struct str s, char *out, size_t cap)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n && n < cap; i++) {
		if (s.n - i >= 3 && memcmp(s.p + i, "\xe2\x80\x99", 3) == 0) {
			out[n++] = '\'';
			i += 2;
		} else {
			out[n++] = s.p[i];
		}
	}
	return n;
}

bool refusal_opening(struct str answer)
{
	char start[48];
	struct str s = str_trim(answer);
	size_t n = plain_start(s, start, sizeof start);
	for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
		size_t len = strlen(openings[i]);
		if (len <= n && str_eq_nocase(str_n(start, len), str_n(openings[i], len)))
			return true;
	}
	return false;
}
