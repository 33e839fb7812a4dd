/* Header fields: those that a route asks for, and those that it sets and removes. */
#include <stdio.h>

#include "bff/http/field.h"

#include "bff/config/setting_value_kinds.h"

#define NAME_COMPARED 64 /* bytes of a name */

static bool is_request(const struct setting *row)
{
    return row->offset == offsetof(struct plain_route, request);
}

/* The beginning of ${name} in lower case and with '-' for '_': a service that gets a field by CGI
 * cannot tell the two apart. A name that is cut is longer than all that it is compared with. */
static struct text plain_name(struct text name, char bytes[NAME_COMPARED])
{
    if (name.len > NAME_COMPARED)
        name.len = NAME_COMPARED;
    text_lower(bytes, name);
    for (size_t i = 0; i < name.len; i++)
        if (bytes[i] == '_')
            bytes[i] = '-';
    return (struct text){bytes, name.len};
}

/* Why a route may not touch the field; NULL: it may. */
static const char *owner_words(struct text field, bool of_request)
{
    char bytes[NAME_COMPARED];
    struct text name = plain_name(field, bytes);

    if (field_is_hop_by_hop(name) || text_is(name, "content-length") || text_is(name, "expect") ||
        text_starts(name, TEXT("proxy-")))
        return "it belongs to the connection; the server alone writes it";
    if (of_request && text_is(name, "host"))
        return "the server alone writes it; preserve_host: true keeps the client's";
    if (of_request && text_starts(name, TEXT("x-user-")))
        return "the server alone says who the user is";
    return NULL;
}

static const char *name_words(struct text name)
{
    return field_is_token(name) ? NULL : "expected the name of a header, such as X-Shop";
}

static const char *value_words(struct text value)
{
    if (!field_is_value(value) || !text_equal(value, text_trim(value)))
        return "a header's value has no control bytes, and no blanks at its ends";
    return NULL;
}

static int name_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    return setting_judge(wrong, text, name_words(text_of(text)));
}

static void name_set(const struct setting *row, struct config *config, void *member,
                     const struct settings_values *values)
{
    *(struct text *)member = setting_lower(config->pool, text_of(values->texts[0]));
}

static int value_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    return setting_judge(wrong, text, value_words(text_of(text)));
}

static void value_set(const struct setting *row, struct config *config, void *member,
                      const struct settings_values *values)
{
    *(struct text *)member = pool_text(config->pool, text_of(values->texts[0]));
}

/* "name: value" as config_file.c joins them; without ": " it is a name to remove. */
static struct plain_field field_of(const char *text)
{
    struct text value = text_of(text), name = text_cut(&value, ':');

    if (value.at != NULL)
        value = (struct text){value.at + 1, value.len - 1};
    return (struct plain_field){name, value};
}

static int field_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    struct plain_field field = field_of(text);
    char name[128];
    const char *words = name_words(field.name);

    snprintf(name, sizeof(name), "%.*s", field.name.len > 100 ? 100 : (int)field.name.len,
             field.name.at);
    if (words == NULL)
        words = owner_words(field.name, is_request(row));
    if (words == NULL)
        words = value_words(field.value);
    return setting_judge(wrong, name, words);
}

static int removed_check(const struct setting *row, const char *text, struct setting_wrong *wrong)
{
    const char *words = name_words(text_of(text));

    return setting_judge(wrong, text,
                         words != NULL ? words : owner_words(text_of(text), is_request(row)));
}

/* What is set and what is removed stand in one list. */
static void fields_add(const struct setting *row, struct config *config, void *member,
                       const struct settings_values *values)
{
    struct plain_fields *fields = member;
    struct plain_field *rows =
        pool_zero(config->pool, (fields->count + values->count) * sizeof(*rows));

    if (fields->count > 0)
        memcpy(rows, fields->rows, fields->count * sizeof(*rows));
    for (size_t i = 0; i < values->count; i++) {
        struct plain_field field = field_of(values->texts[i]);
        struct text value = field.value;
        rows[fields->count + i] = (struct plain_field){
            .name = setting_lower(config->pool, field.name),
            .value = value.at == NULL ? value : pool_text(config->pool, value),
        };
    }
    fields->rows = rows;
    fields->count += values->count;
}

const struct setting_kind setting_field_name = {name_check, name_set, false, false};
const struct setting_kind setting_field_value = {value_check, value_set, false, false};
const struct setting_kind setting_fields = {field_check, fields_add, false, true};
const struct setting_kind setting_field_names = {removed_check, fields_add, true, false};
