/* SPDX-License-Identifier: MIT
 *
 * Items of a Codex thread as turns. A thread has no turn of the model's for a call alone: a call belongs to the message
 * or the output before it; where that would be a user's, to the turn of its own output.
 */
#include "ingest/imp_codex.h"

void codex_init(struct codex *c, struct import *im)
{
	*c = (struct codex){.im = im};
	c->end = &c->first;
	c->waiting_end = &c->waiting;
}

static struct codex_turn *add_turn(struct codex *c, const struct sink_turn *turn)
{
	struct codex_turn *t = arena_calloc(&c->lines.arena, 1, sizeof *t);
	t->turn = *turn;
	t->last = &t->calls;
	*c->end = c->last = t;
	c->end = &t->next;
	return t;
}

static struct str joined(struct codex *c, struct str a, struct str b)
{
	if (!a.n || !b.n)
		return a.n ? a : b;
	return arena_printf(&c->lines.arena, "%.*s\n%.*s", (int)a.n, a.p, (int)b.n, b.p);
}

static void take_thoughts(struct codex *c, struct codex_turn *t)
{
	t->turn.reasoning = joined(c, t->turn.reasoning, c->thoughts);
	c->thoughts = (struct str){0};
}

static void take_waiting(struct codex *c, struct codex_turn *t)
{
	if (!c->waiting)
		return;
	*t->last = c->waiting;
	t->last = c->waiting_end;
	c->waiting = NULL;
	c->waiting_end = &c->waiting;
}

static struct str blocks_of(struct codex *c, const struct json *content)
{
	struct buf text = {0};
	blocks_text(&text, content);
	struct str out = arena_str(&c->lines.arena, buf_str(&text));
	buf_fini(&text);
	return out;
}

void codex_message(struct codex *c, struct str role, const struct json *content, int64_t at_ms)
{
	struct codex_turn *t = add_turn(c, &(struct sink_turn){.role = role_parse(role), .role_text = role,
		.content = blocks_of(c, content), .at_ms = at_ms});
	if (t->turn.role != ROLE_ASSISTANT)
		return;
	take_thoughts(c, t);
	take_waiting(c, t);
}

void codex_thought(struct codex *c, const struct json *text)
{
	if (text->count || text->type == JSON_STRING)
		c->thoughts = joined(c, c->thoughts, blocks_of(c, text));
}

void codex_call(struct codex *c, const struct sink_call *call)
{
	struct codex_call *one = arena_calloc(&c->lines.arena, 1, sizeof *one);
	one->call = *call;
	if (c->last && (c->last->turn.role == ROLE_ASSISTANT || c->last->turn.role == ROLE_TOOL)) {
		*c->last->last = one;
		c->last->last = &one->next;
		take_thoughts(c, c->last);
		return;
	}
	*c->waiting_end = one;
	c->waiting_end = &one->next;
}

/* Takes the call with that id out of those that wait; NULL when it is none of them. */
static struct codex_call *unwait(struct codex *c, struct str id)
{
	struct codex_call **at = &c->waiting;
	while (*at && !str_eq((*at)->call.id, id))
		at = &(*at)->next;
	struct codex_call *one = *at;
	if (!one)
		return NULL;
	*at = one->next;
	if (c->waiting_end == &one->next)
		c->waiting_end = at;
	one->next = NULL;
	return one;
}

void codex_output(struct codex *c, struct str id, struct str text, struct str error, int64_t at_ms)
{
	struct codex_call *own = unwait(c, id);
	struct codex_turn *t = add_turn(c, &(struct sink_turn){.role = ROLE_TOOL, .content = own ? (struct str){0} : text,
		.tool_call_id = id, .error = error, .at_ms = at_ms});
	if (str_find(text, str_c("Warning: truncated output")) >= 0)
		c->truncated = true;
	if (!own)
		return;
	own->call.result = text;
	own->call.has_result = true;
	t->calls = own;
	t->last = &own->next;
	take_thoughts(c, t);
}

struct str codex_name(const struct codex *c, struct str id)
{
	for (const struct codex_call *call = c->waiting; call; call = call->next)
		if (str_eq(call->call.id, id))
			return call->call.name;
	for (const struct codex_turn *t = c->first; t; t = t->next)
		for (const struct codex_call *call = t->calls; call; call = call->next)
			if (str_eq(call->call.id, id))
				return call->call.name;
	return (struct str){0};
}

void codex_turns(struct codex *c)
{
	if (!c->last && (c->waiting || c->thoughts.n))
		add_turn(c, &(struct sink_turn){.role = ROLE_ASSISTANT});
	if (c->last) {
		take_thoughts(c, c->last);
		take_waiting(c, c->last);
	}
	for (const struct codex_turn *t = c->first; t; t = t->next) {
		sink_turn(c->im->sink, &t->turn);
		for (const struct codex_call *call = t->calls; call; call = call->next)
			sink_call(c->im->sink, &call->call);
	}
}
