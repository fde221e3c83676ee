/* SPDX-License-Identifier: MIT
 *
 * Wall and monotonic time, ISO 8601.
 */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t clock_wall_ms(void)
{
	const char *fixed = getenv("PLIMSOLL_TEST_TIME");
	int64_t seconds;
	if (fixed && str_to_i64(str_c(fixed), &seconds))
		return seconds * 1000;
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_monotonic_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Days since 1970-01-01 of a proleptic Gregorian date, and back
 * (the era algorithm: years start in March, 400-year cycles of 146097 days). */
static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

static void civil_from_days(int64_t z, int64_t *y, int64_t *m, int64_t *d)
{
	z += 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

void clock_format(int64_t ms, char out[static 25])
{
	int64_t day = ms / 86400000, rest = ms % 86400000;
	if (rest < 0) {
		rest += 86400000;
		day--;
	}
	int64_t y, m, d;
	civil_from_days(day, &y, &m, &d);
	if (y < 0 || y > 9999) {
		snprintf(out, 25, "out of range");
		return;
	}
	char text[96];
	snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)y, (int)m, (int)d, (int)(rest / 3600000),
		(int)(rest / 60000 % 60), (int)(rest / 1000 % 60), (int)(rest % 1000));
	memcpy(out, text, 24);
	out[24] = '\0';
}

/* Reads exactly n digits at *at. */
static bool digits(struct str s, size_t *at, int n, int64_t *out)
{
	*out = 0;
	for (int i = 0; i < n; i++, (*at)++) {
		if (*at >= s.n || s.p[*at] < '0' || s.p[*at] > '9')
			return false;
		*out = *out * 10 + (s.p[*at] - '0');
	}
	return true;
}

static bool literal(struct str s, size_t *at, const char *any)
{
	if (*at >= s.n || !strchr(any, s.p[*at]))
		return false;
	(*at)++;
	return true;
}

static bool zone(struct str s, size_t *at, int64_t *offset_min, bool *has_zone)
{
	*offset_min = 0;
	*has_zone = *at < s.n;
	if (!*has_zone || (literal(s, at, "Zz") && *at == s.n))
		return true;
	int64_t sign = *at < s.n && s.p[*at] == '-' ? -1 : 1, h, m = 0;
	if (!literal(s, at, "+-") || !digits(s, at, 2, &h))
		return false;
	literal(s, at, ":");
	if (*at < s.n && !digits(s, at, 2, &m))
		return false;
	*offset_min = sign * (h * 60 + m);
	return *at == s.n;
}

bool clock_parse(struct str text, int64_t *ms, bool *has_zone)
{
	struct str s = str_trim(text);
	size_t at = 0;
	int64_t y, mo, d, h = 0, mi = 0, sec = 0, milli = 0, offset = 0;
	*has_zone = false;
	if (!digits(s, &at, 4, &y) || !literal(s, &at, "-") || !digits(s, &at, 2, &mo) || !literal(s, &at, "-") || !digits(s, &at, 2, &d))
		return false;
	if (mo < 1 || mo > 12 || d < 1 || d > 31)
		return false;
	if (at < s.n) {
		if (!literal(s, &at, "Tt ") || !digits(s, &at, 2, &h) || !literal(s, &at, ":") || !digits(s, &at, 2, &mi))
			return false;
		if (literal(s, &at, ":") && !digits(s, &at, 2, &sec))
			return false;
		if (literal(s, &at, ".,")) {
			int64_t scale = 100;
			for (; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++, scale /= 10)
				milli += (s.p[at] - '0') * scale;
		}
		if (!zone(s, &at, &offset, has_zone))
			return false;
	}
	if (h > 24 || mi > 59 || sec > 60)
		return false;
	*ms = ((days_from_civil(y, mo, d) * 24 + h) * 60 + mi - offset) * 60000 + sec * 1000 + milli;
	return true;
}
