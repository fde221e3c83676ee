/* SPDX-License-Identifier: MIT
 *
 * Edits are replayed for the target's view: added, rolled back by a number or to a message, or reset.
 */
#include "ingest/petri.h"

static bool sees(const struct json *event, const char *who)
{
	const struct json *view = json_first(json_get(event, "view"), json_get(event, "views"));
	if (view->type == JSON_STRING)
		return str_eq_c(view->text, who);
	JSON_EACH(v, view)
		if (str_eq_c(json_str(v), who))
			return true;
	return false;
}

static bool any_sees(const struct json *events, const char *who)
{
	JSON_EACH(event, events)
		if (sees(event, who))
			return true;
	return false;
}

static void add(struct arena *a, struct petri_view *v, const struct json *message)
{
	if (message->type != JSON_OBJECT)
		return;
	if (v->n == v->cap) {
		const struct json **grown = arena_alloc(a, (v->cap * 2 + 64) * sizeof(*grown));
		if (v->n)
			memcpy(grown, v->messages, v->n * sizeof(*grown));
		v->messages = grown;
		v->cap = v->cap * 2 + 64;
	}
	v->messages[v->n++] = message;
}

static void roll_back(struct petri_view *v, const struct json *edit)
{
	struct str to = json_str(json_get(edit, "to_id"));
	int64_t count;
	size_t keep = v->n;
	if (to.n) {
		while (keep > 0 && !str_eq(json_str(json_get(v->messages[keep - 1], "id")), to))
			keep--;
		if (keep == 0)
			keep = v->n;
	} else if (json_i64(json_get(edit, "count"), &count) && count > 0) {
		keep = (uint64_t)count < v->n ? v->n - (size_t)count : 0;
	}
	v->rolled_back += v->n - keep;
	v->n = keep;
}

static void apply(struct arena *a, struct petri_view *v, const struct json *edit)
{
	struct str operation = json_str(json_get(edit, "operation"));
	if (str_eq_c(operation, "add")) {
		add(a, v, json_get(edit, "message"));
	} else if (str_eq_c(operation, "rollback")) {
		roll_back(v, edit);
	} else if (str_eq_c(operation, "reset")) {
		v->rolled_back += v->n;
		v->n = 0;
		JSON_EACH(m, json_get(edit, "new_messages"))
			add(a, v, m);
	} else {
		v->patches++;
	}
}

void petri_view_of(struct arena *a, const struct json *doc, struct petri_view *out)
{
	static const char *const views[] = {"target", "combined", NULL};
	const struct json *events = json_get(doc, "events");
	const char *const *view = views;
	*out = (struct petri_view){0};
	while (*view && !any_sees(events, *view))
		view++;
	JSON_EACH(event, events) {
		const struct json *edit = json_get(event, "edit");
		if (edit->type == JSON_OBJECT && (!*view || sees(event, *view)))
			apply(a, out, edit);
	}
	const struct json *list = json_get(doc, "target_messages")->count ? json_get(doc, "target_messages") : json_get(doc, "messages");
	if (!out->n && !events->count)
		JSON_EACH(m, list)
			add(a, out, m);
}

void petri_turns(struct sink *s, const struct petri_view *view, struct str system)
{
	if (system.n)
		sink_turn(s, &(struct sink_turn){.role = ROLE_SYSTEM, .content = system});
	for (size_t i = 0; i < view->n; i++) {
		const struct json *m = view->messages[i];
		struct str type = json_str(json_get(m, "type"));
		if (json_get(m, "role")->type == JSON_STRING || !type.n)
			sink_chat_message(s, m);
		else
			sink_turn(s, &(struct sink_turn){.role = role_parse(type), .role_text = type, .content = json_plain(json_get(m, "content"))});
	}
	if (view->rolled_back)
		sink_ignore(s, str_c("messages rolled back"), view->rolled_back);
	if (view->patches)
		sink_ignore(s, str_c("edits of other kinds"), view->patches);
}

void petri_highlights(struct sink *s, const struct petri_view *view, const struct json *highlights, uint32_t first)
{
	JSON_EACH(h, highlights) {
		const struct json *part = json_at(json_get(h, "parts"), 0);
		struct str id = json_str(json_get(part, "message_id"));
		uint32_t turn = 0;
		for (size_t i = 0; id.n && i < view->n && !turn; i++)
			if (str_eq(json_str(json_get(view->messages[i], "id")), id))
				turn = (uint32_t)i + first;
		sink_score(s, &(struct in_score){.turn = turn, .name = str_c("highlight"), .rater = str_c("llm-judge"),
			.value_text = json_plain(json_get(h, "description")), .reason = json_plain(json_get(part, "quoted_text"))});
	}
}
