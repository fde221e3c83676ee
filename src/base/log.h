/* SPDX-License-Identifier: MIT
 *
 * A debugging log, off unless PLIMSOLL_LOG names a file. Control bytes in what
 * is logged are escaped, because most of it comes from outside.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

void log_open(void); /* reads PLIMSOLL_LOG; harmless to call twice */
void log_close(void);
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
