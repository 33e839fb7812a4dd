/* Header fields: those that a route asks for, and those that it sets and removes. */
#include <stdio.h>

#include "bff/http/field.h"

#include "bff/config/setting_value_kinds.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool is_request(const struct setting *row)
{
    return row->offset == offsetof(struct plain_route, request);
}

/* A service that is told of a field by CGI cannot tell '_' from '-'. */
static bool starts(struct text name, const char *start)
{
    for (size_t i = 0; start[i] != '\0'; i++) {
        if (i == name.len)
            return false;
        char c = name.at[i];
        char lower = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        if ((lower == '_' ? '-' : lower) != start[i])
            return false;
    }
    return true;
}

static bool is_name(struct text name, const char *want)
{
    return name.len == strlen(want) && starts(name, want);
}

/* Why a route may not touch the field; NULL: it may. */
static const char *owner_words(struct text name, bool of_request)
{
    static const char *const connection[] = {
        "connection",     "keep-alive", "te",     "trailer",       "transfer-encoding",
        "content-length", "upgrade",    "expect", "http2-settings"};

    for (size_t i = 0; i < COUNT(connection); i++)
        if (is_name(name, connection[i]))
            return "it belongs to the connection; the server alone writes it";
    if (starts(name, "proxy-"))
        return "it belongs to the connection; the server alone writes it";
    if (of_request && is_name(name, "host"))
        return "the server alone writes it; preserve_host: true keeps the client's";
    if (of_request && starts(name, "x-user-"))
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
