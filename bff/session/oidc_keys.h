/* The keys of a provider, which verify its tokens. */
#ifndef BFF_SESSION_OIDC_KEYS_H
#define BFF_SESSION_OIDC_KEYS_H

#include "bff/session/oidc_client.h"
#include "bff/token/jwt.h"

enum oidc_keys_end {
    OIDC_KEYS_GOOD,  /* the signature is that of the provider */
    OIDC_KEYS_BAD,   /* it is not, or the provider has no such key */
    OIDC_KEYS_DOWN,  /* the keys cannot be fetched now */
    OIDC_KEYS_WAITS, /* ask->done will be called with one of the others */
};

/* A question, in the memory of its user, all zero before the first one. */
struct oidc_keys_ask {
    void (*done)(struct oidc_keys_ask *ask, enum oidc_keys_end end);
    void *cookie;

    /* oidc_keys.c's own */
    struct oidc_client *client;
    const struct jwt *token;
    struct key_source_wait wait;
};

/*
 * Verifies ${token}, which is borrowed until the end. An unknown key makes this server fetch the
 * keys again, once for all who wait. ${ask->done} is called from the loop, and not after
 * oidc_keys_cancel.
 */
enum oidc_keys_end oidc_keys_verify(struct oidc_client *client, struct oidc_keys_ask *ask,
                                    const struct jwt *token);
void oidc_keys_cancel(struct oidc_keys_ask *ask);

#endif
