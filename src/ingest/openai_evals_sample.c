/* SPDX-License-Identifier: MIT
 *
 * One sample of an OpenAI evals log, put together from its events. The model's requests and those of a grading model are
 * not marked apart: a conversation that begins otherwise than the sample's first one is the grader's.
 */
#include "base/clock.h"
#include "ingest/imp_openai_evals.h"
#include "ingest/walk.h"

/* "2024-02-06 06:28:16.896800", with or without a zone. */
static int64_t time_in(const struct json *node)
{
	int64_t ms;
	bool zone;
	return clock_parse(json_str(node), &ms, &zone) ? ms : 0;
}

struct sample {
	struct arena arena;
	const struct json **events;
	size_t n;
	const struct json *spec, *main; /* main: the last of the longest requests of the first conversation */
};

static const struct json *data_of(const struct json *event)
{
	return json_get(event, "data");
}

static bool is_type(const struct json *event, const char *type)
{
	return str_eq_c(json_str(json_get(event, "type")), type);
}

/* What tells one conversation from another: the text of a prompt, or its first message. */
static struct str opening(const struct json *event)
{
	const struct json *prompt = json_get(data_of(event), "prompt");
	return prompt->type == JSON_ARRAY ? json_plain(json_get(json_at(prompt, 0), "content")) : json_plain(prompt);
}

static bool is_longer(const struct json *a, const struct json *b)
{
	return json_get(data_of(a), "prompt")->count >= json_get(data_of(b), "prompt")->count;
}

static void choose_main(struct sample *p)
{
	struct str first = {0};
	for (size_t i = 0; i < p->n; i++) {
		if (!is_type(p->events[i], "sampling"))
			continue;
		if (!first.p)
			first = opening(p->events[i]);
		if (str_eq(first, opening(p->events[i])) && (!p->main || is_longer(p->events[i], p->main)))
			p->main = p->events[i];
	}
}

static void load(struct sample *p, const struct in_part *parts, size_t n)
{
	static const struct json absent = {0};
	p->spec = &absent;
	p->events = arena_alloc(&p->arena, (n + 1) * sizeof(struct json *));
	for (size_t i = 0; i < n; i++) {
		const struct json *node;
		if (json_read(&p->arena, parts[i].body, NULL, &node, NULL) != OK)
			continue;
		if (parts[i].order.n)
			p->events[p->n++] = node;
		else
			p->spec = json_get(node, "spec");
	}
	choose_main(p);
}

static const struct json *find(const struct sample *p, const char *type, const char *member)
{
	for (size_t i = p->n; i-- > 0;)
		if (is_type(p->events[i], type) && !json_is_null(json_get(data_of(p->events[i]), member)))
			return json_get(data_of(p->events[i]), member);
	return json_get(p->spec, "");
}

static void add_turns(struct sink *s, const struct json *main)
{
	const struct json *prompt = json_get(data_of(main), "prompt"), *sampled = json_get(data_of(main), "sampled");
	if (prompt->type == JSON_ARRAY)
		sink_chat(s, prompt);
	else
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = json_plain(prompt)});
	if (sampled->type != JSON_ARRAY)
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = json_plain(sampled)});
	JSON_EACH(text, sampled)
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = json_plain(text)});
}

/* What a grader said last; a word is a value, more is a reason. */
static void add_grader(struct sink *s, const struct sample *p)
{
	const struct json *last = NULL;
	for (size_t i = 0; i < p->n; i++)
		if (is_type(p->events[i], "sampling") && p->main && !str_eq(opening(p->events[i]), opening(p->main)))
			last = p->events[i];
	if (!last)
		return;
	const struct json *sampled = json_get(data_of(last), "sampled");
	struct str said = json_plain(sampled->type == JSON_ARRAY ? json_at(sampled, 0) : sampled);
	struct in_score score = {.name = str_c("grader"), .rater = str_c("grader")};
	if (said.n <= 64)
		score.value_text = said;
	else
		score.reason = said;
	sink_score(s, &score);
}

static void add_scores(struct sink *s, const struct json *event)
{
	static const char *const of_match[] = {"correct", "expected", "picked", "sampled", "options", NULL};
	struct in_score score;
	bool match = is_type(event, "match");
	JSON_EACH(value, data_of(event)) {
		if (match ? !str_eq_c(value->key, "correct") : json_is_null(value))
			continue;
		if (!score_of(value, "", &score))
			score.value_text = json_plain(value);
		score.name = value->key;
		sink_score(s, &score);
	}
	if (match)
		sink_rest(s, "", data_of(event), of_match);
}

enum status openai_evals_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err)
{
	struct sample p = {0};
	struct sink_result r = SINK_RESULT_INIT;
	load(&p, parts, n);
	if (!p.n) {
		arena_fini(&p.arena);
		return OK;
	}
	struct str run = json_str(json_get(p.events[0], "run_id"));
	sink_run(s, &(struct in_run){.tool = str_c("openai-evals"),
		.key = run.n ? run : json_str(json_at(p.spec, 0)), .task = json_str(json_at(p.spec, 2)),
		.created_ms = time_in(json_at(p.spec, 3)), .declared = -1});
	r.model = json_str(json_at(p.spec, 1));
	r.item = json_str(json_get(p.events[0], "sample_id"));
	r.started_ms = time_in(json_get(p.events[0], "created_at"));
	r.target = json_plain(find(&p, "match", "expected"));
	r.answer = json_plain(json_first(find(&p, "match", "picked"), find(&p, "match", "sampled")));
	r.error = json_plain(find(&p, "error", "message"));
	sink_result(s, &r);
	if (p.main)
		add_turns(s, p.main);
	add_grader(s, &p);
	for (size_t i = 0; i < p.n; i++) {
		if (is_type(p.events[i], "match") || is_type(p.events[i], "metrics"))
			add_scores(s, p.events[i]);
		else if (!is_type(p.events[i], "sampling") && !is_type(p.events[i], "error"))
			sink_ignore(s, json_str(json_get(p.events[i], "type")), 1);
	}
	enum status st = sink_result_end(s, err);
	arena_fini(&p.arena);
	return st;
}
