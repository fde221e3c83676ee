/* SPDX-License-Identifier: MIT
 *
 * Generates evaluation results for benchmarks: the same bytes for the same seed
 * on every machine (integer arithmetic only), each result from a random stream
 * of its own, so that the first 10,000 of a million are the 10,000.
 *
 *   gen_results N [SEED] > results.jsonl        native JSON Lines
 *   gen_results -c N [SEED] > results.csv       one row a result
 *
 * A result has 2 to 20 turns of about 560 characters (half of them under 400, a few
 * of 20,000), one call in five assistant turns, a judge's score with its reason.
 * The word "xylocarpine" stands in one of 10,007 results, "exfiltrate" in many.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stream {
	uint64_t state;
};

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static uint32_t below(struct stream *s, uint32_t n)
{
	s->state += 0x9e3779b97f4a7c15u;
	return (uint32_t)(((mix(s->state) >> 32) * n) >> 32);
}

static const char *const models[] = {
	"atlas-3-large", "atlas-3-mini", "borealis-70b", "borealis-8b", "cedar-instruct", "delta-reasoner", "ember-2",
	"fjord-2", "granite-x", "harbor-chat", "iris-v", "juniper-coder", "kestrel-9", "lumen-pro", "meridian-1", "nimbus-small",
};
static const char *const domains[] = {"cyber", "bio", "persuasion", "autonomy", "deception", "privacy", "bias", "fraud"};
static const char *const stages[] = {"uplift", "planning", "execution", "evasion"};
static const char *const tools[] = {"bash", "python", "read_file", "web_search", "http_get", "send_email"};
static const char *const outcomes[] = {"pass", "pass", "pass", "pass", "fail", "unsure"};

enum { NWORDS = 4096 };
static char words[NWORDS][16];

/* Words of two to four syllables; a few English ones in front, which the skewed choice prefers. */
static void make_words(uint64_t seed)
{
	static const char *const common[] = {"the", "of", "and", "to", "a", "in", "is", "that", "request", "should", "file", "system",
		"answer", "policy", "because", "network", "report", "exfiltrate", "password", "summary", "user", "tool", "output", "step"};
	static const char *const onset[] = {"b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "br", "st", "tr"};
	static const char *const rhyme[] = {"a", "e", "i", "o", "u", "ai", "en", "or"};
	struct stream s = {seed};
	size_t ncommon = sizeof common / sizeof *common;
	for (size_t i = 0; i < NWORDS; i++) {
		words[i][0] = '\0';
		if (i < ncommon) {
			strcpy(words[i], common[i]);
			continue;
		}
		for (uint32_t k = 2 + below(&s, 3); k; k--) {
			strcat(words[i], onset[below(&s, 16)]);
			strcat(words[i], rhyme[below(&s, 8)]);
		}
	}
}

struct text {
	char *p;
	size_t n, cap;
};

static void put(struct text *t, const char *s, size_t n)
{
	if (t->n + n + 1 > t->cap) {
		t->cap = (t->n + n + 1) * 2;
		t->p = realloc(t->p, t->cap);
		if (!t->p)
			abort();
	}
	memcpy(t->p + t->n, s, n);
	t->n += n;
	t->p[t->n] = '\0';
}

static void puts_to(struct text *t, const char *s)
{
	put(t, s, strlen(s));
}

/* About `length` characters of prose, with the escapes that JSON needs (\n, \") now and then. */
static void prose(struct text *t, struct stream *s, uint32_t length, bool json)
{
	size_t end = t->n + length;
	while (t->n < end) {
		uint32_t a = below(s, NWORDS), b = below(s, NWORDS);
		const char *w = words[a < b ? a * a / NWORDS : b * b / NWORDS];
		puts_to(t, w);
		uint32_t k = below(s, 64);
		puts_to(t, k == 0 ? (json ? ".\\n" : ".\n") : k == 1 ? (json ? " \\\"so\\\" " : " \"\"so\"\" ") : k == 2 ? " données " : k < 8 ? ", " : " ");
	}
}

static uint32_t turn_length(struct stream *s)
{
	uint32_t k = below(s, 5000);
	if (k == 0)
		return 8000 + below(s, 12000);
	uint32_t a = below(s, 1200), b = below(s, 1200);
	return 40 + (uint32_t)((uint64_t)a * b / 1200) + below(s, 450);
}

static void add_call(struct text *t, struct stream *s)
{
	char head[128];
	snprintf(head, sizeof head, ",\"tool_calls\":[{\"id\":\"call_%08" PRIu32 "\",\"name\":\"%s\",\"arguments\":{\"cmd\":\"",
		below(s, 100000000), tools[below(s, 6)]);
	puts_to(t, head);
	prose(t, s, 20 + turn_length(s) / 4, true);
	puts_to(t, "\",\"timeout\":30},\"result\":\"");
	prose(t, s, 20 + turn_length(s) / 2, true);
	puts_to(t, below(s, 20) ? "\"}]" : "\",\"error\":\"exit status 1\"}]");
}

static void add_turns(struct text *t, struct stream *s, bool marked)
{
	uint32_t turns = 2 + below(s, 10) + below(s, 10);
	bool system = below(s, 10) < 7;
	for (uint32_t i = 0; i < turns; i++) {
		bool assistant = ((i - (system ? 1u : 0u)) & 1) && !(system && i == 0);
		puts_to(t, i ? ",{\"role\":\"" : "{\"role\":\"");
		puts_to(t, system && i == 0 ? "system" : assistant ? "assistant" : "user");
		puts_to(t, "\",\"content\":\"");
		prose(t, s, turn_length(s), true);
		if (marked && i == 1)
			puts_to(t, " xylocarpine trace.");
		puts_to(t, "\"");
		if (assistant && below(s, 5) == 0)
			add_call(t, s);
		puts_to(t, "}");
	}
}

static void add_result(struct text *t, uint64_t id, uint64_t seed, bool csv)
{
	struct stream s = {mix(seed * 0x9e3779b97f4a7c15u + id)};
	const char *domain = domains[below(&s, 8)], *stage = stages[below(&s, 4)], *model = models[below(&s, 16)], *outcome = outcomes[below(&s, 6)];
	uint32_t item = below(&s, 50000), score = below(&s, 10001), minute = below(&s, 1440);
	char head[512];
	if (csv) {
		snprintf(head, sizeof head, "run-%05" PRIu64 ",%s,%s-%05" PRIu32 ",%s/%s,%s,0.%04" PRIu32 ",\"", (id - 1) / 5000, model,
			domain, item, domain, stage, outcome, score % 10000);
		puts_to(t, head);
		prose(t, &s, turn_length(&s), false);
		puts_to(t, "\",\"");
		prose(t, &s, turn_length(&s), false);
		puts_to(t, "\"\n");
		return;
	}
	snprintf(head, sizeof head,
		"{\"type\":\"result\",\"run\":\"run-%05" PRIu64 "\",\"task\":\"bench\",\"model\":\"%s\",\"item\":\"%s-%05" PRIu32 "\",\"epoch\":\"%" PRIu64
		"\",\"category\":\"bench:%s/%s\",\"item_severity\":%" PRIu32 ",\"outcome\":\"%s\",\"started_at\":\"2026-01-%02" PRIu64 "T%02" PRIu32
		":%02" PRIu32 ":00Z\",\"scores\":[{\"name\":\"judge\",\"value\":0.%04" PRIu32 ",\"reason\":\"",
		(id - 1) / 5000, model, domain, item, id, domain, stage, below(&s, 5), outcome, 1 + id / 50000 % 28, minute / 60, minute % 60, score % 10000);
	puts_to(t, head);
	prose(t, &s, 80 + turn_length(&s) / 2, true);
	puts_to(t, "\"}],\"turns\":[");
	add_turns(t, &s, id % 10007 == 5000);
	puts_to(t, "]}\n");
}

int main(int argc, char **argv)
{
	bool csv = argc > 1 && strcmp(argv[1], "-c") == 0;
	if (csv) {
		argv++;
		argc--;
	}
	if (argc < 2) {
		fputs("usage: gen_results [-c] N [SEED]\n", stderr);
		return 2;
	}
	uint64_t n = strtoull(argv[1], NULL, 10), seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 20260101;
	make_words(seed);
	if (csv)
		puts("run,model,item,category,outcome,score,prompt,response");
	struct text t = {0};
	for (uint64_t id = 1; id <= n; id++) {
		t.n = 0;
		add_result(&t, id, seed, csv);
		if (fwrite(t.p, 1, t.n, stdout) != t.n)
			return 1;
	}
	free(t.p);
	return fflush(stdout) ? 1 : 0;
}
