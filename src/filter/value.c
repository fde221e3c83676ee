/* SPDX-License-Identifier: MIT
 *
 * What the values of a filter mean: numbers, times, the words of closed
 * vocabularies.
 */
#include "base/clock.h"
#include "filter/internal.h"

#include <stdio.h>

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* The first ms of the given month, months counted on from January of the year. */
static bool month_start(int64_t year, int64_t month, double *ms)
{
	char text[40];
	int64_t at;
	bool zone;
	year += (month - 1) / 12;
	month = (month - 1) % 12 + 1;
	snprintf(text, sizeof text, "%04d-%02d-01", (int)year, (int)month);
	if (!clock_parse(str_c(text), &at, &zone))
		return false;
	*ms = (double)at;
	return true;
}

/* "2026" and "2026-01", which no clock reads. */
static bool year_or_month(struct str text, double *from, double *until)
{
	int64_t year, month;
	if (text.n == 4 && all_digits(text) && str_to_i64(text, &year))
		return month_start(year, 1, from) && month_start(year, 13, until);
	bool shaped = text.n == 7 && text.p[4] == '-' && all_digits(str_sub(text, 0, 4)) && all_digits(str_sub(text, 5, 2));
	if (!shaped || !str_to_i64(str_sub(text, 0, 4), &year) || !str_to_i64(str_sub(text, 5, 2), &month) || month < 1 || month > 12)
		return false;
	return month_start(year, month, from) && month_start(year, month + 1, until);
}

/* How long the thing is that the text names: a day, a minute, a second. */
static double span(struct str text)
{
	if (text.n <= 10)
		return 86400e3;
	size_t colons = 0;
	for (size_t i = 11; i < text.n; i++) {
		if (text.p[i] == '+' || text.p[i] == '-')
			break;
		colons += text.p[i] == ':';
	}
	return colons >= 2 ? 1e3 : 60e3;
}

bool filter_time(struct str text, double *from, double *until)
{
	int64_t ms;
	bool zone;
	if (year_or_month(text, from, until))
		return true;
	bool minute = text.n == 16 && (text.p[10] == 'T' || text.p[10] == ' ');
	char full[24];
	if (minute) {
		snprintf(full, sizeof full, "%.16s:00", text.p);
		if (!clock_parse(str_c(full), &ms, &zone))
			return false;
	} else if (!clock_parse(text, &ms, &zone)) {
		return false;
	}
	/* Times are compared by whole seconds, which is what the columns keep. */
	*from = (double)(ms - ((ms % 1000) + 1000) % 1000);
	*until = *from + span(text);
	return true;
}
