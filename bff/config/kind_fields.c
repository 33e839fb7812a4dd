/*
 * Header fields: those that a request must have, and those that are set and removed. See kind.h.
 *
 * The fields to set and the fields to remove are rows of one struct plain_fields. So the second of
 * these settings adds rows to the rows of the first.
 */
#include "bff/http/field.h"

#include "bff/config/kind.h"

#define NAME_COMPARED 64 /* the most bytes of a name that are compared */

/*
 * Returns the beginning of ${name} in lower case, with '-' instead of '_', because a service that
 * gets fields through CGI cannot distinguish these two. If a long name is cut, it is still longer
 * than all names with which it is compared.
 */
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

/* A field of requests that only the server writes. With ${is_prefix}, all whose names begin so. */
struct owned_field {
    const char *name;
    bool is_prefix;
    const char *words;
};

static const struct owned_field of_requests[] = {
    {"host", false, "the server alone writes it; preserve_host: true keeps the client's"},
    {"x-user-", true, "the server alone says who the user is"},
    {"x-identity", false, "the server alone says who the user is"},
    {"x-api-key-name", true, "the server alone says whose API key it is"},
    {"x-client-subject", false, "the server alone says whose certificate it is"},
    {"x-client-fingerprint", false, "the server alone says whose certificate it is"},
    {"x-request-deadline-ms", false, "the server alone says how much time is left"},
};

/* ${name} is plain (plain_name). */
static bool is_owned(const struct owned_field *row, struct text name)
{
    struct text owned = text_of(row->name);

    return row->is_prefix ? text_starts(name, owned) : text_equal(name, owned);
}

/* Returns the reason why a route may not set or remove the field; NULL if it may. */
static const char *owner_words(struct text field, bool of_request)
{
    char bytes[NAME_COMPARED];
    struct text name = plain_name(field, bytes);

    if (field_is_hop_by_hop(name) || text_is(name, "content-length") || text_is(name, "expect") ||
        text_starts(name, TEXT("proxy-")))
        return "it belongs to the connection; the server alone writes it";
    for (size_t i = 0; of_request && i < sizeof of_requests / sizeof *of_requests; i++)
        if (is_owned(&of_requests[i], name))
            return of_requests[i].words;
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

const char *kind_field_words(struct text name)
{
    const char *words = name_words(name);

    if (words == NULL && !text_equal_nocase(name, TEXT("x-identity")))
        words = owner_words(name, true);
    if (words == NULL &&
        (text_equal_nocase(name, TEXT("authorization")) || text_equal_nocase(name, TEXT("cookie"))))
        words = "it has the tokens and cookies of clients; expected another header";
    return words;
}

struct kind_texts kind_field_names(struct settings_input *input)
{
    struct kind_texts list = {.count = 0};

    list.at = pool_zero(input->config->pool, input->values->count * sizeof(*list.at));
    for (size_t i = 0; i < input->values->count; i++) {
        struct text name = kind_lower(input->config->pool, text_of(input->values->texts[i]));
        const char *words = kind_field_words(name);
        for (size_t j = 0; j < list.count && words == NULL; j++)
            words = text_equal(list.at[j], name) ? "it is listed twice" : NULL;
        if (words != NULL)
            settings_refuse_value(input, i, words);
        list.at[list.count++] = name;
    }
    return list;
}

static void name_read(struct settings_input *input)
{
    const char *words = name_words(text_of(input->text));

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(struct text *)input->member = kind_lower(input->config->pool, text_of(input->text));
}

static void value_read(struct settings_input *input)
{
    const char *words = value_words(text_of(input->text));

    if (words != NULL)
        settings_refuse_value(input, 0, words);
    else
        *(struct text *)input->member = pool_text(input->config->pool, text_of(input->text));
}

/* Returns the field in value number ${which}: "name: value" from a mapping, or only the name of a
 * field to remove from a list. */
static struct plain_field field_of(const struct settings_input *input, size_t which)
{
    struct text value = text_of(input->values->texts[which]), name = value;

    if (!input->row->kind->is_mapping)
        return (struct plain_field){.name = name};
    name = text_cut(&value, ':');
    return (struct plain_field){name, {value.at + 1, value.len - 1}};
}

static void field_check(struct settings_input *input, size_t which, struct plain_field field,
                        bool of_request)
{
    int shown = field.name.len > 100 ? 100 : (int)field.name.len;
    const char *words = name_words(field.name);

    if (words == NULL)
        words = owner_words(field.name, of_request);
    if (words == NULL && field.value.at != NULL)
        words = value_words(field.value);
    if (words != NULL)
        settings_refuse(input, which, "\"%.*s\": %s", shown, field.name.at, words);
}

static void fields_read(struct settings_input *input, bool of_request)
{
    struct plain_fields *fields = input->member;
    struct pool *pool = input->config->pool;
    size_t count = fields->count + input->values->count;
    struct plain_field *rows = pool_zero(pool, count * sizeof(*rows));

    if (fields->count > 0)
        memcpy(rows, fields->rows, fields->count * sizeof(*rows));
    for (size_t i = 0; i < input->values->count; i++) {
        struct plain_field field = field_of(input, i);
        field_check(input, i, field, of_request);
        rows[fields->count + i] = (struct plain_field){
            .name = kind_lower(pool, field.name),
            .value = field.value.at == NULL ? field.value : pool_text(pool, field.value),
        };
    }
    if (!input->is_wrong)
        *fields = (struct plain_fields){rows, count};
}

static void request_read(struct settings_input *input) { fields_read(input, true); }
static void response_read(struct settings_input *input) { fields_read(input, false); }

const struct settings_kind kind_field_name = {.read = name_read};
const struct settings_kind kind_field_value = {.read = value_read};
const struct settings_kind kind_request_set = {.read = request_read, .is_mapping = true};
const struct settings_kind kind_request_remove = {.read = request_read, .is_list = true};
const struct settings_kind kind_response_set = {.read = response_read, .is_mapping = true};
const struct settings_kind kind_response_remove = {.read = response_read, .is_list = true};
