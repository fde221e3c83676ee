/* SPDX-License-Identifier: MIT
 *
 * What goes into the store: one run, one result with all that belongs to it,
 * as raw facts of the source plus what rules derived from them. Built by
 * ingest on worker threads, taken by the writer; every pointer is borrowed and
 * must live until the call returns.
 */
#ifndef STORE_IN_H
#define STORE_IN_H

#include "base/sha256.h"
#include "base/str.h"
#include "base/terms.h"

enum { UID_SIZE = 16, DIGEST_SIZE = 16 };

struct in_run {
	struct str key;  /* what tells runs of this tool apart: eval id, or path as given + header identity; never a content hash */
	struct str name; /* for people; defaults to key */
	struct str tool, tool_version;
	struct str task;
	struct str status; /* as the tool says: success, cancelled … */
	int64_t created_ms; /* 0 = unknown */
	int64_t declared;   /* results the source says there are, -1 = it does not say */
	struct str meta;    /* JSON object of allow-listed configuration, redacted; or absent */
};

/* A value given by a scorer, judge, detector or rater of the source. */
struct in_score {
	uint32_t turn; /* 0 = the whole result */
	struct str name, rater;
	struct str value_text; /* as the source writes it */
	bool has_num;
	double num;
	struct str reason;
};

struct in_category {
	struct str taxonomy, path; /* "ailuminate-1", "a/b/c" */
	uint32_t turn, call;       /* 0, 0 = the whole result */
};

/* What rules decide (DESIGN 4). Zero-initialised = nothing decided. */
struct derived {
	enum outcome outcome; /* OUTCOME_NONE is stored as missing, with why */
	enum severity severity, item_severity;
	enum task_kind kind;
	uint32_t fail_turn, fail_step; /* 0 = unlocated */
	struct str alias;              /* of the model */
	struct str why;                /* the rule that decided the outcome: "inspect:3", or the reason it is missing */
	double score;                  /* the primary score, NaN = none */
	const struct in_category *categories; /* whole-result categories after rules */
	size_t ncategories;
};

struct in_result {
	unsigned char uid[UID_SIZE];       /* hash of the natural key */
	unsigned char digest[DIGEST_SIZE]; /* hash of all raw facts and the transcript; not of what is derived */
	uint8_t authority;                 /* of two sources of one result the higher wins, whatever the order; equal: the later is a revision */
	const struct in_run *run;
	struct str model, provider, model_label;
	struct str task, item, epoch; /* epoch: whatever tells repeats apart; "" when there is one */
	struct str raw_outcome, raw_severity, raw_item_severity; /* as the source says, or absent */
	struct str target, answer, error, limit;
	int64_t started_ms;  /* 0 = unknown */
	int64_t duration_ms; /* -1 = unknown */
	uint64_t offset, length, line; /* the record in its member */
	struct str member;             /* member of an archive, or absent */
	uint32_t turns, steps, tool_calls, answered, call_errors;
	uint32_t repairs;  /* replaced characters, see base/json.h */
	bool truncated, has_invisible;
	uint32_t raw_fail_turn; /* the source says where it failed; 0 = it does not */
	struct str meta;        /* canonical JSON object of further facts (string and number values), or absent */
	struct str transcript;  /* canonical JSON, see store/transcript.h */
	const struct in_score *scores;
	size_t nscores;
	const struct in_category *categories; /* as the source says */
	size_t ncategories;
	struct derived derived;
};

/* A published value without results behind it. */
struct in_aggregate {
	struct str run, model, task, category, metric;
	int64_t k, n; /* -1 = not given */
	double value, low, high; /* NaN = not given */
};

/* A score, category or outcome that names a result by key; waits when the result is not there yet. */
struct in_attach {
	unsigned char uid[UID_SIZE];
	const struct in_score *score;       /* one of these three */
	const struct in_category *category;
	struct str raw_outcome;
};

/* A piece of a result that arrives in pieces. */
struct in_part {
	unsigned char uid[UID_SIZE];
	struct str order; /* canonical order of the pieces of one result; compared as bytes */
	struct str body;
};

#endif
