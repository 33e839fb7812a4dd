/*
 * Protection against other sites that make a browser send requests (CSRF). The browser sends the
 * cookie of the session by itself, so a request must also show that a page of ours has sent it:
 *
 *   a WebSocket upgrade    an Origin that is ours. Pages cannot add fields to it
 *   GET, HEAD, OPTIONS     Sec-Fetch-Site: same-origin; or what other methods need; or X-CSRF: 1
 *                          when the browser sends no Sec-Fetch-Site and no Origin that is not ours
 *   all other methods      X-CSRF: 1, and an Origin that is ours
 *
 * Another site cannot add X-CSRF without a CORS preflight, and no page can write Origin and
 * Sec-Fetch-Site (the Fetch standard forbids it).
 */
#ifndef BFF_SESSION_SESSION_CSRF_H
#define BFF_SESSION_SESSION_CSRF_H

#include <stdbool.h>
#include <stddef.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"

/* The fields of a request; absent: it has none. A field that occurs several times has the value
 * "". */
struct session_csrf {
    struct text method;
    struct text origin;
    struct text fetch_site;
    struct text header; /* X-CSRF */
    bool is_upgrade;    /* of WebSocket */
};

/* The origins that are ours: "https://shop.example", in lower case, without a default port. */
struct session_origins {
    const struct text *rows;
    size_t count;
};

bool session_csrf_passes(const struct session_csrf *request, const struct session_origins *ours);

/* True for a method that changes nothing: GET, HEAD, OPTIONS. */
bool session_csrf_is_safe(struct text method);

/* Returns the origin of a request as browsers write it: ${scheme} "https" and ${host}
 * "Shop.example:443" give "https://shop.example". It is in ${pool}. Absent without a host. */
struct text session_csrf_origin(struct text scheme, struct text host, struct pool *pool);

#endif
