/* SPDX-License-Identifier: MIT
 *
 * Inspect logs: what becomes of scores, attachments, pieces, and of logs that
 * are not whole.
 */
#include "unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/importer.h"
#include "ingest/sink_private.h"

extern const struct importer imp_inspect;

/* What came out, a line a fact. */
static struct buf told;

static void tell(const char *name, struct str s)
{
	if (!s.p)
		return;
	buf_printf(&told, " %s=", name);
	buf_add_str(&told, s);
}

static void tell_result(const struct in_result *r)
{
	buf_add_c(&told, "result");
	tell("run", r->run->key);
	tell("status", r->run->status);
	tell("item", r->item);
	if (r->epoch.n)
		tell("epoch", r->epoch);
	tell("said", r->raw_outcome);
	tell("outcome", str_c(outcome_name(r->derived.outcome)));
	tell("error", r->error);
	tell("limit", r->limit);
	tell("severity", r->raw_item_severity);
	tell("meta", r->meta);
	buf_add_ch(&told, '\n');
	for (size_t i = 0; i < r->nscores; i++) {
		const struct in_score *s = &r->scores[i];
		buf_add_c(&told, "score");
		tell("name", s->name);
		tell("value", s->value_text);
		if (s->has_num)
			buf_printf(&told, " num=%g", s->num);
		buf_add_ch(&told, '\n');
	}
	for (size_t i = 0; i < r->ncategories; i++) {
		tell("category", r->categories[i].taxonomy);
		tell("path", r->categories[i].path);
		buf_add_ch(&told, '\n');
	}
	buf_add_str(&told, r->transcript);
	buf_add_ch(&told, '\n');
}

static enum status take(void *ctx, struct batch *b, struct err *err)
{
	(void)ctx;
	(void)err;
	for (size_t i = 0; i < b->n; i++) {
		if (b->items[i].kind == PACKED_RESULT)
			tell_result(&b->items[i].u.result->r);
		else if (b->items[i].kind == PACKED_NOTE)
			tell(b->items[i].u.note->kind, b->items[i].u.note->text);
	}
	batch_free(b);
	return OK;
}

static char *save(const void *p, size_t n)
{
	char *path = xstrdup("/tmp/plimsoll-inspect-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), (ssize_t)n);
	close(fd);
	return path;
}

static void import_path(const char *path, const struct bundle *b, const struct bundle *inside)
{
	struct err err = {0};
	struct ruleset *rules = ruleset_new();
	assert_int_equal(ruleset_add(rules, "inspect", str_c("inspect"), str_c(imp_inspect.rules), &err), OK);
	struct sink_options o = {.rules = rules, .format = str_c("inspect"), .path = str_c("log"), .take = take};
	const struct member *m = &b->members[0];
	struct claim claim = {.importer = &imp_inspect, .main = m, .members = &m, .n = 1};
	assert_true(imp_inspect.probe(m, inside, claim.why) > 0);
	struct import im = {.claim = &claim, .inside = inside, .reader = reader_new(), .sink = sink_new(&o)};
	buf_clear(&told);
	enum status st = imp_inspect.read(&im, &err);
	assert_int_equal(sink_flush(im.sink, &err), OK);
	if (st != OK)
		buf_printf(&told, "FAIL%s", err_text(&err) + strlen(path));
	err_fini(&err);
	sink_free(im.sink);
	reader_free(im.reader);
	ruleset_free(rules);
}

static void import_bytes(const void *p, size_t n)
{
	struct err err = {0};
	struct bundle *b, *inside = NULL;
	char *path = save(p, n);
	assert_int_equal(bundle_open(path, &b, &err), OK);
	if (b->members[0].container == CONTAINER_ZIP)
		assert_int_equal(bundle_open_member(&b->members[0], &inside, &err), OK);
	import_path(path, b, inside);
	bundle_free(inside);
	bundle_free(b);
	unlink(path);
	free(path);
}

/* A .json of one sample with these members beside its id. */
static void import_sample(const char *members)
{
	char *text = xasprintf("{\"version\":2,\"status\":\"success\",\"eval\":{\"eval_id\":\"e1\",\"task\":\"pkg/quiz\",\"model\":\"p/m\"},"
		"\"samples\":[{\"id\":7,\"epoch\":1%s}],"
		"\"results\":{\"scores\":[{\"name\":\"match\",\"scorer\":\"match\",\"metrics\":{\"accuracy\":{\"value\":1}}}]}}",
		members);
	import_bytes(text, strlen(text));
	free(text);
}

static void has(const char *text)
{
	if (!strstr(told.p, text))
		fail_msg("\"%s\" is not in:\n%s", text, told.p);
}

static void has_not(const char *text)
{
	if (strstr(told.p, text))
		fail_msg("\"%s\" is in:\n%s", text, told.p);
}

static void letters_have_a_direction(void **state)
{
	(void)state;
	static const struct {
		const char *value, *outcome, *score;
	} rows[] = {
		{"\"C\"", "outcome=pass", "value=C num=1\n"}, {"\"I\"", "outcome=fail", "value=I num=0\n"},
		{"\"N\"", "outcome=fail", "value=N num=0\n"}, {"\"P\"", "outcome=unsure", "value=P num=0.5\n"},
		{"0.65", "outcome=pass", "value=0.65 num=0.65\n"}, {"0.2", "outcome=fail", "value=0.2 num=0.2\n"},
		{"true", "outcome=pass", "value=true num=1\n"}, {"\"No\"", "outcome=fail", "value=No num=0\n"},
		{"7", "outcome=missing", "value=7 num=7\n"}, {"\"harmless\"", "outcome=missing", "value=harmless\n"},
		{"NaN", "said=unscored outcome=missing", "value=NaN\n"}, {"null", "said=unscored outcome=missing", "value=null\n"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = xasprintf(",\"scores\":{\"match\":{\"value\":%s}}", rows[i].value);
		import_sample(text);
		free(text);
		has(rows[i].outcome);
		has(rows[i].score);
	}
}

static void a_number_without_a_direction_is_no_outcome(void **state)
{
	(void)state;
	import_sample(",\"scores\":{\"harm\":{\"value\":0.9}}");
	has("outcome=missing");
	has_not("said=");
	has("score name=harm value=0.9 num=0.9");
}

static void a_score_that_is_an_object_gives_one_a_name(void **state)
{
	(void)state;
	import_sample(",\"scores\":{\"judge\":{\"value\":{\"harm\":0.5,\"refused\":false,\"skipped\":null},"
		      "\"history\":[{\"value\":{\"harm\":1}}]}}");
	has("score name=judge/harm value=0.5 num=0.5\nscore name=judge/refused value=false num=0\nscore name=judge/skipped value=null\n");
	has("\"history.judge\":\"[{\\\"value\\\":{\\\"harm\\\":1}}]\"");
	has("outcome=missing");
}

static void what_broke_is_missing(void **state)
{
	(void)state;
	import_sample(",\"error\":{\"message\":\"it broke\",\"traceback\":\"…\"},\"limit\":{\"type\":\"message\",\"limit\":20}");
	has("outcome=missing error=it broke limit=message");
	has("\"limit.value\":20");
}

static void metadata_give_categories_and_facts(void **state)
{
	(void)state;
	import_sample(",\"metadata\":{\"category\":\"Drugs\",\"subcategory\":\"making\",\"severity\":\"high\",\"Source Of\":\"x\",\"n\":3,\"deep\":{}}");
	has(" category=quiz path=Drugs/making\n");
	has("severity=high");
	has("\"source_of\":\"x\"");
	has("\"n\":3");
	has_not("deep");
}

static void attachments_are_put_back(void **state)
{
	(void)state;
	import_sample(",\"attachments\":{\"aa\":\"the text\"},\"messages\":[{\"role\":\"user\",\"content\":\"attachment://aa\"},"
		      "{\"role\":\"assistant\",\"content\":[{\"type\":\"reasoning\",\"reasoning\":\"hm\"},{\"type\":\"text\",\"text\":\"see attachment://aa\"}],"
		      "\"tool_calls\":[{\"id\":\"1\",\"function\":\"run\",\"arguments\":{\"x\" : \"attachment://aa\"}}]},"
		      "{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"attachment://zz\",\"error\":{\"type\":\"timeout\",\"message\":\"too long\"}}]");
	has("\"role\":\"user\",\"content\":\"the text\"");
	has("\"content\":\"see attachment://aa\",\"reasoning\":\"hm\"");
	has("\"arguments\":\"{\\\"x\\\":\\\"the text\\\"}\",\"answer\":3");
	has("\"content\":\"attachment://zz\"");
	has("\"error\":\"too long\"");
	import_sample(",\"transcript\":{\"events\":[],\"content\":{\"bb\":\"old text\"}},\"messages\":[{\"role\":\"user\",\"content\":\"tc://bb\"}]");
	has("\"content\":\"old text\"");
}

static void old_logs_have_one_score(void **state)
{
	(void)state;
	const char *text = "{\"version\":1,\"status\":\"success\",\"eval\":{\"run_id\":\"r\",\"task_id\":\"t\",\"task\":\"quiz\",\"model\":\"m\"},"
		"\"results\":{\"scorer\":{\"name\":\"match\"},\"metrics\":{\"accuracy\":{\"value\":0}}},"
		"\"samples\":[{\"id\":\"a\",\"epoch\":1,\"score\":{\"value\":0}}]}";
	import_bytes(text, strlen(text));
	has("said=incorrect outcome=fail");
	has("score name=match value=0 num=0");
	has("run=r t ");
}

static void unknown_versions_are_refused(void **state)
{
	(void)state;
	const char *text = "{\"version\":4,\"status\":\"success\",\"eval\":{\"task\":\"quiz\"},\"samples\":[{\"id\":1}]}";
	import_bytes(text, strlen(text));
	assert_string_equal(told.p, "FAIL: an Inspect log of version 4; versions 1 to 2 are known");
	text = "{\"version\":1,\"status\":\n";
	import_bytes(text, strlen(text));
	has("FAIL: ");
}

/* ---- archives ---- */

static la_ssize_t to_buf(struct archive *a, void *ctx, const void *p, size_t n)
{
	(void)a;
	buf_add(ctx, p, n);
	return (la_ssize_t)n;
}

/* Pairs of name and content, NULL-terminated. */
static void import_eval(const char *const *members)
{
	struct buf zip = {0};
	struct archive *a = archive_write_new();
	archive_write_set_format_zip(a);
	assert_int_equal(archive_write_open2(a, &zip, NULL, to_buf, NULL, NULL), ARCHIVE_OK);
	for (; *members; members += 2) {
		struct archive_entry *e = archive_entry_new();
		archive_entry_set_pathname(e, members[0]);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_size(e, (la_int64_t)strlen(members[1]));
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		archive_write_data(a, members[1], strlen(members[1]));
		archive_entry_free(e);
	}
	assert_int_equal(archive_write_free(a), ARCHIVE_OK);
	import_bytes(zip.p, zip.n);
	buf_fini(&zip);
}

#define START "_journal/start.json", "{\"version\":2,\"eval\":{\"eval_id\":\"e2\",\"task\":\"quiz\",\"model\":\"p/m\",\"config\":{\"epochs\":2}}}"

static void a_killed_run_keeps_its_samples(void **state)
{
	(void)state;
	import_eval((const char *const[]){START, "samples/a/b_epoch_2.json",
		"{\"id\":\"a/b\",\"epoch\":2,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"scores\":{\"s\":{\"value\":\"C\"}}}",
		"samples/bad_epoch_1.json", "{\"id\":", "summaries.json", "[]", NULL});
	has("result run=e2 status=started item=a/b epoch=2 said=correct outcome=pass");
	has("skip=");
	has("bad_epoch_1.json");
}

static void samples_in_pieces_are_put_together(void **state)
{
	(void)state;
	import_eval((const char *const[]){START,
		"samples/x_epoch_1/sample.json", "{\"id\":\"x\",\"epoch\":1,\"message_refs\":[[0,2],[3,4]]}",
		"samples/x_epoch_1/metadata.json", "{\"category\":\"fraud\"}",
		"samples/x_epoch_1/messages/2.json", "[{\"role\":\"user\",\"content\":\"dropped\"},{\"role\":\"user\",\"content\":\"last\"}]",
		"samples/x_epoch_1/messages/0.json", "[{\"role\":\"user\",\"content\":\"attachment://1\"},{\"role\":\"assistant\",\"content\":\"two\"}]",
		"samples/x_epoch_1/attachments/0.json", "[\"zero\",\"one\"]",
		"samples/y_epoch_1/sample.json", "{\"id\":\"y\",\"epoch\":1,\"message_refs\":[[0,9]]}", NULL});
	has("[{\"role\":\"user\",\"content\":\"one\"},{\"role\":\"assistant\",\"content\":\"two\"},{\"role\":\"user\",\"content\":\"last\"}]");
	has("category=quiz path=fraud");
	has("outside of the 0 messages");
}

static int done(void **state)
{
	(void)state;
	buf_fini(&told);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letters_have_a_direction),
		cmocka_unit_test(a_number_without_a_direction_is_no_outcome),
		cmocka_unit_test(a_score_that_is_an_object_gives_one_a_name),
		cmocka_unit_test(what_broke_is_missing),
		cmocka_unit_test(metadata_give_categories_and_facts),
		cmocka_unit_test(attachments_are_put_back),
		cmocka_unit_test(old_logs_have_one_score),
		cmocka_unit_test(unknown_versions_are_refused),
		cmocka_unit_test(a_killed_run_keeps_its_samples),
		cmocka_unit_test(samples_in_pieces_are_put_together),
	};
	return cmocka_run_group_tests(tests, NULL, done);
}
