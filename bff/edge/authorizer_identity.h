/*
 * The identity of a request, for an authorizer: the values of the parts that the operator has
 * configured (header:Authorization, cookie:sid, query:key, path, method, ip), and the caller: who
 * is signed in, and the name of the API key.
 *
 * It is everything that a question to the authorizer contains. So a verdict can depend on nothing
 * else, and the key under which it is kept is a hash over all of it.
 */
#ifndef BFF_EDGE_AUTHORIZER_IDENTITY_H
#define BFF_EDGE_AUTHORIZER_IDENTITY_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/edge/authorizer_settings.h"
#include "bff/edge/caller.h"
#include "bff/http/request.h"

/*
 *   values  of settings->parts, in their order; absent: the request does not have it
 *   caller  who is signed in; borrowed from the request
 */
struct authorizer_identity {
    struct text values[AUTHORIZER_PARTS_MAX];
    const struct caller *caller;
};

enum authorizer_identity_state {
    AUTHORIZER_IDENTITY_OK,
    AUTHORIZER_IDENTITY_NONE, /* the request has none of the parts that say who asks, no API key,
                                 and nobody is signed in */
    AUTHORIZER_IDENTITY_AMBIGUOUS, /* a part occurs twice, or has bytes that are not UTF-8 */
};

/*
 * Reads the identity of ${request} into ${out}. ${path} is the normalised path. The texts are valid
 * as long as the request. A header Authorization and a cookie are those that services get
 * (caller.h).
 */
enum authorizer_identity_state authorizer_identity_read(const struct authorizer_settings *settings,
                                                        const struct request *request,
                                                        struct text path,
                                                        const struct caller *caller,
                                                        struct authorizer_identity *out);

/*
 * Returns bytes, in ${pool}, that are equal for two identities only if all parts are equal: each
 * value is written with its kind, its name, whether it is there, and its length. They have the
 * secrets of the request, so only their hash is kept. ${of} distinguishes settings.
 */
struct text authorizer_identity_bytes(const struct authorizer_settings *settings, struct text of,
                                      const struct authorizer_identity *identity,
                                      struct pool *pool);

/* Returns the same for the settings: verdicts of an authorizer with other settings are not used. */
struct text authorizer_identity_of_settings(const struct authorizer_settings *settings,
                                            struct pool *pool);

#endif
