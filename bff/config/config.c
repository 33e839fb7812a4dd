/* See config.h. */
#include "bff/edge/identity_keys.h"
#include "bff/upstream/trust.h"

#include "bff/edge/api_keys_file.h"

#include "bff/config/config.h"

size_t config_largest_body(const struct config *config)
{
    size_t largest = config->request_limit;

    for (size_t i = 0; i < config->routes.count; i++)
        if (config->routes.rows[i].body_limit > largest)
            largest = config->routes.rows[i].body_limit;
    if (config->admin != NULL && largest < CONFIG_ADMIN_BODY)
        largest = CONFIG_ADMIN_BODY;
    if (config->mock_dir != NULL && largest < CONFIG_INSPECT_BODY)
        largest = CONFIG_INSPECT_BODY;
    return largest;
}

const struct bff_mocks *config_mocks(const struct config *config)
{
    return config->mock_dir != NULL ? config->build->mocks : NULL;
}

const char *const *config_withheld_headers(const struct config *config)
{
    const struct bff_mocks *mocks = config->build->mocks;

    return mocks != NULL && config->mock_dir == NULL ? mocks->headers : NULL;
}

void config_add_file(struct config *config, const char *file)
{
    for (const struct config_file *at = config->files; at != NULL; at = at->next)
        if (strcmp(at->name, file) == 0)
            return;
    struct config_file *added = pool_take(config->pool, sizeof(*added));
    *added = (struct config_file){
        .name = (char *)pool_text(config->pool, text_of(file)).at,
        .mark = file_mark_of(file),
        .next = config->files,
    };
    config->files = added;
}

/* Frees what is trusted for the URLs of identity providers. */
static void trusts_free(struct config *config)
{
    trust_release(config->login.jwks.trust);
    for (size_t i = 0; i < config->login.issuer_count; i++)
        trust_release(config->login.issuers[i].jwks.trust);
    for (size_t i = 0; i < config->session.provider_count; i++)
        trust_release(config->session.providers[i].trust);
}

void config_free(struct config *config)
{
    for (size_t i = 0; i < config->service_count; i++) {
        trust_release(config->services[i].trust);
        service_endpoints_free(&config->services[i]);
    }
    trust_release(config->redis.trust);
    trust_release(config->tracing.trust);
    trusts_free(config);
    identity_keys_free(config->identity_keys);
    login_free(config->login_keys);
    api_keys_file_release(config->api_keys_file);
    for (size_t i = 0; i < config->login.issuer_count; i++)
        login_free(config->issuer_keys[i]);
    SSL_CTX_free(config->tls);
    if (config->pool != NULL)
        pool_free(config->pool);
    mistakes_free(&config->mistakes);
    mistakes_free(&config->warnings);
    *config = (struct config){0};
}
