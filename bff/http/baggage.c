/* See baggage.h. */
#include "bff/base/text_builder.h"
#include "bff/http/baggage.h"
#include "bff/http/tracing_settings.h"
#include "bff/http/worker_settings.h"

static bool is_among(const struct text *names, size_t count, struct text key)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(key, names[i]))
            return true;
    return false;
}

/* baggage-octet: visible ASCII without the quote, the comma, the semicolon and the backslash. */
static bool is_octet(char c)
{
    return c >= 0x21 && c <= 0x7e && c != '"' && c != ',' && c != ';' && c != '\\';
}

static bool is_value(struct text value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!is_octet(value.at[i]))
            return false;
    return true;
}

/* ${rest} has the properties: keys, or keys with a value. They have no bytes that a value may not
 * have, except for blanks around the parts. */
static bool are_properties(struct text rest)
{
    while (rest.at != NULL) {
        struct text property = text_cut(&rest, ';'), value = property;
        struct text key = text_trim(text_cut(&value, '='));
        if (key.len == 0 || !is_value(key) || !is_value(text_trim(value)))
            return false;
    }
    return true;
}

static bool may_pass(struct text member, const struct text *names, size_t count)
{
    struct text rest = member, value = text_cut(&rest, ';');
    struct text key = text_trim(text_cut(&value, '='));

    return value.at != NULL && is_among(names, count, key) && is_value(text_trim(value)) &&
           are_properties(rest);
}

struct text baggage_filter(struct pool *pool, struct text list, const struct text *names,
                           size_t count)
{
    struct text_builder out;
    size_t members = 0;

    if (list.len == 0 || list.len > BAGGAGE_BYTES)
        return (struct text){0};
    text_builder_init(&out, pool, list.len);
    while (list.at != NULL && members < BAGGAGE_MEMBERS) {
        struct text member = text_trim(text_cut(&list, ','));
        if (!may_pass(member, names, count))
            continue;
        if (members++ > 0)
            text_builder_add(&out, TEXT(","));
        text_builder_add(&out, member);
    }
    return members == 0 ? (struct text){0} : text_builder_text(&out);
}

struct text baggage_of(const struct request *request)
{
    const struct tracing_settings *settings = request->settings->http->tracing;

    if (settings == NULL || settings->baggage_count == 0)
        return (struct text){0};
    return baggage_filter(request->pool, request_list(request, "baggage"), settings->baggage,
                          settings->baggage_count);
}
