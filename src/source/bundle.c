/* SPDX-License-Identifier: MIT
 *
 * Listing what the user named: one file, a directory, standard input.
 */
#include "source/source_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { MAX_DIRECTORY_DEPTH = 64 };

const char *stored_file(const struct member *m)
{
	return m->bundle->spool ? m->bundle->spool : m->path;
}

struct bundle *bundle_new(const char *path)
{
	static _Atomic uint64_t serial;
	struct bundle *b = xcalloc(1, sizeof *b);
	b->serial = ++serial;
	b->path = arena_cstr(&b->arena, str_c(path));
	return b;
}

void bundle_free(struct bundle *b)
{
	if (!b)
		return;
	if (b->spool)
		unlink(b->spool);
	free(b->spool);
	free(b->trouble);
	free(b->zip);
	free(b->members);
	arena_fini(&b->arena);
	free(b);
}

const struct member *bundle_find(const struct bundle *b, const char *name)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->members[i].name, name) == 0)
			return &b->members[i];
	return NULL;
}

/* --- temporary copies --- */

static enum status write_all(int fd, const char *p, size_t n, const char *file, struct err *err)
{
	while (n) {
		ssize_t k = write(fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_fail(err, "%s: cannot write the temporary copy: %s", file, strerror(errno));
		p += k;
		n -= (size_t)k;
	}
	return OK;
}

enum status spool_copy(
	enum status (*fill)(void *ctx, void *p, size_t cap, size_t *got, struct err *err), void *ctx, char **file, struct err *err)
{
	const char *dir = getenv("TMPDIR");
	*file = xasprintf("%s/plimsoll-XXXXXX", dir && *dir ? dir : "/tmp");
	int fd = mkstemp(*file);
	enum status st = OK;
	if (fd < 0) {
		st = err_fail(err, "%s: cannot create a temporary file: %s", *file, strerror(errno));
		free(*file);
		*file = NULL;
		return st;
	}
	char *block = xmalloc(SOURCE_BLOCK);
	while (st == OK) {
		size_t got = 0;
		st = fill(ctx, block, SOURCE_BLOCK, &got, err);
		if (st == OK)
			st = write_all(fd, block, got, *file, err);
	}
	free(block);
	if (close(fd) && st == END)
		st = err_fail(err, "%s: cannot write the temporary copy: %s", *file, strerror(errno));
	if (st == END)
		return OK;
	unlink(*file);
	free(*file);
	*file = NULL;
	return st;
}

static enum status fill_from_fd(void *ctx, void *p, size_t cap, size_t *got, struct err *err)
{
	ssize_t n;
	do
		n = read(*(int *)ctx, p, cap);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_fail(err, "cannot read the input: %s", strerror(errno));
	*got = (size_t)n;
	return n ? OK : END;
}

/* --- members --- */

struct listing {
	struct bundle *b;
	size_t cap;
	struct buf trouble;
};

static struct member *add_member(struct listing *l, const char *path, const char *name)
{
	struct bundle *b = l->b;
	b->members = vec_grow(b->members, &l->cap, b->n + 1, sizeof *b->members);
	struct member *m = &b->members[b->n];
	*m = (struct member){.path = arena_cstr(&b->arena, str_c(path)), .name = arena_cstr(&b->arena, str_c(name)), .bundle = b, .index = b->n};
	b->n++;
	return m;
}

static void set_stat(struct member *m, const struct stat *st)
{
	m->size = (uint64_t)st->st_size;
	m->mtime_ms = (int64_t)st->st_mtim.tv_sec * 1000 + st->st_mtim.tv_nsec / 1000000;
}

static int by_name(const void *va, const void *vb)
{
	const struct member *a = va, *b = vb;
	return strcmp(a->name, b->name);
}

static void note_trouble(struct listing *l, const char *path, const char *why)
{
	buf_printf(&l->trouble, "%s%s: %s", l->trouble.n ? "\n" : "", path, why);
}

static bool is_version_control(const char *name)
{
	return strcmp(name, ".git") == 0 || strcmp(name, ".hg") == 0 || strcmp(name, ".svn") == 0;
}

static void walk(struct listing *l, const char *path, const char *name, int depth)
{
	DIR *dir = depth < MAX_DIRECTORY_DEPTH ? opendir(path) : NULL;
	if (!dir) {
		note_trouble(l, path, depth < MAX_DIRECTORY_DEPTH ? strerror(errno) : "directories nested too deep");
		return;
	}
	for (const struct dirent *e; (e = readdir(dir));) {
		struct stat st;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || is_version_control(e->d_name))
			continue;
		size_t n = strlen(path);
		char *below = xasprintf("%s%s%s", path, n && path[n - 1] == '/' ? "" : "/", e->d_name);
		char *short_name = xasprintf("%s%s%s", name, *name ? "/" : "", e->d_name);
		/* Links are passed over: what they name inside the tree is listed under its own name, the rest was not asked for. */
		if (lstat(below, &st))
			note_trouble(l, below, strerror(errno));
		else if (S_ISDIR(st.st_mode))
			walk(l, below, short_name, depth + 1);
		else if (S_ISREG(st.st_mode))
			set_stat(add_member(l, below, short_name), &st);
		free(below);
		free(short_name);
	}
	closedir(dir);
}

static void open_directory(struct listing *l)
{
	struct reader *r = reader_new();
	walk(l, l->b->path, "", 0);
	if (l->b->n)
		qsort(l->b->members, l->b->n, sizeof *l->b->members, by_name);
	for (size_t i = 0; i < l->b->n; i++) {
		struct err err = {0};
		l->b->members[i].index = i;
		if (member_look(r, l->b, i, &err))
			buf_printf(&l->trouble, "%s%s", l->trouble.n ? "\n" : "", err_text(&err));
		err_fini(&err);
	}
	reader_free(r);
	if (l->trouble.n)
		l->b->trouble = buf_detach(&l->trouble);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static enum status open_file(struct listing *l, const struct stat *st, struct err *err)
{
	struct member *m = add_member(l, l->b->path, base_name(l->b->path));
	set_stat(m, st);
	struct reader *r = reader_new();
	enum status status = member_look(r, l->b, m->index, err);
	reader_free(r);
	return status;
}

/* Standard input or a pipe: what can be read only once is copied first. */
static enum status open_pipe(struct listing *l, int fd, struct err *err)
{
	struct stat st;
	enum status status = spool_copy(fill_from_fd, &fd, &l->b->spool, err);
	if (status) {
		err_prefix(err, "%s", l->b->path);
		return status;
	}
	if (stat(l->b->spool, &st))
		return err_fail(err, "%s: cannot read the temporary copy: %s", l->b->spool, strerror(errno));
	return open_file(l, &st, err);
}

static enum status open_path(struct listing *l, struct err *err)
{
	const char *path = l->b->path;
	struct stat st;
	if (strcmp(path, "-") == 0)
		return open_pipe(l, STDIN_FILENO, err);
	if (stat(path, &st))
		return err_fail(err, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode)) {
		open_directory(l);
		if (l->b->n == 0 && l->b->trouble)
			return err_fail(err, "%s", l->b->trouble);
		return OK;
	}
	if (S_ISREG(st.st_mode))
		return open_file(l, &st, err);
	if (!S_ISFIFO(st.st_mode))
		return err_fail(err, "%s: not a file, directory or pipe", path);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_fail(err, "%s: cannot open: %s", path, strerror(errno));
	enum status status = open_pipe(l, fd, err);
	close(fd);
	return status;
}

enum status bundle_open(const char *path, struct bundle **out, struct err *err)
{
	struct listing l = {.b = bundle_new(path)};
	enum status st = open_path(&l, err);
	buf_fini(&l.trouble);
	*out = l.b;
	if (st) {
		bundle_free(l.b);
		*out = NULL;
	}
	return st;
}

enum status member_sha256(const struct member *m, unsigned char out[static SHA256_SIZE], struct err *err)
{
	struct reader *r = reader_new();
	struct sha256 *h = sha256_new();
	char *block = xmalloc(SOURCE_BLOCK);
	enum status st = reader_open_raw(r, m, err);
	while (st == OK) {
		size_t got;
		st = reader_read(r, block, SOURCE_BLOCK, &got, err);
		if (st == OK)
			sha256_add(h, block, got);
	}
	sha256_end(h, out);
	free(block);
	reader_free(r);
	return st == END ? OK : st;
}
