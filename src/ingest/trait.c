/* SPDX-License-Identifier: MIT
 *
 * A word about files that no format knows: the keys of a JSON object, the
 * header of a table; and which files are not worth a word.
 */
#include "base/utf8.h"
#include "ingest/csvread.h"
#include "ingest/plan.h"
#include "source/records.h"

/* By suffix or whole name, in lower case: what lies beside results and never holds any. */
static const char *const passed_over[] = {
        "*.md",
        "*.py",
        "*.pyc",
        "*.sh",
        "*.js",
        "*.ts",
        "*.c",
        "*.h",
        "*.rs",
        "*.go",
        "*.ipynb",
        "*.html",
        "*.htm",
        "*.css",
        "*.png",
        "*.jpg",
        "*.jpeg",
        "*.gif",
        "*.svg",
        "*.webp",
        "*.pdf",
        "*.mp4",
        "*.wav",
        "*.mp3",
        "*.yaml",
        "*.yml",
        "*.toml",
        "*.ini",
        "*.cfg",
        "*.lock",
        "*.rst",
        "*.tex",
        "*.bib",
        "*.db",
        "*.sqlite",
        "*.db-wal",
        "*.db-shm",
        "*.pt",
        "*.pth",
        "*.npy",
        "*.npz",
        "*.pkl",
        "*.safetensors",
        "*.parquet",
        "*.rules",
        "*.log",
        "*.patch",
        "*.diff",
        "readme*",
        "license*",
        "licence*",
        "copying*",
        "makefile",
        "dockerfile",
        ".*",
        "manifest.tsv",
};

enum { SHOWN_KEYS = 6, SHOWN_BYTES = 80 };

static const char field_map_hint[] = ": a field map says what they are, and `plimsoll map` writes one to begin with";

static struct str base_name(const char *name)
{
	const char *slash = strrchr(name, '/');
	return str_c(slash ? slash + 1 : name);
}

bool is_passed_over(const struct member *m)
{
	for (size_t i = 0; i < sizeof passed_over / sizeof *passed_over; i++)
		if (str_glob(str_c(passed_over[i]), base_name(m->name)))
			return true;
	return false;
}

/* Keys of the first object, as far as the head goes; the head may be cut anywhere. */
static size_t first_keys(struct str head, struct buf *out)
{
	size_t keys = 0;
	int depth = 0;
	for (size_t i = 0; i < head.n && keys < SHOWN_KEYS; i++) {
		char c = head.p[i];
		if (c == '{' || c == '[') {
			depth++;
		} else if (c == '}' || c == ']') {
			depth--;
		} else if (c == '"') {
			size_t start = ++i;
			while (i < head.n && head.p[i] != '"')
				i += head.p[i] == '\\' ? 2 : 1;
			size_t after = i + 1;
			while (after < head.n && strchr(" \t\r\n", head.p[after]) && head.p[after])
				after++;
			if (i >= head.n || after >= head.n || head.p[after] != ':' || depth > 2)
				continue;
			if (keys++)
				buf_add_c(out, ", ");
			buf_add_str(out, str_sub(head, start, i - start > 40 ? 40 : i - start));
		}
	}
	return keys;
}

static struct str json_trait(struct arena *a, struct str head, enum records_shape shape, bool hint)
{
	static const char *const words[] = {
	        [RECORDS_LINES] = "JSON Lines", [RECORDS_ARRAY] = "a JSON array", [RECORDS_DOCUMENT] = "a JSON document"};
	struct buf keys = {0};
	size_t n = first_keys(head, &keys);
	const char *what_to_do = hint && shape != RECORDS_DOCUMENT ? field_map_hint : "";
	struct str out = n ? arena_printf(a, "%s with %s%s", words[shape], keys.p, what_to_do) : arena_str(a, str_c(words[shape]));
	buf_fini(&keys);
	return out;
}

/* By its name a table, and its header can be read; else absent. */
static struct str table_trait(struct arena *a, const struct member *m, bool hint)
{
	struct str name = str_c(m->name), *cells, out = {0};
	struct buf list = {0};
	size_t n;
	if ((str_find(name, str_c(".csv")) < 0 && str_find(name, str_c(".tsv")) < 0) ||
	        !csvread_header(a, m->head, csvread_delimiter(m->head), &cells, &n))
		return out;
	for (size_t i = 0; i < n && i < SHOWN_KEYS; i++) {
		if (i)
			buf_add_c(&list, ", ");
		utf8_repair(&list, str_sub(str_trim(cells[i]), 0, 40));
	}
	out = arena_printf(a, "columns %s%s%s", buf_str(&list).p, n > SHOWN_KEYS ? " …" : "", hint ? field_map_hint : "");
	buf_fini(&list);
	return out;
}

struct str trait_of(struct arena *a, const struct member *m)
{
	return is_passed_over(m) ? (struct str){0} : seen_of(a, m, true);
}

struct str seen_of(struct arena *a, const struct member *m, bool hint)
{
	struct str head = m->head, line;
	if (m->container == CONTAINER_ZIP || m->container == CONTAINER_TAR)
		return m->container == CONTAINER_ZIP ? str_c("a zip archive") : str_c("a tar archive");
	if (str_trim(head).n == 0)
		return str_c("empty");
	enum records_shape shape = records_sniff(head);
	if (shape != RECORDS_NONE)
		return str_ends(str_c(m->name), ".map.json") ? str_c("a field map; its table is not beside it") : json_trait(a, head, shape, hint);
	if (memchr(head.p, '\0', head.n))
		return str_c("binary");
	struct str columns = table_trait(a, m, hint);
	if (columns.p)
		return columns;
	str_cut(&head, '\n', &line);
	struct buf text = {0};
	utf8_repair(&text, str_sub(str_trim(line), 0, SHOWN_BYTES));
	struct str out = arena_printf(a, "text that begins \"%s\"", text.p ? text.p : "");
	buf_fini(&text);
	return out;
}
