/* SPDX-License-Identifier: MIT
 *
 * T2I-RiskyPrompt: a bank of prompts for image models, {number: {prompt, label: {"Top--Sub": [reasons]}}}. It holds no
 * results; the categories join those of the same items.
 */
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/sniff.h"
#include "ingest/walk.h"

extern const struct importer imp_t2i;

/* "Top--Sub" is a path. */
static struct str category_of(struct arena *a, struct str label)
{
	struct buf b = {0};
	buf_add_c(&b, "t2i-riskyprompt:");
	for (ptrdiff_t at; (at = str_find(label, str_c("--"))) >= 0; label = str_sub(label, (size_t)at + 2, label.n)) {
		buf_add_str(&b, str_trim(str_sub(label, 0, (size_t)at)));
		buf_add_ch(&b, '/');
	}
	buf_add_str(&b, str_trim(label));
	struct str out = arena_str(a, buf_str(&b));
	buf_fini(&b);
	return out;
}

static enum status bank(void *ctx, const struct walked *w, struct err *err)
{
	struct import *im = ctx;
	uint64_t reasons = 0, prompts = 0;
	(void)err;
	JSON_EACH(item, w->node)
	{
		const struct json *labels = json_get(item, "label");
		if (labels->type != JSON_OBJECT) {
			sink_skip(im->sink, w->record->line, "item %.*s has no labels", (int)item->key.n, item->key.p ? item->key.p : "");
			continue;
		}
		prompts += json_get(item, "prompt")->type == JSON_STRING;
		JSON_EACH(label, labels)
		{
			sink_label(im->sink, setting_or(im, "task", str_c("t2i-riskyprompt")), item->key, "category",
				category_of(w->arena, label->key));
			reasons += label->count;
		}
	}
	if (prompts)
		sink_ignore(im->sink, str_c("prompts"), prompts);
	if (reasons)
		sink_ignore(im->sink, str_c("reasons for labels"), reasons);
	return OK;
}

static enum status t2i_read(struct import *im, struct err *err)
{
	struct walk walk = {.each = bank, .ctx = im};
	return walk_member(im, im->claim->main, &walk, err);
}

static bool first_key(void *ctx, struct str key, struct str value)
{
	(void)value;
	*(struct str *)ctx = key;
	return true;
}

static int t2i_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	struct str key = {0};
	char prompt[64], label[64];
	int64_t number;
	if (inside || m->head.n == 0 || records_sniff(m->head) != RECORDS_DOCUMENT)
		return 0;
	sniff_members(m->head, first_key, &key);
	if (key.n > 20 || !str_to_i64(key, &number))
		return 0;
	snprintf(prompt, sizeof prompt, "%.*s/prompt", (int)key.n, key.p);
	snprintf(label, sizeof label, "%.*s/label", (int)key.n, key.p);
	if (!head_has(m->head, prompt) || !head_has(m->head, label) || str_find(m->head, str_c("--")) < 0)
		return 0;
	snprintf(why, 160, "numbered prompts with labels \"top--sub\"");
	return 92;
}

const struct importer imp_t2i = {
	.name = "t2i-riskyprompt",
	.title = "T2I-RiskyPrompt item bank (.json)",
	.version = 1,
	.maps = "No results: each label of a prompt is a category of the item of that number, in taxonomy t2i-riskyprompt, and joins the "
		"results of task t2i-riskyprompt (or --set task) whenever they come. Prompts and reasons are counted.",
	.polarity = "It has none.",
	.probe = t2i_probe,
	.read = t2i_read,
};
