/* SPDX-License-Identifier: MIT
 *
 * Audit logs of guardrails: one event a line, what was asked and when, without the words.
 */
#include "ingest/importer.h"

static const struct table_shape shapes[] = {
	{70, {"timestamp", "event_type", "request_id", "user_tier", NULL}, "guardrail-audit", "events of requests by tier"},
	{70, {"timestamp", "event_type", "request_id", "latency_ms", NULL}, "guardrail-audit", "events of requests with latency"},
	{0},
};

const struct importer imp_guardrail_audit = {
	.name = "guardrail-audit",
	.title = "audit logs of guardrails: events of requests (audit.jsonl)",
	.version = 1,
	.maps = "An event is a result: request_id the item, event_type audit-event:, latency the duration; lengths and the tier of the "
		"user are facts. There are no words, and no model unless --set model names it.",
	.polarity = "None: an event says what the guardrail did, not whether it was right, so that all results are missing.",
	.rules = "task:* => set kind=safety\n",
	.tables = shapes,
};
