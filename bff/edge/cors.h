/*
 * Cross-origin requests (the CORS protocol of the Fetch standard): what the configuration says
 * about them, and the header fields that follow from it. These functions do not send an answer; the
 * caller adds the fields to its answer. The texts of the fields are borrowed from the settings, the
 * request and the pool.
 *
 * The answer always names the allowed origin and never "*". The origin "null", which every
 * sandboxed document has, is never allowed.
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
 *   origins          the origins that may read answers, as browsers send them:
 *                    "https://shop.example", in lower case, without the default port; an empty
 *                    list: no origin may. The first name of a host may be '*': it stands for one
 *                    name, whatever it is
 *   allows_any       every origin may read answers (never together with ${credentials})
 *   credentials      cookies and Authorization are allowed
 *   max_age_seconds  how long a browser keeps the answer to a preflight
 *   exposed          the fields that scripts may read, as cors_exposed writes them; absent: those
 *                    that this server adds
 */
struct cors_settings {
    struct text *origins;
    size_t origin_count;
    bool allows_any;
    bool credentials;
    uint32_t max_age_seconds;
    struct text exposed;
};

#define CORS_FIELDS_MAX 6           /* fields that one call writes */
#define CORS_REQUEST_HEADERS_MAX 32 /* field names in a preflight; with more, none is allowed */
#define CORS_REQUEST_HEADERS_BYTES ((size_t)1024) /* of all these names */

/* The fields of a preflight that say what the browser asks for. Each is absent when the client did
 * not send it. */
struct cors_preflight {
    struct text origin;          /* Origin */
    struct text request_method;  /* Access-Control-Request-Method */
    struct text request_headers; /* Access-Control-Request-Headers */
};

/* The fields that this server adds, and after them ${count} ${names} of fields, in ${pool}. */
struct text cors_exposed(struct pool *pool, const struct text *names, size_t count);

/* False when no origin may read answers: then the server adds no CORS field and passes on the CORS
 * fields of a service. */
bool cors_is_on(const struct cors_settings *settings);

/* True when ${origin} may read answers. */
bool cors_allows(const struct cors_settings *settings, struct text origin);

/* True for a preflight, by which a browser asks whether it may send a request. The caller answers
 * it with 204 and cors_preflight_fields, on every known path, for every origin and before the
 * login. */
bool cors_is_preflight(struct text method, const struct cors_preflight *preflight);

/*
 * True when the request that follows ${preflight} may have the field ${name} (lower case). A
 * preflight lists the fields that a script sets. It does not list fields that need no permission,
 * and fields that the browser itself sets. It never has the values.
 */
bool cors_may_carry(const struct cors_preflight *preflight, struct text name);

/*
 * Writes the fields of the answer to a preflight for a path with ${methods} ("GET, HEAD, PUT").
 * Returns how many it wrote. An origin that is not allowed gets Vary only. The header fields that
 * the browser asks for are all allowed, if their names are tokens and there are not too many of
 * them. Otherwise none of them is allowed.
 */
size_t cors_preflight_fields(const struct cors_settings *settings,
                             const struct cors_preflight *preflight, struct text methods,
                             struct pool *pool, struct reply_field out[CORS_FIELDS_MAX]);

/* Writes the fields of every other answer to a request from ${origin} (absent: none was sent).
 * Returns how many it wrote. */
size_t cors_answer_fields(const struct cors_settings *settings, struct text origin,
                          struct reply_field out[CORS_FIELDS_MAX]);

/* True when ${name}, in upper or lower case, is a CORS field of an answer. When CORS is on, such a
 * field of a service must not reach the client, because the server sends its own. */
bool cors_is_cors_field(struct text name);

#endif
