/* SPDX-License-Identifier: MIT
 *
 * The schema: forward-only migrations, one transaction each; user_version is
 * the number of the last one.
 */
#include "store/db.h"

#include <stdlib.h>

#include "base/embed.h"
#include "base/mem.h"

enum { APPLICATION_ID = 0x504c4d53 }; /* "PLMS", for file(1) and for us */

static const char *const migrations[] = {
	"schemas/db/0001_init.sql",
	"schemas/db/0002_sources.sql",
	"schemas/db/0003_nameless.sql",
};
enum { SCHEMA_VERSION = sizeof migrations / sizeof *migrations };

enum status schema_check(struct store *s, bool *fresh, struct err *err)
{
	int64_t application, version, objects;
	enum status status = db_int(s, "SELECT count(*) FROM sqlite_schema", 0, &objects, err);
	if (!status)
		status = db_int(s, "PRAGMA application_id", 0, &application, err);
	if (!status)
		status = db_int(s, "PRAGMA user_version", 0, &version, err);
	if (status)
		return status;
	*fresh = objects == 0 && application == 0 && version == 0;
	if (!*fresh && application != APPLICATION_ID)
		return err_fail(err, "%s is a database, but not one of plimsoll", s->path);
	if (version > SCHEMA_VERSION)
		return err_fail(err,
			"%s was written by a newer version of plimsoll (schema %lld, this program knows %d): update the program",
			s->path, (long long)version, SCHEMA_VERSION);
	if (s->mode == STORE_READ && !*fresh && version < SCHEMA_VERSION)
		return err_fail(err,
			"%s has the schema of an older version (%lld of %d): open it for writing once to bring it up to date",
			s->path, (long long)version, SCHEMA_VERSION);
	return OK;
}

static enum status migrate(struct store *s, int number, struct err *err)
{
	const char *name = migrations[number - 1];
	struct str sql = embed_get(name);
	char *text = xstrndup(sql.p ? sql.p : "", sql.n);
	char *stamp = xasprintf("PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION_ID, number);
	int64_t version = 0;
	enum status status = db_begin(s, true, err);
	if (!status)
		status = db_int(s, "PRAGMA user_version", 0, &version, err);
	/* Another process may have been faster. */
	if (!status && version < number)
		status = db_exec(s, text, err);
	if (!status && version < number)
		status = db_exec(s, stamp, err);
	if (!status)
		status = db_commit(s, err);
	if (status) {
		db_rollback(s);
		err_prefix(err, "migration %s", name);
	}
	free(stamp);
	free(text);
	return status;
}

enum status schema_apply(struct store *s, struct err *err)
{
	int64_t version;
	enum status status = db_int(s, "PRAGMA user_version", 0, &version, err);
	if (!status && version == 0)
		status = db_exec(s, "PRAGMA page_size=65536; PRAGMA auto_vacuum=NONE; PRAGMA encoding='UTF-8'", err);
	for (int number = (int)version + 1; !status && number <= SCHEMA_VERSION; number++)
		status = migrate(s, number, err);
	return status;
}
