/* SPDX-License-Identifier: MIT
 *
 * What the parser of filters may ask about the database: the names that exist.
 */
#include "facts/internal.h"

typedef void (*each_fn)(void *ctx, struct str value);

static bool each_name(const struct dict *d, each_fn each, void *ctx)
{
	for (uint32_t id = 0; id < d->n; id++)
		if (dict_name(d, id).n)
			each(ctx, dict_name(d, id));
	return true;
}

static bool each_added(struct dict *seen, each_fn each, void *ctx)
{
	each_name(seen, each, ctx);
	dict_fini(seen);
	return true;
}

/* Taxonomies, or the paths of one. */
static bool each_taxonomy(const struct names *n, struct str only, each_fn each, void *ctx)
{
	struct dict seen = {0};
	for (uint32_t id = 1; id < n->category.n; id++) {
		struct str rest = dict_name(&n->category, id), taxonomy;
		if (!str_cut(&rest, ':', &taxonomy))
			continue;
		if (!only.p)
			dict_add(&seen, taxonomy);
		else if (str_eq_nocase(taxonomy, only) && rest.n)
			dict_add(&seen, rest);
	}
	return each_added(&seen, each, ctx);
}

static bool each_reviewer(const struct facts *f, each_fn each, void *ctx)
{
	struct dict seen = {0};
	for (size_t i = 0; i < f->nannotations; i++)
		if (str_eq_c(f->annotations[i].entry.kind, "annotation") && f->annotations[i].entry.reviewer.n)
			dict_add(&seen, f->annotations[i].entry.reviewer);
	if (f->me.n)
		dict_add(&seen, f->me);
	return each_added(&seen, each, ctx);
}

static bool each_tag(const struct facts *f, each_fn each, void *ctx)
{
	struct dict seen = {0};
	for (size_t i = 0; i < f->nannotations; i++) {
		struct str tags = f->annotations[i].entry.tags, tag;
		while (f->annotations[i].current && str_cut(&tags, ',', &tag))
			if (str_trim(tag).n)
				dict_add(&seen, str_trim(tag));
	}
	return each_added(&seen, each, ctx);
}

/* Models by their names and by their aliases. */
static bool each_model(const struct names *n, each_fn each, void *ctx)
{
	each_name(&n->model, each, ctx);
	return each_name(&n->model_alias, each, ctx);
}

static bool each_value(void *ctx, enum field_id field, struct str sub, each_fn each, void *each_ctx)
{
	const struct facts *f = ctx;
	switch (field) {
	case F_MODEL:
		return each_model(&f->n, each, each_ctx);
	case F_TASK:
		return each_name(&f->n.task, each, each_ctx);
	case F_RUN:
		return each_name(&f->n.run, each, each_ctx);
	case F_SOURCE:
		return each_name(&f->n.source, each, each_ctx);
	case F_FORMAT:
		return each_name(&f->n.format, each, each_ctx);
	case F_PROVIDER:
		return each_name(&f->n.provider, each, each_ctx);
	case F_EPOCH:
		return each_name(&f->n.epoch, each, each_ctx);
	case F_CATEGORY:
		return each_name(&f->n.category, each, each_ctx);
	case F_AXIS:
		return each_taxonomy(&f->n, str_n(NULL, 0), each, each_ctx);
	case F_TAXONOMY:
		return each_taxonomy(&f->n, sub, each, each_ctx);
	case F_REVIEWER:
		return each_reviewer(f, each, each_ctx);
	case F_TAG:
		return each_tag(f, each, each_ctx);
	default:
		return false;
	}
}

struct filter_env facts_filter_env(struct facts *f)
{
	return (struct filter_env){.ctx = f, .values = each_value, .me = f->me};
}
