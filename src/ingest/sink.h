/* SPDX-License-Identifier: MIT
 *
 * What an importer talks to. It copies what it is given, pairs tool results
 * with calls, builds the packed transcript and the natural key, numbers
 * repeats, applies rules, and hands batches to the writer. An importer gets a
 * sink and nothing else: no SQL, no globals, no file system. The fuzz target,
 * the unit test and the real run differ only in what stands behind the sink.
 *
 * Order of calls for one result: sink_result, then any of sink_turn, sink_call,
 * sink_score, sink_category, sink_meta in source order, then sink_result_end.
 */
#ifndef INGEST_SINK_H
#define INGEST_SINK_H

#include "base/buf.h"
#include "base/json.h"
#include "source/records.h"
#include "store/in.h"
#include "store/transcript.h"

struct sink;

/* The run that following results belong to. Strings are copied. key absent: path as given. */
void sink_run(struct sink *s, const struct in_run *run);

struct sink_result {
	struct str model, provider, model_label, task, item, epoch; /* task absent: the run's */
	/* Stands for the model in the natural key, where files that say more of the result do not know the model as this one
	 * names it. The run must have a key. */
	struct str key_model;
	struct str raw_outcome, raw_severity, raw_item_severity;
	struct str target, answer, error, limit;
	int64_t started_ms, duration_ms; /* 0 and -1 when unknown */
	uint32_t fail_turn;              /* when the source says so */
	uint8_t authority;
	bool truncated;
	const struct record *place; /* where it stands in the source; NULL = unknown */
	struct str member;
	uint32_t repairs;
};
/* SINK_RESULT_INIT gives the "unknown" values. */
#define SINK_RESULT_INIT ((struct sink_result){.duration_ms = -1})

void sink_result(struct sink *s, const struct sink_result *r);

struct sink_turn {
	enum role role;
	struct str role_text; /* the source's word */
	struct str name, content, reasoning, error;
	struct str tool_call_id;
	bool answers; /* a turn that is no tool's and yet the answer to a call: agents whose observations come as user messages */
	struct str parent_call; /* a sub-agent's turn: id of the call that started it; `name` is the sub-agent */
	int64_t at_ms;
	enum outcome outcome;
	bool unasked; /* a tool turn that answers no call: it comes before any */
};
/* A tool turn is paired at once: to the earliest unanswered call with its id; with an empty or absent id, to the earliest
 * unanswered call of the preceding assistant (or user-simulator) turn. Unmatched ones are kept. Returns the turn, from 1. */
uint32_t sink_turn(struct sink *s, const struct sink_turn *t);

struct sink_call {
	struct str id, name;
	struct str arguments; /* the exact source text: a string's decoded value, else the node's slice */
	struct str result, error;
	bool has_result; /* the result has no turn of its own */
};
/* Belongs to the last turn. */
void sink_call(struct sink *s, const struct sink_call *c);

void sink_score(struct sink *s, const struct in_score *score);
void sink_category(struct sink *s, struct str taxonomy, struct str path);
void sink_category_at(struct sink *s, uint32_t turn, uint32_t call, struct str taxonomy, struct str path);
/* A further fact that the source states, as text; keys [a-z0-9_.-]; values that look like secrets are redacted. */
void sink_meta(struct sink *s, const char *key, struct str value);
void sink_meta_num(struct sink *s, const char *key, double value);
/* A foreign name as such a key, appended: other characters become '_', and what is too long is cut. */
void fact_key(struct buf *out, struct str key);
/* What an importer has no use for: scalar members of object that are not among `used` (NULL-terminated) become facts under
 * prefix + name, all others are counted as ignored. */
void sink_rest(struct sink *s, const char *prefix, const struct json *object, const char *const *used);
/* FAIL only when the writer stopped (disk full, cancelled): pass it up at once. */
enum status sink_result_end(struct sink *s, struct err *err);

/* ---- shared shapes ---- */

/* The turns of a chat: OpenAI, Inspect, AgentDojo, tau and their kin. content: string, null, part list (text under "text"
 * or "content"; reasoning parts; other parts as a visible mark "[image]"), tool_calls with function{name,arguments} or
 * flat name/function/args, tool rows with tool_call_id, error. */
void sink_chat(struct sink *s, const struct json *messages);
/* One message of such a chat. */
void sink_chat_message(struct sink *s, const struct json *message);
/* The content of such a message as text, appended: strings decoded, part lists joined, blobs marked, the rest as its source. */
void chat_text(struct buf *content, struct buf *reasoning, const struct json *v);
/* What stands for an image, a sound or a file in a text: "[image image/png 21345 bytes sha256:…]". data: base64, a data: URL
 * (which brings its media type), or an address, which is shown cut. Blobs themselves are not kept. */
void blob_mark(struct buf *out, struct str kind, struct str media, struct str data);

/* ---- results that arrive in pieces, and what hangs off them ---- */

struct result_key {
	struct str tool, run, model, task, item, epoch;
};
/* The natural key of a result; the same in every database. */
void result_uid(const struct result_key *key, unsigned char uid[static UID_SIZE]);

void sink_attach_score(struct sink *s, const struct result_key *key, const struct in_score *score);
void sink_attach_category(struct sink *s, const struct result_key *key, struct str taxonomy, struct str path);
void sink_attach_outcome(struct sink *s, const struct result_key *key, struct str raw_outcome);
void sink_part(struct sink *s, const struct result_key *key, struct str order, struct str body);
void sink_aggregate(struct sink *s, const struct in_aggregate *a);
void sink_rater(struct sink *s, struct str rater, struct str attribute, struct str value);
/* What an item bank says of an item, joined onto its results whenever they come. task absent: of any task. field: category
 * ("taxonomy:path"), severity, item_severity, target, kind. */
void sink_label(struct sink *s, struct str task, struct str item, const char *field, struct str value);

/* ---- the source report ---- */

void sink_skip(struct sink *s, uint64_t line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* n things of that name are in the source and were not imported: a line of its report. */
void sink_ignore(struct sink *s, struct str what, uint64_t n);
void sink_warn(struct sink *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A declared total, to be compared with the recomputed one: "results", "fail", "pass", "accuracy". */
void sink_declare(struct sink *s, const char *what, double value);
/* Asked to stop? Importers check it per record; records_next does too when wired. */
bool sink_stopped(const struct sink *s);

#endif
