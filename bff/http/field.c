/* See field.h. */
#include "bff/base/word.h"
#include "bff/http/field.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NAME(literal)                                                                              \
    {                                                                                              \
        .at = (literal), .len = sizeof(literal) - 1                                                \
    }

/* The one list of hop-by-hop fields. Every other list below adds to it. */
static const struct text hop_by_hop[] = {
    NAME("connection"), NAME("keep-alive"),        NAME("proxy-connection"), NAME("te"),
    NAME("trailer"),    NAME("transfer-encoding"), NAME("upgrade"),          NAME("http2-settings"),
};

/*
 * Fields of a client that do not go to a service. This server writes some of these fields itself.
 * The others are fields that some services use for the same purpose, such as X-Client-IP for the
 * address of the client.
 */
static const struct text not_to_services[] = {
    NAME("host"),
    NAME("content-length"),
    NAME("expect"),
    NAME("via"),
    NAME("x-request-id"),
    NAME("traceparent"),
    NAME("tracestate"),
    NAME("baggage"),
    NAME("x-real-ip"),
    NAME("x-request-deadline-ms"),
    NAME("x-identity"),
    NAME("forwarded"),
    NAME("true-client-ip"),
    NAME("x-client-ip"),
    NAME("x-cluster-client-ip"),
    NAME("cf-connecting-ip"),
    NAME("x-rewrite-url"),
    NAME("x-http-method"),
    NAME("x-http-method-override"),
    NAME("x-method-override"),
    NAME("x-host"),
    NAME("x-api-key-name"),
    NAME("x-client-subject"),
    NAME("x-client-fingerprint"),
};

static const struct text starts_not_to_services[] = {NAME("proxy-"), NAME("x-user-"),
                                                     NAME("x-forwarded-"), NAME("x-original-")};

/* The fields of a service that end at this server. It writes the first ones itself. */
static const struct text not_to_clients[] = {
    NAME("date"), NAME("server"), NAME("content-length"), NAME("x-request-id"),
    /* what a proxy asks of its client, for itself */
    NAME("proxy-authenticate"), NAME("proxy-authorization"), NAME("proxy-authentication-info")};

/* Statuses, from first to last, and a field that such an answer needs to be understood. */
static const struct {
    int first, last;
    struct text name;
} needed[] = {
    {201, 201, NAME("location")},      {206, 206, NAME("content-range")},
    {300, 399, NAME("location")},      {401, 401, NAME("www-authenticate")},
    {405, 405, NAME("allow")},         {413, 413, NAME("retry-after")},
    {416, 416, NAME("content-range")}, {426, 426, NAME("upgrade")},
    {429, 429, NAME("retry-after")},   {503, 503, NAME("retry-after")},
};

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

/* Letters in lower case, digits, and '_' for everything else. */
static char as_variable(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
}

bool field_reads_as(struct text name, struct text other)
{
    if (name.len != other.len)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (as_variable(name.at[i]) != as_variable(other.at[i]))
            return false;
    return true;
}

static bool is_value_byte(char c) { return ((unsigned char)c >= 0x20 && c != 0x7f) || c == '\t'; }

bool field_is_value(struct text value)
{
    const char *at = value.at, *end;

    if (value.len == 0) /* ${value} may be absent */
        return true;
    end = at + value.len;
    while (at < end) {
        if ((size_t)(end - at) >= WORD_BYTES && word_has_control(word_at(at)) == 0)
            at += WORD_BYTES;
        else if (!is_value_byte(*at++))
            return false;
    }
    return true;
}

static bool has_name(const struct text *names, size_t count, struct text name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal_nocase(name, names[i]))
            return true;
    return false;
}

static bool starts_with_any(const struct text *starts, size_t count, struct text name)
{
    for (size_t i = 0; i < count; i++)
        if (name.len >= starts[i].len &&
            text_equal_nocase((struct text){name.at, starts[i].len}, starts[i]))
            return true;
    return false;
}

bool field_is_hop_by_hop(struct text name) { return has_name(hop_by_hop, COUNT(hop_by_hop), name); }

/* True for a name with other bytes than letters, digits and '-'. */
static bool is_odd(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] != '-' && as_variable(name.at[i]) == '_')
            return true;
    return false;
}

/* True for a name that a service could read as one that does not go to services. */
static bool reads_as_ours(struct text name)
{
    for (size_t i = 0; i < COUNT(not_to_services); i++)
        if (field_reads_as(name, not_to_services[i]))
            return true;
    for (size_t i = 0; i < COUNT(starts_not_to_services); i++) {
        size_t len = starts_not_to_services[i].len;
        if (name.len >= len &&
            field_reads_as((struct text){name.at, len}, starts_not_to_services[i]))
            return true;
    }
    return false;
}

static bool odd_may_pass(struct text name)
{
    return field_is_token(name) && memchr(name.at, '_', name.len) == NULL && !reads_as_ours(name);
}

bool field_may_pass(struct text name)
{
    if (name.len == 0 || (is_odd(name) && !odd_may_pass(name)))
        return false;
    return !field_is_hop_by_hop(name) && !has_name(not_to_services, COUNT(not_to_services), name) &&
           !starts_with_any(starts_not_to_services, COUNT(starts_not_to_services), name);
}

bool field_may_return(struct text name)
{
    return !field_is_hop_by_hop(name) && !has_name(not_to_clients, COUNT(not_to_clients), name);
}

bool field_is_needed(int status, struct text name)
{
    for (size_t i = 0; i < COUNT(needed); i++)
        if (status >= needed[i].first && status <= needed[i].last &&
            text_equal_nocase(name, needed[i].name))
            return true;
    return false;
}

bool field_is_nominated(struct text connection, struct text name)
{
    return text_list_has_nocase(connection, name);
}
