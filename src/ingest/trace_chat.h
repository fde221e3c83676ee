/* SPDX-License-Identifier: MIT
 *
 * Messages as tracing tools write them, in one spelling: a canonical JSON object
 *
 *   {"role":…,"name":…,"content":…,"reasoning":…,
 *    "calls":[{"id":…,"name":…,"arguments":…}],"results":[{"id":…,"content":…,"error":…}]}
 *
 * whose values are texts. What tools gave stands in "results", also when a message is nothing else. What is absent is left
 * out, so that equal messages are equal bytes however they were sent.
 */
#ifndef INGEST_TRACE_CHAT_H
#define INGEST_TRACE_CHAT_H

#include "base/buf.h"
#include "base/json.h"

/* Calls `each` for every message of a chat, in order. chat: a list of messages, one message, an object that holds the list
 * under "messages", "input", "choices" …, or a bare text. Dialects: chat completions and responses of OpenAI, content blocks
 * of Anthropic, parts of OpenTelemetry, prompts of the AI SDK, wrapped messages of OpenInference and LangChain.
 * role stands for that of messages that name none. */
void trace_chat(const struct json *chat, const char *role, void (*each)(void *ctx, struct str message), void *ctx);

/* One more member of a JSON object that was begun with '{'; nothing when the value is absent. */
void member_put(struct buf *out, const char *name, struct str value);

#endif
