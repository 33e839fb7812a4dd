/* See authorizer_call_question.h. */
#include "bff/base/text_builder.h"
#include "bff/edge/authorizer_call_question.h"
#include "bff/http/field.h"
#include "bff/json/json_print.h"

/* Header lines. */

/* The name of a part whose value is sent as a header of another name; NULL: it is not. */
static const char *forwarded_name(enum authorizer_part_kind kind)
{
    switch (kind) {
    case AUTHORIZER_PATH:
        return "x-forwarded-uri";
    case AUTHORIZER_METHOD:
        return "x-forwarded-method";
    case AUTHORIZER_IP:
        return "x-forwarded-for";
    default:
        return NULL;
    }
}

static void put_line(struct text_builder *out, const struct authorizer_part *part,
                     struct text value)
{
    const char *name = forwarded_name(part->kind);

    if (value.at == NULL || !field_is_value(value))
        return;
    if (name != NULL)
        text_builder_field(out, text_of(name), value);
    else if (part->kind == AUTHORIZER_HEADER && field_may_pass(part->name))
        text_builder_field(out, part->name, value);
}

static void put_cookies(struct text_builder *out, const struct authorizer_settings *settings,
                        const struct authorizer_identity *identity)
{
    bool is_begun = false;

    for (size_t i = 0; i < settings->part_count; i++) {
        const struct authorizer_part *part = &settings->parts[i];
        struct text value = identity->values[i];
        if (part->kind != AUTHORIZER_COOKIE || value.at == NULL || !field_is_value(value))
            continue;
        text_builder_add(out, is_begun ? TEXT("; ") : TEXT("cookie: "));
        text_builder_add(out, part->name);
        text_builder_add(out, TEXT("="));
        text_builder_add(out, value);
        is_begun = true;
    }
    if (is_begun)
        text_builder_add(out, TEXT("\r\n"));
}

static struct text headers_of(const struct authorizer_settings *settings,
                              const struct authorizer_identity *identity, struct text request_id,
                              size_t body_bytes, struct pool *pool)
{
    struct text_builder out;

    text_builder_init(&out, pool, 512);
    text_builder_add(&out, TEXT("accept: application/json\r\naccept-encoding: identity\r\n"));
    for (size_t i = 0; i < settings->part_count; i++)
        put_line(&out, &settings->parts[i], identity->values[i]);
    put_cookies(&out, settings, identity);
    text_builder_field(&out, TEXT("x-request-id"), request_id);
    caller_put(identity->caller, settings->service, &out);
    if (!settings->is_get) {
        text_builder_add(&out, TEXT("content-type: application/json\r\n"));
        text_builder_field(&out, TEXT("content-length"), pool_print(pool, "%zu", body_bytes));
    }
    return text_builder_text(&out);
}

/* The target. */

static struct text target_of(const struct authorizer_settings *settings,
                             const struct authorizer_identity *identity, struct pool *pool)
{
    bool has_query = memchr(settings->path.at, '?', settings->path.len) != NULL;
    struct text_builder out;

    text_builder_init(&out, pool, settings->path.len + 64);
    text_builder_add(&out, settings->path);
    for (size_t i = 0; settings->is_get && i < settings->part_count; i++) {
        const struct authorizer_part *part = &settings->parts[i];
        if (part->kind != AUTHORIZER_QUERY || identity->values[i].at == NULL)
            continue;
        text_builder_add(&out, has_query ? TEXT("&") : TEXT("?"));
        text_builder_encoded(&out, part->name);
        text_builder_add(&out, TEXT("="));
        text_builder_add(&out, identity->values[i]);
        has_query = true;
    }
    return text_builder_text(&out);
}

/* The body. */

static void print_member(struct json_print *out, struct text name, struct text value)
{
    if (value.at == NULL)
        return;
    json_print_comma(out);
    json_print_string(out, name);
    json_print_raw(out, TEXT(":"));
    json_print_string(out, value);
}

/* Prints an object with the parts of one kind: "headers": {"authorization": "Bearer x"}. */
static void print_kind(struct json_print *out, const char *member, enum authorizer_part_kind kind,
                       const struct authorizer_settings *settings,
                       const struct authorizer_identity *identity)
{
    json_print_key(out, member);
    json_print_raw(out, TEXT("{"));
    for (size_t i = 0; i < settings->part_count; i++)
        if (settings->parts[i].kind == kind)
            print_member(out, settings->parts[i].name, identity->values[i]);
    json_print_raw(out, TEXT("}"));
}

static struct text value_of(enum authorizer_part_kind kind,
                            const struct authorizer_settings *settings,
                            const struct authorizer_identity *identity)
{
    for (size_t i = 0; i < settings->part_count; i++)
        if (settings->parts[i].kind == kind)
            return identity->values[i];
    return (struct text){0};
}

static void print_caller(struct json_print *out, const struct caller *caller)
{
    if (!caller->has_user)
        return;
    print_member(out, TEXT("user"), caller->user.id);
    if (caller->user.roles.len > 0)
        print_member(out, TEXT("roles"), caller->user.roles);
    if (caller->user.scopes.len > 0)
        print_member(out, TEXT("scopes"), caller->user.scopes);
}

static struct text body_of(const struct authorizer_settings *settings,
                           const struct authorizer_identity *identity, struct pool *pool)
{
    struct json_print out;

    json_print_init(&out, pool);
    json_print_raw(&out, TEXT("{"));
    print_member(&out, TEXT("method"), value_of(AUTHORIZER_METHOD, settings, identity));
    print_member(&out, TEXT("path"), value_of(AUTHORIZER_PATH, settings, identity));
    print_member(&out, TEXT("ip"), value_of(AUTHORIZER_IP, settings, identity));
    print_caller(&out, identity->caller);
    json_print_key(&out, "identity");
    json_print_raw(&out, TEXT("{"));
    print_kind(&out, "headers", AUTHORIZER_HEADER, settings, identity);
    print_kind(&out, "cookies", AUTHORIZER_COOKIE, settings, identity);
    print_kind(&out, "query", AUTHORIZER_QUERY, settings, identity);
    json_print_raw(&out, TEXT("}}"));
    return json_print_text(&out);
}

void authorizer_call_question_write(const struct authorizer_settings *settings,
                                    const struct authorizer_identity *identity,
                                    struct text request_id, struct pool *pool,
                                    struct authorizer_call_question *out)
{
    *out = (struct authorizer_call_question){
        .method = settings->is_get ? TEXT("GET") : TEXT("POST"),
        .target = target_of(settings, identity, pool),
    };
    if (!settings->is_get)
        out->body = body_of(settings, identity, pool);
    out->headers = headers_of(settings, identity, request_id, out->body.len, pool);
}
