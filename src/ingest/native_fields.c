/* SPDX-License-Identifier: MIT
 *
 * The field table of the native format, and the schema printed from it.
 */
#include "ingest/native_fields.h"

#include "ingest/sniff.h"

#define BIT(t) (1u << (t))

enum {
	RUN = BIT(NATIVE_RUN),
	RESULT = BIT(NATIVE_RESULT),
	SCORE = BIT(NATIVE_SCORE),
	CATEGORY = BIT(NATIVE_CATEGORY),
	OUTCOME = BIT(NATIVE_OUTCOME),
	PART = BIT(NATIVE_PART),
	AGGREGATE = BIT(NATIVE_AGGREGATE),
	RATER = BIT(NATIVE_RATER),
	LATE = SCORE | CATEGORY | OUTCOME,
	KEYED = RESULT | LATE | PART,
	SHAPED = RESULT | PART,
	ALL = KEYED | RUN | AGGREGATE | RATER,
};

static const char *const type_names[NATIVE_TYPES] = {
        "run", "result", "score", "category", "outcome", "part", "aggregate", "rater"};

static const struct native {
	const char *name, *alias, *alias2;
	unsigned in, required;
	const char *types; /* JSON Schema type names, separated by blanks; "" = any */
	const char *help;
} fields[N_FIELDS] = {
        [N_TYPE] = {"type", NULL, NULL, ALL, ALL & ~RESULT, "string",
                "what the record is; a record without it that has a model is a result"},
        [N_VERSION] = {"plimsoll", NULL, NULL, ALL, 0, "integer", "version of this format: 1"},
        [N_RUN] = {"run", "run_id", "key", KEYED | RUN | AGGREGATE, RUN, "string number",
                "the run; absent: the path of the file"},
        [N_TOOL] = {"tool", NULL, NULL, KEYED | RUN, 0, "string",
                "the tool that ran it; part of a result's key, so the same in all records of a run"},
        [N_TASK] = {"task", "benchmark", NULL, KEYED | RUN | AGGREGATE, 0, "string", "benchmark or data set; absent: the run's"},
        [N_MODEL] = {"model", NULL, NULL, KEYED | AGGREGATE, KEYED, "string", "the model under test"},
        [N_ITEM] = {"item", "item_id", "id", KEYED, LATE | PART, "string number",
                "the test case, with an id that does not depend on the run"},
        [N_EPOCH] = {"epoch", "trial", NULL, KEYED, 0, "string number", "whatever tells repeats of an item apart"},
        [N_PROVIDER] = {"provider", NULL, NULL, SHAPED, 0, "string", "who serves the model"},
        [N_MODEL_LABEL] = {"model_label", NULL, NULL, SHAPED, 0, "string", "name of the model for people"},
        [N_RESULT_ID] = {"result_id", NULL, NULL, SHAPED, 0, "string number", "the source's own id; kept as meta.result_id"},
        [N_NAME] = {"name", NULL, NULL, RUN | SCORE, 0, "string", "of a run: for people; of a score: its name"},
        [N_TOOL_VERSION] = {"tool_version", NULL, NULL, RUN, 0, "string", "version of the tool"},
        [N_STATUS] = {"status", NULL, NULL, RUN, 0, "string", "success, cancelled … as the tool says"},
        [N_CREATED] = {"created", "created_at", NULL, RUN, 0, "string number", "ISO 8601, or milliseconds since 1970"},
        [N_DECLARED] = {"declared", "results", NULL, RUN, 0, "integer", "results that the run should have"},
        [N_CONFIG] = {"config", NULL, NULL, RUN, 0, "object",
                "configuration worth keeping; what looks like a secret is redacted"},
        [N_CATEGORY] = {"category", "categories", NULL, SHAPED | CATEGORY | AGGREGATE, CATEGORY, "string array object",
                "\"a/b/c\", \"taxonomy:a/b\", a list of those, of {taxonomy, path, turn, call}, or {taxonomy: path}"},
        [N_TAXONOMY] = {"taxonomy", NULL, NULL, SHAPED | CATEGORY, 0, "string", "of categories that name none; absent: category"},
        [N_TAGS] = {"tags", NULL, NULL, SHAPED, 0, "array string", "kept as meta.tags"},
        [N_SEVERITY] = {"severity", NULL, NULL, SHAPED, 0, "string number",
                "harm seen: none, low, medium, high, critical, or 0 to 5"},
        [N_ITEM_SEVERITY] = {"item_severity", NULL, NULL, SHAPED, 0, "string number",
                "how bad a failure of this item would be; the same words"},
        [N_OUTCOME] = {"outcome", NULL, NULL, SHAPED | OUTCOME, OUTCOME, "string",
                "pass, safe, refused; fail, harmful, unsafe; partial, unsure; error, missing, unscored"},
        [N_SCORE] = {"score", NULL, NULL, SHAPED, 0, "", "the value of the score named score"},
        [N_SCORES] = {"scores", NULL, NULL, SHAPED, 0, "object array",
                "{name: value}, or a list of {name, value, rater, reason, turn}"},
        [N_JUDGE] = {"judge", NULL, NULL, SHAPED, 0, "object", "who gave the score: {model, confidence, rationale}"},
        [N_TARGET] = {"target", NULL, NULL, SHAPED, 0, "", "the expected answer"},
        [N_ANSWER] = {"answer", NULL, NULL, SHAPED, 0, "", "the answer as the scorer read it"},
        [N_ERROR] = {"error", NULL, NULL, SHAPED, 0, "", "why the item broke"},
        [N_LIMIT] = {"limit", NULL, NULL, SHAPED, 0, "string", "the limit that ended it"},
        [N_STARTED] = {"started_at", "started", NULL, SHAPED, 0, "string number", "ISO 8601, or milliseconds since 1970"},
        [N_DURATION] = {"duration_ms", NULL, NULL, SHAPED, 0, "number", "milliseconds"},
        [N_FAIL_TURN] = {"fail_turn", NULL, NULL, SHAPED, 0, "integer", "the turn where it failed, from 1"},
        [N_TRUNCATED] = {"truncated", NULL, NULL, SHAPED, 0, "boolean", "the source cut the transcript"},
        [N_META] = {"meta", "metadata", NULL, SHAPED, 0, "object",
                "further facts, strings and numbers; so is every member that is not named here"},
        [N_TURNS] = {"turns", "messages", NULL, SHAPED, 0, "array",
                "{role, content, reasoning, name, error, outcome, tool_call_id, tool_calls: [{id, name, arguments, result, "
                "error}]}"},
        [N_SYSTEM] = {"system", NULL, NULL, SHAPED, 0, "string", "without turns: the system message"},
        [N_PROMPT] = {"prompt", NULL, NULL, SHAPED, 0, "", "without turns: the user's message"},
        [N_RESPONSE] = {"response", NULL, NULL, SHAPED, 0, "", "without turns: the model's answer"},
        [N_VALUE] = {"value", NULL, NULL, SCORE | AGGREGATE | RATER, SCORE, "", "number or text"},
        [N_RATER] = {"rater", NULL, NULL, SCORE | RATER, RATER, "string", "scorer, judge or person"},
        [N_REASON] = {"reason", "rationale", NULL, SCORE, 0, "string", "why"},
        [N_TURN] = {"turn", NULL, NULL, SCORE | CATEGORY, 0, "integer", "of the turn that it is about, from 1"},
        [N_PART] = {"part", NULL, NULL, PART, PART, "integer", "place among the parts of its result"},
        [N_MESSAGE] = {"message", NULL, NULL, PART, 0, "object", "a turn"},
        [N_METRIC] = {"metric", NULL, NULL, AGGREGATE, AGGREGATE, "string", "what the value measures"},
        [N_K] = {"k", NULL, NULL, AGGREGATE, 0, "integer", "events"},
        [N_N] = {"n", NULL, NULL, AGGREGATE, 0, "integer", "of so many"},
        [N_LOW] = {"low", NULL, NULL, AGGREGATE, 0, "number", "end of the interval"},
        [N_HIGH] = {"high", NULL, NULL, AGGREGATE, 0, "number", "end of the interval"},
        [N_ATTRIBUTES] = {"attributes", NULL, NULL, RATER, 0, "object", "facts about the rater"},
};

const char *native_type_name(enum native_type type)
{
	return type_names[type];
}

bool native_type_find(struct str name, enum native_type *type)
{
	for (int i = 0; i < NATIVE_TYPES; i++) {
		if (!str_eq_c(name, type_names[i]))
			continue;
		*type = (enum native_type)i;
		return true;
	}
	return false;
}

/* First letters first: most names are told apart by them. */
static bool is_name(struct str key, const char *name)
{
	return name && key.n && key.p[0] == name[0] && strncmp(key.p, name, key.n) == 0 && name[key.n] == '\0';
}

/* The field of that name; *rank tells a name from its aliases. N_FIELDS: none. */
static int find_field(struct str key, int *rank)
{
	for (int i = 0; i < N_FIELDS; i++) {
		const struct native *f = &fields[i];
		*rank = is_name(key, f->name) ? 0 : is_name(key, f->alias) ? 1 : is_name(key, f->alias2) ? 2 : 3;
		if (*rank < 3)
			return i;
	}
	return N_FIELDS;
}

void native_index(const struct json *node, struct native_record *out)
{
	unsigned char ranks[N_FIELDS];
	memset(ranks, 3, sizeof ranks);
	*out = (struct native_record){.node = node};
	if (node->type != JSON_OBJECT)
		return;
	JSON_EACH(it, node)
	{
		int rank, i = json_is_null(it) ? N_FIELDS : find_field(it->key, &rank);
		out->has_others |= i == N_FIELDS;
		if (i == N_FIELDS || rank > ranks[i])
			continue; /* the same name again: the last one counts */
		ranks[i] = (unsigned char)rank;
		out->at[i] = it;
	}
}

const struct json *native_get(const struct native_record *record, enum native_field field)
{
	static const struct json absent;
	return record->at[field] ? record->at[field] : &absent;
}

bool native_knows(struct str key)
{
	int rank;
	return find_field(key, &rank) != N_FIELDS;
}

bool native_is_whole(enum native_type type, struct str head)
{
	for (int i = 0; i < N_FIELDS; i++) {
		const char *const names[] = {fields[i].name, fields[i].alias, fields[i].alias ? fields[i].alias2 : NULL, NULL};
		if ((fields[i].required & BIT(type)) && !sniff_has(head, names))
			return false;
	}
	return true;
}

/* ---- the schema ---- */

static void schema_types(struct buf *out, const char *types)
{
	struct str rest = str_c(types), word;
	buf_add_c(out, "\"type\": [");
	while (str_cut(&rest, ' ', &word)) {
		json_write_str(out, word);
		buf_add_c(out, ", ");
	}
	buf_add_c(out, "\"null\"], ");
}

static void schema_property(
        struct buf *out, const char *name, const struct native *f, const char *alias_of, const char *type_name)
{
	buf_add_c(out, "\t\t\t\t");
	json_write_str(out, str_c(name));
	buf_add_c(out, ": {");
	if (f == &fields[N_TYPE]) {
		buf_add_c(out, "\"const\": ");
		json_write_str(out, str_c(type_name));
		buf_add_c(out, ", ");
	} else if (f->types[0]) {
		schema_types(out, f->types);
	}
	buf_add_c(out, "\"description\": ");
	struct buf text = {0};
	if (alias_of)
		buf_printf(&text, "another name of %s", alias_of);
	else
		buf_add_c(&text, f->help);
	json_write_str(out, buf_str(&text));
	buf_fini(&text);
	buf_add_ch(out, '}');
}

static void schema_type(struct buf *out, enum native_type type)
{
	const char *comma = "";
	buf_printf(
	        out, "\t\t{\n\t\t\t\"title\": \"%s\",\n\t\t\t\"type\": \"object\",\n\t\t\t\"properties\": {\n", type_names[type]);
	for (int i = 0; i < N_FIELDS; i++) {
		const struct native *f = &fields[i];
		const char *const names[] = {f->name, f->alias, f->alias2};
		for (size_t k = 0; k < 3 && (f->in & BIT(type)); k++) {
			if (!names[k])
				continue;
			buf_add_c(out, comma);
			comma = ",\n";
			schema_property(out, names[k], f, k ? f->name : NULL, type_names[type]);
		}
	}
	buf_add_c(out, "\n\t\t\t}");
	comma = ",\n\t\t\t\"allOf\": [";
	bool any = false;
	for (int i = 0; i < N_FIELDS; i++) {
		const struct native *f = &fields[i];
		const char *const names[] = {f->alias, f->alias2};
		if (!(f->required & BIT(type)))
			continue;
		any = true;
		buf_printf(out, "%s{\"anyOf\": [{\"required\": [\"%s\"]}", comma, f->name);
		for (size_t k = 0; k < 2; k++)
			if (names[k])
				buf_printf(out, ", {\"required\": [\"%s\"]}", names[k]);
		buf_add_c(out, "]}");
		comma = ", ";
	}
	buf_add_c(out, any ? "]\n\t\t}" : "\n\t\t}");
}

void native_schema(struct buf *out)
{
	buf_add_c(out, "{\n\t\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
	               "\t\"title\": \"plimsoll results\",\n"
	               "\t\"description\": \"One record of a JSON Lines file or of an array. Members that are not named are kept "
	               "as facts of a result.\",\n"
	               "\t\"anyOf\": [\n");
	for (int i = 0; i < NATIVE_TYPES; i++) {
		schema_type(out, (enum native_type)i);
		buf_add_c(out, i + 1 < NATIVE_TYPES ? ",\n" : "\n");
	}
	buf_add_c(out, "\t]\n}\n");
}
