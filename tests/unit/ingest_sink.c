/* SPDX-License-Identifier: MIT
 *
 * The sink with a consumer of our own behind it: what importers say becomes
 * counted, paired, named and hashed records.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/sink_private.h"

/* Keeps every batch, so that the records can be looked at. */
struct taken {
	struct batch *batches[64];
	size_t n;
	size_t fail_after; /* batches accepted before it reports failure; 0 = all */
};

static enum status take(void *ctx, struct batch *b, struct err *err)
{
	struct taken *t = ctx;
	if ((t->fail_after && t->n >= t->fail_after) || t->n == 64) {
		batch_free(b);
		return err_fail(err, "disk full");
	}
	t->batches[t->n++] = b;
	return OK;
}

static struct sink *open_sink(struct taken *t)
{
	*t = (struct taken){0};
	return sink_new(&(struct sink_options){.format = str_c("test"), .path = str_c("a/b.jsonl"), .take = take, .ctx = t});
}

static void close_sink(struct sink *s, struct taken *t)
{
	sink_free(s);
	for (size_t i = 0; i < t->n; i++)
		batch_free(t->batches[i]);
}

static const struct in_result *result_at(const struct taken *t, size_t index)
{
	for (size_t b = 0; b < t->n; b++)
		for (size_t i = 0; i < t->batches[b]->n; i++)
			if (t->batches[b]->items[i].kind == PACKED_RESULT && index-- == 0)
				return &t->batches[b]->items[i].u.result->r;
	fail_msg("no such result");
	return NULL;
}

static void chat(struct sink *s, const char *messages)
{
	struct arena a = {0};
	struct err err = {0};
	const struct json *node;
	if (json_read(&a, str_c(messages), NULL, &node, &err) != OK)
		fail_msg("%s", err_text(&err));
	sink_chat(s, node);
	arena_fini(&a);
}

static void begin(struct sink *s, const char *item)
{
	struct sink_result r = SINK_RESULT_INIT;
	r.model = str_c("m");
	r.item = str_c(item);
	sink_result(s, &r);
}

static void end(struct sink *s)
{
	struct err err = {0};
	assert_int_equal(sink_result_end(s, &err), OK);
}

static void assert_str(struct str s, const char *want)
{
	if (!str_eq_c(s, want))
		fail_msg("got \"%.*s\", want \"%s\"", (int)s.n, s.p ? s.p : "", want);
}

static void transcript_of(const struct in_result *r, struct arena *a, struct transcript *t)
{
	struct err err = {0};
	if (transcript_read(a, r->transcript, t, &err) != OK)
		fail_msg("%s", err_text(&err));
}

/* One id used for two calls, then results in order: each goes to the earliest that waits. */
static void a_reused_id_pairs_in_order(void **state)
{
	(void)state;
	struct taken taken;
	struct sink *s = open_sink(&taken);
	begin(s, "i");
	chat(s, "[{\"role\":\"user\",\"content\":\"go\"},"
	        "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"0\",\"type\":\"function\",\"function\":{"
	        "\"name\":\"a\",\"arguments\":\"{}\"}}]},"
	        "{\"role\":\"tool\",\"tool_call_id\":\"0\",\"content\":\"first\"},"
	        "{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"0\",\"type\":\"function\",\"function\":{"
	        "\"name\":\"b\",\"arguments\":\"{}\"}},"
	        "{\"id\":\"0\",\"function\":{\"name\":\"c\",\"arguments\":\"{\\\"x\\\": 1}\"}}]},"
	        "{\"role\":\"tool\",\"tool_call_id\":\"0\",\"content\":\"second\"},"
	        "{\"role\":\"tool\",\"tool_call_id\":\"9\",\"content\":\"nobody asked\"}]");
	end(s);
	struct err err = {0};
	assert_int_equal(sink_flush(s, &err), OK);
	const struct in_result *r = result_at(&taken, 0);
	assert_int_equal(r->turns, 6);
	assert_int_equal(r->steps, 2);
	assert_int_equal(r->tool_calls, 3);
	assert_int_equal(r->answered, 2);
	struct arena a = {0};
	struct transcript t;
	transcript_of(r, &a, &t);
	assert_int_equal(t.turns[1].calls[0].answer, 3);
	assert_int_equal(t.turns[3].calls[0].answer, 5);
	assert_int_equal(t.turns[3].calls[1].answer, 0);
	assert_str(t.turns[3].calls[1].arguments, "{\"x\": 1}");
	assert_str(t.turns[3].calls[0].result, "second");
	arena_fini(&a);
	close_sink(s, &taken);
}

/* Empty ids: by order within the caller's turn; a user simulator calls too; errors are counted once. */
static void without_ids_order_decides(void **state)
{
	(void)state;
	struct taken taken;
	struct sink *s = open_sink(&taken);
	begin(s, "i");
	chat(s, "[{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"\",\"function\":\"x\",\"args\":{\"k\": "
	        "1.50}},{\"id\":\"\",\"function\":\"y\",\"args\":{}}]},"
	        "{\"role\":\"tool\",\"content\":[{\"type\":\"text\",\"content\":\"one\"}],\"tool_call_id\":null,\"tool_call\":{"
	        "\"function\":\"x\",\"args\":{}},\"error\":null},"
	        "{\"role\":\"tool\",\"content\":\"two\",\"tool_call_id\":\"\",\"error\":\"boom\"},"
	        "{\"role\":\"user\",\"content\":null,\"tool_calls\":[{\"id\":\"u1\",\"name\":\"toggle\",\"arguments\":{},"
	        "\"requestor\":\"user\"}]},"
	        "{\"role\":\"tool\",\"id\":\"u1\",\"content\":\"ok\",\"requestor\":\"user\",\"error\":true}]");
	end(s);
	assert_int_equal(sink_flush(s, NULL), OK);
	const struct in_result *r = result_at(&taken, 0);
	assert_int_equal(r->tool_calls, 3);
	assert_int_equal(r->answered, 3);
	assert_int_equal(r->call_errors, 2);
	struct arena a = {0};
	struct transcript t;
	transcript_of(r, &a, &t);
	assert_int_equal(t.turns[0].calls[0].answer, 2);
	assert_int_equal(t.turns[0].calls[1].answer, 3);
	assert_int_equal(t.turns[3].calls[0].answer, 5);
	assert_str(t.turns[0].calls[0].arguments, "{\"k\": 1.50}");
	assert_str(t.turns[1].name, "x");
	assert_str(t.turns[1].content, "one");
	arena_fini(&a);
	close_sink(s, &taken);
}

static void parts_become_text_reasoning_and_marks(void **state)
{
	(void)state;
	struct taken taken;
	struct sink *s = open_sink(&taken);
	begin(s, "i");
	chat(s, "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"look\"},{\"type\":\"image\",\"image\":\"data:image/png;base64,aGVsbG8=\"}"
	        ",\"bare\"]},"
	        "{\"role\":\"ai\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"hm\"},{\"type\":\"text\",\"text\":\"yes\"},"
	        "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"bash\",\"input\":{\"c\":\"ls\"}}]},"
	        "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t1\",\"content\":[{\"type\":"
	        "\"text\",\"text\":\"out\"}],\"is_error\":true}]},"
	        "{\"role\":\"moderator\",\"content\":{\"k\":1}}]");
	end(s);
	assert_int_equal(sink_flush(s, NULL), OK);
	const struct in_result *r = result_at(&taken, 0);
	struct arena a = {0};
	struct transcript t;
	transcript_of(r, &a, &t);
	assert_int_equal(t.n, 4);
	assert_str(t.turns[0].content,
	        "look\n[image image/png 5 bytes sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824]\nbare");
	assert_str(t.turns[1].reasoning, "hm");
	assert_str(t.turns[1].content, "yes");
	assert_int_equal(t.turns[1].ncalls, 1);
	assert_int_equal(t.turns[1].calls[0].answer, 3);
	assert_int_equal(t.turns[2].role, ROLE_TOOL);
	assert_str(t.turns[3].role_text, "moderator");
	assert_str(t.turns[3].content, "{\"k\":1}");
	assert_int_equal(r->call_errors, 1);
	arena_fini(&a);
	close_sink(s, &taken);
}

static void what_is_not_used_is_kept_or_counted(void **state)
{
	(void)state;
	struct taken taken;
	struct sink *s = open_sink(&taken);
	struct arena a = {0};
	const struct json *node;
	static const char *const used[] = {"id", NULL};
	assert_int_equal(json_read(&a, str_c("{\"id\":1,\"Goal Kind\":\"x\",\"n\":2.5,\"big\":9007199254740993,\"gone\":null,"
	                                     "\"list\":[1],\"api_key\":\"abc\"}"),
	                         NULL, &node, NULL),
	        OK);
	begin(s, "i");
	sink_rest(s, "x.", node, used);
	sink_rest(s, "x.", node, used);
	end(s);
	assert_int_equal(sink_flush(s, NULL), OK);
	struct str meta = result_at(&taken, 0)->meta;
	assert_true(str_starts(meta, "{\"x.goal_kind\":\"x\",\"x.n\":2.5,\"x.big\":\"9007199254740993\",\"x.api_key\":\"[redacted]\""));
	assert_str(sink_totals(s)->ignored, "x.list 2×");
	arena_fini(&a);
	close_sink(s, &taken);
}

/* Equal natural keys are numbered in file order; the digest tells records apart, the place does not count. */
static void repeats_are_numbered_and_digests_ignore_the_place(void **state)
{
	(void)state;
	struct taken taken;
	struct sink *s = open_sink(&taken);
	for (int i = 0; i < 3; i++) {
		struct sink_result r = SINK_RESULT_INIT;
		struct record place = {.text = str_c("xx"), .offset = (uint64_t)i * 7, .line = (uint64_t)i + 1};
		r.model = str_c("m");
		r.item = str_c("same");
		r.epoch = str_c("1");
		r.place = &place;
		sink_result(s, &r);
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = str_c(i == 2 ? "other" : "p")});
		end(s);
	}
	begin(s, "");
	end(s);
	assert_int_equal(sink_flush(s, NULL), OK);
	assert_str(result_at(&taken, 0)->epoch, "1");
	assert_str(result_at(&taken, 1)->epoch, "1#2");
	assert_str(result_at(&taken, 2)->epoch, "1#3");
	assert_memory_not_equal(result_at(&taken, 0)->uid, result_at(&taken, 1)->uid, UID_SIZE);
	assert_int_equal(result_at(&taken, 1)->line, 2);
	assert_str(result_at(&taken, 3)->item, "#4");
	assert_str(result_at(&taken, 0)->run->key, "a/b.jsonl");

	struct taken again;
	struct sink *s2 = open_sink(&again);
	struct sink_result r = SINK_RESULT_INIT;
	struct record place = {.text = str_c("longer"), .offset = 999, .line = 77};
	r.model = str_c("m");
	r.item = str_c("same");
	r.epoch = str_c("1");
	r.place = &place;
	sink_result(s2, &r);
	sink_turn(s2, &(struct sink_turn){.role = ROLE_USER, .content = str_c("p")});
	end(s2);
	assert_int_equal(sink_flush(s2, NULL), OK);
	assert_memory_equal(result_at(&again, 0)->digest, result_at(&taken, 0)->digest, DIGEST_SIZE);
	assert_memory_equal(result_at(&again, 0)->uid, result_at(&taken, 0)->uid, UID_SIZE);
	close_sink(s2, &again);
	close_sink(s, &taken);
}

static void secrets_do_not_pass(void **state)
{
	(void)state;
	struct taken taken;
	struct sink *s = open_sink(&taken);
	sink_run(s, &(struct in_run){.key = str_c("r"),
	                    .declared = -1,
	                    .meta = str_c(
	                            "{\"temperature\":0.5,\"api_key\":\"abcd\",\"max_tokens\":100,\"headers\":{\"Authorization\":"
	                            "\"Bearer 0123456789abcdef\"},\"note\":\"use sk-abcdefghijklmnop1234 now\"}")});
	begin(s, "i");
	sink_meta(s, "auth_token", str_c("hunter2"));
	sink_meta(s, "tokens_in", str_c("512"));
	sink_meta(s, "cmd", str_c("curl -H 'Authorization: Bearer abcdefgh12345678' api_key=0123456789abcdef01234567"));
	sink_meta_num(s, "n", 3);
	end(s);
	assert_int_equal(sink_flush(s, NULL), OK);
	const struct in_result *r = result_at(&taken, 0);
	assert_str(r->run->meta, "{\"temperature\":0.5,\"api_key\":\"[redacted]\",\"max_tokens\":100,\"headers\":{"
	                         "\"Authorization\":\"[redacted]\"},\"note\":\"use [redacted] now\"}");
	assert_str(r->meta, "{\"auth_token\":\"[redacted]\",\"tokens_in\":\"512\",\"cmd\":\"curl -H 'Authorization: Bearer "
	                    "[redacted]' api_key=[redacted]\",\"n\":3}");
	close_sink(s, &taken);
}

static void bad_bytes_are_replaced_and_counted(void **state)
{
	(void)state;
	struct taken taken;
	struct sink *s = open_sink(&taken);
	begin(s, "i");
	sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = str_n("a\0b\xff", 4)});
	end(s);
	begin(s, "j");
	sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = str_c("zero\xe2\x80\x8bwidth")});
	end(s);
	assert_int_equal(sink_flush(s, NULL), OK);
	const struct in_result *r = result_at(&taken, 0);
	assert_int_equal(r->repairs, 2);
	struct arena a = {0};
	struct transcript t;
	transcript_of(r, &a, &t);
	assert_str(t.turns[0].content, "a\xef\xbf\xbd"
	                               "b\xef\xbf\xbd");
	assert_false(r->has_invisible);
	assert_true(result_at(&taken, 1)->has_invisible);
	arena_fini(&a);
	close_sink(s, &taken);
}

static void a_failing_writer_stops_the_importer(void **state)
{
	(void)state;
	struct taken taken;
	struct sink *s = open_sink(&taken);
	taken.fail_after = 1;
	char *big = calloc(1, 600001);
	memset(big, 'x', 600000);
	struct err err = {0};
	enum status st = OK;
	int n = 0;
	for (; n < 20 && st == OK; n++) {
		begin(s, "i");
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = str_c(big)});
		st = sink_result_end(s, &err);
	}
	assert_int_equal(st, FAIL);
	assert_string_equal(err_text(&err), "disk full");
	assert_true(n < 10);
	assert_true(sink_stopped(s));
	err_fini(&err);
	free(big);
	close_sink(s, &taken);
}

/* Many calls with one id and many answers must not take quadratic time: 200,000 pairs in well under a second. */
static void pairing_is_linear(void **state)
{
	(void)state;
	struct taken taken;
	struct sink *s = open_sink(&taken);
	enum { N = 200000 };
	begin(s, "i");
	sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT});
	for (int i = 0; i < N; i++)
		sink_call(s, &(struct sink_call){.id = str_c("same"), .name = str_c("f")});
	for (int i = 0; i < N; i++)
		sink_turn(s, &(struct sink_turn){.role = ROLE_TOOL, .tool_call_id = str_c(i % 2 ? "same" : "")});
	end(s);
	assert_int_equal(sink_flush(s, NULL), OK);
	assert_int_equal(result_at(&taken, 0)->answered, N);
	close_sink(s, &taken);
}

static void late_scores_carry_the_same_key(void **state)
{
	(void)state;
	struct taken taken;
	struct sink *s = open_sink(&taken);
	sink_run(s, &(struct in_run){.key = str_c("r1"), .task = str_c("t"), .tool = str_c("x"), .declared = -1});
	begin(s, "i");
	end(s);
	sink_attach_score(s, &(struct result_key){.model = str_c("m"), .item = str_c("i")},
	        &(struct in_score){.name = str_c("judge"), .has_num = true, .num = 0.25});
	sink_attach_outcome(s,
	        &(struct result_key){
	                .tool = str_c("x"), .run = str_c("r1"), .task = str_c("t"), .model = str_c("m"), .item = str_c("i")},
	        str_c("unsafe"));
	sink_skip(s, 7, "no %s", "model");
	sink_declare(s, "results", 2);
	assert_int_equal(sink_flush(s, NULL), OK);
	const struct batch *b = taken.batches[0];
	assert_int_equal(b->n, 4);
	assert_memory_equal(b->items[1].u.attach->uid, b->items[0].u.result->r.uid, UID_SIZE);
	assert_memory_equal(b->items[2].u.attach->uid, b->items[0].u.result->r.uid, UID_SIZE);
	assert_str(b->items[1].u.attach->score->value_text, "0.25");
	assert_str(b->items[3].u.note->place, "line 7");
	assert_str(sink_totals(s)->declared, "{\"results\":2}");
	assert_int_equal(sink_totals(s)->skipped, 1);
	close_sink(s, &taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_reused_id_pairs_in_order),
	        cmocka_unit_test(without_ids_order_decides),
	        cmocka_unit_test(parts_become_text_reasoning_and_marks),
	        cmocka_unit_test(what_is_not_used_is_kept_or_counted),
	        cmocka_unit_test(repeats_are_numbered_and_digests_ignore_the_place),
	        cmocka_unit_test(secrets_do_not_pass),
	        cmocka_unit_test(bad_bytes_are_replaced_and_counted),
	        cmocka_unit_test(a_failing_writer_stops_the_importer),
	        cmocka_unit_test(pairing_is_linear),
	        cmocka_unit_test(late_scores_carry_the_same_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
