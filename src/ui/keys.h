/* SPDX-License-Identifier: MIT
 *
 * Keys and events. A key is a Unicode character, a control code (^A is 1), or
 * one of the named keys above all characters. Names are the spelling used in
 * bindings, help and scripts: j  ^D  <Enter>  <Up>  <F1>.
 */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include "base/buf.h"

enum {
	KEY_TAB = 9,
	KEY_RETURN = 13,
	KEY_ESCAPE = 27,
	KEY_SPACE = 32,
	KEY_BASE = 0x110000,
	KEY_CURSOR_UP,
	KEY_CURSOR_DOWN,
	KEY_CURSOR_LEFT,
	KEY_CURSOR_RIGHT,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_LINE_START, /* Home */
	KEY_LINE_END,   /* End */
	KEY_ERASE,      /* Backspace, also 127 and ^H where the terminal sends that */
	KEY_DELETE,
	KEY_BACK_TAB,
	KEY_FUNCTION,          /* F1 is KEY_FUNCTION + 1 */
	KEY_LAST = KEY_FUNCTION + 13,
};

enum event_kind {
	EVENT_KEY,
	EVENT_PASTE,  /* text */
	EVENT_RESIZE, /* width, height */
	EVENT_WAKE,   /* jobs have something to tell */
	EVENT_EDITED, /* text: what the editor left; absent when it failed */
	EVENT_HANGUP, /* leave now, keep drafts */
};

struct event {
	enum event_kind kind;
	uint32_t key;
	struct str text; /* borrowed */
	int width, height;
};

#define KEY_CTRL(c) ((uint32_t)(c) & 0x1f)

/* Appends the name of a key. */
void key_spell(struct buf *out, uint32_t key);
/* The key a name stands for; false when it is none. */
bool key_parse(struct str name, uint32_t *key);

#endif
