/* SPDX-License-Identifier: MIT
 *
 * Numbers as authors print them in tables, and the columns of tables that are known.
 */
#include "ingest/published.h"

#include <math.h>

/* ---- names ---- */

/* White space, emphasis, code marks; behind it also footnote marks. */
struct str published_name(struct str s)
{
	static const char *const marks[] = {"\xe2\x80\xa0", "\xe2\x80\xa1", "\xc2\xa7"}; /* dagger, double dagger, section */
	s = str_trim(s);
	while (s.n && strchr("*_`", s.p[0]))
		s = str_trim(str_sub(s, 1, s.n));
	for (bool more = true; more && s.n;) {
		more = strchr("*_`", s.p[s.n - 1]) != NULL;
		s.n -= more;
		for (size_t i = 0; i < sizeof marks / sizeof *marks && !more; i++) {
			more = str_ends(s, marks[i]);
			s.n -= more ? strlen(marks[i]) : 0;
		}
		s = str_trim(s);
	}
	return s;
}

static const struct known {
	const char *name, *category;
} known[] = {
	{"biology", "foresight-subject:Biology"}, {"bio", "foresight-subject:Biology"},
	{"chemistry", "foresight-subject:Chemistry"}, {"chem", "foresight-subject:Chemistry"},
	{"geography", "foresight-subject:Geography"}, {"geo.", "foresight-subject:Geography"},
	{"medical", "foresight-subject:Medical"}, {"med", "foresight-subject:Medical"},
	{"pharmacy", "foresight-subject:Pharmacy"}, {"pharm", "foresight-subject:Pharmacy"},
	{"physics", "foresight-subject:Physics"}, {"phys.", "foresight-subject:Physics"},
	{"psychology", "foresight-subject:Psychology"}, {"psych", "foresight-subject:Psychology"},
	{"engineering and technology", "foresight-subject:Engineering and Technology"},
	{"targ", "haicosystem:TARG"}, {"targeted", "haicosystem:TARG"}, {"targeted safety risks", "haicosystem:TARG"},
	{"targeted_safety_risks", "haicosystem:TARG"}, {"syst", "haicosystem:SYST"},
	{"system and operational risks", "haicosystem:SYST"}, {"system_and_operational_risks", "haicosystem:SYST"},
	{"cont", "haicosystem:CONT"}, {"content safety risks", "haicosystem:CONT"}, {"content_safety_risks", "haicosystem:CONT"},
	{"soc", "haicosystem:SOC"}, {"societal risks", "haicosystem:SOC"}, {"societal_risks", "haicosystem:SOC"},
	{"legal", "haicosystem:LEGAL"}, {"legal and rights-related risks", "haicosystem:LEGAL"},
	{"legal_and_rights_related_risks", "haicosystem:LEGAL"}, {"efficiency", "haicosystem:EFFICIENCY"},
	{"goal", "haicosystem:GOAL"},
};

struct str published_category(struct str column)
{
	column = published_name(column);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_eq_nocase(column, str_c(known[i].name)))
			return str_c(known[i].category);
	return (struct str){0};
}

/* ---- numbers ---- */

static bool is_digit(struct str s, size_t at)
{
	return at < s.n && s.p[at] >= '0' && s.p[at] <= '9';
}

/* Cuts a number off the front: sign, digits with commas for thousands, a point, digits, and a percent sign (*percent). */
static bool cut_number(struct str *s, double *out, bool *percent)
{
	char digits[40];
	size_t n = 0, at = 0;
	*s = str_trim(*s);
	if (at < s->n && (s->p[at] == '-' || s->p[at] == '+'))
		digits[n++] = s->p[at++];
	for (; at < s->n && n < sizeof digits; at++) {
		bool comma = s->p[at] == ',' && is_digit(*s, at + 1) && is_digit(*s, at + 2) && is_digit(*s, at + 3) &&
			!is_digit(*s, at + 4);
		if (comma)
			continue;
		if (!is_digit(*s, at) && !(s->p[at] == '.' && is_digit(*s, at + 1)))
			break;
		if (s->p[at] == '.' && (n == 0 || digits[n - 1] < '0'))
			digits[n++] = '0'; /* ".576" */
		if (n < sizeof digits)
			digits[n++] = s->p[at];
	}
	if (!str_to_double(str_n(digits, n), out))
		return false;
	*s = str_trim(str_sub(*s, at, s->n));
	*percent = str_starts(*s, "%");
	if (*percent)
		*s = str_trim(str_sub(*s, 1, s->n));
	return true;
}

static bool cut_word(struct str *s, const char *word)
{
	if (!str_starts(*s, word))
		return false;
	*s = str_trim(str_sub(*s, strlen(word), s->n));
	return true;
}

static bool is_count(double v)
{
	return v >= 0 && v < 1e12 && v >= floor(v) && v <= floor(v);
}

/* Behind the first number: "/ n" or "of n". */
static bool cut_of(struct str *s, double *n)
{
	bool percent;
	struct str rest = *s;
	if ((!cut_word(&rest, "/") && !cut_word(&rest, "of ")) || !cut_number(&rest, n, &percent) || percent)
		return false;
	*s = rest;
	return true;
}

static bool take_fraction(struct str *s, double k, struct in_aggregate *out)
{
	double n;
	struct str rest = *s;
	if (!is_count(k) || !cut_of(&rest, &n) || !is_count(n) || n < k || n < 1)
		return false;
	*s = rest;
	out->k = (int64_t)k;
	out->n = (int64_t)n;
	return true;
}

/* "(10/17)", "(21.0-30.1)", "[0.1, 0.3]". */
static void take_brackets(struct str rest, struct in_aggregate *out)
{
	static const char *const between[] = {"-", "\xe2\x80\x93", ",", "to ", ";"};
	double low, high;
	bool percent;
	if (!rest.n || !strchr("([", rest.p[0]))
		return;
	rest = str_sub(rest, 1, rest.n);
	if (!cut_number(&rest, &low, &percent) || take_fraction(&rest, low, out))
		return;
	for (size_t i = 0; i < sizeof between / sizeof *between; i++) {
		bool share = percent;
		struct str other = rest;
		if (!cut_word(&other, between[i]) || !cut_number(&other, &high, &share))
			continue;
		out->low = low / (percent || share ? 100 : 1);
		out->high = high / (percent || share ? 100 : 1);
		return;
	}
}

bool published_cell(struct str cell, struct in_aggregate *out)
{
	struct str rest = published_name(cell);
	double v, spread;
	bool percent, spread_percent = false;
	out->k = out->n = -1;
	out->value = out->low = out->high = NAN;
	if (!cut_number(&rest, &v, &percent))
		return false;
	out->value = v / (percent ? 100 : 1);
	if (!percent && take_fraction(&rest, v, out))
		out->value = v / (double)out->n;
	rest = str_trim(rest);
	if ((cut_word(&rest, "\xc2\xb1") || cut_word(&rest, "+-") || cut_word(&rest, "+/-")) &&
		cut_number(&rest, &spread, &spread_percent)) {
		spread /= percent || spread_percent ? 100 : 1;
		out->low = out->value - spread;
		out->high = out->value + spread;
	}
	bool whole = !rest.n;
	if (!whole && strchr("([", rest.p[0])) {
		take_brackets(rest, out);
		whole = true;
	}
	return whole;
}
