/* SPDX-License-Identifier: MIT
 *
 * Errors. A function that can fail returns enum status and takes a struct err
 * last. The callee writes one full sentence that names the file, place or key;
 * a caller may put context in front; whoever ends the story shows it.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

enum status {
	OK = 0,
	END,       /* no more items; not an error, no message */
	FAIL,      /* bad data, I/O, database: exit status 3 */
	USAGE,     /* the user's words are wrong: exit status 2 */
	CANCELLED, /* the user asked to stop */
};

/* Zero-initialised means "no error": struct err err = {0}; end with err_fini. */
struct err {
	char *text; /* owned; NULL when no message was set */
};

/* Each of these replaces the text and returns the status, so `return err_fail(err, …)` is one line.
 * A NULL err is allowed: the message is dropped, the status stays. */
enum status err_set(struct err *err, enum status status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
enum status err_fail(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
enum status err_usage(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "context: " in front of the present text. */
void err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The message, never NULL; borrowed. */
const char *err_text(const struct err *err);

void err_fini(struct err *err);

#endif
