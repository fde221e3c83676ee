/* SPDX-License-Identifier: MIT
 *
 * SQL functions of our own: the comparison that all predicates share.
 */
#include "store/db.h"

#include "store/compare.h"

static struct str value_text(sqlite3_value *v)
{
	if (sqlite3_value_type(v) == SQLITE_NULL)
		return str_n(NULL, 0);
	const char *p = (const char *)sqlite3_value_text(v);
	return str_n(p ? p : "", (size_t)sqlite3_value_bytes(v));
}

/* compare_value(op, value, text, number): text and number are what is stored. */
static void compare_function(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	(void)argc;
	bool has_num = sqlite3_value_type(argv[3]) != SQLITE_NULL;
	sqlite3_result_int(ctx, value_compare((enum compare)sqlite3_value_int(argv[0]), value_text(argv[2]), has_num,
					has_num ? sqlite3_value_double(argv[3]) : 0, value_text(argv[1])));
}

enum status functions_register(struct store *s, struct err *err)
{
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
	if (sqlite3_create_function_v2(s->db, "compare_value", 4, flags, NULL, compare_function, NULL, NULL, NULL) != SQLITE_OK)
		return db_fail(s, "opening", err);
	return OK;
}
