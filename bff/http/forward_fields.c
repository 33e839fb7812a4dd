/* See forward_fields.h. */
#include "bff/base/word.h"
#include "bff/http/forward_fields.h"

static const char *const dropped[] = {
    /* of the connection */
    "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings",
    /* sent by this server */
    "host", "content-length", "expect", "via", "x-request-id", "traceparent", "tracestate",
    "x-real-ip",
    /* believed by some services */
    "forwarded", "true-client-ip", "x-client-ip", "x-cluster-client-ip", "cf-connecting-ip",
    "x-rewrite-url", "x-http-method", "x-http-method-override", "x-method-override", "x-host"};

static const char *const dropped_starts[] = {"proxy-", "x-user-", "x-forwarded-", "x-original-"};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool is_token_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

bool field_is_token(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_token_byte(text.at[i]))
            return false;
    return text.len > 0;
}

static bool is_value_byte(char c) { return ((unsigned char)c >= 0x20 && c != 0x7f) || c == '\t'; }

bool field_is_value(struct text value)
{
    const char *at = value.at, *end = at + value.len;

    while (at < end) {
        if ((size_t)(end - at) >= WORD_BYTES && word_has_control(word_at(at)) == 0)
            at += WORD_BYTES;
        else if (!is_value_byte(*at++))
            return false;
    }
    return true;
}

bool field_may_pass(struct text name)
{
    if (!field_is_token(name) || memchr(name.at, '_', name.len) != NULL)
        return false;
    for (size_t i = 0; i < COUNT(dropped); i++)
        if (text_equal_nocase(name, text_of(dropped[i])))
            return false;
    for (size_t i = 0; i < COUNT(dropped_starts); i++) {
        struct text start = text_of(dropped_starts[i]);
        if (name.len >= start.len && text_equal_nocase((struct text){name.at, start.len}, start))
            return false;
    }
    return true;
}

bool field_is_nominated(struct text connection, struct text name)
{
    struct text rest = connection;

    while (rest.at != NULL)
        if (text_equal_nocase(text_trim(text_cut(&rest, ',')), name))
            return true;
    return false;
}
