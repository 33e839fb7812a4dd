/*
 * The question of a refresh: the provider of the session, or the service of its login, is asked for
 * new tokens. The user is read again from the answer: from the access token of a service,
 * and from the ID token of a provider, when there is one.
 */
#ifndef BFF_SESSION_SESSION_REFRESH_ASK_H
#define BFF_SESSION_SESSION_REFRESH_ASK_H

#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/edge/login_worker.h"
#include "bff/session/oidc.h"
#include "bff/session/oidc_grant.h"
#include "bff/session/oidc_keys.h"
#include "bff/session/session.h"
#include "bff/session/session_refresh_result.h"
#include "bff/session/session_settings.h"
#include "bff/upstream/fetch.h"
#include "bff/upstream/upstream.h"

/* Who is asked. Borrowed until the end. */
struct session_refresh_peers {
    const struct session_settings *settings;
    const struct login_worker
        *login; /* checks the access tokens of a service; NULL: login is off */
    struct upstream *upstream;
    struct oidc *oidc; /* NULL: there are no providers */
};

/* In the memory of its user, all zero before session_refresh_ask_start. */
struct session_refresh_ask {
    struct session_refresh_result result; /* once done is called; texts in ${pool} */
    const char *fault; /* with any result but SESSION_REFRESH_NEW: a word for the log */
    void (*done)(struct session_refresh_ask *ask);

    /* session_refresh_ask.c's own */
    const struct session_refresh_peers *peers;
    const struct session *session;
    struct pool *pool;
    struct oidc_grant grant;
    struct oidc_keys_ask keys;
    struct jwt token;                /* the ID token */
    struct key_source_wait key_wait; /* for the key of an access token */
    struct fetch fetch;
    struct fetch_ask fetch_ask;
};

/* True when somebody can be asked for new tokens of ${session}. */
bool session_refresh_ask_is_possible(const struct session_refresh_peers *peers,
                                     const struct session *session);

/* Returns the most milliseconds that the question can take. */
uint32_t session_refresh_ask_ms(const struct session_refresh_peers *peers,
                                const struct session *session);

/* Asks. ${session} and ${pool} must live until the end. done is called once, never from inside this
 * function. */
void session_refresh_ask_start(struct session_refresh_ask *ask,
                               const struct session_refresh_peers *peers,
                               const struct session *session, struct pool *pool);

/* Ends the question, without done if it is under way. Does nothing when it was not started. */
void session_refresh_ask_stop(struct session_refresh_ask *ask);

#endif
