/* SPDX-License-Identifier: MIT
 *
 * Going through packed transcripts. Each block of results is a read of its
 * own, so that a long scan never keeps the write-ahead log from shrinking.
 */
#include "store/db.h"

enum { SCAN_BLOCK = 2048 };

typedef enum status (*scan_fn)(void *ctx, int64_t result_id, struct str body, struct err *err);

struct scan {
	struct store *s;
	const struct bitset *among;
	bool newest_first;
	scan_fn fn;
	void *ctx;
	sqlite3_stmt *range, *one;
};

static bool wanted(const struct scan *sc, int64_t id)
{
	return !sc->among || bitset_test(sc->among, (size_t)id);
}

static size_t count_wanted(const struct scan *sc, int64_t from, int64_t to)
{
	size_t n = 0;
	for (size_t i = bitset_next(sc->among, (size_t)from); i != SIZE_MAX && i <= (size_t)to; i = bitset_next(sc->among, i + 1))
		n++;
	return n;
}

static enum status deliver(struct scan *sc, sqlite3_stmt *st, struct err *err)
{
	int64_t id = sqlite3_column_int64(st, 0);
	return wanted(sc, id) ? sc->fn(sc->ctx, id, db_str(st, 1), err) : OK;
}

/* All of the range in one walk. */
static enum status scan_range(struct scan *sc, int64_t from, int64_t to, struct err *err)
{
	enum status status;
	db_bind_int(sc->range, ":from", from);
	db_bind_int(sc->range, ":to", to);
	while ((status = db_step(sc->s, sc->range, err)) == OK) {
		status = deliver(sc, sc->range, err);
		if (status) {
			sqlite3_reset(sc->range);
			return status;
		}
	}
	sqlite3_reset(sc->range);
	return status == END ? OK : status;
}

/* The few wanted ones by id. */
static enum status scan_few(struct scan *sc, int64_t from, int64_t to, struct err *err)
{
	enum status status = OK;
	for (int64_t i = from; !status && i <= to; i++) {
		int64_t id = sc->newest_first ? to - (i - from) : i;
		if (!wanted(sc, id))
			continue;
		db_bind_int(sc->one, ":id", id);
		status = db_step(sc->s, sc->one, err);
		if (status == OK)
			status = deliver(sc, sc->one, err);
		else if (status == END)
			status = OK; /* a hole */
		sqlite3_reset(sc->one);
	}
	return status;
}

static enum status scan_block(struct scan *sc, int64_t from, int64_t to, struct err *err)
{
	size_t n = sc->among ? count_wanted(sc, from, to) : SIZE_MAX;
	if (n == 0)
		return OK;
	return n < SCAN_BLOCK / 8 ? scan_few(sc, from, to, err) : scan_range(sc, from, to, err);
}

static enum status scan_all(struct scan *sc, int64_t last, struct err *err)
{
	int64_t blocks = (last + SCAN_BLOCK - 1) / SCAN_BLOCK;
	enum status status = OK;
	for (int64_t i = 0; !status && i < blocks; i++) {
		int64_t from = (sc->newest_first ? blocks - 1 - i : i) * SCAN_BLOCK + 1;
		int64_t to = from + SCAN_BLOCK - 1;
		status = scan_block(sc, from, to < last ? to : last, err);
	}
	return status == END ? OK : status;
}

enum status store_scan(struct store *s, const struct bitset *among, bool newest_first, scan_fn fn, void *ctx, struct err *err)
{
	struct scan sc = {.s = s, .among = among, .newest_first = newest_first, .fn = fn, .ctx = ctx};
	int64_t last;
	enum status status = db_int(s, "SELECT max(result_id) FROM transcript", 0, &last, err);
	if (!status)
		status = db_prepare(s,
			newest_first ? "SELECT result_id, body FROM transcript WHERE result_id BETWEEN :from AND :to ORDER BY "
				       "result_id DESC"
				     : "SELECT result_id, body FROM transcript WHERE result_id BETWEEN :from AND :to ORDER BY "
				       "result_id",
			&sc.range, err);
	if (!status)
		status = db_prepare(s, "SELECT result_id, body FROM transcript WHERE result_id = :id", &sc.one, err);
	if (!status)
		status = scan_all(&sc, last, err);
	sqlite3_finalize(sc.range);
	sqlite3_finalize(sc.one);
	return status;
}
