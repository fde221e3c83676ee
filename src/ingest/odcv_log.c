/* SPDX-License-Identifier: MIT
 *
 * ODCV-Bench's messages_record.txt: numbered steps in plain text, of which any line may look like the next one's head.
 * Only the next number begins a step; calls are a Python list in the last line of an assistant's step.
 */
#include "ingest/imp_odcv.h"

#include <stdio.h>
#include <stdlib.h>

#include "ingest/pyliteral.h"

struct log {
	struct import *im;
	struct sink *s;
	struct arena arena;
	uint64_t line; /* of the step in hand */
};

/* MODEL-VARIANT/experiments/SCENARIO/messages_record.txt, or MODEL-VARIANT_SCENARIO.txt. */
static struct odcv_name name_of(struct log *l, struct str *scenario)
{
	static const char *const suffixes[] = {".txt", NULL};
	struct str rest = str_c(l->im->claim->main->path), part, steps[3] = {{0}};
	struct str stem = path_stem(l->im->claim->main->path, suffixes);
	if (!str_eq_c(stem, "messages_record")) {
		*scenario = stem;
		str_cut(scenario, '_', &part);
		if (scenario->n)
			return odcv_name(part);
	}
	while (str_cut(&rest, '/', &part)) {
		if (str_eq_c(part, "experiments") || str_eq_c(part, "messages_record.txt"))
			continue;
		steps[0] = steps[1];
		steps[1] = part;
	}
	*scenario = steps[1];
	return odcv_name(steps[0].n ? steps[0] : steps[1]);
}

/* The text between the heads of two steps, without the line ends that the writer adds. */
static struct str trimmed_end(struct str s)
{
	for (int i = 0; i < 2 && s.n && s.p[s.n - 1] == '\n'; i++)
		s.n--;
	return s;
}

static struct str without(struct str s, const char *nothing)
{
	return str_eq_c(s, nothing) ? (struct str){0} : s;
}

/* ---- one step ---- */

static void add_calls(struct log *l, struct str list)
{
	struct err why = {0};
	const struct json *calls;
	if (pyliteral_read(&l->arena, list, &calls, &why) != OK) {
		sink_warn(l->s, "the step at line %llu has calls that can not be read: %s", (unsigned long long)l->line, err_text(&why));
		sink_call(l->s, &(struct sink_call){.arguments = list});
		err_fini(&why);
		return;
	}
	JSON_EACH(c, calls)
	{
		const struct json *f = json_get(c, "function");
		sink_call(l->s, &(struct sink_call){.id = json_plain(json_get(c, "id")), .name = json_plain(json_get(f, "name")),
			.arguments = json_plain(json_get(f, "arguments"))});
	}
}

static ptrdiff_t last_line(struct str s)
{
	size_t at = s.n;
	while (at > 0 && s.p[at - 1] != '\n')
		at--;
	return (ptrdiff_t)at;
}

static void add_assistant(struct log *l, struct str body)
{
	size_t at = (size_t)last_line(body);
	struct str call = str_sub(body, at, body.n);
	bool calls = str_starts(call, "call: [");
	if (calls)
		body = str_sub(body, 0, at ? at - 1 : 0);
	ptrdiff_t split = str_find(body, str_c("\nreason: "));
	struct sink_turn t = {.role = ROLE_ASSISTANT};
	t.content = without(split >= 0 ? str_sub(body, 0, (size_t)split) : body, "None");
	if (split >= 0)
		t.reasoning = without(str_sub(body, (size_t)split + 9, body.n), "No explanation");
	sink_turn(l->s, &t);
	if (calls)
		add_calls(l, str_sub(call, 6, call.n));
}

/* {"stdout", "stderr", "role", "returncode"}: what the shell said, to the byte; a return code other than 0 is an error. */
static void add_tool(struct log *l, struct str body)
{
	const struct json *said;
	struct sink_turn t = {.role = ROLE_TOOL, .content = body};
	int64_t code = 0;
	if (json_read(&l->arena, body, NULL, &said, NULL) == OK && json_i64(json_get(said, "returncode"), &code) && code != 0)
		t.error = arena_printf(&l->arena, "return code %lld", (long long)code);
	sink_turn(l->s, &t);
}

static void add_step(struct log *l, struct str body)
{
	struct str role;
	body = trimmed_end(body);
	if (!str_starts(body, "role: ")) {
		sink_skip(l->s, l->line, "a step without a role");
		return;
	}
	str_cut(&body, '\n', &role);
	role = str_sub(role, 6, role.n);
	if (str_starts(body, "content: "))
		body = str_sub(body, 9, body.n);
	else if (str_starts(body, "content:"))
		body = str_sub(body, 8, body.n);
	enum role r = role_parse(role);
	if (r == ROLE_ASSISTANT)
		add_assistant(l, body);
	else if (r == ROLE_TOOL)
		add_tool(l, body);
	else
		sink_turn(l->s, &(struct sink_turn){.role = r, .role_text = role, .content = without(body, "None")});
	arena_reset(&l->arena);
}

/* Where the head of step `number` stands at or behind `from`; *after: behind its line. SIZE_MAX: nowhere. */
static size_t find_head(struct str text, size_t from, unsigned number, size_t *after)
{
	char head[40];
	int n = snprintf(head, sizeof head, "== Step %u ==\n", number);
	while (from < text.n) {
		ptrdiff_t at = str_find(str_sub(text, from, text.n), str_n(head, (size_t)n));
		if (at < 0)
			break;
		from += (size_t)at;
		*after = from + (size_t)n;
		if (from == 0 || text.p[from - 1] == '\n')
			return from;
		from++;
	}
	return SIZE_MAX;
}

static uint64_t lines_in(struct str s)
{
	uint64_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static void read_steps(struct log *l, struct str text)
{
	size_t body, next_body = 0, at = find_head(text, 0, 1, &body);
	l->line = 1 + lines_in(str_sub(text, 0, at));
	for (unsigned number = 2; at != SIZE_MAX; number++, body = next_body) {
		size_t next = find_head(text, body, number, &next_body);
		size_t end = next == SIZE_MAX ? text.n : next;
		add_step(l, str_sub(text, body, end - body));
		l->line += lines_in(str_sub(text, at, end - at));
		at = next;
	}
}

/* Each step ends in a blank line: a log that does not broke off, and where is not to be told. */
static enum status check_whole(const struct log *l, struct str text, struct err *err)
{
	size_t unused;
	if (find_head(text, 0, 1, &unused) == SIZE_MAX)
		return err_fail(err, "%s: no step 1", l->im->claim->main->path);
	if (!str_ends(text, "\n\n"))
		return err_fail(err, "%s: the log breaks off in its last step", l->im->claim->main->path);
	return OK;
}

enum status odcv_read_log(struct import *im, struct err *err)
{
	struct log l = {.im = im, .s = im->sink};
	struct buf text = {0};
	struct str scenario;
	enum status st = reader_slurp(im->reader, im->claim->main, SOURCE_MAX_RECORD, &text, err);
	struct record place = {.text = buf_str(&text), .line = 1};
	struct odcv_name name = name_of(&l, &scenario);
	struct sink_result r = odcv_result(&name, scenario);
	if (!st)
		st = check_whole(&l, place.text, err);
	if (!st) {
		odcv_run(im->sink, &name);
		r.authority = ODCV_LOG;
		r.place = &place;
		sink_result(im->sink, &r);
		if (name.condition.n)
			sink_category(im->sink, str_c("odcv-condition"), name.condition);
		read_steps(&l, place.text);
		st = sink_result_end(im->sink, err);
	}
	buf_fini(&text);
	arena_fini(&l.arena);
	return st;
}
