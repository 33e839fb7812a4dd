/* See typescript_type.h. */
#include <string.h>

#include "bff/compose/typescript_type.h"
#include "bff/json/json_print.h"

static void indent(FILE *file, unsigned depth) { fprintf(file, "%*s", (int)depth * 2, ""); }

static bool is_identifier(struct text name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
        if (!is_letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.len > 0;
}

/* A JSON string is one of TypeScript, too. */
static void print_quoted(FILE *file, struct text text)
{
    struct pool *pool = pool_new();
    struct json_print out;

    json_print_init(&out, pool);
    json_print_string(&out, text);
    fprintf(file, "%.*s", TEXT_ARGS(json_print_text(&out)));
    pool_free(pool);
}

void typescript_type_text(FILE *file, struct text text)
{
    if (is_identifier(text))
        fprintf(file, "'%.*s'", TEXT_ARGS(text));
    else
        print_quoted(file, text);
}

void typescript_type_key(FILE *file, struct text name)
{
    if (is_identifier(name))
        fprintf(file, "%.*s", TEXT_ARGS(name));
    else
        print_quoted(file, name);
}

/* Prints a comment for the declaration that follows; nothing for an absent text. The end of a
 * comment in ${about} would end this one, so it gets a space. */
static void print_comment(FILE *file, struct text about, unsigned depth)
{
    if (about.len == 0)
        return;
    indent(file, depth);
    fprintf(file, "/** ");
    for (size_t i = 0; i < about.len; i++) {
        bool ends = about.at[i] == '/' && i > 0 && about.at[i - 1] == '*';
        fprintf(file, "%s%c", ends ? " " : "", about.at[i] == '\n' ? ' ' : about.at[i]);
    }
    fprintf(file, " */\n");
}

/* Objects. */

static void print_rest(const struct typescript_out *out, const struct shape *shape, unsigned depth)
{
    if (shape->rest != SHAPE_REST_ANY)
        return;
    indent(out->file, depth);
    fprintf(out->file, "[name: string]: unknown\n");
}

static void print_object(const struct typescript_out *out, const struct shape *shape,
                         unsigned depth)
{
    if (shape->member_count == 0) {
        fprintf(out->file, "Record<string, ");
        typescript_type_print(out, shape->others == NULL ? &shape_anything : shape->others, depth);
        fprintf(out->file, ">");
        return;
    }
    fprintf(out->file, "{\n");
    for (size_t i = 0; i < shape->member_count; i++) {
        const struct shape_member *member = &shape->members[i];
        bool has_name = types_name(out->types, member->shape).at != NULL;
        if (!has_name)
            print_comment(out->file, member->shape->about, depth + 1);
        indent(out->file, depth + 1);
        typescript_type_key(out->file, member->name);
        fprintf(out->file, "%s: ", member->is_required ? "" : "?");
        typescript_type_print(out, member->shape, depth + 1);
        fprintf(out->file, "\n");
    }
    print_rest(out, shape, depth + 1);
    indent(out->file, depth);
    fprintf(out->file, "}");
}

/* Other kinds. */

/* True when the type is printed as one word, so that "[]" may follow it. */
static bool is_one_word(const struct typescript_out *out, const struct shape *shape)
{
    if (types_name(out->types, shape).at != NULL)
        return true;
    if (shape->any_count == 0 && shape->kinds == SHAPE_ANYTHING)
        return true;
    if (shape->any_count > 0 || shape->value_count > 0)
        return shape->value_count == 1;
    return (shape->kinds & (shape->kinds - 1)) == 0;
}

static void print_list(const struct typescript_out *out, const struct shape *shape, unsigned depth)
{
    const struct shape *item = shape->item == NULL ? &shape_anything : shape->item;
    bool is_bare = is_one_word(out, item);

    fputs(is_bare ? "" : "(", out->file);
    typescript_type_print(out, item, depth);
    fputs(is_bare ? "[]" : ")[]", out->file);
}

static void print_kind(const struct typescript_out *out, const struct shape *shape, unsigned kind,
                       unsigned depth)
{
    switch (kind) {
    case SHAPE_NULL:
        fprintf(out->file, "null");
        break;
    case SHAPE_BOOL:
        fprintf(out->file, "boolean");
        break;
    case SHAPE_TEXT:
        fprintf(out->file, "string");
        break;
    case SHAPE_LIST:
        print_list(out, shape, depth);
        break;
    case SHAPE_OBJECT:
        print_object(out, shape, depth);
        break;
    default:
        fprintf(out->file, "number");
        break;
    }
}

/* A number is one type, whole or not. null comes last, as people write it. */
static void print_kinds(const struct typescript_out *out, const struct shape *shape, unsigned depth)
{
    static const unsigned order[] = {SHAPE_TEXT,   SHAPE_NUMBER, SHAPE_BOOL,
                                     SHAPE_OBJECT, SHAPE_LIST,   SHAPE_NULL};
    unsigned kinds = shape->kinds;
    bool is_first = true;

    if ((kinds & SHAPE_INTEGER) != 0)
        kinds |= SHAPE_NUMBER;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if ((kinds & order[i]) == 0)
            continue;
        fputs(is_first ? "" : " | ", out->file);
        print_kind(out, shape, order[i], depth);
        is_first = false;
    }
}

static void print_values(const struct typescript_out *out, const struct shape *shape)
{
    for (size_t i = 0; i < shape->value_count; i++)
        fprintf(out->file, "%s%.*s", i == 0 ? "" : " | ", TEXT_ARGS(json_raw(shape->values[i])));
}

static void print_whole(const struct typescript_out *out, const struct shape *shape, unsigned depth)
{
    if (shape->any_count == 0 && shape->value_count > 0) {
        print_values(out, shape);
        return;
    }
    if (shape->any_count == 0 && shape->kinds == SHAPE_ANYTHING && shape->member_count == 0) {
        fprintf(out->file, "unknown");
        return;
    }
    if (shape->any_count == 0)
        print_kinds(out, shape, depth);
    for (size_t i = 0; i < shape->any_count; i++) {
        fputs(i == 0 ? "" : " | ", out->file);
        typescript_type_print(out, shape->any[i], depth);
    }
}

void typescript_type_print(const struct typescript_out *out, const struct shape *shape,
                           unsigned depth)
{
    struct text name = types_name(out->types, shape);

    if (name.at != NULL)
        fprintf(out->file, "%.*s", TEXT_ARGS(name));
    else
        print_whole(out, shape, depth);
}

void typescript_type_declare(const struct typescript_out *out, const struct types_named *named)
{
    bool is_object = named->shape->any_count == 0 && named->shape->value_count == 0 &&
                     named->shape->kinds == SHAPE_OBJECT && named->shape->member_count > 0;

    fprintf(out->file, "\n");
    print_comment(out->file, named->shape->about, 0);
    fprintf(out->file,
            is_object ? "export interface %.*s " : "export type %.*s = ", TEXT_ARGS(named->name));
    print_whole(out, named->shape, 0);
    fprintf(out->file, "\n");
}
