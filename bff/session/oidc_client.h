/*
 * One OpenID provider, as one worker asks it. This server is the provider's client, in the words of
 * OAuth.
 *
 * The provider's discovery document is fetched when it is needed first, and published for all
 * workers. After an hour it is fetched again in the background; while that fails, what is known
 * still holds. So a provider that is down stops logins only, and only when it was never reached.
 */
#ifndef BFF_SESSION_OIDC_CLIENT_H
#define BFF_SESSION_OIDC_CLIENT_H

#include <stdint.h>

#include <h2o/linklist.h>

#include "bff/base/published.h"
#include "bff/base/registry.h"
#include "bff/loop/timer.h"
#include "bff/session/session_settings.h"
#include "bff/token/discovery.h"
#include "bff/token/key_source_worker.h"
#include "bff/upstream/endpoints.h"
#include "bff/upstream/outside.h"

#define OIDC_CLIENT_FRESH_S 3600 /* how long a discovery document is used without a new look */
#define OIDC_CLIENT_PAUSE_S 1    /* after a failed look, while nothing is known */
#define OIDC_CLIENT_RETRY_S 30   /* the same, while an old document is known */

/* The algorithms of a provider's tokens: those with public keys. A client's secret is no key. */
#define OIDC_CLIENT_ALGORITHMS JWT_ALL_PUBLIC

struct oidc_state; /* what the process knows of a provider */

struct oidc_client {
    const struct session_provider_settings *settings;

    /* oidc_client.c's own */
    struct endpoints *endpoints;
    struct oidc_state *state;
    struct published_view view;
    struct outside *discovery; /* NULL: not needed yet */
    struct outside_call fetch;
    int64_t tried_ns;       /* when the last fetch of this worker began */
    h2o_linklist_t waiting; /* struct oidc_client_wait */
    struct timer soon;      /* tells those who wait that there was a failure just now */
    struct outside *token;  /* the token endpoint; NULL: not needed yet */
    struct outside **old;   /* token endpoints of former documents */
    size_t old_count;
    struct key_source_settings key_settings;
    struct key_source *key_source;
    struct key_source_worker *keys; /* see oidc_keys.h */
};

/* Somebody who waits for the discovery document, in their own memory. All zero: not waiting. */
struct oidc_client_wait {
    h2o_linklist_t link;
    void (*done)(struct oidc_client_wait *wait, const struct discovery *known);
};

/* ${settings} and ${endpoints} are borrowed. */
struct oidc_client *oidc_client_new(const struct session_provider_settings *settings,
                                    struct endpoints *endpoints, struct registry *registry);

/* No call to the token endpoint may be under way, and nobody may wait. */
void oidc_client_free(struct oidc_client *client);

/* Returns what is known of the provider, until the next look of this worker; NULL: nothing yet. An
 * old document is fetched again in the background. */
const struct discovery *oidc_client_known(struct oidc_client *client);

/*
 * Waits for the discovery document, when nothing is known. ${wait->done} is called once, never from
 * inside this function: with the document, or with NULL when it could not be fetched. One fetch of
 * this worker serves all who wait.
 */
void oidc_client_wait(struct oidc_client *client, struct oidc_client_wait *wait);

/* Ends the wait without a call of done. Does nothing when it does not wait. */
void oidc_client_wait_end(struct oidc_client_wait *wait);

/* Remembers how a call to the provider has ended, for oidc_client_fault: ${fault} is a word that
 * lives for ever; NULL: the answer was good. */
void oidc_client_note(struct oidc_client *client, const char *fault);

/* Returns why the last call of this process to the provider with this ${issuer} has failed. NULL:
 * it has not failed, or nobody has asked yet. */
const char *oidc_client_fault(struct registry *registry, struct text issuer);

/* Returns the token endpoint that ${known} names. NULL: this server cannot ask that URL. */
struct outside *oidc_client_token(struct oidc_client *client, const struct discovery *known);

#endif
