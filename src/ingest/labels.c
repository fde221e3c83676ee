/* SPDX-License-Identifier: MIT
 *
 * Labels of items: what a reviewer or an item bank says about test cases,
 * joined by the item's key. They come after all rules.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/ruleset.h"

void ruleset_add_label(struct ruleset *rs, const struct label *l)
{
	if (rs->nlabels == rs->labels_cap)
		rs->labels = vec_grow(rs->labels, &rs->labels_cap, rs->nlabels + 1, sizeof *rs->labels);
	if (rs->nlabels == rs->next_cap)
		rs->next_label = vec_grow(rs->next_label, &rs->next_cap, rs->nlabels + 1, sizeof *rs->next_label);
	uint32_t item = dict_add(&rs->items, l->item);
	if (item >= rs->first_cap) {
		size_t old = rs->first_cap;
		rs->first_label = vec_grow(rs->first_label, &rs->first_cap, (size_t)item + 1, sizeof *rs->first_label);
		memset(rs->first_label + old, 0, (rs->first_cap - old) * sizeof *rs->first_label);
	}
	size_t i = rs->nlabels++;
	rs->labels[i] = (struct label){
	        .task = arena_str(&rs->arena, l->task),
	        .item = dict_name(&rs->items, item),
	        .field = arena_str(&rs->arena, l->field),
	        .value = arena_str(&rs->arena, l->value),
	};
	rs->next_label[i] = 0;
	uint32_t *link = &rs->first_label[item]; /* in the order of adding: later labels win */
	while (*link)
		link = &rs->next_label[*link - 1];
	*link = (uint32_t)i + 1;
}

static uint32_t first_label(const struct ruleset *rs, struct str item)
{
	if (!rs->nlabels)
		return 0;
	uint32_t id = dict_find(&rs->items, item);
	return id == DICT_NONE ? 0 : rs->first_label[id];
}

static bool applies(const struct label *l, const struct raw_facts *raw)
{
	return l->task.n == 0 || str_eq_nocase(l->task, raw->task);
}

void labels_apply(const struct ruleset *rs, const struct raw_facts *raw, struct derived *out,
        void (*add)(void *ctx, struct str category), void *ctx)
{
	for (uint32_t i = first_label(rs, raw->item); i; i = rs->next_label[i - 1]) {
		const struct label *l = &rs->labels[i - 1];
		if (!applies(l, raw))
			continue;
		if (str_eq_c(l->field, "category"))
			add(ctx, l->value);
		else if (str_eq_c(l->field, "severity"))
			severity_parse(l->value, &out->severity);
		else if (str_eq_c(l->field, "item_severity"))
			severity_parse(l->value, &out->item_severity);
		else if (str_eq_c(l->field, "kind"))
			kind_parse(l->value, &out->kind);
	}
}

struct str labels_target(const struct ruleset *rs, const struct raw_facts *raw)
{
	struct str target = {0};
	for (uint32_t i = first_label(rs, raw->item); i; i = rs->next_label[i - 1])
		if (applies(&rs->labels[i - 1], raw) && str_eq_c(rs->labels[i - 1].field, "target"))
			target = rs->labels[i - 1].value;
	return target;
}
