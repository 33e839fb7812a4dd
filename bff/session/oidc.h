/*
 * OpenID Connect: how one worker asks the identity providers of `session.providers`. What is known
 * of a provider belongs to the process, so that all workers and all generations share it.
 */
#ifndef BFF_SESSION_OIDC_H
#define BFF_SESSION_OIDC_H

#include "bff/base/registry.h"
#include "bff/base/text.h"
#include "bff/session/oidc_client.h"
#include "bff/session/oidc_used.h"
#include "bff/session/session_seal.h"
#include "bff/session/session_settings.h"
#include "bff/upstream/endpoints.h"

/*
 *   login   seals the cookies of logins that are under way (oidc_transaction.h)
 *   logout  seals the cookie of a logout that goes on at the provider
 *   used    states and logout tokens that were used
 */
struct oidc {
    struct oidc_client *clients[SESSION_PROVIDERS_MAX];
    size_t count;
    struct session_seal *login;
    struct session_seal *logout;
    struct oidc_used *used;
};

/* Makes the worker's part for ${settings}, which are borrowed. Nothing is asked before it is
 * needed. */
struct oidc *oidc_new(const struct session_settings *settings, struct endpoints *endpoints,
                      struct registry *registry);

/* Ends the fetches of documents and keys that are under way. No grant may be under way, and nobody
 * may wait for a client. NULL: does nothing. */
void oidc_free(struct oidc *oidc);

/* Returns the provider ${name}; an absent name means the only one. NULL: there is none, or ${oidc}
 * is NULL. */
struct oidc_client *oidc_find(const struct oidc *oidc, struct text name);

#endif
