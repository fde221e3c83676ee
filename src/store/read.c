/* SPDX-License-Identifier: MIT
 *
 * Reading by id: one result with all that belongs to it, its transcript, and
 * every result in turn.
 */
#include "store/writer.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum { EACH_BLOCK = 256 }; /* results that one read covers */

#define ROW_SQL                                                                                                                  \
	"SELECT r.result_id, r.uid, s.path, s.format, s.sha256, run.name, run.key, run.tool, task.name, m.name, m.provider, "    \
	"item.key, "                                                                                                             \
	"e.name, r.member, task.kind, r.offset, r.length, r.line, coalesce(r.late_outcome, r.raw_outcome), r.raw_severity, "     \
	"r.raw_item_severity, r.target, r.answer, r.error, r.limited, r.meta, d.outcome, d.severity, d.item_severity, d.why, "   \
	"d.score, "                                                                                                              \
	"r.started_ms, r.duration_ms, r.turns, r.steps, r.tool_calls, r.answered, r.call_errors, r.repairs, d.fail_turn, "       \
	"d.fail_step, "                                                                                                          \
	"r.raw_fail_turn, r.revision, r.flags, r.digest, r.raw_catset_id, d.catset_id "                                          \
	"FROM result r JOIN derived d ON d.result_id = r.result_id LEFT JOIN source s ON s.source_id = r.source_id "             \
	"LEFT JOIN run ON run.run_id = r.run_id LEFT JOIN task ON task.task_id = r.task_id LEFT JOIN model m ON m.model_id = "   \
	"r.model_id "                                                                                                            \
	"LEFT JOIN item ON item.item_id = r.item_id LEFT JOIN epoch e ON e.epoch_id = r.epoch_id "

/* Statements for reading results one after the other. */
struct reader {
	struct store *s;
	struct arena *a;
	sqlite3_stmt *row, *scores, *labels, *members;
};

static void reader_fini(struct reader *r)
{
	sqlite3_finalize(r->row);
	sqlite3_finalize(r->scores);
	sqlite3_finalize(r->labels);
	sqlite3_finalize(r->members);
}

static enum status reader_init(struct reader *r, struct store *s, struct arena *a, struct err *err)
{
	*r = (struct reader){.s = s, .a = a};
	enum status status = db_prepare(s, ROW_SQL "WHERE r.result_id BETWEEN :from AND :to ORDER BY r.result_id", &r->row, err);
	if (!status)
		status = db_prepare(s,
			"SELECT turn, name, rater, value_text, value_num, reason FROM score "
			"WHERE score_id BETWEEN :id << 16 AND (:id << 16) + 65535 ORDER BY score_id",
			&r->scores, err);
	if (!status)
		status = db_prepare(s,
			"SELECT c.taxonomy, c.path, l.turn, l.call FROM label l JOIN category c ON c.category_id = l.category_id "
			"WHERE l.label_id BETWEEN :id << 16 AND (:id << 16) + 65535 ORDER BY l.label_id",
			&r->labels, err);
	if (!status)
		status = db_prepare(s,
			"SELECT c.taxonomy, c.path, 0, 0 FROM catset_member m JOIN category c ON c.category_id = m.category_id "
			"WHERE m.catset_id = :id ORDER BY m.ordinal",
			&r->members, err);
	if (status)
		reader_fini(r);
	return status;
}

/* A text column as a copy in the arena. */
static struct str text(struct reader *r, int column)
{
	return arena_str(r->a, db_str(r->row, column));
}

static uint32_t u32(struct reader *r, int column)
{
	return (uint32_t)sqlite3_column_int64(r->row, column);
}

static uint64_t u64(struct reader *r, int column)
{
	return (uint64_t)sqlite3_column_int64(r->row, column);
}

/* The columns in the order of ROW_SQL. */
static void read_columns(struct reader *r, struct result_row *out)
{
	int i = 0;
	out->result_id = sqlite3_column_int64(r->row, i++);
	if (sqlite3_column_bytes(r->row, i) == UID_SIZE)
		hex_encode(sqlite3_column_blob(r->row, i), UID_SIZE, out->uid);
	i++;
	struct str *const names[] = {&out->source_path, &out->format, &out->sha256, &out->run, &out->run_key, &out->tool,
		&out->task, &out->model, &out->provider, &out->item, &out->epoch, &out->member};
	for (size_t j = 0; j < sizeof names / sizeof *names; j++)
		*names[j] = text(r, i++);
	if (!out->epoch.p)
		out->epoch = str_n("", 0);
	out->kind = (enum task_kind)u32(r, i++);
	out->offset = u64(r, i++);
	out->length = u64(r, i++);
	out->line = u64(r, i++);
	struct str *const raw[] = {&out->raw_outcome, &out->raw_severity, &out->raw_item_severity, &out->target, &out->answer,
		&out->error, &out->limit, &out->meta};
	for (size_t j = 0; j < sizeof raw / sizeof *raw; j++)
		*raw[j] = text(r, i++);
	out->outcome = (enum outcome)u32(r, i++);
	out->severity = (enum severity)u32(r, i++);
	out->item_severity = (enum severity)u32(r, i++);
	out->why = text(r, i++);
	out->score = db_real(r->row, i++);
	out->started_ms = sqlite3_column_int64(r->row, i++);
	out->duration_ms = sqlite3_column_int64(r->row, i++);
	uint32_t *const counts[] = {&out->turns, &out->steps, &out->tool_calls, &out->answered, &out->call_errors, &out->repairs,
		&out->fail_turn, &out->fail_step, &out->raw_fail_turn, &out->revision};
	for (size_t j = 0; j < sizeof counts / sizeof *counts; j++)
		*counts[j] = u32(r, i++);
	out->truncated = (u32(r, i++) & COLUMN_TRUNCATED) != 0;
	if (sqlite3_column_bytes(r->row, i) == DIGEST_SIZE)
		memcpy(out->digest, sqlite3_column_blob(r->row, i), DIGEST_SIZE);
}

/* A growing array in an arena: few rows, so copying on growth is fine. */
struct list {
	void *items;
	size_t n, cap;
};

static void *list_add(struct arena *a, struct list *l, size_t size)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 8;
		void *items = arena_alloc(a, cap * size);
		if (l->n)
			memcpy(items, l->items, l->n * size);
		l->items = items;
		l->cap = cap;
	}
	return memset((char *)l->items + l->n++ * size, 0, size);
}

static enum status read_scores(struct reader *r, struct result_row *out, struct err *err)
{
	struct list l = {0};
	enum status status;
	db_bind_int(r->scores, ":id", out->result_id);
	while ((status = db_step(r->s, r->scores, err)) == OK) {
		struct in_score *s = list_add(r->a, &l, sizeof *s);
		s->turn = (uint32_t)sqlite3_column_int64(r->scores, 0);
		s->name = arena_str(r->a, db_str(r->scores, 1));
		s->rater = arena_str(r->a, db_str(r->scores, 2));
		s->value_text = arena_str(r->a, db_str(r->scores, 3));
		s->num = db_real(r->scores, 4);
		s->has_num = !isnan(s->num);
		s->reason = arena_str(r->a, db_str(r->scores, 5));
	}
	sqlite3_reset(r->scores);
	out->scores = l.items;
	out->nscores = l.n;
	return status == END ? OK : status;
}

enum label_filter { LABEL_ANY, LABEL_OF_TURNS, LABEL_OF_RESULT };

static enum status read_categories(
	struct reader *r, sqlite3_stmt *st, int64_t id, enum label_filter which, struct list *l, struct err *err)
{
	enum status status;
	db_bind_int(st, ":id", id);
	while ((status = db_step(r->s, st, err)) == OK) {
		bool whole = sqlite3_column_int64(st, 2) == 0;
		if (which == LABEL_ANY || whole == (which == LABEL_OF_RESULT)) {
			struct in_category *c = list_add(r->a, l, sizeof *c);
			c->taxonomy = arena_str(r->a, db_str(st, 0));
			c->path = arena_str(r->a, db_str(st, 1));
			c->turn = (uint32_t)sqlite3_column_int64(st, 2);
			c->call = (uint32_t)sqlite3_column_int64(st, 3);
		}
	}
	sqlite3_reset(st);
	return status == END ? OK : status;
}

/* Derived ones and those of turns; raw ones are what the source and others said of the whole, and of turns. */
static enum status read_labels(struct reader *r, struct result_row *out, int64_t raw_catset, int64_t catset, struct err *err)
{
	struct list derived = {0}, raw = {0};
	enum status status = catset ? read_categories(r, r->members, catset, LABEL_ANY, &derived, err) : OK;
	if (!status)
		status = read_categories(r, r->labels, out->result_id, LABEL_OF_TURNS, &derived, err);
	if (!status && raw_catset)
		status = read_categories(r, r->members, raw_catset, LABEL_ANY, &raw, err);
	if (!status)
		status = read_categories(r, r->labels, out->result_id, LABEL_ANY, &raw, err);
	out->categories = derived.items;
	out->ncategories = derived.n;
	out->raw_categories = raw.items;
	out->nraw_categories = raw.n;
	return status;
}

/* The row that the statement stands on. */
static enum status read_row(struct reader *r, struct result_row *out, struct err *err)
{
	*out = (struct result_row){0};
	read_columns(r, out);
	int last = sqlite3_column_count(r->row) - 1;
	enum status status = read_scores(r, out, err);
	return status ? status
		      : read_labels(r, out, sqlite3_column_int64(r->row, last - 1), sqlite3_column_int64(r->row, last), err);
}

enum status store_result(struct store *s, int64_t result_id, struct arena *a, struct result_row *out, struct err *err)
{
	struct reader r;
	enum status status = reader_init(&r, s, a, err);
	if (status)
		return status;
	db_bind_int(r.row, ":from", result_id);
	db_bind_int(r.row, ":to", result_id);
	status = db_step(s, r.row, err);
	if (status == OK)
		status = read_row(&r, out, err);
	reader_fini(&r);
	return status;
}

static enum status last_id(struct store *s, int64_t *id, struct err *err)
{
	return db_int(s, "SELECT max(result_id) FROM result", 0, id, err);
}

static enum status read_block(struct reader *r, int64_t from, struct result_row *rows, size_t *n, struct err *err)
{
	enum status status;
	*n = 0;
	db_bind_int(r->row, ":from", from);
	db_bind_int(r->row, ":to", from + EACH_BLOCK - 1);
	while ((status = db_step(r->s, r->row, err)) == OK) {
		status = read_row(r, &rows[(*n)++], err);
		if (status)
			break;
	}
	sqlite3_reset(r->row);
	return status == END ? OK : status;
}

/* Rows are handed out when no statement is open any more: whoever gets them may write and commit. */
static enum status each_block(struct reader *r, int64_t from, struct result_row *rows,
	enum status (*fn)(void *ctx, const struct result_row *row, struct err *err), void *ctx, struct err *err)
{
	size_t n;
	arena_reset(r->a);
	enum status status = read_block(r, from, rows, &n, err);
	for (size_t i = 0; !status && i < n; i++)
		status = fn(ctx, &rows[i], err);
	return status;
}

enum status store_each_result(
	struct store *s, enum status (*fn)(void *ctx, const struct result_row *row, struct err *err), void *ctx, struct err *err)
{
	struct arena a = {0};
	struct reader r;
	int64_t last;
	enum status status = last_id(s, &last, err);
	if (!status)
		status = reader_init(&r, s, &a, err);
	if (status)
		return status;
	struct result_row *rows = xcalloc(EACH_BLOCK, sizeof *rows);
	for (int64_t from = 1; !status && from <= last; from += EACH_BLOCK)
		status = each_block(&r, from, rows, fn, ctx, err);
	free(rows);
	reader_fini(&r);
	arena_fini(&a);
	return status == END ? OK : status;
}

enum status store_transcript(struct store *s, int64_t result_id, struct arena *a, struct transcript *out, struct err *err)
{
	sqlite3_stmt *st;
	*out = (struct transcript){0};
	enum status status = db_prepare(s, "SELECT body FROM transcript WHERE result_id = :id", &st, err);
	if (status)
		return status;
	db_bind_int(st, ":id", result_id);
	status = db_step(s, st, err);
	struct str body = status == OK ? arena_str(a, db_str(st, 0)) : str_n(NULL, 0);
	sqlite3_finalize(st);
	if (status)
		return status;
	status = transcript_read(a, body, out, err);
	if (status)
		err_prefix(err, "%s: result %lld", s->path, (long long)result_id);
	return status;
}

enum status store_item_name(struct store *s, uint32_t item_id, struct arena *a, struct str *out, struct err *err)
{
	sqlite3_stmt *st;
	*out = str_n(NULL, 0);
	enum status status = db_prepare(s, "SELECT key FROM item WHERE item_id = :id", &st, err);
	if (status)
		return status;
	db_bind_int(st, ":id", item_id);
	status = db_step(s, st, err);
	if (status == OK)
		*out = arena_str(a, db_str(st, 0));
	sqlite3_finalize(st);
	return status;
}

/* ---- by uid ---- */

/* Results whose uid begins with `prefix`; at most two are of interest. */
struct uid_search {
	struct store *s;
	const char *prefix; /* lower-case hexadecimal */
	uint64_t low, high; /* what its head can be */
	int64_t found[2];
	size_t n;
};

static enum status check_candidate(struct uid_search *u, sqlite3_stmt *st, int64_t id, struct err *err)
{
	char hex[2 * UID_SIZE + 1];
	db_bind_int(st, ":id", id);
	enum status status = db_step(u->s, st, err);
	if (status == OK && sqlite3_column_bytes(st, 0) == UID_SIZE) {
		hex_encode(sqlite3_column_blob(st, 0), UID_SIZE, hex);
		if (strncmp(hex, u->prefix, strlen(u->prefix)) == 0)
			u->found[u->n++] = id;
	}
	sqlite3_reset(st);
	return status == END ? OK : status;
}

static enum status search_block(struct uid_search *u, sqlite3_stmt *st, int64_t block, size_t n, uint64_t *heads, struct err *err)
{
	enum status status = block_read_column(u->s, block, offsetof(struct columns, uid), heads, n, err);
	for (size_t i = 0; !status && i < n && u->n < 2; i++)
		if (heads[i] >= u->low && heads[i] <= u->high)
			status = check_candidate(u, st, block << BLOCK_BITS | (int64_t)i, err);
	return status;
}

static enum status search_blocks(struct uid_search *u, struct err *err)
{
	sqlite3_stmt *blocks = NULL, *row = NULL;
	uint64_t *heads = xcalloc(BLOCK_SIZE, sizeof *heads);
	enum status status = db_prepare(u->s, "SELECT block, n FROM colblk ORDER BY block", &blocks, err);
	if (!status)
		status = db_prepare(u->s, "SELECT uid FROM result WHERE result_id = :id", &row, err);
	while (!status && u->n < 2 && (status = db_step(u->s, blocks, err)) == OK) {
		int64_t n = sqlite3_column_int64(blocks, 1);
		if (n > 0 && n <= BLOCK_SIZE)
			status = search_block(u, row, sqlite3_column_int64(blocks, 0), (size_t)n, heads, err);
	}
	sqlite3_finalize(blocks);
	sqlite3_finalize(row);
	free(heads);
	return status == END ? OK : status;
}

static int hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The range of heads that begin with the prefix; false when it is not hexadecimal. */
static bool head_range(const char *prefix, uint64_t *low, uint64_t *high)
{
	size_t n = strlen(prefix);
	*low = 0;
	*high = 0;
	if (n < 1 || n > 2 * UID_SIZE)
		return false;
	for (size_t i = 0; i < n; i++)
		if (hex_value(prefix[i]) < 0)
			return false;
	for (size_t i = 0; i < 16; i++) {
		*low = *low << 4 | (i < n ? (uint64_t)hex_value(prefix[i]) : 0);
		*high = *high << 4 | (i < n ? (uint64_t)hex_value(prefix[i]) : 15);
	}
	return true;
}

static void unhex(const char *hex, unsigned char *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
}

/* While a load runs on this connection its newest results are in no stored block yet. */
static enum status search_in_load(struct uid_search *u, struct err *err)
{
	struct stored stored;
	unsigned char uid[UID_SIZE];
	if (strlen(u->prefix) < 2 * UID_SIZE) {
		enum status status = writer_blocks_flush(u->s->writer, err);
		return status ? status : search_blocks(u, err);
	}
	unhex(u->prefix, uid, UID_SIZE);
	enum status status = writer_find(u->s->writer, uid, &stored, err);
	if (!status && stored.id)
		u->found[u->n++] = (int64_t)stored.id;
	return status;
}

enum status store_result_by_uid(struct store *s, const char *uid_prefix, int64_t *result_id, struct err *err)
{
	char lower[2 * UID_SIZE + 2];
	size_t n = strlen(uid_prefix);
	if (n > 2 * UID_SIZE)
		return END;
	for (size_t i = 0; i <= n; i++)
		lower[i] = uid_prefix[i] >= 'A' && uid_prefix[i] <= 'F' ? (char)(uid_prefix[i] - 'A' + 'a') : uid_prefix[i];
	struct uid_search u = {.s = s, .prefix = lower};
	if (!head_range(lower, &u.low, &u.high))
		return END;
	bool own = sqlite3_get_autocommit(s->db) != 0;
	enum status status = own ? db_begin(s, false, err) : OK;
	if (!status)
		status = s->writer && !s->writer->broken ? search_in_load(&u, err) : search_blocks(&u, err);
	if (own)
		db_rollback(s);
	if (status)
		return status;
	if (u.n > 1)
		return err_fail(err, "several results have an id that begins with \"%s\"", uid_prefix);
	if (!u.n)
		return END;
	*result_id = u.found[0];
	return OK;
}

enum status result_find(struct store *s, const unsigned char uid[UID_SIZE], int64_t *result_id, struct err *err)
{
	char hex[2 * UID_SIZE + 1];
	hex_encode(uid, UID_SIZE, hex);
	return store_result_by_uid(s, hex, result_id, err);
}
