/* SPDX-License-Identifier: MIT
 *
 * Opening a database: defensively, refusing what is not ours, newer, damaged
 * or not writable, with one sentence each.
 */
#include "store/db.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

#include "base/mem.h"

static bool json_is_trusted; /* SQLite takes its own JSON functions for safe in views */

/* SQLite 3.40 counts them as unsafe by mistake: there, views that use them need a trusted schema. What a hostile schema
 * could then call is no danger here: extensions can not be loaded, and functions of our own are for direct use only. */
static bool probe_json(void)
{
	sqlite3 *db = NULL;
	bool fine = sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
		    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) == SQLITE_OK &&
		    sqlite3_exec(db, "CREATE VIEW v AS SELECT json_extract(value, '$') FROM json_each('[1]'); SELECT * FROM v",
			    NULL, NULL, NULL) == SQLITE_OK;
	sqlite3_close(db);
	return fine;
}

/* Each connection stays on one thread, and nobody reads SQLite's memory statistics. */
static void configure(void)
{
	sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_initialize();
	json_is_trusted = probe_json();
}

/* Once in a process, whichever thread comes first. */
static void configure_once(void)
{
	static atomic_int done; /* 0 not begun, 1 in hand, 2 done */
	int none = 0;
	if (atomic_compare_exchange_strong(&done, &none, 1)) {
		configure();
		atomic_store(&done, 2);
	}
	while (atomic_load(&done) != 2)
		sched_yield();
}

#ifdef __linux__
/* statfs(2) types where shared memory between machines does not work. */
static const struct {
	uint32_t type;
	const char *name;
} network_types[] = {
	{0x6969, "NFS"},
	{0xff534d42, "CIFS"},
	{0xfe534d42, "SMB2"},
	{0x517b, "SMB"},
	{0x0bd00bd0, "Lustre"},
	{0x65735546, "FUSE"},
	{0x01021997, "9P"},
	{0x00c36400, "Ceph"},
	{0x5346414f, "AFS"},
	{0x47504653, "GPFS"},
	{0x19830326, "BeeGFS"},
	{0x564c, "NCP"},
	{0x73757245, "Coda"},
	{0x01161970, "GFS2"},
	{0x7461636f, "OCFS2"},
};

static const char *network_name(const char *path)
{
	struct statfs fs;
	if (statfs(path, &fs))
		return NULL;
	for (size_t i = 0; i < sizeof network_types / sizeof *network_types; i++)
		if ((uint32_t)fs.f_type == network_types[i].type)
			return network_types[i].name;
	return NULL;
}
#else
static const char *network_name(const char *path)
{
	(void)path;
	return NULL;
}
#endif

static void note_network(struct store *s)
{
	const char *name = network_name(s->path);
	if (!name)
		return;
	s->network = true;
	s->notice = xasprintf("%s lies on a network file system (%s), where it can be shared by one process at a time only: "
			      "do not open it on two machines at once",
		s->path, name);
}

/* An URI that promises SQLite that nobody writes; for media where it may not make its side files. */
static char *immutable_uri(const char *path)
{
	struct buf b = {0};
	buf_add_c(&b, "file:");
	for (const unsigned char *p = (const unsigned char *)path; *p; p++)
		if (strchr("?#% ", *p) || *p < 0x20 || *p >= 0x7f)
			buf_printf(&b, "%%%02x", *p);
		else
			buf_add_ch(&b, (char)*p);
	buf_add_c(&b, "?immutable=1");
	return buf_detach(&b);
}

static enum status connect_as(struct store *s, const char *name, int flags, struct err *err)
{
	sqlite3_close(s->db);
	s->db = NULL;
	int rc = sqlite3_open_v2(name, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK)
		return OK;
	if (!s->db)
		return err_fail(err, "opening %s: %s", s->path, sqlite3_errstr(rc));
	return db_fail(s, "opening", err);
}

/* Settings of every connection. The order matters: the first statement that touches the file comes last. */
static enum status prepare_connection(struct store *s, struct err *err)
{
	sqlite3_busy_timeout(s->db, 5000);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, !json_is_trusted, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, 2);
	enum status status = db_exec(s, "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY", err);
	if (!status && s->mode == STORE_READ)
		status = db_exec(s, "PRAGMA query_only=ON", err);
	return status ? status : functions_register(s, err);
}

/* Can the first page be read at all? The extended code tells what helps. */
static int touch(struct store *s)
{
	return sqlite3_exec(s->db, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
}

static enum status connect_reading(struct store *s, struct err *err)
{
	enum status status = connect_as(s, s->path, SQLITE_OPEN_READONLY, err);
	if (status)
		return status;
	sqlite3_busy_timeout(s->db, 5000);
	int rc = touch(s);
	if (rc == SQLITE_OK)
		return OK;
	if (rc == SQLITE_READONLY_ROLLBACK || rc == SQLITE_READONLY_RECOVERY) {
		/* A load was killed: its last, unfinished commit must be taken back before anyone can read. */
		status = connect_as(s, s->path, SQLITE_OPEN_READWRITE, err);
		if (!status && touch(s) != SQLITE_OK)
			status = db_fail(s, "recovering", err);
		return status ? status : connect_as(s, s->path, SQLITE_OPEN_READONLY, err);
	}
	char *wal = xasprintf("%s-wal", s->path);
	bool quiet = access(wal, F_OK) != 0;
	free(wal);
	if (quiet && ((rc & 0xff) == SQLITE_CANTOPEN || rc == SQLITE_READONLY_DIRECTORY || rc == SQLITE_READONLY_CANTINIT)) {
		char *uri = immutable_uri(s->path);
		status = connect_as(s, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
		free(uri);
		return status;
	}
	return db_fail(s, "opening", err);
}

static enum status open_connection(struct store *s, struct err *err)
{
	if (s->mode != STORE_CREATE && access(s->path, F_OK) != 0)
		return err_fail(err, "%s: %s", s->path, strerror(errno));
	enum status status;
	if (s->mode == STORE_READ)
		status = connect_reading(s, err);
	else
		status = connect_as(s, s->path, SQLITE_OPEN_READWRITE | (s->mode == STORE_CREATE ? SQLITE_OPEN_CREATE : 0), err);
	if (status)
		return status;
	if (s->mode != STORE_READ && sqlite3_db_readonly(s->db, "main"))
		return err_fail(err, "%s can not be written: the file is read-only", s->path);
	return prepare_connection(s, err);
}

static enum status check_schema(struct store *s, struct err *err)
{
	bool fresh;
	enum status status = schema_check(s, &fresh, err);
	if (status)
		return status;
	if (fresh && s->mode != STORE_CREATE)
		return err_fail(err, "%s is empty, not a plimsoll database", s->path);
	return s->mode == STORE_READ ? OK : schema_apply(s, err);
}

enum status store_open(const char *path, enum store_mode mode, struct store **out, struct err *err)
{
	configure_once();
	struct store *s = xcalloc(1, sizeof *s);
	s->path = xstrdup(path);
	s->mode = mode;
	enum status status = open_connection(s, err);
	if (!status)
		status = check_schema(s, err);
	/* SQLite turns this into a number of pages at once, so it comes after the page size. */
	if (!status)
		status = db_exec(s, "PRAGMA cache_size=-16384", err);
	if (status) {
		store_close(s);
		*out = NULL;
		return status;
	}
	note_network(s);
	*out = s;
	return OK;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	sqlite3_close_v2(s->db);
	free(s->path);
	free(s->notice);
	free(s);
}

const char *store_path(const struct store *s)
{
	return s->path;
}

const char *store_notice(const struct store *s)
{
	return s->notice;
}

void store_share(struct store *s)
{
	s->shared = true;
}

void store_interrupt(struct store *s)
{
	sqlite3_interrupt(s->db);
}
