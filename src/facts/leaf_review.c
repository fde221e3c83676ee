/* SPDX-License-Identifier: MIT
 *
 * Comparisons about what reviewers said: a walk over the reviews, which are
 * few; all other results have no such value.
 */
#include "facts/internal.h"

struct said {
	const struct node *node;
	bool present, matches;
};

static void say(struct said *s, struct str text)
{
	struct match_value v = {.text = text};
	s->present = true;
	s->matches |= filter_value_matches(s->node, &v);
}

static void say_number(struct said *s, double num)
{
	struct match_value v = {.has_num = true, .num = num};
	s->present = true;
	s->matches |= filter_value_matches(s->node, &v);
}

static void say_tags(struct said *s, struct str tags)
{
	struct str tag;
	while (str_cut(&tags, ',', &tag)) {
		tag = str_trim(tag);
		if (tag.n)
			say(s, tag);
	}
}

static void say_entry(struct said *s, const struct entry *e)
{
	enum field_id id = s->node->field->id;
	if (id == F_REVIEWER && str_eq_c(e->kind, "annotation"))
		say(s, e->reviewer);
	else if (id == F_TAG)
		say_tags(s, e->tags);
	else if (id == F_NOTE && e->note.n)
		say(s, e->note);
	else if (id == F_HAS && e->tags.n)
		say(s, str_c("tag"));
}

static void say_review(struct said *s, const struct leaf *l, size_t i)
{
	const struct facts *f = l->f;
	const struct review *r = &f->reviews[i];
	enum decider who;
	switch (s->node->field->id) {
	case F_REVIEWED:
		say(s, str_c("yes"));
		return;
	case F_REVIEWERS:
		say_number(s, r->reviewers);
		return;
	case F_RULING: {
		const char *word = facts_ruling((enum outcome)f->c.outcome[f->review_ids[i]], review_outcome(r, l->order, &who));
		if (*word)
			say(s, str_c(word));
		return;
	}
	case F_HAS:
		if (r->has_note)
			say(s, str_c("note"));
		if (r->moved)
			say(s, str_c("moved"));
		break;
	default:
		break;
	}
	for (size_t k = f->review_at[i]; k < f->review_at[i + 1]; k++)
		say_entry(s, &f->annotations[f->review_entries[k]].entry);
}

/* What holds for a result that nobody looked at. */
static bool unreviewed_matches(const struct node *node)
{
	struct said s = {.node = node};
	if (node->field->id != F_REVIEWERS)
		return filter_wants_absent(node);
	say_number(&s, 0);
	return s.matches;
}

void leaf_review(const struct leaf *l, const struct node *node, const struct bitset *within, struct bitset *out)
{
	const struct facts *f = l->f;
	bool others = node->field->id != F_HAS && unreviewed_matches(node);
	if (others)
		bitset_or(out, within);
	for (size_t i = 0; i < f->nreviews; i++) {
		struct said s = {.node = node};
		if (!bitset_test(within, f->review_ids[i]))
			continue;
		say_review(&s, l, i);
		if (s.matches || (!s.present && node->field->id != F_HAS && filter_wants_absent(node)))
			bitset_set(out, f->review_ids[i]);
		else if (others)
			bitset_clear(out, f->review_ids[i]);
	}
}
