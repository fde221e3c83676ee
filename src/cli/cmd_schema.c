/* SPDX-License-Identifier: MIT
 *
 * schema: the JSON Schemas of our own formats, as they are compiled in.
 */
#include <stdlib.h>

#include "base/embed.h"
#include "base/mem.h"
#include "cli/commands.h"

static const char suffix[] = ".schema.json";

/* "policy" of "schemas/policy.schema.json"; absent for other files. */
static struct str schema_name(const char *path)
{
	struct str s = str_c(path);
	if (!str_starts(s, "schemas/") || !str_ends(s, suffix) || s.n < sizeof "schemas/" + sizeof suffix - 2)
		return str_n(NULL, 0);
	return str_sub(s, strlen("schemas/"), s.n - strlen("schemas/") - strlen(suffix));
}

static enum status print_names(struct cli *cli, struct err *err)
{
	struct buf b = {0};
	for (const struct embed *e = embed_table; e->path; e++) {
		struct str name = schema_name(e->path);
		if (name.n)
			buf_printf(&b, "%.*s\n", (int)name.n, name.p);
	}
	enum status st = cli_write(cli, buf_str(&b), err);
	buf_fini(&b);
	return st;
}

enum status cmd_schema(struct cli *cli, struct err *err)
{
	const char *word = cli->args.nwords ? cli->args.words[0] : NULL, *near = NULL;
	size_t best = 3;
	if (!word)
		return print_names(cli, err);
	char *path = xasprintf("schemas/%s%s", word, suffix);
	struct str text = embed_get(path);
	free(path);
	if (text.p)
		return cli_write(cli, text, err);
	struct arena a = {0};
	for (const struct embed *e = embed_table; e->path; e++) {
		struct str name = schema_name(e->path);
		size_t d = name.n ? str_distance(str_c(word), name, 2) : 3;
		if (d < best) {
			best = d;
			near = arena_cstr(&a, name);
		}
	}
	enum status st = near ? err_usage(err, "unknown schema \"%s\"; did you mean %s?", word, near)
		: err_usage(err, "unknown schema \"%s\" (plimsoll schema lists them)", word);
	arena_fini(&a);
	return st;
}
