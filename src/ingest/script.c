/* SPDX-License-Identifier: MIT
 *
 * Turns of a conversation that is written as a script: "USER: …" at the start of a line.
 */
#include "ingest/script.h"

static bool speaker_of(struct str line, struct str *rest, enum role *role)
{
	struct str name;
	*rest = line;
	if (!str_cut(rest, ':', &name) || !rest->p || !name.n || name.n > 12)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < 'A' || name.p[i] > 'Z')
			return false;
	*role = str_eq_c(name, "LAMDA") ? ROLE_ASSISTANT : role_parse(name);
	*rest = str_trim(*rest);
	return *role != ROLE_OTHER;
}

static void say(struct sink *s, enum role role, struct buf *words)
{
	struct str text = str_trim(buf_str(words));
	if (text.n)
		sink_turn(s, &(struct sink_turn){.role = role, .content = text});
	buf_clear(words);
}

void script_turns(struct sink *s, struct str text)
{
	struct str rest = text, line;
	struct buf words = {0};
	enum role role = ROLE_USER;
	while (str_cut(&rest, '\n', &line)) {
		struct str said;
		enum role next;
		if (!speaker_of(line, &said, &next)) {
			buf_add_c(&words, words.n ? "\n" : "");
			buf_add_str(&words, line);
			continue;
		}
		say(s, role, &words);
		buf_add_str(&words, said);
		role = next;
	}
	say(s, role, &words);
	buf_fini(&words);
}
