/* See oidc.h. */
#include "bff/base/memory.h"

#include "bff/session/oidc.h"

struct oidc {
    struct oidc_client *clients[SESSION_PROVIDERS_MAX];
    size_t count;
};

struct oidc *oidc_new(const struct session_settings *settings, struct endpoints *endpoints,
                      struct registry *registry)
{
    struct oidc *oidc = memory_new(sizeof(*oidc));

    for (; oidc->count < settings->provider_count; oidc->count++)
        oidc->clients[oidc->count] =
            oidc_client_new(&settings->providers[oidc->count], endpoints, registry);
    return oidc;
}

void oidc_free(struct oidc *oidc)
{
    for (size_t i = 0; oidc != NULL && i < oidc->count; i++)
        oidc_client_free(oidc->clients[i]);
    memory_free(oidc);
}

struct oidc_client *oidc_at(const struct oidc *oidc, size_t place)
{
    return oidc != NULL && place < oidc->count ? oidc->clients[place] : NULL;
}

struct oidc_client *oidc_find(const struct oidc *oidc, struct text name)
{
    struct oidc_client *client;

    if (name.at == NULL)
        return oidc != NULL && oidc->count == 1 ? oidc->clients[0] : NULL;
    for (size_t i = 0; (client = oidc_at(oidc, i)) != NULL; i++)
        if (text_equal(client->settings->name, name))
            return client;
    return NULL;
}
