/* See caller_list.h. */
#include "bff/config/units.h"

#include "bff/app/caller_list.h"

static void print_time(const char *name, uint64_t ms, FILE *out)
{
    char time[UNITS_SIZE];

    units_print_duration(ms, time);
    fprintf(out, ", %s %s", name, time);
}

static void print_algorithms(unsigned algorithms, FILE *out)
{
    const char *between = "";

    for (unsigned i = 0; i < JWT_ALGORITHM_COUNT; i++)
        if ((algorithms & JWT_BIT(i)) != 0) {
            fprintf(out, "%s%s", between, jwt_algorithm_name((enum jwt_algorithm)i));
            between = ",";
        }
}

static void print_keys(const struct login_settings *login, FILE *out)
{
    fprintf(out, " ");
    print_algorithms(login->algorithms, out);
    if (login->type == LOGIN_TYPE_AT_JWT)
        fprintf(out, ", type at+jwt");
    if (login->jwks.url.at != NULL)
        fprintf(out, ", keys %.*s%s", TEXT_ARGS(login->jwks.url),
                login->jwks.is_discovery ? " (discovery)" : "");
    fprintf(out, "\n");
}

static void print_login(const struct config *config, FILE *out)
{
    const struct login_settings *login = &config->login;

    if (config->login_is_off || (login->issuer_count == 0 && login->jwks.url.at == NULL))
        return;
    if (login->algorithms != 0) {
        fprintf(out, "login ");
        print_keys(login, out);
    }
    for (size_t i = 0; i < login->issuer_count; i++) {
        fprintf(out, "issuer %s  %s", login->issuers[i].name, login->issuers[i].issuer);
        print_keys(&login->issuers[i], out);
    }
}

static void print_authorizer(const struct authorizer_settings *authorizer, FILE *out)
{
    if (authorizer->service == NULL)
        return;
    fprintf(out, "authorizer  %s %.*s of %s", authorizer->is_get ? "GET" : "POST",
            TEXT_ARGS(authorizer->path), authorizer->service->name);
    print_time("ttl", authorizer->ttl_ms, out);
    print_time("deny_ttl", authorizer->deny_ttl_ms, out);
    for (size_t i = 0; i < authorizer->path_count; i++)
        fprintf(out, "%s%.*s", i == 0 ? ", paths " : " ", TEXT_ARGS(authorizer->paths[i]));
    if (authorizer->checks_tokens)
        fprintf(out, ", checks_tokens");
    fprintf(out, "\n");
}

static void print_api_keys(const struct api_keys_settings *keys, FILE *out)
{
    if (keys->source == API_KEYS_OFF)
        return;
    fprintf(out, "API keys  %.*s", TEXT_ARGS(keys->header));
    if (keys->source == API_KEYS_FILE)
        fprintf(out, ", file %s", keys->file);
    else if (keys->source == API_KEYS_REDIS)
        fprintf(out, ", redis");
    else
        fprintf(out, ", %.*s of %s", TEXT_ARGS(keys->path), keys->service->name);
    fprintf(out, "%s\n", keys->is_required ? ", required" : "");
}

static void print_session(const struct session_settings *session, FILE *out)
{
    if (!session->is_on)
        return;
    fprintf(out, "session  %.*s, %s", TEXT_ARGS(session->cookie),
            session->store == SESSION_STORE_REDIS ? "redis" : "sealed");
    print_time("idle", (uint64_t)session->idle_s * 1000, out);
    print_time("absolute", (uint64_t)session->absolute_s * 1000, out);
    if (session->login.path.at != NULL)
        fprintf(out, ", login %.*s", TEXT_ARGS(session->login.path));
    fprintf(out, "%s\n", session->takes_bearer ? ", bearer" : "");
    for (size_t i = 0; i < session->provider_count; i++)
        fprintf(out, "provider %.*s  %.*s, client_id %.*s\n", TEXT_ARGS(session->providers[i].name),
                TEXT_ARGS(session->providers[i].issuer),
                TEXT_ARGS(session->providers[i].client_id));
}

static void print_revocation(const struct revocation_settings *revocation, FILE *out)
{
    if (!revocation->is_on)
        return;
    fprintf(out, "revocation  %s", revocation->is_strict ? "strict" : "not strict");
    print_time("keep", (uint64_t)revocation->keep_s * 1000, out);
    fprintf(out, "\n");
}

static void print_identity(const struct identity_settings *identity, FILE *out)
{
    if (identity->key_file == NULL)
        return;
    fprintf(out, "identity  %.*s, %s", TEXT_ARGS(identity->header),
            jwt_algorithm_name(identity->algorithm));
    print_time("ttl", (uint64_t)identity->ttl_s * 1000, out);
    fprintf(out, "\n");
}

void caller_list_print(const struct config *config, FILE *out)
{
    print_login(config, out);
    print_authorizer(&config->authorizer, out);
    print_api_keys(&config->api_keys, out);
    print_session(&config->session, out);
    print_revocation(&config->revocation, out);
    print_identity(&config->identity, out);
}
