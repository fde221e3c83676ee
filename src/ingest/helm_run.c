/* SPDX-License-Identifier: MIT
 *
 * What HELM calls a run: "scenario:key=value,model=org_name", also the name of its directory.
 */
#include "ingest/imp_helm.h"

/* The run's name without its model: what is asked, the same for all models. */
static struct str task_of(struct arena *a, struct str name)
{
	struct str rest = name, scenario, part;
	struct buf b = {0};
	str_cut(&rest, ':', &scenario);
	buf_add_str(&b, scenario);
	for (char sep = ':'; rest.p && str_cut(&rest, ',', &part);) {
		if (str_starts(part, "model=") || str_starts(part, "model_deployment="))
			continue;
		buf_printf(&b, "%c%.*s", sep, (int)part.n, part.p);
		sep = ',';
	}
	struct str out = arena_str(a, buf_str(&b));
	buf_fini(&b);
	return out;
}

/* "…,model=org_name" of a run's name: HELM writes the first slash of a model as '_'. */
static struct str model_of(struct arena *a, struct str name)
{
	struct str part;
	ptrdiff_t colon = str_find(name, str_c(":"));
	name = colon < 0 ? (struct str){0} : str_sub(name, (size_t)colon + 1, name.n);
	while (name.p && str_cut(&name, ',', &part)) {
		if (!str_starts(part, "model="))
			continue;
		char *model = arena_cstr(a, str_sub(part, strlen("model="), part.n)), *slash = strchr(model, '_');
		if (slash)
			*slash = '/';
		return str_c(model);
	}
	return (struct str){0};
}

/* The directory that a file lies in is named like its run. */
static struct str folder_of(const struct member *m)
{
	struct str path = str_c(m->path);
	while (path.n && path.p[path.n - 1] != '/')
		path.n--;
	if (path.n)
		path.n--;
	size_t from = path.n;
	while (from && path.p[from - 1] != '/' && path.p[from - 1] != '!')
		from--;
	return str_sub(path, from, path.n - from);
}

void helm_run(struct helm *h, struct str name, const struct json *adapter, const struct json *groups)
{
	struct str model = json_str(json_get(adapter, "model")), served = json_str(json_get(adapter, "model_deployment")), maker;
	struct str group = json_str(json_at(groups, 0));
	if (!name.n)
		name = folder_of(h->im->claim->main);
	h->run = arena_str(&h->keep, name.n ? name : str_c(h->im->claim->main->path));
	h->task = task_of(&h->keep, h->run);
	model = model.n ? model : model_of(&h->keep, h->run);
	h->model = arena_str(&h->keep, model);
	served = served.n ? served : model;
	h->provider = str_find(served, str_c("/")) > 0 && str_cut(&served, '/', &maker) ? arena_str(&h->keep, maker) : (struct str){0};
	h->group = arena_str(&h->keep, group);
	sink_run(h->im->sink, &(struct in_run){.tool = str_c("helm"), .key = h->run, .task = h->task, .declared = -1});
}
