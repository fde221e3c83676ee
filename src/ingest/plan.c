/* SPDX-License-Identifier: MIT
 *
 * From PATHs to claims: a format that knows whole directories goes first, then
 * each member goes to the format that is surest; an archive is offered as a
 * whole before its members are.
 */
#include "ingest/plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

struct planner {
	struct plan *plan;
	const struct importer *only;
	const struct bundle *bundle;
	bool *taken; /* by member */
	struct planned *offers;
	size_t noffers, offers_cap;
	const struct importer *asking;
};

static void add_source(struct plan *p, const struct planned *s)
{
	if (p->n == p->cap)
		p->sources = vec_grow(p->sources, &p->cap, p->n + 1, sizeof *p->sources);
	struct planned *out = &p->sources[p->n++];
	*out = *s;
	const struct member **members = arena_alloc(&p->arena, s->claim.n * sizeof *members);
	memcpy(members, s->claim.members, s->claim.n * sizeof *members);
	out->claim.members = members;
	for (size_t i = 0; i < s->claim.n; i++)
		out->bytes += members[i]->size == UINT64_MAX ? 0 : members[i]->size;
	p->bytes += out->bytes;
}

static void keep_bundle(struct plan *p, struct bundle *b)
{
	if (p->nbundles == p->bundles_cap)
		p->bundles = vec_grow(p->bundles, &p->bundles_cap, p->nbundles + 1, sizeof *p->bundles);
	p->bundles[p->nbundles++] = b;
}

/* ---- formats that claim several members at once ---- */

static void take_offer(void *ctx, const struct claim *c)
{
	struct planner *pl = ctx;
	if (c->n == 0)
		return;
	if (pl->noffers == pl->offers_cap)
		pl->offers = vec_grow(pl->offers, &pl->offers_cap, pl->noffers + 1, sizeof *pl->offers);
	struct planned *o = &pl->offers[pl->noffers++];
	*o = (struct planned){.claim = *c};
	o->claim.importer = pl->asking;
	const struct member **members = arena_alloc(&pl->plan->arena, c->n * sizeof *members);
	memcpy(members, c->members, c->n * sizeof *members);
	o->claim.members = members;
	if (!o->claim.main)
		o->claim.main = members[0];
}

static int surer_first(const void *a, const void *b)
{
	const struct planned *x = a, *y = b;
	if (x->claim.confidence != y->claim.confidence)
		return x->claim.confidence < y->claim.confidence ? 1 : -1;
	return strcmp(x->claim.main->path, y->claim.main->path);
}

static void claim_groups(struct planner *pl)
{
	for (size_t i = 0; importers[i]; i++) {
		pl->asking = importers[i];
		if (importers[i]->claim && (!pl->only || pl->only == importers[i]))
			importers[i]->claim(pl->bundle, take_offer, pl);
	}
	if (pl->noffers)
		qsort(pl->offers, pl->noffers, sizeof *pl->offers, surer_first);
	for (size_t i = 0; i < pl->noffers; i++) {
		const struct claim *c = &pl->offers[i].claim;
		bool free_members = true;
		for (size_t k = 0; k < c->n && free_members; k++)
			free_members = c->members[k]->bundle == pl->bundle && !pl->taken[c->members[k]->index];
		if (!free_members)
			continue;
		for (size_t k = 0; k < c->n; k++)
			pl->taken[c->members[k]->index] = true;
		add_source(pl->plan, &pl->offers[i]);
	}
}

/* ---- one member ---- */

static bool best_format(const struct planner *pl, const struct member *m, const struct bundle *inside, struct planned *out)
{
	*out = (struct planned){.inside = inside};
	for (size_t i = 0; importers[i]; i++) {
		char why[160] = "";
		const struct importer *imp = importers[i];
		if (pl->only && pl->only != imp)
			continue;
		int sure = importer_probe(imp, m, inside, why);
		if (sure <= WITHOUT_MODEL && !pl->only && !pl->plan->model_set)
			continue;
		if (sure > out->claim.confidence) {
			if (out->claim.importer) {
				out->runner_up = out->claim.importer->name;
				out->runner_up_confidence = out->claim.confidence;
				memcpy(out->runner_up_why, out->claim.why, sizeof out->runner_up_why);
			}
			out->claim.importer = importers[i];
			out->claim.confidence = sure;
			memcpy(out->claim.why, why, sizeof why);
		} else if (sure > out->runner_up_confidence) {
			out->runner_up = importers[i]->name;
			out->runner_up_confidence = sure;
			memcpy(out->runner_up_why, why, sizeof out->runner_up_why);
		}
	}
	return out->claim.importer != NULL;
}

static void add_member(struct planner *pl, const struct member *m, struct planned *s)
{
	s->claim.main = m;
	s->claim.members = &m;
	s->claim.n = 1;
	add_source(pl->plan, s);
}

static void add_unknown(struct plan *p, const struct member *m)
{
	if (p->nunknown == p->unknown_cap)
		p->unknown = vec_grow(p->unknown, &p->unknown_cap, p->nunknown + 1, sizeof *p->unknown);
	p->unknown[p->nunknown++] = (struct unknown){m->path, trait_of(&p->arena, m)};
}

static void plan_bundle(struct plan *p, const struct bundle *b, const struct importer *only);

static void plan_archive(struct planner *pl, const struct member *m)
{
	struct bundle *inside = NULL;
	struct err why = {0};
	struct planned s;
	if (bundle_open_member(m, &inside, &why) == OK)
		keep_bundle(pl->plan, inside);
	if (best_format(pl, m, inside, &s)) {
		add_member(pl, m, &s);
	} else if (inside && !str_ends(str_c(m->name), ".eval")) {
		plan_bundle(pl->plan, inside, pl->only);
	} else {
		/* What is in a log that is not whole makes no sense one by one. */
		add_unknown(pl->plan, m);
		pl->plan->unknown[pl->plan->nunknown - 1].trait =
		        inside ? str_c("an archive without a header that says what was run")
		               : arena_str(&pl->plan->arena, str_c(err_text(&why)));
	}
	err_fini(&why);
}

/* Below it a claim is a guess: not taken from files whose names say that they are something else. */
enum { SURE = 50 };

static void plan_member(struct planner *pl, const struct member *m)
{
	struct planned s;
	if (m->container == CONTAINER_ZIP || m->container == CONTAINER_TAR) {
		plan_archive(pl, m);
		return;
	}
	if (best_format(pl, m, NULL, &s) && (pl->only || s.claim.confidence >= SURE || !is_passed_over(m))) {
		add_member(pl, m, &s);
		return;
	}
	if (!pl->only || pl->bundle->n > 1) {
		add_unknown(pl->plan, m);
		return;
	}
	/* One file and one named format: the user knows. */
	s.claim.importer = pl->only;
	s.claim.confidence = 1;
	memcpy(s.claim.why, "as told", sizeof "as told");
	add_member(pl, m, &s);
}

static void plan_bundle(struct plan *p, const struct bundle *b, const struct importer *only)
{
	struct planner pl = {.plan = p, .only = only, .bundle = b, .taken = xcalloc(b->n ? b->n : 1, sizeof(bool))};
	claim_groups(&pl);
	for (size_t i = 0; i < b->n; i++)
		if (!pl.taken[i])
			plan_member(&pl, &b->members[i]);
	free(pl.taken);
	free(pl.offers);
}

/* A table that is named by itself has its NAME.map.json beside it all the same. */
static bool add_mapped(struct plan *p, const struct bundle *b)
{
	const char *dot = strrchr(b->path, '.'), *slash = strrchr(b->path, '/');
	struct bundle *beside = NULL;
	struct err none = {0};
	if (b->n != 1 || !dot || (slash && dot < slash) || str_ends(str_c(b->path), ".map.json"))
		return false;
	char *path = xasprintf("%.*s.map.json", (int)(dot - b->path), b->path);
	bool found = bundle_open(path, &beside, &none) == OK && beside->n == 1 && str_ends(str_c(b->members[0].path), dot);
	free(path);
	err_fini(&none);
	if (!found) {
		bundle_free(beside);
		return false;
	}
	keep_bundle(p, beside);
	const struct member *both[] = {&b->members[0], &beside->members[0]};
	struct planned s = {.claim = {.importer = importer_find("table", NULL), .main = both[0], .members = both, .n = 2,
		.map = both[1], .confidence = 100}};
	snprintf(s.claim.why, sizeof s.claim.why, "field map beside it: %.130s", both[1]->name);
	add_source(p, &s);
	return true;
}

enum status plan_add_path(struct plan *p, const char *path, const struct importer *only, struct err *err)
{
	struct bundle *b;
	enum status st = bundle_open(path, &b, err);
	if (st)
		return st;
	keep_bundle(p, b);
	if (only || !add_mapped(p, b))
		plan_bundle(p, b, only);
	return OK;
}

static int by_path(const void *a, const void *b)
{
	const struct planned *x = a, *y = b;
	return strcmp(x->claim.main->path, y->claim.main->path);
}

void plan_finish(struct plan *p)
{
	size_t kept = 0;
	if (p->n)
		qsort(p->sources, p->n, sizeof *p->sources, by_path);
	for (size_t i = 0; i < p->n; i++) {
		if (kept && by_path(&p->sources[kept - 1], &p->sources[i]) == 0) {
			p->bytes -= p->sources[i].bytes;
			continue;
		}
		p->sources[kept++] = p->sources[i];
	}
	p->n = kept;
}

void plan_fini(struct plan *p)
{
	/* Inner bundles were opened after the ones that hold them. */
	while (p->nbundles)
		bundle_free(p->bundles[--p->nbundles]);
	free(p->bundles);
	free(p->sources);
	free(p->unknown);
	arena_fini(&p->arena);
}

const struct importer *importer_find(const char *name, struct err *err)
{
	struct buf names = {0};
	for (size_t i = 0; importers[i]; i++) {
		if (strcmp(importers[i]->name, name) == 0) {
			buf_fini(&names);
			return importers[i];
		}
		buf_printf(&names, "%s%s", i ? ", " : "", importers[i]->name);
	}
	err_usage(err, "there is no format \"%s\"; there are: %s", name, names.p ? names.p : "none");
	buf_fini(&names);
	return NULL;
}
