/* SPDX-License-Identifier: MIT
 *
 * What changed on the board since the last visit. The database keeps a line
 * with time, totals and policy, then a line a cell: a hash of area and model,
 * which names of any kind survive, and the verdict.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "ui/board.h"

enum { HASH_BYTES = 8, HASH_HEX = 2 * HASH_BYTES + 1, NAMED = 3 };

struct tally {
	size_t worse, better;
	struct buf names; /* of the first that became worse */
};

static void cell_hash(const struct board *b, const struct zone_cell *c, char hex[HASH_HEX])
{
	unsigned char sum[SHA256_SIZE];
	struct buf text = {0};
	buf_add_c(&text, b->areas[c->area].name ? b->areas[c->area].name : "");
	buf_printf(&text, "\n%d\n", b->areas[c->area].line);
	buf_add_c(&text, b->models[c->model]);
	sha256_of(buf_str(&text), sum);
	hex_encode(sum, HASH_BYTES, hex);
	buf_fini(&text);
}

static const char *policy_mark(const struct board *b)
{
	return b->policy ? b->policy->sha256 : "-";
}

char *visit_write(const struct board *b, const struct summary *m)
{
	struct buf out = {0};
	buf_printf(&out, "1 %lld %zu %zu %s\n", (long long)clock_wall_ms(), m->results, m->annotations, policy_mark(b));
	for (size_t i = 0; i < b->nareas * b->nmodels; i++) {
		char hash[HASH_HEX];
		cell_hash(b, &b->cells[i], hash);
		buf_printf(&out, "%s %d\n", hash, (int)b->cells[i].verdict);
	}
	return buf_detach(&out);
}

/* Data that are not enough for a zone are neither good nor bad news. */
static int rank(int64_t verdict)
{
	return verdict < VERDICT_GREEN ? VERDICT_GREEN : (int)verdict;
}

static const char *sign(int64_t v)
{
	return v >= 0 && v < VERDICT_COUNT ? zone_letter((enum verdict)v) : "?";
}

static void compare(struct tally *t, const struct board *b, const struct zone_cell *c, int64_t before)
{
	if (rank(c->verdict) < rank(before) && c->verdict >= VERDICT_GREEN)
		t->better++;
	if (rank(c->verdict) <= rank(before))
		return;
	if (t->worse++ >= NAMED)
		return;
	buf_add_c(&t->names, t->names.n ? ", " : "");
	escape_text(&t->names, str_c(board_area_title(&b->areas[c->area])), 0);
	buf_add_ch(&t->names, '/');
	escape_text(&t->names, str_c(b->models[c->model]), 0);
	buf_printf(&t->names, " %s%s%s", sign(before), escape_is_ascii() ? ">" : "→", sign(c->verdict));
}

/* Cells mostly stand where they stood: the search begins after the last one found. */
static void compare_cells(struct tally *t, const struct board *b, struct str rest)
{
	size_t n = b->nareas * b->nmodels, at = 0;
	char (*hashes)[HASH_HEX] = xcalloc(n + 1, sizeof *hashes);
	struct str line, hash;
	for (size_t i = 0; i < n; i++)
		cell_hash(b, &b->cells[i], hashes[i]);
	while (n && str_cut(&rest, '\n', &line)) {
		int64_t before;
		str_cut(&line, ' ', &hash);
		if (!str_to_i64(line, &before))
			continue;
		for (size_t i = 0; i < n; i++) {
			size_t k = (at + i) % n;
			if (!str_eq_c(hash, hashes[k]))
				continue;
			compare(t, b, &b->cells[k], before);
			at = k + 1;
			break;
		}
	}
	free(hashes);
}

static void add_difference(struct buf *out, int64_t before, size_t now, const char *more, const char *fewer)
{
	uint64_t d = (int64_t)now > before ? now - (uint64_t)before : (uint64_t)before - now;
	if (d == 0)
		return;
	buf_add_c(out, ", ");
	add_number(out, d);
	buf_printf(out, " %s", (int64_t)now > before ? more : fewer);
}

static void add_cells(struct buf *out, const struct tally *t)
{
	if (t->worse)
		buf_printf(out, ", %zu %s worse (%s%s)", t->worse, t->worse == 1 ? "cell" : "cells", t->names.p, t->worse > NAMED ? " ..." : "");
	if (t->better)
		buf_printf(out, ", %zu %s better", t->better, t->better == 1 ? "cell" : "cells");
}

char *visit_since(const char *before, const struct board *now, const struct summary *m)
{
	struct str rest = str_c(before), line, field[5] = {{0}};
	int64_t version, ms, results, annotations;
	str_cut(&rest, '\n', &line);
	for (size_t i = 0; i < 5; i++)
		str_cut(&line, ' ', &field[i]);
	if (!str_to_i64(field[0], &version) || version != 1 || !str_to_i64(field[1], &ms) || !str_to_i64(field[2], &results) ||
		!str_to_i64(field[3], &annotations))
		return NULL;
	struct tally t = {0};
	struct buf out = {0}, changes = {0};
	char when[25];
	clock_format(ms, when);
	buf_printf(&out, "since %.10s %.5s UTC: ", when, when + 11);
	if (str_eq_c(field[4], policy_mark(now)))
		compare_cells(&t, now, rest);
	else
		buf_add_c(&changes, ", another policy");
	add_cells(&changes, &t);
	add_difference(&changes, results, m->results, "new results", "results less");
	add_difference(&changes, annotations, m->annotations, "new annotations", "annotations less");
	buf_add_c(&out, changes.n ? changes.p + 2 : "nothing changed");
	buf_fini(&changes);
	buf_fini(&t.names);
	return buf_detach(&out);
}
