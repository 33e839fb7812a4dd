/* See caller.h. */
#include <string.h>

#include "bff/edge/api_key.h"
#include "bff/edge/identity.h"
#include "bff/http/field.h"

#include "bff/edge/caller.h"

/* A caller without a user has an API key, or is nobody. */
static struct identity_subject subject_of(const struct caller *caller)
{
    struct identity_subject subject = {.session = caller->session};

    if (caller->has_user) {
        subject.user = caller->user.id;
        subject.roles = caller->user.roles;
        subject.scopes = caller->user.scopes;
    }
    if (caller->key != NULL)
        subject.client = caller->key->name;
    return subject;
}

static void put_certificate(const struct caller *caller, struct text_builder *out)
{
    const struct client_certificate *certificate = &caller->certificate;

    if (certificate->subject.len > 0)
        text_builder_field(out, caller->subject_header, certificate->subject);
    if (certificate->fingerprint.len > 0)
        text_builder_field(out, TEXT("x-client-fingerprint"), certificate->fingerprint);
}

static void put_identity(const struct caller *caller, const struct bff_service *service,
                         struct text_builder *out)
{
    struct identity_subject subject;
    struct text token;

    if (caller->identity == NULL || (!caller->has_user && caller->key == NULL))
        return;
    subject = subject_of(caller);
    token = identity_token(caller->identity, &subject, text_of(service->name));
    if (token.at != NULL)
        text_builder_field(out, identity_header(caller->identity), token);
}

void caller_put(const struct caller *caller, const struct bff_service *service,
                struct text_builder *out)
{
    if (caller->has_user) {
        text_builder_field(out, TEXT("x-user-id"), caller->user.id);
        if (caller->user.roles.len > 0)
            text_builder_field(out, TEXT("x-user-role"), caller->user.roles);
    }
    if (caller->key != NULL)
        text_builder_field(out, TEXT("x-api-key-name"), caller->key->name);
    put_certificate(caller, out);
    put_identity(caller, service, out);
    text_builder_add(out, caller->fields);
}

bool caller_writes(const struct caller *caller, struct text name)
{
    for (size_t i = 0; i < caller->context_count; i++)
        if (field_reads_as(name, caller->context[i]))
            return true;
    if (text_equal_nocase(name, caller->key_header) || field_reads_as(name, caller->subject_header))
        return true;
    return caller->identity != NULL && field_reads_as(name, identity_header(caller->identity));
}

struct text caller_passes(const struct caller *caller, const char *name, struct text value)
{
    if (caller_writes(caller, text_of(name)))
        return (struct text){0};
    if (strcmp(name, "authorization") == 0 &&
        (caller->authorization.at != NULL || caller->hides_authorization))
        return caller->authorization;
    if (strcmp(name, "cookie") == 0 && caller->cookies.at != NULL)
        return caller->cookies.len == 0 ? (struct text){0} : caller->cookies;
    return value;
}

static void put_member(struct text_builder *out, const char *name, struct text value)
{
    if (value.len == 0)
        return;
    text_builder_add(out, text_of(name));
    text_builder_counted(out, value);
}

struct text caller_distinct(const struct caller *caller, struct pool *pool)
{
    struct text_builder out;

    if (!caller->has_user && caller->key == NULL && caller->fields.len == 0 &&
        caller->certificate.fingerprint.len == 0)
        return (struct text){0};
    text_builder_init(&out, pool, 64);
    if (caller->has_user) {
        put_member(&out, "user", caller->user.id);
        put_member(&out, "roles", caller->user.roles);
        put_member(&out, "scopes", caller->user.scopes);
    }
    if (caller->key != NULL)
        put_member(&out, "key", caller->key->name);
    put_member(&out, "certificate", caller->certificate.fingerprint);
    put_member(&out, "fields", caller->fields);
    return text_builder_text(&out);
}
