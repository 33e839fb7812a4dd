/*
 * Cross-origin requests (the Fetch standard's CORS protocol): what the configuration says of them,
 * and the fields that follow from it. Nothing here answers; who does adds the fields. They are
 * borrowed from settings, request and pool.
 *
 * An origin that is answered is always named, never "*"; the origin "null", which anything in a
 * sandbox has, is never allowed.
 */
#ifndef BFF_EDGE_CORS_H
#define BFF_EDGE_CORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bff/base/pool.h"
#include "bff/base/text.h"
#include "bff/http/reply.h"

/*
 *   origins          those that may read answers, as browsers send them: "https://shop.example",
 *                    in lower case, no default port; none: no origin may
 *   allows_any       every origin may (never together with ${credentials})
 *   credentials      cookies and Authorization are allowed
 *   max_age_seconds  how long a browser keeps a preflight's answer
 */
struct cors_settings {
    struct text *origins;
    size_t origin_count;
    bool allows_any;
    bool credentials;
    uint32_t max_age_seconds;
};

#define CORS_FIELDS_MAX 6                         /* that one call writes */
#define CORS_REQUEST_HEADERS_MAX 32               /* names that a preflight may ask for, */
#define CORS_REQUEST_HEADERS_BYTES ((size_t)1024) /* and their bytes; more: none is allowed */

/* What a preflight asks; each absent where the client sent no such field. */
struct cors_preflight {
    struct text origin;          /* Origin */
    struct text request_method;  /* Access-Control-Request-Method */
    struct text request_headers; /* Access-Control-Request-Headers */
};

/* False when no origin may read anything: then no field is added, and a service's own stay. */
bool cors_is_on(const struct cors_settings *settings);

bool cors_allows(const struct cors_settings *settings, struct text origin);

/* A browser's question whether it may ask: to be answered with 204 and cors_preflight_fields, at
 * every path that there is, for every origin and before login. */
bool cors_is_preflight(struct text method, const struct cors_preflight *preflight);

/*
 * The fields of the answer to a preflight for a path that has ${methods} ("GET, HEAD, PUT").
 * Returns how many it wrote. An origin that may not gets Vary only. The names asked for are
 * allowed as they are when all of them are tokens and not too many; else none is.
 */
size_t cors_preflight_fields(const struct cors_settings *settings,
                             const struct cors_preflight *preflight, struct text methods,
                             struct pool *pool, struct reply_field out[CORS_FIELDS_MAX]);

/* The fields of every other answer to a request from ${origin} (absent: none was sent). Returns
 * how many it wrote. */
size_t cors_answer_fields(const struct cors_settings *settings, struct text origin,
                          struct reply_field out[CORS_FIELDS_MAX]);

/* A service's field (any case) that must not reach the client where CORS is on: we say that. */
bool cors_is_cors_field(struct text name);

#endif
