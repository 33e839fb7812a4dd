/*
 * OpenID Connect: what one worker needs to ask the identity providers of `session.providers`. The
 * providers themselves, with what is known of them, belong to the generation (oidc_providers.h).
 */
#ifndef BFF_SESSION_OIDC_H
#define BFF_SESSION_OIDC_H

#include "bff/base/text.h"
#include "bff/upstream/endpoints.h"

struct oidc;
struct oidc_client; /* one provider, as one worker asks it */
struct oidc_providers;

/* Makes the worker's part. ${providers} must outlive it. Nothing is asked before it is needed. */
struct oidc *oidc_new(const struct oidc_providers *providers, struct endpoints *endpoints);

/* Ends what is under way for nobody. No grant may be under way. NULL: does nothing. */
void oidc_free(struct oidc *oidc);

/* Returns the provider ${name}; an absent name means the only one. NULL: there is none. */
struct oidc_client *oidc_find(struct oidc *oidc, struct text name);

#endif
