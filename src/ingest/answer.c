/* SPDX-License-Identifier: MIT
 *
 * One prompt, one answer.
 */
#include "ingest/answer.h"

void answer_turns(struct sink *s, struct str prompt, struct str response)
{
	if (prompt.p)
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = prompt});
	if (response.p)
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = response});
}

struct str answer_item(struct arena *a, struct str prompt)
{
	char hash[SHORT_HASH];
	short_hash(prompt.p ? prompt : str_c(""), hash);
	return arena_printf(a, "prompt-%s", hash);
}

/* "a/b/" of "a/b/c.json". */
static struct str folder_of(const char *path)
{
	struct str s = str_c(path);
	while (s.n && s.p[s.n - 1] != '/' && s.p[s.n - 1] != '!')
		s.n--;
	return s;
}

struct str answer_run(struct arena *a, const char *path, struct str name)
{
	struct str folder = folder_of(path);
	return arena_printf(a, "%.*s%.*s", (int)folder.n, folder.p, (int)name.n, name.p ? name.p : "");
}

struct str answer_folder(const char *path, size_t up)
{
	struct str rest = folder_of(path), name = {0};
	for (; up && rest.n; up--) {
		rest.n--;
		size_t end = rest.n;
		while (rest.n && rest.p[rest.n - 1] != '/' && rest.p[rest.n - 1] != '!')
			rest.n--;
		name = str_sub(str_c(path), rest.n, end - rest.n);
	}
	return up || !name.n || str_eq_c(name, ".") || str_eq_c(name, "..") ? (struct str){0} : name;
}

bool answer_score(struct sink *s, const struct json *node, const char *name, struct str rater)
{
	struct in_score score;
	if (json_is_null(node))
		return false;
	score_of(node, name, &score);
	score.rater = rater;
	sink_score(s, &score);
	return true;
}

struct record answer_part(struct answer_place *p, const struct walked *w, const struct json *node)
{
	struct record part = *w->record;
	if (!p->at) {
		p->at = part.text.p;
		p->line = part.line;
	}
	for (const char *lf = p->at; lf < node->src.p && (lf = memchr(lf, '\n', (size_t)(node->src.p - lf))); lf++)
		p->line++;
	p->at = node->src.p;
	part.offset += (uint64_t)(node->src.p - part.text.p);
	part.text = node->src;
	part.line = p->line;
	return part;
}

struct str str_without(struct str text, const char *ending)
{
	if (str_ends(text, ending))
		text.n -= strlen(ending);
	return text;
}

struct str str_cut_last(struct str *text, char sep)
{
	for (size_t i = text->n; i-- > 0;) {
		if (text->p[i] != sep)
			continue;
		struct str last = str_sub(*text, i + 1, text->n);
		text->n = i;
		return last;
	}
	return (struct str){0};
}
