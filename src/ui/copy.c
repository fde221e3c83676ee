/* SPDX-License-Identifier: MIT
 *
 * The control sequence that asks a terminal to take text into its clipboard.
 * See copy.h.
 */
#include "ui/copy.h"

static void base64_add(struct buf *out, struct str s)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < s.n; i += 3) {
		uint32_t v = 0;
		size_t n = s.n - i < 3 ? s.n - i : 3;
		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (k < n ? (unsigned char)s.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_add_ch(out, k <= n ? digits[v >> (18 - 6 * k) & 63] : '=');
	}
}

void copy_sequence(struct buf *out, struct str text)
{
	buf_add_c(out, "\033]52;c;");
	base64_add(out, text);
	buf_add_ch(out, '\a');
}
