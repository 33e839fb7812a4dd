/* session.providers: OpenID providers, where browsers sign in. */
#include <stdio.h>

#include "bff/config/authorities.h"
#include "bff/config/kind.h"
#include "bff/config/secret_file.h"

#include "bff/config/section.h"

#define OF(member) offsetof(struct session_provider_settings, member)

/* No message may show the secret. */
static void secret_read(struct settings_input *input)
{
    struct text secret = text_bare_line(text_of(input->text));

    if (secret.len == 0)
        settings_refuse(input, 0, "the secret is empty");
    else
        *(struct text *)input->member = pool_text(input->config->pool, secret);
}

/* RFC 6749 section 3.3. */
static bool is_scope(struct text scope)
{
    for (size_t i = 0; i < scope.len; i++)
        if (scope.at[i] <= ' ' || scope.at[i] > '~' || scope.at[i] == '"' || scope.at[i] == '\\')
            return false;
    return scope.len > 0;
}

static void scopes_read(struct settings_input *input)
{
    const struct settings_values *values = input->values;
    struct text joined = {0};
    bool has_openid = false;

    for (size_t i = 0; i < values->count; i++) {
        struct text scope = text_of(values->texts[i]);
        if (!is_scope(scope))
            settings_refuse_value(input, i, "expected the name of a scope, such as profile");
        has_openid = has_openid || text_is(scope, "openid");
        joined = pool_print(input->config->pool, "%.*s%s%.*s", TEXT_ARGS(joined), i == 0 ? "" : " ",
                            TEXT_ARGS(scope));
    }
    if (!input->is_wrong && !has_openid)
        settings_refuse(input, 0, "openid is missing, which says that this is OpenID Connect");
    if (!input->is_wrong)
        *(struct text *)input->member = joined;
}

static const struct settings_kind secret_kind = {.read = secret_read};
static const struct settings_kind scopes_kind = {.read = scopes_read, .is_list = true};

static const struct setting rows[] = {
    {"session.providers.*.name", &kind_name, OF(name),
     .about = "its name in /bff/login?provider=NAME: letters, digits, - and _"},
    {"session.providers.*.issuer", &kind_text, OF(issuer),
     .about = "its URL, https, or the name of an item of login.issuers"},
    {"session.providers.*.client_id", &kind_text, OF(client_id),
     .about = "the name of this server at the provider"},
    {"session.providers.*.client_secret", &secret_kind, OF(client_secret), .shown = "none",
     .about = "the secret of this server at the provider"},
    {"session.providers.*.client_secret_file", &kind_file, OF(client_secret_file), .shown = "none",
     .about = "the file that holds the secret, in its place"},
    {"session.providers.*.scopes", &scopes_kind, OF(scopes),
     .shown = "openid profile offline_access", .about = "what is asked for at the login"},
    {"session.providers.*.timeout", &kind_duration, OF(timeout_ms), 1, 60 * UNITS_SECOND,
     .normal = "5s", .about = "how long a call to the provider may take"},
    {"session.providers.*.ca_file", &kind_file, OF(ca_file), .shown = "the system's authorities",
     .about = "who may sign the provider's certificate, a PEM file"},
    {"session.providers.*.claims.user", &kind_claims, OF(user), .shown = "sub",
     .about = "the claim that names the user"},
    {"session.providers.*.claims.role", &kind_claims, OF(role), .shown = "role",
     .about = "the claim with the user's roles"},
    {"session.providers.*.claims.split_roles", &kind_bool, OF(splits_roles), .normal = "false",
     .about = "true: a text with roles is split at its spaces"},
    {"session.providers.*.claims.scope", &kind_claims, OF(scope), .shown = "scope, or scp",
     .about = "the claim with the user's scopes"},
    {"session.providers.*.logout", &kind_bool, OF(sends_logout), .normal = "true",
     .about = "a logout here is a logout at the provider, too"},
    {0},
};

static size_t count(const struct config *config) { return config->session.provider_count; }

static void *at(struct config *config, size_t index) { return &config->session.providers[index]; }

static void make(struct config *config, size_t count)
{
    struct session_settings *session = &config->session;

    session->providers = pool_zero(config->pool, (count + 1) * sizeof(*session->providers));
    session->provider_count = count;
    for (size_t i = 0; i < count; i++)
        session->providers[i].scopes = TEXT("openid profile offline_access");
}

static const struct settings_items items = {.path = "session.providers",
                                            .noun = "provider",
                                            .count = count,
                                            .at = at,
                                            .make = make,
                                            .most = SESSION_PROVIDERS_MAX};

static bool is_wrong(const struct settings *settings, const char *path, size_t index)
{
    return settings_mark(settings, path, index)->is_wrong;
}

static void missing_check(struct settings *settings, size_t index, const char *path)
{
    const struct settings_group *group = settings_group_of(settings, &section_session_providers);

    if (!settings_is_given(settings, path, index) && !is_wrong(settings, path, index))
        mistakes_add(&settings->config->mistakes, &group->begins[index],
                     "session.providers[%zu]: its %s is missing", index,
                     path + sizeof("session.providers.*.") - 1);
}

/* Returns the issuer of login.issuers with this name; NULL: there is none. */
static const struct login_settings *issuer_named(const struct config *config, struct text name)
{
    for (size_t i = 0; i < config->login.issuer_count; i++)
        if (text_is(name, config->login.issuers[i].name))
            return &config->login.issuers[i];
    return NULL;
}

/* A name of login.issuers stands for its URL. */
static void issuer_check(struct settings *settings, size_t index)
{
    struct session_provider_settings *one = &settings->config->session.providers[index];
    bool is_url = one->issuer.at != NULL && strstr(one->issuer.at, "://") != NULL;
    const struct login_settings *known =
        is_url || one->issuer.at == NULL ? NULL : issuer_named(settings->config, one->issuer);

    if (one->issuer.at == NULL)
        return;
    if (!is_url && known == NULL) {
        settings_complain(settings, "session.providers.*.issuer", index,
                          "expected the URL of an issuer, or the name of one of login.issuers");
        one->issuer = (struct text){0};
        return;
    }
    if (known != NULL)
        one->issuer = text_of(known->issuer);
    const char *words = one->issuer.at == NULL ? NULL : kind_issuer_words(one->issuer);
    if (words == NULL)
        return;
    settings_complain(settings, "session.providers.*.issuer", index, "%s", words);
    one->issuer = (struct text){0};
}

static void repeated_check(struct settings *settings, size_t index)
{
    const struct session_provider_settings *list = settings->config->session.providers;

    for (size_t i = 0; i < index; i++)
        if (list[i].name.at != NULL && text_equal(list[i].name, list[index].name))
            settings_complain(settings, "session.providers.*.name", index,
                              "session.providers[%zu] has the same name", i);
}

static void secret_check(struct settings *settings, size_t index)
{
    struct session_provider_settings *one = &settings->config->session.providers[index];
    const char *path = "session.providers.*.client_secret_file";

    if (one->client_secret_file == NULL)
        return;
    if (one->client_secret.at != NULL)
        settings_complain(settings, path, index,
                          "the secret itself is given beside it; expected one of the two");
    else
        one->client_secret = secret_file_read(settings, path, index, one->client_secret_file);
}

static void trust_load(struct settings *settings, size_t index)
{
    struct session_provider_settings *one = &settings->config->session.providers[index];
    const struct authorities authorities = {.url_path = "session.providers.*.issuer",
                                            .file_path = "session.providers.*.ca_file",
                                            .index = index,
                                            .url = one->issuer,
                                            .file = one->ca_file};

    one->trust = authorities_load(settings, &authorities);
}

/* Several replicas that renew with the same refresh token would take it from each other. */
static void replicas_warn(struct settings *settings)
{
    const struct config *config = settings->config;
    const struct session_settings *session = &config->session;
    bool renews = session->provider_count > 0 ||
                  (session->login.path.at != NULL && session->login.refresh_service != NULL);

    if (session->is_on && session->store == SESSION_STORE_COOKIE && renews && !config->redis.is_on)
        settings_warn(settings, "session.store", 0,
                      "without Redis the replicas of this server cannot agree who renews the "
                      "tokens of a session; run one replica only, or set redis.url");
}

static void check(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->session.provider_count; i++) {
        missing_check(settings, i, "session.providers.*.name");
        missing_check(settings, i, "session.providers.*.issuer");
        missing_check(settings, i, "session.providers.*.client_id");
        repeated_check(settings, i);
        issuer_check(settings, i);
        trust_load(settings, i);
    }
    replicas_warn(settings);
}

static void check_to_serve(struct settings *settings)
{
    for (size_t i = 0; i < settings->config->session.provider_count; i++)
        secret_check(settings, i);
}

const struct section section_session_providers = {
    .rows = rows, .items = &items, .check = check, .check_to_serve = check_to_serve};
