/* SPDX-License-Identifier: MIT
 *
 * Traffic of the Model Context Protocol: JSON-RPC messages, one a line, as they went over the wire, or each in a
 * wrapper that says when, in which direction and to which server. A file is a result without a model: what counts are
 * the calls of tools, and what the servers answered.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/dict.h"
#include "base/mem.h"
#include "ingest/head.h"
#include "ingest/lines.h"

/* A request that waits for, or has, its answer. */
struct asked {
	uint32_t key;    /* of server, direction and id */
	uint32_t before; /* index + 1 of the open one with the same key */
	const struct json *answer; /* NULL when there is none */
};

struct mcp {
	struct import *im;
	struct lines lines;
	struct dict keys;
	uint32_t *open; /* by key: index + 1 of the request asked last */
	size_t open_cap;
	struct asked *asked;
	size_t nasked, cap, at;
	struct str client, server, protocol;
	int64_t first_ms;
};

/* Requests go by id, per server and per direction; without a wrapper the direction is unknown. */
static uint32_t key_of(struct mcp *m, const struct json *wrapper, const struct json *message, bool response)
{
	struct str server = text_of(wrapper, "server"), direction = text_of(wrapper, "direction"), id = json_get(message, "id")->src;
	bool to_client = str_starts(direction, "server") || str_eq_c(direction, "in") || str_eq_c(direction, "received");
	struct buf b = {0};
	buf_printf(&b, "%.*s\n%d\n%.*s", (int)server.n, server.p ? server.p : "", direction.n ? to_client != response : 0, (int)id.n,
		id.p);
	uint32_t key = dict_add(&m->keys, buf_str(&b));
	buf_fini(&b);
	size_t known = m->open_cap;
	if (key >= known) {
		m->open = vec_grow(m->open, &m->open_cap, key + 1, sizeof *m->open);
		memset(m->open + known, 0, (m->open_cap - known) * sizeof *m->open);
	}
	return key;
}

static bool is_request(const struct json *message)
{
	return text_of(message, "method").p && !json_is_null(json_get(message, "id"));
}

/* ---- first: which response answers which request, and who talks ---- */

static void note_names(struct mcp *m, const struct json *message)
{
	const struct json *params = json_get(message, "params"), *result = json_get(message, "result");
	struct str client = text_of(json_get(params, "clientInfo"), "name"), server = text_of(json_get(result, "serverInfo"), "name");
	if (client.n && !m->client.p)
		m->client = client;
	if (!server.n || m->server.p)
		return;
	m->server = server;
	m->protocol = text_of(result, "protocolVersion");
}

static void pair_message(struct mcp *m, const struct json *wrapper, const struct json *message)
{
	note_names(m, message);
	if (!m->first_ms)
		m->first_ms = time_of(json_get(wrapper, "timestamp"));
	if (json_is_null(json_get(message, "id")))
		return;
	bool request = is_request(message);
	uint32_t key = key_of(m, wrapper, message, !request);
	if (request) {
		if (m->nasked == m->cap)
			m->asked = vec_grow(m->asked, &m->cap, m->nasked + 1, sizeof *m->asked);
		m->asked[m->nasked++] = (struct asked){.key = key, .before = m->open[key]};
		m->open[key] = (uint32_t)m->nasked;
	} else if (m->open[key]) {
		struct asked *a = &m->asked[m->open[key] - 1];
		a->answer = message;
		m->open[key] = a->before;
	}
}

/* ---- then: what is shown ---- */

/* The answer to the request that is at hand; a node of type absent when there was none. */
static const struct json *next_answer(struct mcp *m)
{
	static const struct json none;
	const struct json *answer = m->asked[m->at++].answer;
	return answer ? answer : &none;
}

static void add_call(struct mcp *m, const struct json *wrapper, const struct json *message)
{
	const struct json *params = json_get(message, "params"), *answer = next_answer(m), *result = json_get(answer, "result");
	const struct json *error = json_get(answer, "error"), *content = json_get(result, "content");
	struct buf text = {0};
	struct sink_call call = {.id = json_plain(json_get(message, "id")), .name = text_of(params, "name"),
		.arguments = json_plain(json_get(params, "arguments"))};
	blocks_text(&text, content->count ? content : json_get(result, "structuredContent"));
	if (error->type == JSON_OBJECT)
		call.result = call.error = json_plain(json_first(json_get(error, "message"), error));
	else if (result->type != JSON_ABSENT)
		call.result = buf_str(&text);
	call.has_result = call.result.p;
	if (json_is_true(json_get(result, "isError")))
		call.error = text.n ? buf_str(&text) : str_c("error");
	sink_turn(m->im->sink, &(struct sink_turn){.role = ROLE_ASSISTANT, .name = text_of(wrapper, "server"),
		.at_ms = time_of(json_get(wrapper, "timestamp"))});
	sink_call(m->im->sink, &call);
	buf_fini(&text);
}

static void add_turn(struct mcp *m, const struct json *wrapper, struct str role, const struct json *content)
{
	struct buf text = {0};
	blocks_text(&text, content);
	sink_turn(m->im->sink, &(struct sink_turn){.role = role_parse(role), .role_text = role, .content = buf_str(&text),
		.name = text_of(wrapper, "server"), .at_ms = time_of(json_get(wrapper, "timestamp"))});
	buf_fini(&text);
}

/* A server asks the client's model: what it says to it is a way in for injections. */
static void add_sampling(struct mcp *m, const struct json *wrapper, const struct json *message)
{
	const struct json *params = json_get(message, "params"), *result = json_get(next_answer(m), "result");
	if (text_of(params, "systemPrompt").n)
		add_turn(m, wrapper, str_c("system"), json_get(params, "systemPrompt"));
	JSON_EACH(it, json_get(params, "messages"))
		add_turn(m, wrapper, text_of(it, "role"), json_get(it, "content"));
	if (result->type == JSON_OBJECT)
		add_turn(m, wrapper, text_of(result, "role").n ? text_of(result, "role") : str_c("assistant"), json_get(result, "content"));
}

static void show_message(struct mcp *m, const struct json *wrapper, const struct json *message)
{
	struct str method = text_of(message, "method");
	if (is_request(message) && str_eq_c(method, "tools/call")) {
		add_call(m, wrapper, message);
	} else if (is_request(message) && str_eq_c(method, "sampling/createMessage")) {
		add_sampling(m, wrapper, message);
	} else if (method.p) {
		sink_ignore(m->im->sink, method, 1);
		if (is_request(message))
			next_answer(m);
	}
}

/* ---- the file ---- */

static void each_message(struct mcp *m, void (*each)(struct mcp *m, const struct json *wrapper, const struct json *message))
{
	for (size_t i = 0; i < m->lines.n; i++) {
		const struct json *node = m->lines.list[i].node, *wrapped = json_get(node, "message");
		if (node->type == JSON_ARRAY) /* a batch */
			JSON_EACH(message, node)
				each(m, message, message);
		else
			each(m, node, wrapped->type == JSON_OBJECT ? wrapped : node);
	}
}

static enum status mcp_result(struct mcp *m, struct err *err)
{
	static const char *const suffixes[] = {".jsonl", ".json", ".ndjson", ".log", NULL};
	struct sink_result r = SINK_RESULT_INIT;
	each_message(m, pair_message);
	sink_run(m->im->sink, &(struct in_run){.task = str_c("mcp"), .created_ms = m->first_ms, .declared = -1});
	r.item = path_stem(m->im->claim->main->path, suffixes);
	r.started_ms = m->first_ms;
	r.place = &m->lines.place;
	r.repairs = m->lines.repairs;
	sink_result(m->im->sink, &r);
	each_message(m, show_message);
	sink_meta(m->im->sink, "client", m->client);
	sink_meta(m->im->sink, "server", m->server);
	sink_meta(m->im->sink, "protocol", m->protocol);
	return sink_result_end(m->im->sink, err);
}

static enum status mcp_read(struct import *im, struct err *err)
{
	struct mcp m = {.im = im};
	enum status st = lines_read(im, im->claim->main, NULL, &m.lines, err);
	if (st == OK && m.lines.n)
		st = mcp_result(&m, err);
	dict_fini(&m.keys);
	free(m.open);
	free(m.asked);
	lines_fini(&m.lines);
	return st;
}

static int mcp_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const char *const words[] = {"\"tools/call\"", "\"tools/list\"", "\"protocolVersion\"", "\"resources/", "\"prompts/",
		"\"notifications/initialized\"", NULL};
	if (inside || !(head_has(m->head, "jsonrpc") || head_has(m->head, "message/jsonrpc")))
		return 0;
	for (const char *const *w = words; *w; w++) {
		if (str_find(m->head, str_c(*w)) >= 0) {
			snprintf(why, 160, "JSON-RPC messages, %s", *w);
			return 90;
		}
	}
	return 0;
}

const struct importer imp_mcp = {
	.name = "mcp",
	.title = "MCP traffic: JSON-RPC messages, bare or in a wrapper (.jsonl)",
	.version = 1,
	.maps = "A file is a result; its name is the item. A tools/call request is a turn with a call, answered by the response with "
		"the same id, per server and direction. What a server lets the client's model say (sampling) is turns. Client, "
		"server and protocol are meta; other messages are counted. Nothing names a model: --set model=NAME.",
	.polarity = "None: traffic has no outcome. A call's error is isError, or a JSON-RPC error.",
	.probe = mcp_probe,
	.read = mcp_read,
};
