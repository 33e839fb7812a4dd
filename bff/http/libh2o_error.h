/*
 * libh2o itself answers some bad requests, before it calls a handler: a body that is too large
 * (413), invalid chunks (400), an unknown expectation (417), HTTP/2 fields with forbidden bytes
 * (400). This libh2o filter gives such an answer the form of our own answers: JSON with a request
 * id. For an HTTP/1.1 head that libh2o cannot parse, libh2o sends a 400 without a body; the filter
 * is not called for it.
 */
#ifndef BFF_HTTP_LIBH2O_ERROR_H
#define BFF_HTTP_LIBH2O_ERROR_H

#include <h2o.h>

/* Installs the filter for ${paths}. */
void libh2o_error_register(h2o_pathconf_t *paths);

/* Marks ${req} as a request that our handler got, so that the filter does not change its answer.
 * The mark is libh2o's count of delegations, which nothing else uses in this program. */
static inline void libh2o_error_not(h2o_req_t *req) { req->num_delegated = 1; }

#endif
