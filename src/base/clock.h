/* SPDX-License-Identifier: MIT
 *
 * Time, in one place so that tests can set it: with PLIMSOLL_TEST_TIME (epoch
 * seconds) in the environment, wall time stands still.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "base/str.h"

int64_t clock_wall_ms(void);      /* milliseconds since 1970, UTC */
int64_t clock_monotonic_ms(void); /* for durations only */

/* "2026-01-31T12:34:56.789Z" and back. out needs 25 bytes. */
void clock_format(int64_t ms, char out[static 25]);
/* ISO 8601 with T or blank, optional fraction, Z, ±hh:mm or no zone (taken as UTC; *has_zone says so).
 * false when it is none. */
bool clock_parse(struct str text, int64_t *ms, bool *has_zone);

#endif
