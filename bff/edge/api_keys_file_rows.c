/* See api_keys_file_rows.h. */
#include <stdarg.h>

#include "bff/base/check.h"
#include "bff/base/text_builder.h"
#include "bff/edge/api_keys_file_rows.h"

#define WORDS_BYTES 256
#define VALUE_MOST ((size_t)4096) /* bytes of a value */

enum member {
    MEMBER_NAME,
    MEMBER_SHA256,
    MEMBER_PLAN,
    MEMBER_USER,
    MEMBER_ROLE,
    MEMBER_SCOPES,
    MEMBER_DISABLED,
    MEMBER_COUNT,
};

/* ${separator} stands between the items of a list; 0: the value is no list. */
static const struct {
    const char *name;
    char separator;
} members[MEMBER_COUNT] = {
    [MEMBER_NAME] = {"name", 0},         [MEMBER_SHA256] = {"sha256", 0},
    [MEMBER_PLAN] = {"plan", 0},         [MEMBER_USER] = {"user", 0},
    [MEMBER_ROLE] = {"role", ','},       [MEMBER_SCOPES] = {"scopes", ' '},
    [MEMBER_DISABLED] = {"disabled", 0},
};

void api_keys_file_rows_wrong(struct api_keys_file_rows *rows, struct api_keys_file_place place,
                              const char *format, ...)
{
    char words[WORDS_BYTES];
    va_list arguments;

    if (rows->wrongs++ >= API_KEYS_FILE_WRONGS_MOST)
        return;
    va_start(arguments, format);
    vsnprintf(words, sizeof(words), format, arguments);
    va_end(arguments);
    rows->listener->wrong(rows->listener->cookie, place, words);
}

/* Events. */

static struct api_keys_file_place place_of(const yaml_mark_t *mark)
{
    return (struct api_keys_file_place){mark->line + 1, mark->column + 1};
}

static struct api_keys_file_place here(const struct api_keys_file_rows *rows)
{
    return place_of(&rows->event.start_mark);
}

static void drop_event(struct api_keys_file_rows *rows)
{
    if (rows->has_event)
        yaml_event_delete(&rows->event);
    rows->has_event = false;
}

/* Reads the next event. Returns its type, or YAML_NO_EVENT after a mistake. */
static yaml_event_type_t next(struct api_keys_file_rows *rows)
{
    const yaml_parser_t *parser = &rows->parser;

    drop_event(rows);
    if (yaml_parser_parse(&rows->parser, &rows->event)) {
        rows->has_event = true;
        return rows->event.type;
    }
    struct api_keys_file_place place = {0};
    if (parser->error != YAML_READER_ERROR) /* then libyaml reports no place */
        place = place_of(&parser->problem_mark);
    api_keys_file_rows_wrong(rows, place, "this is neither YAML nor JSON: %s",
                             parser->problem == NULL ? "unreadable" : parser->problem);
    return YAML_NO_EVENT;
}

/* Reads to the end of the value that the last event has begun. Returns false after a mistake. */
static bool skip(struct api_keys_file_rows *rows, yaml_event_type_t type)
{
    int depth = 0;

    do {
        depth += type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
        depth -= type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT;
        if (depth > 0)
            type = next(rows);
    } while (depth > 0 && type != YAML_NO_EVENT);
    return type != YAML_NO_EVENT;
}

/* Returns the text of a scalar, "" for null. It is valid until the next event. */
static struct text scalar(const struct api_keys_file_rows *rows)
{
    struct text text = {(const char *)rows->event.data.scalar.value,
                        rows->event.data.scalar.length};

    if (rows->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
        (text_is(text, "~") || text_is(text, "null")))
        return TEXT("");
    return text;
}

/* Members. */

static struct text *member_at(struct api_keys_file_rows *rows, enum member member)
{
    struct text *const all[MEMBER_COUNT] = {
        [MEMBER_NAME] = &rows->row.name,         [MEMBER_SHA256] = &rows->sha256,
        [MEMBER_PLAN] = &rows->row.plan,         [MEMBER_USER] = &rows->row.user,
        [MEMBER_ROLE] = &rows->row.roles,        [MEMBER_SCOPES] = &rows->row.scopes,
        [MEMBER_DISABLED] = &rows->row.disabled,
    };

    return all[member];
}

/* Sets a member. It is not absent afterwards, so that a second value is noticed. */
static void set(struct api_keys_file_rows *rows, enum member member, struct text value)
{
    struct text *at = member_at(rows, member);

    if (at->at != NULL)
        api_keys_file_rows_wrong(rows, here(rows), "%s stands twice", members[member].name);
    if (value.len > VALUE_MOST)
        api_keys_file_rows_wrong(rows, here(rows), "%s is longer than 4096 bytes",
                                 members[member].name);
    else
        *at = pool_text(rows->pool, value);
}

/* Reads the items of a list to its end. Returns false when the file cannot be read on. */
static bool read_items(struct api_keys_file_rows *rows, enum member member)
{
    struct text_builder all;
    yaml_event_type_t type;

    text_builder_init(&all, rows->pool, 64);
    while ((type = next(rows)) == YAML_SCALAR_EVENT) {
        if (all.len > 0)
            text_builder_add(&all, (struct text){&members[member].separator, 1});
        text_builder_add(&all, scalar(rows));
    }
    if (type == YAML_SEQUENCE_END_EVENT) {
        set(rows, member, all.len == 0 ? TEXT("") : text_builder_text(&all));
        return true;
    }
    if (type == YAML_NO_EVENT)
        return false;
    api_keys_file_rows_wrong(rows, here(rows), "%s: expected a list of texts",
                             members[member].name);
    do {
        if (!skip(rows, type))
            return false;
    } while ((type = next(rows)) != YAML_SEQUENCE_END_EVENT && type != YAML_NO_EVENT);
    return type != YAML_NO_EVENT;
}

static bool read_value(struct api_keys_file_rows *rows, enum member member)
{
    yaml_event_type_t type = next(rows);

    if (type == YAML_SCALAR_EVENT) {
        set(rows, member, scalar(rows));
        return true;
    }
    if (type == YAML_SEQUENCE_START_EVENT && members[member].separator != 0)
        return read_items(rows, member);
    if (type == YAML_NO_EVENT)
        return false;
    api_keys_file_rows_wrong(rows, here(rows), "%s: expected a text%s", members[member].name,
                             members[member].separator != 0 ? " or a list of texts" : "");
    return skip(rows, type);
}

static enum member member_of(struct text name)
{
    enum member member = 0;

    while (member < MEMBER_COUNT && !text_is(name, members[member].name))
        member++;
    return member;
}

/* Reads the members of a key to the end of its mapping. */
static bool read_members(struct api_keys_file_rows *rows)
{
    yaml_event_type_t type;

    while ((type = next(rows)) != YAML_MAPPING_END_EVENT) {
        if (type == YAML_NO_EVENT)
            return false;
        enum member member = type == YAML_SCALAR_EVENT ? member_of(scalar(rows)) : MEMBER_COUNT;
        if (member < MEMBER_COUNT) {
            if (!read_value(rows, member))
                return false;
            continue;
        }
        api_keys_file_rows_wrong(rows, here(rows),
                                 "unknown member; expected name, sha256, plan, user, role, scopes "
                                 "or disabled");
        if (!skip(rows, type) || (type = next(rows)) == YAML_NO_EVENT || !skip(rows, type))
            return false;
    }
    return true;
}

/* The list. */

/* Reads to the begin of the list. */
static bool begin_list(struct api_keys_file_rows *rows)
{
    yaml_event_type_t type = next(rows);

    while (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT)
        type = next(rows);
    if (type != YAML_SEQUENCE_START_EVENT && type != YAML_NO_EVENT)
        api_keys_file_rows_wrong(rows, here(rows), "expected a list of keys");
    return type == YAML_SEQUENCE_START_EVENT;
}

/* Nothing may follow the list. */
static void end_list(struct api_keys_file_rows *rows)
{
    yaml_event_type_t type = next(rows);

    while (type == YAML_DOCUMENT_END_EVENT)
        type = next(rows);
    if (type != YAML_STREAM_END_EVENT && type != YAML_NO_EVENT)
        api_keys_file_rows_wrong(rows, here(rows), "expected nothing after the list of keys");
}

bool api_keys_file_rows_next(struct api_keys_file_rows *rows)
{
    if (!rows->has_begun && !begin_list(rows))
        return false;
    rows->has_begun = true;
    rows->row = (struct api_key_row){0};
    rows->sha256 = (struct text){0};
    for (;;) {
        yaml_event_type_t type = next(rows);
        if (type == YAML_SEQUENCE_END_EVENT)
            end_list(rows);
        if (type == YAML_NO_EVENT || type == YAML_SEQUENCE_END_EVENT)
            return false;
        rows->place = here(rows);
        if (type == YAML_MAPPING_START_EVENT)
            return read_members(rows);
        api_keys_file_rows_wrong(rows, rows->place, "expected a key with a name and a sha256");
        if (!skip(rows, type))
            return false;
    }
}

void api_keys_file_rows_begin(struct api_keys_file_rows *rows, FILE *stream, struct pool *pool,
                              const struct api_keys_file_listener *listener)
{
    *rows = (struct api_keys_file_rows){.pool = pool, .listener = listener};
    must(yaml_parser_initialize(&rows->parser));
    yaml_parser_set_encoding(&rows->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_file(&rows->parser, stream);
}

void api_keys_file_rows_end(struct api_keys_file_rows *rows)
{
    drop_event(rows);
    yaml_parser_delete(&rows->parser);
}
