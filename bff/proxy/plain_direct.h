/* What a route answers without a service: a redirect, or a fixed answer. */
#ifndef BFF_PROXY_PLAIN_DIRECT_H
#define BFF_PROXY_PLAIN_DIRECT_H

#include <stdbool.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

enum plain_direct_kind {
    PLAIN_DIRECT_NONE, /* the route has a service */
    PLAIN_DIRECT_REDIRECT,
    PLAIN_DIRECT_ANSWER,
};

/*
 *   status       of the answer, also of a redirect
 *   to           of a redirect: an absolute path or a URL. When it ends with '/', and so does the
 *                route's path, the rest of the request's path follows
 *   drops_query  the redirect leaves out the query of the request
 *   redirect_status, file  what the configuration says; only bff/config uses them
 *   type, body   of a fixed answer: its Content-Type, and its bytes
 *   etag         of a fixed answer with status 200: the tag of ${body}; absent: none
 */
struct plain_direct {
    enum plain_direct_kind kind;
    unsigned status;
    struct text to;
    bool drops_query;
    unsigned redirect_status;
    char *file;
    struct text type;
    struct text body;
    struct text etag;
};

/* True for a byte that may stand in a URL as it is; '%' begins an encoded one. '#' is none, because
 * a fragment could not be followed by more of the path or by a query. */
bool plain_direct_may_be_in_url(char byte);

/*
 * Returns the value of Location for a request with ${path}, which begins with ${prefix}, the path
 * of the route. ${query} may be absent. The result is in ${pool}. It is a valid field value,
 * whatever the client has sent. When ${direct->to} is a path, the result is a path of this server:
 * it does not begin with "//" or "/\", which browsers read as the name of another server.
 */
struct text plain_direct_location(struct pool *pool, const struct plain_direct *direct,
                                  struct text prefix, struct text path, struct text query);

#endif
