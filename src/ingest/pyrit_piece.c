/* SPDX-License-Identifier: MIT
 *
 * A piece of a message under its old and new field names.
 */
#include "ingest/imp_pyrit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "ingest/pyliteral.h"

static const struct json absent;

/* The first of these members that is there, as text. */
static struct str text_of(const struct piece_source *from, const char *const *names)
{
	for (; *names; names++) {
		struct str s = from->object ? json_plain(json_get(from->object, *names))
					    : csvtable_cell(from->table, from->cells, csvtable_column(from->table, *names));
		if (s.p)
			return s;
	}
	return (struct str){0};
}

/* The same as a tree that lives in p->keep: JSON, or what Python prints of it. */
static const struct json *tree_of(struct pyrit *p, const struct piece_source *from, const char *const *names)
{
	struct str text = text_of(from, names);
	const struct json *node = &absent;
	struct err unread = {0};
	if (!text.n || !strchr("{[(", text.p[0]))
		return &absent;
	text = arena_str(&p->keep, text);
	if (json_read(&p->keep, text, NULL, &node, NULL) != OK && pyliteral_read(&p->keep, text, &node, &unread) != OK)
		node = &absent;
	err_fini(&unread);
	return node;
}

static struct str first_text(const struct json *node, const char *const *names)
{
	for (; *names; names++)
		if (json_plain(json_get(node, *names)).n)
			return json_plain(json_get(node, *names));
	return (struct str){0};
}

static struct str model_of(const struct json *target)
{
	static const char *const names[] = {"model_name", "deployment_name", "model", NULL}, *const types[] = {"__type__",
		"class_name", NULL};
	struct str model = first_text(target, names);
	if (!model.n)
		model = first_text(json_get(target, "params"), names);
	return model.n ? model : first_text(target, types);
}

/* What stands for a file: its type and hash, for its path tells of somebody's machine. */
static struct str content(struct pyrit *p, struct str text, struct str type, struct str hash)
{
	if (!type.n || str_eq_c(type, "text") || str_eq_c(type, "error"))
		return arena_str(&p->keep, text);
	return arena_printf(&p->keep, "[%.*s%s%.*s]", (int)type.n, type.p, hash.n ? " sha256:" : "", (int)(hash.n < 16 ? hash.n : 16),
		hash.n ? hash.p : "");
}

static void take_text(struct pyrit *p, const struct piece_source *from, struct piece *it)
{
	static const char *const original[] = {"original_value", "original_prompt_text", NULL};
	static const char *const original_type[] = {"original_value_data_type", "original_prompt_data_type", NULL};
	static const char *const original_hash[] = {"original_value_sha256", "original_prompt_data_sha256", NULL};
	static const char *const converted[] = {"converted_value", "converted_prompt_text", NULL};
	static const char *const converted_type[] = {"converted_value_data_type", "converted_prompt_data_type", NULL};
	static const char *const converted_hash[] = {"converted_value_sha256", "converted_prompt_data_sha256", NULL};
	it->prompt = content(p, text_of(from, original), text_of(from, original_type), text_of(from, original_hash));
	it->text = content(p, text_of(from, converted), text_of(from, converted_type), text_of(from, converted_hash));
	if (!it->text.p)
		it->text = it->prompt;
	else if (!str_eq(it->text, it->prompt))
		it->original = it->prompt;
}

static int64_t number_of(struct str s)
{
	int64_t n;
	return str_to_i64(str_trim(s), &n) ? n : -1;
}

static int64_t time_in(struct str s)
{
	int64_t ms;
	bool zone;
	return s.n && clock_parse(s, &ms, &zone) ? ms : 0;
}

static struct str kept(struct pyrit *p, const struct piece_source *from, const char *name)
{
	const char *const names[] = {name, NULL};
	return arena_str(&p->keep, text_of(from, names));
}

static void fill(struct pyrit *p, const struct piece_source *from, struct piece *it)
{
	static const char *const targets[] = {"prompt_target_identifier", "prompt_target", NULL};
	static const char *const attacks[] = {"attack_identifier", "orchestrator_identifier", "orchestrator", NULL};
	static const char *const converters[] = {"converter_identifiers", "converters", NULL};
	static const char *const scores[] = {"scores", NULL}, *const labels[] = {"labels", NULL};
	static const char *const ids[] = {"id", "hash", NULL}, *const types[] = {"__type__", "class_name", NULL};
	static const char *const errors[] = {"response_error", "error", NULL};
	const struct json *attack = tree_of(p, from, attacks);
	it->role = kept(p, from, "role");
	it->sequence = number_of(kept(p, from, "sequence"));
	it->at_ms = time_in(kept(p, from, "timestamp"));
	it->originator = kept(p, from, "originator");
	it->error = arena_str(&p->keep, text_of(from, errors));
	if (!it->error.n || str_eq_c(it->error, "none") || str_eq_c(it->error, "None"))
		it->error = (struct str){0};
	it->model = model_of(tree_of(p, from, targets));
	it->run = first_text(attack, ids);
	it->attack = first_text(attack, types);
	it->converters = tree_of(p, from, converters);
	it->scores = tree_of(p, from, scores);
	it->labels = tree_of(p, from, labels);
	take_text(p, from, it);
}

void pyrit_add(struct pyrit *p, const struct piece_source *from, const struct record *place, uint32_t repairs)
{
	static const char *const names[] = {"conversation_id", NULL};
	struct str id = text_of(from, names);
	if (!id.n) {
		sink_skip(p->im->sink, place->line, "no conversation_id");
		return;
	}
	uint32_t which = dict_add(&p->ids, id);
	size_t before = p->list_cap;
	p->list = vec_grow(p->list, &p->list_cap, p->ids.n, sizeof *p->list);
	if (p->list_cap > before)
		memset(p->list + before, 0, (p->list_cap - before) * sizeof *p->list);
	p->pieces = vec_grow(p->pieces, &p->pieces_cap, p->npieces + 1, sizeof *p->pieces);
	struct piece *it = &p->pieces[p->npieces++];
	*it = (struct piece){.place = *place, .repairs = repairs};
	it->place.text = str_n("", 0);
	fill(p, from, it);
	struct conversation *c = &p->list[which];
	if (c->last)
		p->pieces[c->last - 1].next = p->npieces;
	else
		c->first = p->npieces;
	c->last = p->npieces;
	c->n++;
}
