/* SPDX-License-Identifier: MIT
 *
 * What a field table says about itself: JSON Schema and help.
 */
#include "conf/fields.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "base/mem.h"

static cJSON *shape_schema(const struct conf_shape *shape);

static cJSON *typed(const char *type)
{
	cJSON *o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "type", type);
	return o;
}

static void add_range(cJSON *o, const struct conf_field *f)
{
	if (f->min != 0 || f->max != 0) {
		cJSON_AddNumberToObject(o, "minimum", f->min);
		cJSON_AddNumberToObject(o, "maximum", f->max);
	}
}

static cJSON *number_schema(const struct conf_field *f, const char *type)
{
	cJSON *o = typed(type);
	add_range(o, f);
	return o;
}

static cJSON *choice_schema(const struct conf_field *f)
{
	cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "enum");
	for (const char *const *c = f->choices; *c; c++)
		cJSON_AddItemToArray(list, cJSON_CreateString(*c));
	return o;
}

static cJSON *either(cJSON *a, cJSON *b)
{
	cJSON *o = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(o, "oneOf");
	cJSON_AddItemToArray(list, a);
	cJSON_AddItemToArray(list, b);
	return o;
}

static cJSON *list_schema(cJSON *items)
{
	cJSON *o = typed("array");
	cJSON_AddItemToObject(o, "items", items);
	return o;
}

static cJSON *map_schema(cJSON *values)
{
	cJSON *o = typed("object");
	cJSON_AddItemToObject(o, "additionalProperties", values);
	return o;
}

static cJSON *pair_schema(void)
{
	cJSON *o = list_schema(typed("number"));
	cJSON_AddNumberToObject(o, "minItems", 2);
	cJSON_AddNumberToObject(o, "maxItems", 2);
	return o;
}

static cJSON *texts_schema(const struct conf_field *f)
{
	cJSON *list = list_schema(f->choices ? choice_schema(f) : typed("string"));
	return f->single ? either(typed("string"), list) : list;
}

static cJSON *type_schema(const struct conf_field *f)
{
	switch (f->type) {
	case CONF_TEXT:
		return typed("string");
	case CONF_NUMBER:
		return number_schema(f, "number");
	case CONF_INTEGER:
		return number_schema(f, "integer");
	case CONF_BOOL:
		return typed("boolean");
	case CONF_CHOICE:
		return choice_schema(f);
	case CONF_NUMBER_OR_CHOICE:
		return either(number_schema(f, "number"), choice_schema(f));
	case CONF_PAIR:
		return pair_schema();
	case CONF_TEXTS:
		return texts_schema(f);
	case CONF_TEXT_MAP:
		return map_schema(typed("string"));
	case CONF_NUMBER_MAP:
		return map_schema(number_schema(f, "number"));
	case CONF_OBJECT:
		return shape_schema(f->object);
	case CONF_OBJECTS:
		return list_schema(shape_schema(f->object));
	case CONF_ANY:
		break;
	}
	return cJSON_CreateObject();
}

static cJSON *field_schema(const struct conf_field *f)
{
	cJSON *o = type_schema(f);
	cJSON_DeleteItemFromObject(o, "description");
	cJSON_AddStringToObject(o, "description", f->help);
	if (f->fallback)
		cJSON_AddItemToObject(o, "default", cJSON_Parse(f->fallback));
	return o;
}

static cJSON *shape_schema(const struct conf_shape *shape)
{
	cJSON *o = typed("object");
	cJSON_AddStringToObject(o, "description", shape->help);
	cJSON *properties = cJSON_AddObjectToObject(o, "properties"), *required = cJSON_CreateArray();
	for (const struct conf_field *f = shape->fields; f->name; f++) {
		cJSON_AddItemToObject(properties, f->name, field_schema(f));
		if (f->required)
			cJSON_AddItemToArray(required, cJSON_CreateString(f->name));
	}
	cJSON_AddItemToObject(o, "required", required);
	cJSON_AddBoolToObject(o, "additionalProperties", 0);
	return o;
}

void conf_schema(struct buf *out, const struct conf_shape *shape, const char *id, const char *title)
{
	cJSON *o = cJSON_CreateObject(), *body = shape_schema(shape);
	cJSON_AddStringToObject(o, "$schema", "https://json-schema.org/draft/2020-12/schema");
	cJSON_AddStringToObject(o, "$id", id);
	cJSON_AddStringToObject(o, "title", title);
	while (body->child) {
		cJSON *member = cJSON_DetachItemViaPointer(body, body->child);
		cJSON_AddItemToObject(o, member->string, member);
	}
	cJSON_Delete(body);
	char *text = cJSON_Print(o);
	cJSON_Delete(o);
	buf_add_c(out, text);
	buf_add_ch(out, '\n');
	cJSON_free(text);
}

static const char *const type_names[] = {
	[CONF_TEXT] = "text",
	[CONF_NUMBER] = "number",
	[CONF_INTEGER] = "whole number",
	[CONF_BOOL] = "true or false",
	[CONF_CHOICE] = "",
	[CONF_NUMBER_OR_CHOICE] = "number",
	[CONF_PAIR] = "[low, high]",
	[CONF_TEXTS] = "list",
	[CONF_TEXT_MAP] = "object of texts",
	[CONF_NUMBER_MAP] = "object of numbers",
	[CONF_OBJECT] = "object",
	[CONF_OBJECTS] = "list of objects",
	[CONF_ANY] = "any",
};

static void help_field(struct buf *out, const char *prefix, const struct conf_field *f)
{
	buf_printf(out, "%s%s\t%s", prefix, f->name, type_names[f->type]);
	for (const char *const *c = f->choices; c && *c; c++)
		buf_printf(out, "%s%s", c == f->choices && f->type == CONF_CHOICE ? "" : " | ", *c);
	buf_printf(out, "\t%s\t%s\n", f->fallback ? f->fallback : f->required ? "required" : "", f->help);
}

static void help_shape(struct buf *out, const char *prefix, const struct conf_shape *shape)
{
	for (const struct conf_field *f = shape->fields; f->name; f++) {
		help_field(out, prefix, f);
		if (!f->object)
			continue;
		char *inner = xasprintf("%s%s%s.", prefix, f->name, f->type == CONF_OBJECTS ? "[]" : "");
		help_shape(out, inner, f->object);
		free(inner);
	}
}

void conf_help(struct buf *out, const struct conf_shape *shape)
{
	help_shape(out, "", shape);
}
