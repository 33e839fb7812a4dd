/* See shape_read.h. */
#include <stdarg.h>

#include "bff/compose/plan_check.h"
#include "bff/compose/shape_read.h"

#define DEPTH_MAX 64 /* of a schema file */
#define UNION_MAX 16 /* an anyOf in an anyOf in ... */

void shape_read_mistake(struct shape_reader *reader, struct text place, const char *format, ...)
{
    va_list args;

    fprintf(reader->errors, "clients/%.*s: ", TEXT_ARGS(place));
    va_start(args, format);
    vfprintf(reader->errors, format, args);
    va_end(args);
    fputc('\n', reader->errors);
    reader->wrong++;
}

/* References. */

static void check_beside(struct shape_reader *reader, struct shape_schema schema)
{
    struct json_walk walk = json_walk(schema.json);

    for (struct json value; json_walk_next(&walk, &value);) {
        struct text name = json_key_text(walk.key, reader->pool);
        if (!text_is(name, "$ref") && !shape_read_is_annotation(name))
            shape_read_mistake(reader, schema.place,
                               "\"%.*s\" stands beside \"$ref\": write it where the $ref leads to",
                               TEXT_SHOWN(name));
    }
}

/* The root of a file has no name, and a circle through it would have none. */
static const struct shape *read_ref(struct shape_reader *reader, struct shape_schema schema,
                                    struct json ref)
{
    struct text to = json_is(ref, JSON_STRING) ? json_text(ref, reader->pool) : TEXT("");
    const char *wrong = NULL;
    const struct shape_def *def =
        shape_files_find(reader->files, reader->file, reader->pool, to, &wrong);

    check_beside(reader, schema);
    if (def != NULL && def->name.at != NULL)
        return def->shape;
    shape_read_mistake(reader, schema.place, "\"$ref\": %s",
                       def == NULL ? wrong : "it must lead to a schema in $defs");
    return &shape_anything;
}

/* Schemas. */

static void read_into(struct shape_reader *reader, struct shape_schema schema, struct shape *shape)
{
    shape->place = schema.place;
    shape_read_keywords(reader, schema, shape);
}

const struct shape *shape_read_new(struct shape_reader *reader, struct shape_schema schema)
{
    struct json ref = json_get(schema.json, "$ref");

    if (json_is(schema.json, JSON_TRUE))
        return &shape_anything;
    if (!json_is(schema.json, JSON_OBJECT)) {
        shape_read_mistake(reader, schema.place, "a schema must be an object or true");
        return &shape_anything;
    }
    if (!json_is(ref, JSON_NONE))
        return read_ref(reader, schema, ref);
    struct shape *shape = shape_new(reader->pool, 0);
    read_into(reader, schema, shape);
    return shape;
}

/* Unions. Their kinds are known when all files have been read. */

static unsigned kinds_of(struct shape_reader *reader, const struct shape *shape, unsigned level)
{
    unsigned kinds = shape->kinds;

    if (level > UNION_MAX) {
        shape_read_mistake(reader, shape->place, "\"anyOf\" contains itself");
        return SHAPE_ANYTHING;
    }
    for (size_t i = 0; i < shape->any_count && kinds != SHAPE_ANYTHING; i++)
        kinds |= kinds_of(reader, shape->any[i], level + 1);
    return kinds;
}

static void finish_unions(struct shape_reader *reader)
{
    for (struct shape_union *one = reader->unions; one != NULL; one = one->next) {
        unsigned wrong = reader->wrong;
        one->shape->kinds = kinds_of(reader, one->shape, 0);
        if (reader->wrong > wrong)
            one->shape->any_count = 0; /* so there is no circle any more */
    }
}

/* Files. */

static void add_def(struct shape_reader *reader, struct shape_file *file, struct text name,
                    struct json schema)
{
    struct shape_def *def = &file->defs[file->def_count++];

    *def = (struct shape_def){name, schema, shape_new(reader->pool, 0)};
    def->shape->name = name;
    def->shape->place = name.at == NULL ? file->name
                                        : pool_print(reader->pool, "%.*s#/$defs/%.*s",
                                                     TEXT_ARGS(file->name), TEXT_ARGS(name));
    if (name.at != NULL && !plan_is_made_of(name, PLAN_NAME_BYTES))
        shape_read_mistake(reader, def->shape->place,
                           "a name in $defs has letters, digits, '_' or '-'");
    if (!json_is(schema, JSON_OBJECT))
        shape_read_mistake(reader, def->shape->place, "a schema must be an object");
}

static void add_defs(struct shape_reader *reader, struct shape_file *file, struct json root)
{
    struct json defs = json_get(root, "$defs");
    size_t count = 1;

    json_each (schema, defs)
        count++;
    file->defs = pool_zero(reader->pool, count * sizeof(*file->defs));
    add_def(reader, file, (struct text){0}, root);
    struct json_walk walk = json_walk(defs);
    for (struct json schema; json_walk_next(&walk, &schema);)
        add_def(reader, file, json_key_text(walk.key, reader->pool), schema);
}

static void add_file(struct shape_reader *reader, const struct bff_schema *row)
{
    struct shape_file *file = &reader->files->rows[reader->files->count];
    struct text text = {row->bytes, row->len};

    file->name = text_of(row->name);
    if (!json_scan_accepts(text.at, text.len, DEPTH_MAX))
        shape_read_mistake(reader, file->name, "it is not JSON, or deeper than %d", DEPTH_MAX);
    else
        add_defs(reader, file, json_of(text));
    reader->files->count += file->def_count > 0;
}

static void read_def(struct shape_reader *reader, const struct shape_def *def)
{
    struct shape_schema schema = {def->schema, def->shape->place, def->name.at == NULL};
    struct json ref = json_get(def->schema, "$ref");

    if (!json_is(ref, JSON_NONE))
        read_ref(reader, schema, ref);
    else if (json_is(def->schema, JSON_OBJECT))
        read_into(reader, schema, def->shape);
}

const struct shape_files *shape_files_read(struct pool *pool, const struct bff_build *build,
                                           FILE *errors, unsigned *wrong)
{
    struct shape_reader reader = {.pool = pool, .errors = errors};
    size_t count = build->schemas == NULL ? 0 : build->schemas->count;

    reader.files = pool_zero(pool, sizeof(*reader.files));
    reader.files->rows = pool_zero(pool, (count + 1) * sizeof(*reader.files->rows));
    for (size_t i = 0; i < count; i++)
        add_file(&reader, &build->schemas->rows[i]);
    for (size_t i = 0; i < reader.files->count; i++) {
        reader.file = &reader.files->rows[i];
        for (size_t def = 0; def < reader.file->def_count; def++)
            read_def(&reader, &reader.file->defs[def]);
    }
    finish_unions(&reader);
    *wrong += reader.wrong;
    return reader.files;
}
