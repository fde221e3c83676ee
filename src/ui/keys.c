/* SPDX-License-Identifier: MIT
 *
 * Names of keys. See keys.h.
 */
#include "ui/keys.h"

#include "base/utf8.h"

static const struct {
	const char *name;
	uint32_t key;
} named[] = {
	{"Enter", KEY_RETURN},
	{"Esc", KEY_ESCAPE},
	{"Tab", KEY_TAB},
	{"BTab", KEY_BACK_TAB},
	{"Space", KEY_SPACE},
	{"Up", KEY_CURSOR_UP},
	{"Down", KEY_CURSOR_DOWN},
	{"Left", KEY_CURSOR_LEFT},
	{"Right", KEY_CURSOR_RIGHT},
	{"PgUp", KEY_PAGE_UP},
	{"PgDn", KEY_PAGE_DOWN},
	{"Home", KEY_LINE_START},
	{"End", KEY_LINE_END},
	{"BS", KEY_ERASE},
	{"Del", KEY_DELETE},
	{"Lt", '<'},
};

void key_spell(struct buf *out, uint32_t key)
{
	for (size_t i = 0; i + 1 < sizeof named / sizeof *named; i++)
		if (named[i].key == key) {
			buf_printf(out, "<%s>", named[i].name);
			return;
		}
	if (key > KEY_FUNCTION && key < KEY_LAST) {
		buf_printf(out, "<F%u>", (unsigned)(key - KEY_FUNCTION));
		return;
	}
	if (key < 0x20) {
		buf_printf(out, "^%c", (char)(key + '@'));
		return;
	}
	char text[4];
	buf_add(out, text, utf8_encode(key, text));
}

static bool parse_named(struct str inner, uint32_t *key)
{
	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if (str_eq_nocase(inner, str_c(named[i].name))) {
			*key = named[i].key;
			return true;
		}
	int64_t number;
	if (inner.n > 1 && (inner.p[0] == 'F' || inner.p[0] == 'f') && str_to_i64(str_sub(inner, 1, inner.n), &number) &&
	    number >= 1 && number <= 12) {
		*key = KEY_FUNCTION + (uint32_t)number;
		return true;
	}
	if (inner.n == 3 && (inner.p[0] == 'C' || inner.p[0] == 'c') && inner.p[1] == '-') {
		*key = KEY_CTRL(inner.p[2]);
		return true;
	}
	return false;
}

bool key_parse(struct str name, uint32_t *key)
{
	if (name.n > 2 && name.p[0] == '<' && name.p[name.n - 1] == '>')
		return parse_named(str_sub(name, 1, name.n - 2), key);
	if (name.n == 2 && name.p[0] == '^' && name.p[1] >= '?' && name.p[1] < 0x7f) {
		*key = KEY_CTRL(name.p[1]);
		return true;
	}
	uint32_t cp;
	if (name.n == 0 || utf8_next(name, &cp) != name.n || cp == UINT32_MAX || cp < 0x20)
		return false;
	*key = cp;
	return true;
}
