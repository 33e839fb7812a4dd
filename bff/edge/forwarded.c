/* See forwarded.h. */
#include "bff/edge/forwarded.h"
#include "bff/http/field.h"

/* True for a quote that begins or ends a quoted text. After an odd number of backslashes, a quote
 * is a part of the text. */
static bool is_quote(struct text text, size_t at)
{
    size_t first = at;

    while (first > 0 && text.at[first - 1] == '\\')
        first--;
    return text.at[at] == '"' && (at - first) % 2 == 0;
}

static struct text cut_last(struct text *rest)
{
    size_t begin = rest->len;
    bool is_quoted = false;

    while (begin > 0 && (is_quoted || rest->at[begin - 1] != ',')) {
        begin--;
        is_quoted ^= is_quote(*rest, begin);
    }
    struct text item = {rest->at + begin, rest->len - begin};
    *rest = begin == 0 ? (struct text){0} : (struct text){rest->at, begin - 1};
    return text_trim(item);
}

struct text forwarded_last(struct text *rest)
{
    while (rest->at != NULL) {
        struct text item = cut_last(rest);
        if (item.len > 0)
            return item;
    }
    return (struct text){0};
}

struct text forwarded_nth_last(struct text list, size_t place)
{
    struct text item = {0};

    for (size_t i = 0; i <= place; i++) {
        struct text next = forwarded_last(&list);
        if (next.at == NULL)
            break;
        item = next;
    }
    return item;
}

/* Removes the first parameter from ${*rest} and returns it. */
static struct text cut_parameter(struct text *rest)
{
    struct text parameter = *rest;
    bool is_quoted = false;
    size_t len = 0;

    while (len < rest->len && (is_quoted || rest->at[len] != ';'))
        is_quoted ^= is_quote(*rest, len++);
    parameter.len = len;
    *rest = len == rest->len ? (struct text){0}
                             : (struct text){rest->at + len + 1, rest->len - len - 1};
    return text_trim(parameter);
}

/* Removes the quotes around a value. Returns false for an empty value, and for a value with another
 * quote or a backslash: no address, host or protocol has one. */
static bool unquote(struct text *value)
{
    if (value->len > 1 && value->at[0] == '"' && value->at[value->len - 1] == '"')
        *value = (struct text){value->at + 1, value->len - 2};
    return value->len > 0 && memchr(value->at, '"', value->len) == NULL &&
           memchr(value->at, '\\', value->len) == NULL;
}

static struct text *member_of(struct forwarded *item, struct text name)
{
    if (text_equal_nocase(name, TEXT("for")))
        return &item->node;
    if (text_equal_nocase(name, TEXT("proto")))
        return &item->proto;
    return text_equal_nocase(name, TEXT("host")) ? &item->host : NULL;
}

static bool read_parameter(struct text parameter, struct forwarded *out)
{
    struct text value = parameter, name = text_cut(&value, '=');
    struct text *member = member_of(out, name);

    if (!field_is_token(name) || value.at == NULL)
        return false;
    if (member == NULL)
        return true;
    if (member->at != NULL || !unquote(&value))
        return false;
    *member = value;
    return true;
}

struct forwarded forwarded_read(struct text item)
{
    struct forwarded read = {0};

    while (item.at != NULL) {
        struct text parameter = cut_parameter(&item);
        if (parameter.len > 0 && !read_parameter(parameter, &read))
            return (struct forwarded){0};
    }
    return read;
}
