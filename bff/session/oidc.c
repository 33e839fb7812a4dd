/* See oidc.h. */
#include "bff/base/memory.h"

#include "bff/session/oidc.h"

struct oidc *oidc_new(const struct session_settings *settings, struct endpoints *endpoints,
                      struct registry *registry)
{
    struct oidc *oidc = memory_new(sizeof(*oidc));

    for (; oidc->count < settings->provider_count; oidc->count++)
        oidc->clients[oidc->count] =
            oidc_client_new(&settings->providers[oidc->count], endpoints, registry);
    oidc->login = session_seal_new(settings->keys, settings->key_count, "oidc login");
    oidc->logout = session_seal_new(settings->keys, settings->key_count, "oidc logout");
    oidc->used = oidc_used_hold(registry);
    return oidc;
}

void oidc_free(struct oidc *oidc)
{
    if (oidc == NULL)
        return;
    for (size_t i = 0; i < oidc->count; i++)
        oidc_client_free(oidc->clients[i]);
    session_seal_free(oidc->login);
    session_seal_free(oidc->logout);
    oidc_used_release(oidc->used);
    memory_free(oidc);
}

struct oidc_client *oidc_find(const struct oidc *oidc, struct text name)
{
    if (oidc == NULL)
        return NULL;
    if (name.at == NULL)
        return oidc->count == 1 ? oidc->clients[0] : NULL;
    for (size_t i = 0; i < oidc->count; i++)
        if (text_equal(oidc->clients[i]->settings->name, name))
            return oidc->clients[i];
    return NULL;
}
