/* The keywords of a schema. See shape_read.h. */
#include "bff/base/suggest.h"
#include "bff/compose/shape_read.h"

static struct text below(struct shape_reader *reader, struct text place, const char *step,
                         struct text name)
{
    return pool_print(reader->pool, "%.*s%s%.*s", TEXT_ARGS(place), step, TEXT_ARGS(name));
}

/* Each of these reads one keyword. Their order in the file does not matter. */

static unsigned read_type_word(struct shape_reader *reader, struct shape_schema schema,
                               struct json word)
{
    unsigned kind =
        json_is(word, JSON_STRING) ? shape_kind_of_type(json_text(word, reader->pool)) : 0;

    if (kind == 0)
        shape_read_mistake(reader, schema.place,
                           "\"type\" has %.*s, which is no type of JSON Schema",
                           TEXT_SHOWN(json_raw(word)));
    return kind;
}

static void read_type(struct shape_reader *reader, struct shape_schema schema, struct json value,
                      struct shape *shape)
{
    if (!json_is(value, JSON_ARRAY)) {
        shape->kinds = read_type_word(reader, schema, value);
        return;
    }
    shape->kinds = 0;
    json_each (word, value)
        shape->kinds |= read_type_word(reader, schema, word);
    if (json_length(value) == 0)
        shape_read_mistake(reader, schema.place, "\"type\" is an empty list, which no value fits");
}

static void read_properties(struct shape_reader *reader, struct shape_schema schema,
                            struct json value, struct shape *shape)
{
    size_t count = 0;

    if (!json_is(value, JSON_OBJECT)) {
        shape_read_mistake(reader, schema.place, "\"properties\" must be an object");
        return;
    }
    struct json_walk walk = json_walk(value);
    for (struct json child; json_walk_next(&walk, &child); count++)
        continue;
    walk = json_walk(value);
    for (struct json child; json_walk_next(&walk, &child);) {
        struct text name = json_key_text(walk.key, reader->pool);
        struct shape_schema inside = {child, below(reader, schema.place, "/properties/", name),
                                      false};
        if (shape_member(shape, name) != NULL)
            shape_read_mistake(reader, inside.place, "it stands twice");
        else
            shape_member_add(reader->pool, shape, count,
                             (struct shape_member){name, false, shape_read_new(reader, inside)});
    }
}

/* It is called after the other keywords have been read. */
static void read_required(struct shape_reader *reader, struct shape_schema schema,
                          struct json value, struct shape *shape)
{
    if (!json_is(value, JSON_ARRAY))
        shape_read_mistake(reader, schema.place, "\"required\" must be a list of names");
    json_each (item, value) {
        struct text name =
            json_is(item, JSON_STRING) ? json_text(item, reader->pool) : (struct text){0};
        size_t i = 0;
        while (i < shape->member_count && !text_equal(shape->members[i].name, name))
            i++;
        if (i == shape->member_count)
            shape_read_mistake(reader, schema.place,
                               "\"required\" has %.*s, which \"properties\" has not",
                               TEXT_SHOWN(json_raw(item)));
        else
            shape->members[i].is_required = true;
    }
}

static void read_additional(struct shape_reader *reader, struct shape_schema schema,
                            struct json value, struct shape *shape)
{
    struct shape_schema inside = {
        value, below(reader, schema.place, "/additionalProperties", TEXT("")), false};

    shape->rest = json_is(value, JSON_FALSE) ? SHAPE_REST_NONE : SHAPE_REST_ANY;
    if (shape->rest == SHAPE_REST_ANY)
        shape->others = shape_read_new(reader, inside);
}

static void read_items(struct shape_reader *reader, struct shape_schema schema, struct json value,
                       struct shape *shape)
{
    struct shape_schema inside = {value, below(reader, schema.place, "/items", TEXT("")), false};

    shape->item = shape_read_new(reader, inside);
}

/* Lists and objects are refused, because they could be written in several ways. */
static void add_value(struct shape_reader *reader, struct shape_schema schema, struct json value,
                      struct shape *shape, struct json *values)
{
    if (json_is(value, JSON_ARRAY) || json_is(value, JSON_OBJECT))
        shape_read_mistake(reader, schema.place, "an allowed value is a list or an object: %.*s",
                           TEXT_SHOWN(json_raw(value)));
    values[shape->value_count++] = value;
}

static void read_enum(struct shape_reader *reader, struct shape_schema schema, struct json value,
                      struct shape *shape)
{
    struct json *values = pool_zero(reader->pool, (json_length(value) + 1) * sizeof(*values));

    if (json_length(value) == 0)
        shape_read_mistake(reader, schema.place, "\"enum\" must be a list of values");
    if (shape->value_count > 0)
        shape_read_mistake(reader, schema.place, "\"enum\" and \"const\": write one of them");
    shape->values = values;
    shape->value_count = 0;
    json_each (item, value)
        add_value(reader, schema, item, shape, values);
}

static void read_const(struct shape_reader *reader, struct shape_schema schema, struct json value,
                       struct shape *shape)
{
    struct json *values = pool_zero(reader->pool, sizeof(*values));

    if (shape->value_count > 0)
        shape_read_mistake(reader, schema.place, "\"enum\" and \"const\": write one of them");
    shape->values = values;
    shape->value_count = 0;
    add_value(reader, schema, value, shape, values);
}

static void read_any(struct shape_reader *reader, struct shape_schema schema, struct json value,
                     struct shape *shape)
{
    size_t count = json_length(value);

    if (count == 0) {
        shape_read_mistake(reader, schema.place, "\"anyOf\" must be a list of schemas");
        return;
    }
    struct shape_union *one = pool_zero(reader->pool, sizeof(*one));
    *one = (struct shape_union){shape, reader->unions};
    reader->unions = one;
    shape->any = pool_zero(reader->pool, count * sizeof(const struct shape *));
    json_each (item, value) {
        struct text at =
            pool_print(reader->pool, "%.*s/anyOf/%zu", TEXT_ARGS(schema.place), shape->any_count);
        shape->any[shape->any_count++] =
            shape_read_new(reader, (struct shape_schema){item, at, false});
    }
}

static void read_description(struct shape_reader *reader, struct shape_schema schema,
                             struct json value, struct shape *shape)
{
    shape->about = json_text(value, reader->pool);
}

static void read_format(struct shape_reader *reader, struct shape_schema schema, struct json value,
                        struct shape *shape)
{
    shape->format = json_text(value, reader->pool);
}

static void read_defs(struct shape_reader *reader, struct shape_schema schema, struct json value,
                      struct shape *shape)
{
    if (!schema.is_root)
        shape_read_mistake(reader, schema.place,
                           "\"$defs\" stands at the root of a file, and nowhere else");
}

static void read_nothing(struct shape_reader *reader, struct shape_schema schema, struct json value,
                         struct shape *shape)
{
}

#define ANNOTATION true

static const struct keyword {
    const char *name;
    void (*read)(struct shape_reader *reader, struct shape_schema schema, struct json value,
                 struct shape *shape);
    bool is_annotation;
} table[] = {
    {"type", read_type, false},
    {"properties", read_properties, false},
    {"required", read_nothing, false}, /* read_required is called later */
    {"additionalProperties", read_additional, false},
    {"items", read_items, false},
    {"enum", read_enum, false},
    {"const", read_const, false},
    {"anyOf", read_any, false},
    {"$defs", read_defs, ANNOTATION},
    {"description", read_description, ANNOTATION},
    {"format", read_format, false},
    {"$schema", read_nothing, ANNOTATION},
    {"$id", read_nothing, ANNOTATION},
    {"$comment", read_nothing, ANNOTATION},
    {"title", read_nothing, ANNOTATION},
    {"default", read_nothing, ANNOTATION},
    {"examples", read_nothing, ANNOTATION},
    {"deprecated", read_nothing, ANNOTATION},
};

#define KEYWORDS (sizeof(table) / sizeof(table[0]))

_Static_assert(KEYWORDS <= 32, "a keyword has a bit");

static const struct keyword *find(struct text name)
{
    for (size_t i = 0; i < KEYWORDS; i++)
        if (text_is(name, table[i].name))
            return &table[i];
    return NULL;
}

bool shape_read_is_annotation(struct text name)
{
    const struct keyword *keyword = find(name);

    return keyword != NULL && keyword->is_annotation;
}

static void unknown(struct shape_reader *reader, struct shape_schema schema, struct text name)
{
    const char *names[KEYWORDS];

    for (size_t i = 0; i < KEYWORDS; i++)
        names[i] = table[i].name;
    const char *near = suggest_name(name, names, KEYWORDS);
    if (near != NULL)
        shape_read_mistake(reader, schema.place, "unknown keyword \"%.*s\"; did you mean \"%s\"?",
                           TEXT_SHOWN(name), near);
    else
        shape_read_mistake(
            reader, schema.place,
            "the keyword \"%.*s\" is not supported; docs/types.md has those that are",
            TEXT_SHOWN(name));
}

/* What one keyword needs of another. */

static void default_kinds(struct shape *shape)
{
    if (shape->kinds != 0 || shape->any_count > 0)
        return;
    for (size_t i = 0; i < shape->value_count; i++)
        shape->kinds |= shape_kind_of(shape->values[i]);
    if (shape->value_count == 0)
        shape->kinds = SHAPE_ANYTHING;
}

static bool has(struct shape_schema schema, const char *keyword)
{
    return !json_is(json_get(schema.json, keyword), JSON_NONE);
}

static void check_pair(struct shape_reader *reader, struct shape_schema schema, const char *keyword,
                       bool is_allowed, const char *needs)
{
    if (has(schema, keyword) && !is_allowed)
        shape_read_mistake(reader, schema.place, "\"%s\" stands without \"type\": \"%s\"", keyword,
                           needs);
}

static void check_values(struct shape_reader *reader, struct shape_schema schema,
                         const struct shape *shape)
{
    unsigned kinds = shape->kinds | ((shape->kinds & SHAPE_INTEGER) != 0 ? SHAPE_NUMBER : 0);

    for (size_t i = 0; i < shape->value_count; i++)
        if ((kinds & shape_kind_of(shape->values[i])) == 0)
            shape_read_mistake(reader, schema.place, "\"type\" does not allow the value %.*s",
                               TEXT_SHOWN(json_raw(shape->values[i])));
}

static void check_keywords(struct shape_reader *reader, struct shape_schema schema,
                           const struct shape *shape)
{
    bool is_object = has(schema, "type") && (shape->kinds & SHAPE_OBJECT) != 0;
    bool is_list = has(schema, "type") && (shape->kinds & SHAPE_LIST) != 0;

    check_values(reader, schema, shape);
    check_pair(reader, schema, "properties", is_object, "object");
    check_pair(reader, schema, "required", is_object, "object");
    check_pair(reader, schema, "additionalProperties", is_object, "object");
    check_pair(reader, schema, "items", is_list, "array");
    if (shape->any_count > 0 && (has(schema, "type") || shape->value_count > 0))
        shape_read_mistake(reader, schema.place,
                           "\"anyOf\" stands beside \"type\", \"enum\" or \"const\": write them "
                           "into its schemas");
}

/* Reads the keyword ${name}. ${*seen} has a bit for each keyword that was read before. */
static void read_keyword(struct shape_reader *reader, struct shape_schema schema, struct text name,
                         struct json value, struct shape *shape, uint32_t *seen)
{
    const struct keyword *keyword = find(name);
    uint32_t bit = keyword == NULL ? 0 : UINT32_C(1) << (keyword - table);

    if (keyword == NULL)
        unknown(reader, schema, name);
    else if ((*seen & bit) != 0)
        shape_read_mistake(reader, schema.place, "\"%s\" stands twice", keyword->name);
    else
        keyword->read(reader, schema, value, shape);
    *seen |= bit;
}

void shape_read_keywords(struct shape_reader *reader, struct shape_schema schema,
                         struct shape *shape)
{
    struct json_walk walk = json_walk(schema.json);
    uint32_t seen = 0;

    for (struct json value; json_walk_next(&walk, &value);) {
        struct text name = json_key_text(walk.key, reader->pool);
        read_keyword(reader, schema, name, value, shape, &seen);
    }
    if (has(schema, "required"))
        read_required(reader, schema, json_get(schema.json, "required"), shape);
    default_kinds(shape);
    check_keywords(reader, schema, shape);
}
