/*
 * The key of a stored response. Two requests that may get different responses have different keys.
 *
 * A key is a text of members, each written as its name, its length and its bytes: "service5:users".
 * So no value can look like two members, whatever bytes it has. A member that is absent is not
 * written, and an empty one is.
 */
#ifndef BFF_CACHE_CACHE_KEY_H
#define BFF_CACHE_CACHE_KEY_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

/*
 * What a key is made of. Absent members are allowed.
 *
 *   scope          who asks the service: the route or the part. Two routes may send the same target
 *                  to one service with different header fields. Routes with the same path but
 *                  different conditions need different scopes
 *   service        the name of the service
 *   origin         scheme and host of the client's request, "https://shop.example". The service
 *                  gets them as X-Forwarded-Proto and -Host, or as Host, and may write them in its
 *                  response. Absent for parts: their calls have no such fields
 *   host           Host, when the service gets that of the client. It may differ from the host in
 *                  ${origin}, which a trusted proxy states
 *   target         path and query, as they are sent to the service
 *   vary           the values of the fields that the rule names (cache_vary_values)
 *   user, roles    of the signed-in user
 *   caller         what distinguishes callers who are not signed in, such as the name of an API
 *                  key. It is used only when ${user} is absent
 *   authorization, cookie
 *                  the fields that the service gets from a client that is not signed in, all values
 *                  as one list. They are used only when ${user} is absent
 *   is_shared      user, roles, caller, authorization and cookie are not part of the key
 */
struct cache_key_parts {
    struct text scope, service, origin, host, target, vary;
    struct text user, roles;
    struct text caller, authorization, cookie;
    bool is_shared;
};

/* Returns the key. It is in ${pool}. */
struct text cache_key_text(struct pool *pool, const struct cache_key_parts *parts);

/* Returns the key of one of several responses for ${key}, which differ by the request's fields that
 * the response's Vary names. ${vary} is their values (cache_vary_values). */
struct text cache_key_variant(struct pool *pool, struct text key, struct text vary);

#endif
