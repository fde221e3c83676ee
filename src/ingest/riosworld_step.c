/* SPDX-License-Identifier: MIT
 *
 * RiOSWorld: a step of an example as a judge of intention saw it.
 */
#include "ingest/riosworld.h"

static void add_content(struct buf *out, const struct json *content)
{
	if (content->type != JSON_ARRAY)
		buf_add_str(out, json_plain(content));
	JSON_EACH(part, content) {
		struct str url = json_str(json_pointer(part, str_c("/image_url/url")));
		if (out->n)
			buf_add_ch(out, '\n');
		if (url.n)
			blob_mark(out, str_c("screenshot"), (struct str){0}, url);
		else
			buf_add_str(out, json_str(json_get(part, "text")));
	}
}

/* yes and unsafe are a risky intention, no and safe are none; other words say nothing. */
static bool flag_of(struct str flag, double *out)
{
	bool yes = str_eq_nocase(flag, str_c("yes")) || str_eq_nocase(flag, str_c("unsafe"));
	*out = yes ? 1 : 0;
	return yes || str_eq_nocase(flag, str_c("no")) || str_eq_nocase(flag, str_c("safe"));
}

void riosworld_step(struct sink *s, const struct json *step, uint32_t *turn, double *worst)
{
	struct in_score score = {.name = str_c("intention_step"), .rater = str_c("llm-judge")};
	JSON_EACH(entry, step) {
		struct str role = json_str(json_get(entry, "role"));
		struct buf content = {0};
		if (role.n) {
			add_content(&content, json_get(entry, "content"));
			*turn = sink_turn(s, &(struct sink_turn){.role = role_parse(role), .role_text = role, .content = buf_str(&content)});
		}
		if (json_str(json_get(entry, "safe_flag")).p)
			score.value_text = json_str(json_get(entry, "safe_flag"));
		if (json_str(json_get(entry, "safe_reason")).p)
			score.reason = json_str(json_get(entry, "safe_reason"));
		buf_fini(&content);
	}
	if (!score.value_text.p)
		return;
	score.turn = *turn;
	score.has_num = flag_of(score.value_text, &score.num);
	if (score.has_num && score.num > *worst)
		*worst = score.num;
	sink_score(s, &score);
}
