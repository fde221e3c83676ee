/* SPDX-License-Identifier: MIT
 *
 * The first policy of a database: one line for each row of the board as it is
 * without one, with what was observed beside it. Thresholds are left out: they
 * are the owner's to set.
 */
#include <math.h>

#include "base/json.h"
#include "zones/internal.h"

/* A line's id from an area: letters, digits, . _ -; numbered when taken. */
static void write_id(struct buf *out, const struct board *b, size_t area)
{
	const char *name = b->areas[area].name, *colon = strchr(name, ':');
	struct buf id = {0};
	for (const char *p = colon && colon[1] ? colon + 1 : name; *p; p++) {
		bool fine = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '.' ||
			    *p == '_' || *p == '-';
		buf_add_ch(&id, fine ? *p : '-');
	}
	buf_printf(&id, "-%zu", area + 1);
	json_write_str(out, buf_str(&id));
	buf_fini(&id);
}

/* Comments are one line each: what data say must not end them. */
static void write_comment(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		buf_add_ch(out, (unsigned char)text.p[i] < 0x20 ? ' ' : text.p[i]);
}

static void write_observed(struct buf *out, const struct board *b, size_t area)
{
	for (size_t m = 0; m < b->nmodels; m++) {
		const struct zone_cell *c = board_cell(b, area, m);
		if (!c->units)
			continue;
		buf_add_c(out, "    //   ");
		write_comment(out, str_c(b->models[m]));
		if (c->n)
			buf_printf(out, ": %llu of %llu (%.1f %%, 95 %% interval %.1f to %.1f %%)", (unsigned long long)c->k,
				(unsigned long long)c->n, 100 * c->value, 100 * c->low, 100 * c->high);
		else
			buf_add_c(out, ": no decided result");
		if (c->missing + c->unsure)
			buf_printf(out, ", %llu missing, %llu unsure", (unsigned long long)c->missing,
				(unsigned long long)c->unsure);
		if (c->direction_unconfirmed)
			buf_add_c(out, ", direction unconfirmed");
		buf_add_ch(out, '\n');
	}
}

static const char *event_in_words(const struct board_row *r)
{
	static const char *const words[KIND_COUNT] = {
		[KIND_NONE] = "the wrong thing happened by the task's own rule",
		[KIND_SAFETY] = "something unsafe happened",
		[KIND_CAPABILITY] = "the answer was wrong",
		[KIND_UTILITY] = "the task was not done",
		[KIND_OVER_REFUSAL] = "a harmless request was refused",
	};
	return words[r->one_kind ? r->kind : KIND_NONE];
}

static void write_line(struct buf *out, const struct board *b, size_t area)
{
	const struct board_row *r = &b->rows[area];
	struct buf units = {0};
	buf_add_c(out, "    // ");
	write_comment(out, str_c(b->areas[area].title));
	buf_printf(out, ": counted are failures (%s).\n", event_in_words(r));
	write_observed(out, b, area);
	row_units(&units, b, r);
	buf_add_c(out, "    { \"id\": ");
	write_id(out, b, area);
	buf_add_c(out, ", \"area\": ");
	json_write_str(out, str_c(b->areas[area].name));
	buf_add_c(out, ", \"metric\": \"fail_rate\", \"event\": \"outcome:fail\",\n      \"where\": ");
	json_write_str(out, buf_str(&units));
	buf_printf(out, "\n      // , \"yellow\": , \"red\": , \"n_min\":\n    }%s\n", area + 1 < b->nareas ? "," : "");
	buf_fini(&units);
}

enum status zone_starter(struct facts *f, struct store *s, struct buf *out, struct err *err)
{
	struct board *b = NULL;
	enum status st = zones_evaluate(f, s, NULL, str_c(""), NULL, &b, err);
	if (st)
		return st;
	buf_add_c(out,
		"// A policy to start from, written from what this database holds. Comments show what was observed; the\n"
		"// lines are yours to set. A line without \"yellow\" and \"red\" gives a rate and no verdict. Rates lie "
		"between\n"
		"// 0 and 1 (5 % is 0.05); \"red\": \"review\" is a statement that only a declaration fulfils. `plimsoll policy\n"
		"// check FILE` reads it again.\n"
		"{\n  \"id\": \"starter\",\n  \"version\": \"1\",\n  \"title\": \"Starter\",\n  \"confidence\": 0.95,\n"
		"  \"min_coverage\": 0.95,\n  \"cluster\": \"item\",\n  \"on_incomplete\": \"show\",\n  \"lines\": [\n");
	for (size_t i = 0; i < b->nareas; i++)
		write_line(out, b, i);
	buf_add_c(out, "  ],\n  \"rollups\": [ { \"id\": \"model\", \"over\": \"area\", \"how\": \"worst\", \"expect\": "
		       "\"lines\" } ]\n}\n");
	board_free(b);
	return OK;
}
