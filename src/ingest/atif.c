/* SPDX-License-Identifier: MIT
 *
 * A step is a turn. What it observed belongs to the call it names; what names none is a tool's turn behind the step. A
 * sub-agent's trajectory is embedded in the document, or a file of its own.
 */
#include "ingest/atif.h"

enum { DEPTH_MAX = 8 };

static struct str text_at(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

static void add_text(struct buf *out, const struct json *v)
{
	if (v->type != JSON_ARRAY) {
		buf_add_str(out, json_plain(v));
		return;
	}
	JSON_EACH(part, v) {
		const struct json *source = json_get(part, "source");
		struct str media = text_at(source, "media_type"), path = text_at(source, "path"), data = text_at(source, "data");
		if (out->n)
			buf_add_ch(out, '\n');
		if (source->type == JSON_OBJECT)
			blob_mark(out, text_at(part, "type"), media, data.n ? data : path);
		else
			buf_add_str(out, part->type == JSON_STRING ? part->text : text_at(part, "text"));
	}
}

struct str atif_model(const struct json *doc)
{
	struct str model = json_str(json_pointer(doc, str_c("/agent/model_name")));
	if (model.n)
		return model;
	JSON_EACH(step, json_get(doc, "steps"))
		if (text_at(step, "model_name").n)
			return text_at(step, "model_name");
	return (struct str){0};
}

/* ---- sub-agents ---- */

static const struct json *embedded(const struct json *doc, struct str id)
{
	JSON_EACH(t, json_get(doc, "subagent_trajectories"))
		if (id.n && str_eq(text_at(t, "trajectory_id"), id))
			return t;
	return json_get(doc, "");
}

static const struct json *in_family(const struct atif_family *family, struct str path)
{
	static const struct json none;
	for (size_t i = path.n; i-- > 0;) {
		if (path.p[i] == '/') {
			path = str_sub(path, i + 1, path.n);
			break;
		}
	}
	for (size_t i = 0; path.n && i < family->n; i++) {
		if (!str_eq(text_at(family->files[i], "file"), path) || family->told[i])
			continue;
		family->told[i] = true;
		return json_get(family->files[i], "doc");
	}
	return &none;
}

static struct str ref_name(const struct json *ref)
{
	static const char *const keys[] = {"trajectory_path", "trajectory_id", "session_id", NULL};
	for (const char *const *k = keys; *k; k++)
		if (text_at(ref, *k).n)
			return text_at(ref, *k);
	return str_c("sub-agent");
}

static void add_mark(struct buf *out, const struct json *refs)
{
	JSON_EACH(ref, refs) {
		struct str name = ref_name(ref);
		if (out->n)
			buf_add_ch(out, '\n');
		buf_printf(out, "[sub-agent %.*s]", (int)(name.n < 200 ? name.n : 200), name.p);
	}
}

static void add_subagents(struct sink *s, const struct json *doc, const struct atif_family *family, const struct atif_voice *voice,
	const struct json *refs, struct str call)
{
	JSON_EACH(ref, refs) {
		const struct json *other = embedded(doc, text_at(ref, "trajectory_id"));
		struct str name;
		if (other->type != JSON_OBJECT)
			other = in_family(family, text_at(ref, "trajectory_path"));
		if (other->type != JSON_OBJECT || voice->depth >= DEPTH_MAX)
			continue;
		name = json_str(json_pointer(other, str_c("/agent/name")));
		atif_turns(s, other, family, &(struct atif_voice){.name = name.n ? name : ref_name(ref),
			.parent_call = call.n ? call : voice->parent_call, .skip_copied = true, .depth = voice->depth + 1});
	}
}

/* ---- steps ---- */

static bool belongs(const struct json *result, struct str call)
{
	return call.n && str_eq(json_plain(json_get(result, "source_call_id")), call);
}

static void add_call(struct sink *s, const struct json *c, const struct json *results)
{
	struct buf text = {0};
	struct sink_call call = {.id = json_plain(json_get(c, "tool_call_id")), .name = text_at(c, "function_name"),
		.arguments = json_plain(json_get(c, "arguments"))};
	JSON_EACH(r, results) {
		if (!belongs(r, call.id))
			continue;
		if (call.has_result)
			buf_add_ch(&text, '\n');
		add_text(&text, json_get(r, "content"));
		add_mark(&text, json_get(r, "subagent_trajectory_ref"));
		call.has_result = true;
	}
	call.result = call.has_result ? buf_str(&text) : (struct str){0};
	sink_call(s, &call);
	buf_fini(&text);
}

static bool is_of_a_call(const struct json *result, const struct json *calls)
{
	JSON_EACH(c, calls)
		if (belongs(result, json_plain(json_get(c, "tool_call_id"))))
			return true;
	return false;
}

static void add_step(struct sink *s, const struct json *step, const struct atif_voice *voice)
{
	const struct json *results = json_pointer(step, str_c("/observation/results")), *calls = json_get(step, "tool_calls");
	struct str source = text_at(step, "source");
	struct buf content = {0};
	add_text(&content, json_get(step, "message"));
	struct sink_turn t = {.role = role_parse(source), .role_text = source, .name = voice->name, .parent_call = voice->parent_call,
		.content = buf_str(&content), .reasoning = text_at(step, "reasoning_content"), .at_ms = time_of(json_get(step, "timestamp"))};
	sink_turn(s, &t);
	JSON_EACH(c, calls)
		add_call(s, c, results);
	JSON_EACH(r, results) {
		if (is_of_a_call(r, calls))
			continue;
		buf_clear(&content);
		add_text(&content, json_get(r, "content"));
		add_mark(&content, json_get(r, "subagent_trajectory_ref"));
		sink_turn(s, &(struct sink_turn){.role = ROLE_TOOL, .name = voice->name, .parent_call = voice->parent_call,
			.content = buf_str(&content), .tool_call_id = json_plain(json_get(r, "source_call_id")), .at_ms = t.at_ms});
	}
	buf_fini(&content);
}

void atif_turns(struct sink *s, const struct json *doc, const struct atif_family *family, const struct atif_voice *voice)
{
	JSON_EACH(step, json_get(doc, "steps")) {
		if (voice->skip_copied && json_is_true(json_get(step, "is_copied_context"))) {
			sink_ignore(s, str_c("copied steps"), 1);
			continue;
		}
		add_step(s, step, voice);
		JSON_EACH(r, json_pointer(step, str_c("/observation/results")))
			add_subagents(s, doc, family, voice, json_get(r, "subagent_trajectory_ref"), json_plain(json_get(r, "source_call_id")));
	}
}
