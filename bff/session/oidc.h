/*
 * OpenID Connect: how one worker asks the identity providers of `session.providers`. What is known
 * of a provider belongs to the process, so that all workers and all generations share it.
 */
#ifndef BFF_SESSION_OIDC_H
#define BFF_SESSION_OIDC_H

#include <stdbool.h>

#include "bff/base/registry.h"
#include "bff/base/text.h"
#include "bff/session/oidc_client.h"
#include "bff/session/session_settings.h"
#include "bff/upstream/endpoints.h"

struct oidc;

/* Makes the worker's part for ${settings}, which are borrowed. Nothing is asked before it is
 * needed. */
struct oidc *oidc_new(const struct session_settings *settings, struct endpoints *endpoints,
                      struct registry *registry);

/* Ends what is under way for nobody. No grant may be under way, and nobody may wait for a client.
 * NULL: does nothing. */
void oidc_free(struct oidc *oidc);

/* Returns the provider ${name}; an absent name means the only one. NULL: there is none, or ${oidc}
 * is NULL. */
struct oidc_client *oidc_find(const struct oidc *oidc, struct text name);

/* Returns the providers one after the other, from 0; NULL after the last one. */
struct oidc_client *oidc_at(const struct oidc *oidc, size_t place);

#endif
