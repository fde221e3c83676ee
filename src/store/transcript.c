/* SPDX-License-Identifier: MIT
 *
 * The packed transcript, written and read in its one spelling.
 */
#include "store/transcript.h"

#include <inttypes.h>

#include "base/json.h"

static void member_name(struct buf *out, bool *first, const char *name)
{
	buf_add_c(out, *first ? "\"" : ",\"");
	buf_add_c(out, name);
	buf_add_c(out, "\":");
	*first = false;
}

static void write_str(struct buf *out, bool *first, const char *name, struct str s)
{
	if (!s.p)
		return;
	member_name(out, first, name);
	json_write_str(out, s);
}

static void write_int(struct buf *out, bool *first, const char *name, int64_t v)
{
	if (!v)
		return;
	member_name(out, first, name);
	buf_printf(out, "%" PRId64, v);
}

/* The turn that answers a call, when it exists. */
static const struct turn *answer_of(const struct transcript *t, const struct call *c)
{
	return c->answer && c->answer <= t->n ? &t->turns[c->answer - 1] : NULL;
}

static void write_call(struct buf *out, const struct transcript *t, const struct call *c)
{
	const struct turn *answer = answer_of(t, c);
	bool first = true;
	buf_add_ch(out, '{');
	write_str(out, &first, "id", c->id);
	write_str(out, &first, "name", c->name);
	write_str(out, &first, "arguments", c->arguments);
	if (answer)
		write_int(out, &first, "answer", c->answer);
	else
		write_str(out, &first, "result", c->result);
	/* An error that the answering turn states is said there. */
	if (!answer || !answer->error.p || !c->error.p || !str_eq(answer->error, c->error))
		write_str(out, &first, "error", c->error);
	buf_add_ch(out, '}');
}

static void write_turn(struct buf *out, const struct transcript *t, const struct turn *turn)
{
	bool first = true;
	buf_add_ch(out, '{');
	write_str(out, &first, "role",
		turn->role == ROLE_OTHER && turn->role_text.p ? turn->role_text : str_c(role_name(turn->role)));
	write_str(out, &first, "name", turn->name);
	write_str(out, &first, "content", turn->content);
	write_str(out, &first, "reasoning", turn->reasoning);
	write_int(out, &first, "at", turn->at_ms);
	write_str(out, &first, "error", turn->error);
	if (turn->outcome)
		write_str(out, &first, "outcome", str_c(outcome_name(turn->outcome)));
	write_str(out, &first, "id", turn->tool_call_id);
	write_str(out, &first, "parent", turn->parent);
	if (turn->ncalls) {
		member_name(out, &first, "calls");
		buf_add_ch(out, '[');
		for (size_t i = 0; i < turn->ncalls; i++) {
			if (i)
				buf_add_ch(out, ',');
			write_call(out, t, &turn->calls[i]);
		}
		buf_add_ch(out, ']');
	}
	buf_add_ch(out, '}');
}

void transcript_write(struct buf *out, const struct transcript *t)
{
	buf_add_ch(out, '[');
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			buf_add_ch(out, ',');
		write_turn(out, t, &t->turns[i]);
	}
	buf_add_ch(out, ']');
}

static enum role known_role(struct str word)
{
	for (int r = ROLE_OTHER; r < ROLE_COUNT; r++)
		if (str_eq_c(word, role_name((enum role)r)))
			return (enum role)r;
	return ROLE_OTHER;
}

static void read_call(const struct json *node, struct call *c)
{
	int64_t answer = 0;
	c->id = json_str(json_get(node, "id"));
	c->name = json_str(json_get(node, "name"));
	c->arguments = json_str(json_get(node, "arguments"));
	if (json_i64(json_get(node, "answer"), &answer) && answer > 0 && answer <= UINT32_MAX)
		c->answer = (uint32_t)answer;
	c->result = json_str(json_get(node, "result"));
	c->error = json_str(json_get(node, "error"));
}

static void read_turn(struct arena *a, const struct json *node, struct turn *t)
{
	struct str role = json_str(json_get(node, "role"));
	const struct json *calls = json_get(node, "calls");
	t->role = known_role(role);
	if (t->role == ROLE_OTHER && !str_eq_c(role, role_name(ROLE_OTHER)))
		t->role_text = role;
	t->name = json_str(json_get(node, "name"));
	t->content = json_str(json_get(node, "content"));
	t->reasoning = json_str(json_get(node, "reasoning"));
	json_i64(json_get(node, "at"), &t->at_ms);
	t->error = json_str(json_get(node, "error"));
	outcome_parse(json_str(json_get(node, "outcome")), &t->outcome);
	t->tool_call_id = json_str(json_get(node, "id"));
	t->parent = json_str(json_get(node, "parent"));
	if (calls->type != JSON_ARRAY || !calls->count)
		return;
	t->calls = arena_calloc(a, calls->count, sizeof *t->calls);
	JSON_EACH(call, calls)
	read_call(call, &t->calls[t->ncalls++]);
}

/* Results and errors that lie in the answering turn. */
static void resolve(struct transcript *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t j = 0; j < t->turns[i].ncalls; j++) {
			struct call *c = &t->turns[i].calls[j];
			const struct turn *answer = answer_of(t, c);
			if (answer) {
				c->result = answer->content;
				if (!c->error.p)
					c->error = answer->error;
			}
			c->answered = answer || c->result.p || c->error.p;
		}
}

enum status transcript_read(struct arena *a, struct str body, struct transcript *out, struct err *err)
{
	const struct json *root;
	*out = (struct transcript){0};
	enum status status = json_read(a, body, NULL, &root, err);
	if (status) {
		err_prefix(err, "packed transcript");
		return status;
	}
	if (root->type != JSON_ARRAY)
		return err_fail(err, "packed transcript: not an array of turns");
	out->turns = arena_calloc(a, root->count + 1, sizeof *out->turns);
	JSON_EACH(node, root)
	read_turn(a, node, &out->turns[out->n++]);
	resolve(out);
	return OK;
}

static bool has_call(const struct turn *t, struct str id)
{
	for (size_t i = 0; i < t->ncalls; i++)
		if (str_eq(t->calls[i].id, id))
			return true;
	return false;
}

uint32_t transcript_starter(const struct transcript *t, size_t i)
{
	struct str id = t->turns[i].parent;
	for (size_t k = i; id.n && k-- > 0;)
		if (has_call(&t->turns[k], id))
			return (uint32_t)k + 1;
	for (size_t k = i; id.n && k < t->n; k++)
		if (has_call(&t->turns[k], id))
			return (uint32_t)k + 1;
	return 0;
}
