/* SPDX-License-Identifier: MIT
 *
 * The debugging log.
 */
#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

static FILE *log_file;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

void log_open(void)
{
	const char *path = getenv("PLIMSOLL_LOG");
	if (log_file || !path || !*path)
		return;
	log_file = fopen(path, "ae");
	if (log_file)
		setvbuf(log_file, NULL, _IOLBF, 0);
}

void log_close(void)
{
	if (log_file)
		fclose(log_file);
	log_file = NULL;
}

static void put_escaped(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p < 0x20 || *p >= 0x7f)
			fprintf(log_file, "\\x%02x", *p);
		else
			fputc(*p, log_file);
	}
}

void log_debug(const char *fmt, ...)
{
	if (!log_file)
		return;
	va_list ap;
	va_start(ap, fmt);
	char *text = xvasprintf(fmt, ap);
	va_end(ap);
	char stamp[25];
	clock_format(clock_wall_ms(), stamp);
	pthread_mutex_lock(&log_lock);
	fprintf(log_file, "%s ", stamp);
	put_escaped(text);
	fputc('\n', log_file);
	pthread_mutex_unlock(&log_lock);
	free(text);
}
