/* See authorizer_identity.h. */
#include "bff/base/percent.h"
#include "bff/base/text_builder.h"
#include "bff/edge/authorizer_identity.h"
#include "bff/http/cookie.h"
#include "bff/http/request_peer.h"

/* A value that was looked for. */
struct found {
    struct text value; /* absent: none was found */
    bool is_bad;       /* it occurs twice, or cannot be read */
};

static void add_found(struct found *found, struct text value)
{
    found->is_bad = found->is_bad || found->value.at != NULL;
    found->value = value.at == NULL ? TEXT("") : value;
}

/* Headers. */

static struct found find_header(const struct request *request, const struct caller *caller,
                                struct text name)
{
    struct found found = {0};

    if (text_is(name, "authorization") &&
        (caller->authorization.at != NULL || caller->hides_authorization))
        return (struct found){.value = caller->authorization};
    for (size_t i = 0; i < request_field_count(request); i++) {
        struct request_field field = request_field(request, i);
        if (text_equal_nocase(field.name, name))
            add_found(&found, field.value);
    }
    return found;
}

/* Cookies. */

static struct found find_cookie(const struct request *request, const struct caller *caller,
                                struct text name)
{
    struct text field =
        caller->cookies.at != NULL ? caller->cookies : request_header(request, "cookie");
    struct found found = {0};

    while (field.at != NULL) {
        struct text value = text_trim(text_cut(&field, ';'));
        struct text own = text_cut(&value, '=');
        if (value.at != NULL && text_equal(own, name))
            add_found(&found, value);
    }
    return found;
}

/* The query. Programs differ about parameters that occur twice and about '+', so names are compared
 * in their decoded form, and a value is passed as it is written. */

static bool is_named(struct pool *pool, struct text written, struct text name)
{
    struct text decoded;

    return percent_decode(pool, written, &decoded) == 0 && text_equal(decoded, name);
}

static struct found find_query(const struct request *request, struct text name)
{
    struct text query = request->query;
    struct found found = {0};

    while (query.at != NULL) {
        struct text value = text_cut(&query, '&');
        struct text own = text_cut(&value, '=');
        if (is_named(request->pool, own, name))
            add_found(&found, value);
    }
    return found;
}

/* All parts. */

static struct found find(const struct authorizer_part *part, const struct request *request,
                         struct text path, const struct caller *caller)
{
    switch (part->kind) {
    case AUTHORIZER_HEADER:
        return find_header(request, caller, part->name);
    case AUTHORIZER_COOKIE:
        return find_cookie(request, caller, part->name);
    case AUTHORIZER_QUERY:
        return find_query(request, part->name);
    case AUTHORIZER_PATH:
        return (struct found){.value = path};
    case AUTHORIZER_METHOD:
        return (struct found){.value = request->method};
    case AUTHORIZER_IP:
        return (struct found){.value = request->peer->client};
    }
    return (struct found){.is_bad = true};
}

/* True for a part that says who asks, which a request may not have. */
static bool is_credential(enum authorizer_part_kind kind)
{
    return kind == AUTHORIZER_HEADER || kind == AUTHORIZER_COOKIE || kind == AUTHORIZER_QUERY;
}

enum authorizer_identity_state authorizer_identity_read(const struct authorizer_settings *settings,
                                                        const struct request *request,
                                                        struct text path,
                                                        const struct caller *caller,
                                                        struct authorizer_identity *out)
{
    size_t asked_for = 0, there = 0;

    out->caller = caller;
    for (size_t i = 0; i < settings->part_count; i++) {
        const struct authorizer_part *part = &settings->parts[i];
        struct found found = find(part, request, path, caller);
        if (found.is_bad || !text_is_utf8(found.value))
            return AUTHORIZER_IDENTITY_AMBIGUOUS;
        out->values[i] = found.value;
        asked_for += is_credential(part->kind);
        there += is_credential(part->kind) && found.value.len > 0;
    }
    if (asked_for == 0 || there > 0 || caller->has_user || caller->key != NULL)
        return AUTHORIZER_IDENTITY_OK;
    return AUTHORIZER_IDENTITY_NONE;
}

/* Bytes. */

static void put_number(struct text_builder *out, uint64_t number)
{
    char bytes[sizeof(number)];

    memcpy(bytes, &number, sizeof(bytes));
    text_builder_add(out, (struct text){bytes, sizeof(bytes)});
}

static void put_text(struct text_builder *out, struct text text)
{
    put_number(out, text.at != NULL);
    put_number(out, text.len);
    text_builder_add(out, text);
}

static void put_part(struct text_builder *out, const struct authorizer_part *part)
{
    put_number(out, part->kind);
    put_text(out, part->name);
}

struct text authorizer_identity_bytes(const struct authorizer_settings *settings, struct text of,
                                      const struct authorizer_identity *identity, struct pool *pool)
{
    struct text_builder out;

    text_builder_init(&out, pool, 256);
    put_text(&out, of);
    for (size_t i = 0; i < settings->part_count; i++) {
        put_part(&out, &settings->parts[i]);
        put_text(&out, identity->values[i]);
    }
    put_text(&out, caller_distinct(identity->caller, pool));
    return text_builder_text(&out);
}

struct text authorizer_identity_of_settings(const struct authorizer_settings *settings,
                                            struct pool *pool)
{
    struct text_builder out;

    text_builder_init(&out, pool, 256);
    put_text(&out, TEXT("authorizer"));
    put_text(&out, text_of(settings->service->name));
    put_text(&out, settings->path);
    put_number(&out, settings->is_get);
    put_number(&out, settings->ttl_ms);
    put_number(&out, settings->deny_ttl_ms);
    put_number(&out, settings->stale_ms);
    put_number(&out, settings->part_count);
    for (size_t i = 0; i < settings->part_count; i++)
        put_part(&out, &settings->parts[i]);
    for (size_t i = 0; i < settings->header_count; i++)
        put_text(&out, settings->headers[i]);
    return text_builder_text(&out);
}
