/* SPDX-License-Identifier: MIT
 *
 * Rules from text: FILTER => set NAME=VALUE …, and the table of what can be
 * set.
 */
#include "ingest/ruleset.h"

#include <stdlib.h>

#include "base/mem.h"

struct ruleset *ruleset_new(void)
{
	return xcalloc(1, sizeof(struct ruleset));
}

void ruleset_free(struct ruleset *rs)
{
	if (!rs)
		return;
	for (size_t i = 0; i < rs->n; i++)
		filter_free(rs->rules[i].filter);
	free(rs->rules);
	dict_fini(&rs->items);
	free(rs->first_label);
	free(rs->labels);
	free(rs->next_label);
	arena_fini(&rs->arena);
	free(rs);
}

void category_split(struct str text, struct str *taxonomy, struct str *path)
{
	struct str rest = text, head;
	str_cut(&rest, ':', &head);
	*taxonomy = rest.p ? head : str_c("category");
	*path = rest.p ? rest : text;
}

/* ---- what can be set ---- */

static bool read_outcome(struct str v, struct assign *a)
{
	enum outcome o;
	if (!outcome_parse(v, &o) || o == OUTCOME_NONE)
		return false;
	a->word = (int)o;
	return true;
}

static bool read_severity(struct str v, struct assign *a)
{
	enum severity s;
	if (!severity_parse(v, &s))
		return false;
	a->word = (int)s;
	return true;
}

static bool read_kind(struct str v, struct assign *a)
{
	enum task_kind k;
	if (!kind_parse(v, &k))
		return false;
	a->word = (int)k;
	return true;
}

static bool read_text(struct str v, struct assign *a)
{
	a->text = v;
	return v.n > 0;
}

static bool read_category(struct str v, struct assign *a)
{
	if (a->op == ASSIGN)
		return str_eq_nocase(v, str_c("none"));
	a->text = v;
	category_split(v, &a->taxonomy, &a->path);
	return a->path.n > 0 && a->taxonomy.n > 0;
}

static bool read_turn(struct str v, struct assign *a)
{
	int64_t n;
	if (str_eq_nocase(v, str_c("last"))) {
		a->turn = FAIL_TURN_LAST;
		return true;
	}
	if (!str_to_i64(v, &n) || n < 1 || n >= FAIL_TURN_LAST)
		return false;
	a->turn = (uint32_t)n;
	return true;
}

static const struct settable {
	const char *name, *values;
	bool (*read)(struct str v, struct assign *a);
} settable[SET_COUNT] = {
        [SET_OUTCOME] = {"outcome", "pass, fail, unsure, missing, invalid", read_outcome},
        [SET_SEVERITY] = {"severity", "none, low, medium, high, critical, unrated", read_severity},
        [SET_ITEM_SEVERITY] = {"item_severity", "none, low, medium, high, critical, unrated", read_severity},
        [SET_KIND] = {"kind", "safety, capability, utility, over-refusal", read_kind},
        [SET_ALIAS] = {"alias", "a text", read_text},
        [SET_CATEGORY] = {"category", "category+=TAXONOMY:PATH, category-=GLOB or category=none", read_category},
        [SET_FAIL_TURN] = {"fail_turn", "a number from 1, or last", read_turn},
        [SET_SCORE] = {"score", "the name of a score", read_text},
};

static bool find_settable(struct str name, enum assign_field *field, const char **near)
{
	size_t best = 3;
	*near = NULL;
	for (int i = 0; i < SET_COUNT; i++) {
		if (str_eq_c(name, settable[i].name)) {
			*field = (enum assign_field)i;
			return true;
		}
		size_t d = str_distance(name, str_c(settable[i].name), 2);
		if (d < best) {
			best = d;
			*near = settable[i].name;
		}
	}
	return false;
}

/* ---- one line ---- */

struct parser {
	struct ruleset *rs;
	const char *origin;
	unsigned line;
	struct str text; /* the whole line */
	size_t at;
};

static enum status complain(
        const struct parser *p, size_t at, struct err *err, const char *what, struct str word, const char *more)
{
	return err_usage(err, "%s, line %u, column %zu: %s%.*s%s", p->origin, p->line, at + 1, what,
	        (int)(word.n > 80 ? 80 : word.n), word.p ? word.p : "", more);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The arrow that is not inside quotes, or SIZE_MAX. */
static size_t find_arrow(struct str s)
{
	bool quoted = false;
	for (size_t i = 0; i + 1 < s.n; i++) {
		if (quoted && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && s.p[i] == '=' && s.p[i + 1] == '>')
			return i;
	}
	return SIZE_MAX;
}

/* The next word of the assignments; "…" inside it may hold blanks. END at the end. */
static enum status next_word(struct parser *p, struct str *word, size_t *start)
{
	while (p->at < p->text.n && is_blank(p->text.p[p->at]))
		p->at++;
	*start = p->at;
	bool quoted = false;
	for (; p->at < p->text.n && (quoted || !is_blank(p->text.p[p->at])); p->at++)
		if (p->text.p[p->at] == '"')
			quoted = !quoted;
	*word = str_sub(p->text, *start, p->at - *start);
	return word->n ? OK : END;
}

static struct str unquote(struct str v)
{
	return v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"' ? str_sub(v, 1, v.n - 2) : v;
}

static enum status read_assign(struct parser *p, struct str word, size_t start, struct assign *a, struct err *err)
{
	struct str rest = word, name;
	str_cut(&rest, '=', &name);
	if (!rest.p)
		return complain(p, start, err, "expected NAME=VALUE, not \"", word, "\"");
	*a = (struct assign){.op = ASSIGN};
	if (name.n && (name.p[name.n - 1] == '+' || name.p[name.n - 1] == '-')) {
		a->op = name.p[name.n - 1] == '+' ? ASSIGN_ADD : ASSIGN_REMOVE;
		name.n--;
	}
	const char *near;
	if (!find_settable(name, &a->field, &near)) {
		struct str hint = arena_printf(&p->rs->arena, near ? "\"; did you mean %s?" : "\" can not be set", near);
		return complain(p, start, err, "\"", name, hint.p);
	}
	struct str value = unquote(rest);
	if ((a->op != ASSIGN && a->field != SET_CATEGORY) || !settable[a->field].read(value, a)) {
		struct str hint =
		        arena_printf(&p->rs->arena, "\": %s takes %s", settable[a->field].name, settable[a->field].values);
		return complain(p, start, err, "\"", word, hint.p);
	}
	return OK;
}

static enum status read_assigns(struct parser *p, struct rule *r, struct err *err)
{
	struct str word;
	size_t start, cap = 0;
	struct assign *list = NULL;
	enum status st = OK;
	if (next_word(p, &word, &start) || !str_eq_c(word, "set"))
		return complain(p, start, err, "expected \"set\" after =>", (struct str){0}, "");
	while (!st && next_word(p, &word, &start) == OK) {
		list = r->nassigns == cap ? vec_grow(list, &cap, r->nassigns + 1, sizeof *list) : list;
		st = read_assign(p, word, start, &list[r->nassigns], err);
		r->nassigns++;
	}
	if (!st && !r->nassigns)
		st = complain(p, p->at, err, "nothing is set", (struct str){0}, "");
	if (!st) {
		r->assigns = arena_alloc(&p->rs->arena, r->nassigns * sizeof *list);
		memcpy(r->assigns, list, r->nassigns * sizeof *list);
	}
	free(list);
	return st;
}

static enum status read_rule(struct parser *p, struct rule *r, struct err *err)
{
	size_t arrow = find_arrow(p->text), bad = 0;
	if (arrow == SIZE_MAX)
		return complain(p, 0, err, "a rule is FILTER => set NAME=VALUE …", (struct str){0}, "");
	const struct filter_env env = {.rules = true};
	enum status st = filter_parse(str_trim(str_sub(p->text, 0, arrow)), &env, &r->filter, &bad, err);
	if (st) {
		err_prefix(err, "%s, line %u, column %zu", p->origin, p->line, bad + 1);
		return st;
	}
	p->at = arrow + 2;
	st = read_assigns(p, r, err);
	if (st)
		filter_free(r->filter);
	return st;
}

static enum status add_line(
        struct ruleset *rs, const char *origin, unsigned line, struct str format, struct str text, struct err *err)
{
	struct rule r = {.origin = origin, .line = line, .format = format, .text = text};
	struct parser p = {.rs = rs, .origin = origin, .line = line, .text = text};
	enum status st = read_rule(&p, &r, err);
	if (st)
		return st;
	r.why = arena_printf(&rs->arena, "%s:%u", origin, line);
	if (rs->n == rs->cap)
		rs->rules = vec_grow(rs->rules, &rs->cap, rs->n + 1, sizeof *rs->rules);
	rs->rules[rs->n++] = r;
	return OK;
}

enum status ruleset_add(struct ruleset *rs, const char *origin, struct str format, struct str text, struct err *err)
{
	struct str rest = arena_str(&rs->arena, text.p ? text : str_c("")), line;
	origin = arena_cstr(&rs->arena, str_c(origin));
	format = arena_str(&rs->arena, format);
	enum status st = OK;
	for (unsigned n = 1; !st && str_cut(&rest, '\n', &line); n++) {
		line = str_trim(line);
		if (line.n && line.p[0] != '#')
			st = add_line(rs, origin, n, format, line, err);
	}
	return st;
}

enum status ruleset_add_line(
        struct ruleset *rs, const char *origin, unsigned line, struct str format, struct str text, struct err *err)
{
	return add_line(
	        rs, arena_cstr(&rs->arena, str_c(origin)), line, arena_str(&rs->arena, format), arena_str(&rs->arena, text), err);
}

void ruleset_drop_origin(struct ruleset *rs, struct str origin)
{
	size_t kept = 0;
	for (size_t i = 0; i < rs->n; i++) {
		if (!rs->rules[i].format.p && str_eq_c(origin, rs->rules[i].origin))
			filter_free(rs->rules[i].filter);
		else
			rs->rules[kept++] = rs->rules[i];
	}
	rs->n = kept;
}

bool ruleset_sets_turn(const struct ruleset *rs)
{
	for (size_t i = 0; i < rs->n; i++)
		for (size_t k = 0; k < rs->rules[i].nassigns; k++)
			if (rs->rules[i].assigns[k].field == SET_FAIL_TURN)
				return true;
	return false;
}

size_t ruleset_count(const struct ruleset *rs)
{
	return rs->n;
}

struct str ruleset_text(const struct ruleset *rs, size_t i, const char **origin, unsigned *line)
{
	if (origin)
		*origin = rs->rules[i].origin;
	if (line)
		*line = rs->rules[i].line;
	return rs->rules[i].text;
}
