/* SPDX-License-Identifier: MIT
 *
 * Error messages: heap text, replaced or prefixed, released once.
 */
#include "base/err.h"

#include <stdlib.h>

#include "base/mem.h"

__attribute__((format(printf, 2, 0))) static void err_vset(struct err *err, const char *fmt, va_list ap)
{
	if (!err)
		return;
	char *text = xvasprintf(fmt, ap);
	free(err->text);
	err->text = text;
}

enum status err_set(struct err *err, enum status status, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	err_vset(err, fmt, ap);
	va_end(ap);
	return status;
}

enum status err_fail(struct err *err, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	err_vset(err, fmt, ap);
	va_end(ap);
	return FAIL;
}

enum status err_usage(struct err *err, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	err_vset(err, fmt, ap);
	va_end(ap);
	return USAGE;
}

void err_prefix(struct err *err, const char *fmt, ...)
{
	if (!err)
		return;
	va_list ap;
	va_start(ap, fmt);
	char *context = xvasprintf(fmt, ap);
	va_end(ap);
	char *text = xasprintf("%s: %s", context, err_text(err));
	free(context);
	free(err->text);
	err->text = text;
}

const char *err_text(const struct err *err)
{
	return err && err->text ? err->text : "unknown error";
}

void err_fini(struct err *err)
{
	free(err->text);
	err->text = NULL;
}
