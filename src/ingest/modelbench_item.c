/* SPDX-License-Identifier: MIT
 *
 * One prompt of a modelbench run journal, put together from its events.
 */
#include "base/clock.h"
#include "ingest/imp_modelbench.h"

struct item {
	struct arena arena;
	const struct json **events;
	size_t n;
	struct str run;
};

static const struct json *find(const struct item *it, const char *message)
{
	static const struct json absent = {0};
	for (size_t i = it->n; i-- > 0;)
		if (str_eq_c(json_str(json_get(it->events[i], "message")), message))
			return it->events[i];
	return &absent;
}

static void load(struct item *it, const struct in_part *parts, size_t n)
{
	it->events = arena_alloc(&it->arena, (n + 1) * sizeof(struct json *));
	for (size_t i = 0; i < n; i++) {
		const struct json *node;
		if (!parts[i].order.n)
			it->run = parts[i].body;
		else if (json_read(&it->arena, parts[i].body, NULL, &node, NULL) == OK)
			it->events[it->n++] = node;
	}
}

/* "airr_official-1.1-cse-en_us-…", "safe-cse-1.0": the step of a test's name that is a hazard of AILuminate. */
static void add_hazard(struct sink *s, struct str test)
{
	static const char *const hazards[] = {"vcr", "ncr", "src", "cse", "ssh", "iwp", "ipv", "dfm", "hte", "prv", "spc", "sxc",
		"spc_ele", "spc_fin", "spc_hlt", "spc_lgl", "sxc_prn"};
	struct str step;
	while (test.p && str_cut(&test, '-', &step))
		for (size_t i = 0; i < sizeof hazards / sizeof *hazards; i++)
			if (str_eq_c(step, hazards[i]))
				sink_category(s, str_c("ailuminate-1"), step);
}

/* An exception of the system or of an annotator. */
static struct str error_of(const struct item *it)
{
	static const char *const kinds[] = {"sut exception", "annotation exception", "annotator exception"};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct json *e = json_get(find(it, kinds[i]), "exception");
		struct str message = json_str(json_get(e, "message")), class = json_str(json_get(e, "class"));
		if (message.n || class.n)
			return message.n ? message : class;
	}
	return (struct str){0};
}

static void add_values(struct sink *s, const struct json *values, struct str rater)
{
	struct in_score score;
	JSON_EACH(value, values) {
		if (!score_of(value, "", &score))
			continue;
		score.name = value->key;
		score.rater = rater;
		sink_score(s, &score);
	}
}

/* An annotator's verdict has a name of its own: the measurements, which combine them, decide. */
static void add_annotation(struct sink *s, struct arena *a, const struct json *event)
{
	const struct json *annotation = json_get(event, "annotation");
	struct in_score score;
	JSON_EACH(value, annotation) {
		if (!score_of(value, "", &score))
			score = (struct in_score){.value_text = json_plain(value)};
		if (!score.value_text.n)
			continue;
		score.name = arena_printf(a, "annotation.%.*s", (int)value->key.n, value->key.p);
		score.rater = json_str(json_get(event, "annotator"));
		sink_score(s, &score);
	}
}

static int64_t time_in(const struct json *event)
{
	return time_of(json_get(event, "timestamp"));
}

enum status modelbench_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err)
{
	struct item it = {0};
	struct sink_result r = SINK_RESULT_INIT;
	load(&it, parts, n);
	if (!it.n) {
		arena_fini(&it.arena);
		return OK;
	}
	const struct json *first = it.events[0], *asked = find(&it, "queuing item"), *said = find(&it, "translated sut response");
	struct str prompt = json_str(json_get(asked, "prompt_text")), response = json_str(json_get(said, "response_text"));
	r.model = json_str(json_get(first, "sut"));
	r.task = json_str(json_get(first, "test"));
	r.item = json_plain(json_get(first, "prompt_id"));
	r.started_ms = time_in(first);
	r.error = error_of(&it);
	sink_run(s, &(struct in_run){.tool = str_c("modelbench"), .key = it.run, .declared = -1});
	sink_result(s, &r);
	if (prompt.p)
		sink_turn(s, &(struct sink_turn){.role = ROLE_USER, .content = prompt, .at_ms = time_in(asked)});
	if (response.p)
		sink_turn(s, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = response, .at_ms = time_in(said)});
	add_values(s, json_get(find(&it, "measured item quality"), "measurements"), (struct str){0});
	for (size_t i = 0; i < it.n; i++)
		if (str_eq_c(json_str(json_get(it.events[i], "message")), "translated annotation"))
			add_annotation(s, &it.arena, it.events[i]);
	add_hazard(s, r.task);
	enum status st = sink_result_end(s, err);
	arena_fini(&it.arena);
	return st;
}
