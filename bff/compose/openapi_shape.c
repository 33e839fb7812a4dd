/* See openapi_shape.h. */
#include "bff/compose/openapi_shape.h"
#include "bff/compose/types_fates.h"

static const struct {
    unsigned kind;
    const char *word;
} kinds[] = {
    {SHAPE_TEXT, "string"},  {SHAPE_INTEGER, "integer"}, {SHAPE_NUMBER, "number"},
    {SHAPE_BOOL, "boolean"}, {SHAPE_OBJECT, "object"},   {SHAPE_LIST, "array"},
    {SHAPE_NULL, "null"},
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static void comma(struct json_print *out, bool is_first)
{
    if (!is_first)
        json_print_words(out, ",");
}

static void print_text(struct json_print *out, const char *name, struct text value)
{
    if (value.at == NULL)
        return;
    json_print_key(out, name);
    json_print_string(out, value);
}

static void print_kinds(struct json_print *out, unsigned of)
{
    bool is_one = (of & (of - 1)) == 0, is_first = true;

    if (of == SHAPE_ANYTHING || of == 0)
        return;
    json_print_key(out, "type");
    json_print_words(out, is_one ? "" : "[");
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if ((of & kinds[i].kind) == 0)
            continue;
        comma(out, is_first);
        json_print_string(out, text_of(kinds[i].word));
        is_first = false;
    }
    json_print_words(out, is_one ? "" : "]");
}

static void print_values(struct json_print *out, const struct shape *shape)
{
    if (shape->value_count == 0)
        return;
    json_print_key(out, shape->value_count == 1 ? "const" : "enum");
    json_print_words(out, shape->value_count == 1 ? "" : "[");
    for (size_t i = 0; i < shape->value_count; i++) {
        comma(out, i == 0);
        json_print_json(out, shape->values[i]);
    }
    json_print_words(out, shape->value_count == 1 ? "" : "]");
}

static void print_required(struct json_print *out, const struct shape *shape)
{
    bool is_first = true;

    for (size_t i = 0; i < shape->member_count; i++) {
        if (!shape->members[i].is_required)
            continue;
        if (is_first)
            json_print_key(out, "required");
        json_print_words(out, is_first ? "[" : ",");
        json_print_string(out, shape->members[i].name);
        is_first = false;
    }
    json_print_words(out, is_first ? "" : "]");
}

static void print_name(struct json_print *out, struct text name)
{
    json_print_comma(out);
    json_print_string(out, name);
    json_print_words(out, ":");
}

static void print_members(struct json_print *out, const struct types *types,
                          const struct shape *shape)
{
    if (shape->member_count > 0) {
        json_print_key(out, "properties");
        json_print_words(out, "{");
        for (size_t i = 0; i < shape->member_count; i++) {
            print_name(out, shape->members[i].name);
            openapi_shape_print(out, types, shape->members[i].shape);
        }
        json_print_words(out, "}");
        print_required(out, shape);
    }
    if (shape->others != NULL) {
        json_print_key(out, "additionalProperties");
        openapi_shape_print(out, types, shape->others);
    }
}

static void print_any(struct json_print *out, const struct types *types, const struct shape *shape)
{
    json_print_key(out, "anyOf");
    json_print_words(out, "[");
    for (size_t i = 0; i < shape->any_count; i++) {
        comma(out, i == 0);
        openapi_shape_print(out, types, shape->any[i]);
    }
    json_print_words(out, "]");
}

static void print_whole(struct json_print *out, const struct types *types,
                        const struct shape *shape)
{
    json_print_words(out, "{");
    print_text(out, "description", shape->about);
    if (shape->any_count > 0)
        print_any(out, types, shape);
    else
        print_kinds(out, shape->kinds);
    print_text(out, "format", shape->format);
    print_values(out, shape);
    print_members(out, types, shape);
    if (shape->item != NULL) {
        json_print_key(out, "items");
        openapi_shape_print(out, types, shape->item);
    }
    json_print_words(out, "}");
}

void openapi_shape_print(struct json_print *out, const struct types *types,
                         const struct shape *shape)
{
    struct text name = types_name(types, shape);

    if (name.at == NULL) {
        print_whole(out, types, shape);
        return;
    }
    json_print_words(out, "{\"$ref\":");
    json_print_string(out, pool_print(out->pool, "#/components/schemas/%.*s", TEXT_ARGS(name)));
    json_print_words(out, "}");
}

/* The member errors. */

/* Prints the schema of a reason: one of ${reasons}, a bit for each. */
static void print_reasons(struct json_print *out, unsigned reasons)
{
    bool is_first = true;

    json_print_words(out, "{\"type\":\"string\",\"enum\":[");
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        if ((reasons & (1u << i)) == 0)
            continue;
        comma(out, is_first);
        json_print_string(out, text_of(reason_name((enum reason)i)));
        is_first = false;
    }
    json_print_words(out, "]}");
}

static void print_error(struct json_print *out, unsigned reasons)
{
    json_print_words(out, "{\"type\":\"object\",\"properties\":{\"reason\":");
    print_reasons(out, reasons);
    json_print_words(out, ",\"status\":{\"type\":\"integer\"}},\"required\":[\"reason\"]}");
}

static void print_part_errors(struct json_print *out, const struct plan *plan)
{
    json_print_key(out, "properties");
    json_print_words(out, "{");
    for (size_t i = 0; i < plan->part_count; i++) {
        unsigned reasons = types_fates_part(plan, i).reasons;
        if (reasons == 0)
            continue;
        print_name(out, plan->parts[i].name);
        print_error(out, reasons);
    }
    json_print_words(out, "}");
}

static void print_item_errors(struct json_print *out, const struct plan *plan)
{
    bool has_any = false;

    for (size_t i = 0; i < plan->part_count; i++) {
        if (plan->parts[i].row->many == 0)
            continue;
        if (!has_any) {
            json_print_key(out, "patternProperties");
            json_print_words(out, "{");
        }
        has_any = true;
        struct text name = plan->parts[i].name;
        print_name(out, pool_print(out->pool, "^%.*s\\[[0-9]+\\]$", TEXT_ARGS(name)));
        print_error(out, types_fates_item(plan, i).reasons);
    }
    json_print_words(out, has_any ? "}" : "");
}

static void print_errors(struct json_print *out, const struct plan *plan)
{
    json_print_words(
        out, "{\"description\":\"The parts that were rejected, and the items of list parts\","
             "\"type\":\"object\"");
    print_part_errors(out, plan);
    print_item_errors(out, plan);
    json_print_words(out, "}");
}

void openapi_shape_print_named(struct json_print *out, const struct types *types)
{
    for (size_t i = 0; i < types->named_count; i++) {
        const struct types_named *named = &types->named[i];
        print_name(out, named->name);
        if (named->errors_of != NULL)
            print_errors(out, named->errors_of->plan);
        else
            print_whole(out, types, named->shape);
    }
}
