/* SPDX-License-Identifier: MIT
 *
 * Traces told in pieces: what becomes of spans, calls and conversations.
 */
#include "unit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "ingest/sink_private.h"
#include "ingest/trace.h"

struct told {
	struct arena a;
	struct in_part parts[100];
	size_t n;
	struct in_result result;
	struct transcript turns;
	bool any;
};

static enum status keep_parts(void *ctx, struct batch *b, struct err *err)
{
	struct told *t = ctx;
	(void)err;
	for (size_t i = 0; i < b->n; i++) {
		const struct in_part *p = b->items[i].u.part;
		assert_int_equal(b->items[i].kind, PACKED_PART);
		t->parts[t->n] = *p;
		t->parts[t->n].order = arena_str(&t->a, p->order);
		t->parts[t->n++].body = arena_str(&t->a, p->body);
	}
	batch_free(b);
	return OK;
}

static enum status keep_result(void *ctx, struct batch *b, struct err *err)
{
	struct told *t = ctx;
	assert_int_equal(b->n, 1);
	t->result = b->items[0].u.result->r;
	t->result.meta = arena_str(&t->a, t->result.meta);
	t->result.error = arena_str(&t->a, t->result.error);
	t->result.raw_outcome = arena_str(&t->a, t->result.raw_outcome);
	t->any = true;
	assert_int_equal(transcript_read(&t->a, arena_str(&t->a, t->result.transcript), &t->turns, err), OK);
	batch_free(b);
	return OK;
}

static struct sink *sink_of(struct told *t, enum status (*take)(void *ctx, struct batch *b, struct err *err))
{
	return sink_new(&(struct sink_options){.format = str_c("t"), .path = str_c("t"), .rebuild = true, .take = take, .ctx = t});
}

static int in_order(const void *a, const void *b)
{
	const struct in_part *x = a, *y = b;
	return str_cmp(x->order, y->order);
}

static void tell(struct told *t, void (*spans)(struct traces *out), const struct trace_form *form)
{
	struct err err = {0};
	struct sink *s = sink_of(t, keep_parts);
	struct traces *out = traces_new(s, form->tool);
	spans(out);
	traces_free(out);
	assert_int_equal(sink_flush(s, &err), OK);
	sink_free(s);
	qsort(t->parts, t->n, sizeof *t->parts, in_order);
	s = sink_of(t, keep_result);
	assert_int_equal(trace_assemble(s, form, t->parts, t->n, &err), OK);
	assert_int_equal(sink_flush(s, &err), OK);
	sink_free(s);
	err_fini(&err);
}

static const struct trace_form plain = {.tool = "t"};

/* A span with messages, both as JSON; NULL for none. */
static void put(struct traces *out, struct span span, const char *in, const char *answer)
{
	struct arena a = {0};
	const char *const chats[] = {in, answer};
	span_begin(out, str_c("T"), &span);
	for (int side = SPAN_IN; side <= SPAN_OUT; side++) {
		const struct json *node;
		if (!chats[side])
			continue;
		assert_int_equal(json_read(&a, str_c(chats[side]), NULL, &node, NULL), OK);
		span_chat(out, (enum span_side)side, node);
	}
	span_end(out);
	arena_fini(&a);
}

#define ASK "{\"role\":\"user\",\"content\":\"q\"}"
#define CALLS(id, name) "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"" id "\",\"name\":\"" name "\",\"args\":{\"n\":1}}]}"
#define ANSWER(id) "{\"role\":\"tool\",\"tool_call_id\":\"" id "\",\"content\":\"r\"}"

static void agent_with_helper(struct traces *out)
{
	put(out, (struct span){.id = str_c("l3"), .parent = str_c("helper"), .kind = SPAN_LLM, .start_ns = 5, .end_ns = 6000000}, "\"h\"", "\"done\"");
	put(out, (struct span){.id = str_c("helper"), .parent = str_c("tool"), .kind = SPAN_AGENT, .start_ns = 4, .agent = str_c("helper")},
		NULL, NULL);
	put(out, (struct span){.id = str_c("l1"), .parent = str_c("root"), .kind = SPAN_LLM, .start_ns = 2, .model = str_c("m")},
		"[" ASK "]", CALLS("c1", "help"));
	put(out, (struct span){.id = str_c("tool"), .parent = str_c("root"), .kind = SPAN_TOOL, .start_ns = 3, .name = str_c("help"),
		.call_id = str_c("c1")}, NULL, NULL);
	put(out, (struct span){.id = str_c("l2"), .parent = str_c("root"), .kind = SPAN_LLM, .start_ns = 7},
		"[" ASK "," CALLS("c1", "help") "," ANSWER("c1") "]", "\"end\"");
	put(out, (struct span){.id = str_c("root"), .parent = str_c(""), .kind = SPAN_AGENT, .start_ns = 1, .agent = str_c("main")}, NULL,
		NULL);
}

static void a_sub_agent_names_the_call_that_started_it(void **state)
{
	struct told t = {0};
	(void)state;
	tell(&t, agent_with_helper, &plain);
	const struct turn *turns = t.turns.turns;
	assert_int_equal(t.turns.n, 6);
	assert_true(str_eq_c(turns[2].content, "r") && turns[1].calls[0].answer == 3);
	assert_true(str_eq_c(turns[3].content, "h") && str_eq_c(turns[3].parent, "c1") && str_eq_c(turns[3].name, "helper"));
	assert_int_equal(turns[4].at_ms, 6);
	assert_true(str_eq_c(turns[5].content, "end") && !turns[5].parent.p && !turns[5].name.p);
	assert_true(str_eq_c(t.result.raw_outcome, "ok"));
	/* Four messages of the agent and two of the helper, each a part although the first two were sent twice; and six spans. */
	assert_int_equal(t.n, 6 + 6);
	arena_fini(&t.a);
}

static void calls_that_never_ran(struct traces *out)
{
	put(out, (struct span){.id = str_c("l"), .parent = str_c(""), .kind = SPAN_LLM, .start_ns = 1, .status = SPAN_ERROR,
		.error = str_c("cut off")}, "[" ASK "," CALLS("a", "run") "," CALLS("b", "run") "," CALLS("c", "other") "]", NULL);
	put(out, (struct span){.id = str_c("t"), .parent = str_c("l"), .kind = SPAN_TOOL, .start_ns = 2, .name = str_c("run"),
		.call_id = str_c("b"), .result = str_c("ran")}, NULL, NULL);
}

static void what_never_ran_is_told_and_not_counted(void **state)
{
	const struct trace_form strict = {.tool = "t", .calls_are_spans = true};
	struct told t = {0};
	(void)state;
	tell(&t, calls_that_never_ran, &plain);
	assert_int_equal(t.result.tool_calls, 2);
	assert_int_equal(t.result.answered, 1);
	assert_true(str_find(t.result.meta, str_c("\"calls_not_run\":\"run {\\\"n\\\":1}\"")) >= 0);
	assert_true(str_eq_c(t.result.raw_outcome, "error") && str_eq_c(t.result.error, "cut off"));
	t.n = 0;
	tell(&t, calls_that_never_ran, &strict);
	assert_int_equal(t.result.tool_calls, 1);
	arena_fini(&t.a);
}

static void told_twice(struct traces *out)
{
	put(out, (struct span){.id = str_c("l"), .version = str_c("2"), .status = SPAN_OK, .end_ns = 9000000}, NULL, "\"late\"");
	put(out, (struct span){.id = str_c("l"), .version = str_c("1"), .parent = str_c(""), .kind = SPAN_LLM, .start_ns = 1}, "\"first\"",
		"\"soon\"");
	span_begin(out, str_c("T"), &(struct span){.id = str_c("score"), .parent = str_c("l"), .kind = SPAN_NOTE});
	span_score(out, &(struct in_score){.name = str_c("s"), .has_num = true, .num = 1});
	span_end(out);
}

static void later_pieces_replace_what_they_say(void **state)
{
	struct told t = {0};
	(void)state;
	tell(&t, told_twice, &plain);
	assert_int_equal(t.turns.n, 2);
	assert_true(str_eq_c(t.turns.turns[0].content, "first") && str_eq_c(t.turns.turns[1].content, "late"));
	assert_int_equal(t.result.nscores, 1);
	arena_fini(&t.a);
}

static void only_a_score(struct traces *out)
{
	span_begin(out, str_c("T"), &(struct span){.id = str_c("score"), .parent = str_c("l"), .kind = SPAN_NOTE});
	span_score(out, &(struct in_score){.name = str_c("s"), .has_num = true, .num = 1});
	span_end(out);
}

static void a_score_waits_for_its_trace(void **state)
{
	struct told t = {0};
	(void)state;
	tell(&t, only_a_score, &plain);
	assert_false(t.any);
	arena_fini(&t.a);
}

static void spans_in_a_circle(struct traces *out)
{
	put(out, (struct span){.id = str_c("a"), .parent = str_c("b"), .kind = SPAN_AGENT}, NULL, NULL);
	put(out, (struct span){.id = str_c("b"), .parent = str_c("c"), .kind = SPAN_TOOL}, NULL, NULL);
	put(out, (struct span){.id = str_c("c"), .parent = str_c("a"), .kind = SPAN_LLM}, "\"x\"", NULL);
	put(out, (struct span){.id = str_c("d"), .parent = str_c("d"), .kind = SPAN_LLM}, "\"y\"", NULL);
}

static void a_circle_of_parents_ends(void **state)
{
	struct told t = {0};
	(void)state;
	tell(&t, spans_in_a_circle, &plain);
	assert_int_equal(t.turns.n, 3); /* two messages, and a turn for the tool that nobody asked for */
	assert_false(t.result.raw_outcome.p);
	arena_fini(&t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sub_agent_names_the_call_that_started_it),
		cmocka_unit_test(what_never_ran_is_told_and_not_counted),
		cmocka_unit_test(later_pieces_replace_what_they_say),
		cmocka_unit_test(a_score_waits_for_its_trace),
		cmocka_unit_test(a_circle_of_parents_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
