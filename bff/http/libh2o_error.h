/*
 * What libh2o answers by itself, before any handler: a body that it does not take (413), broken
 * chunks (400), an expectation that it does not know (417), HTTP/2 fields with forbidden bytes
 * (400). Such an answer leaves as ours would: JSON with a request id. (The bare 400 to an HTTP/1.1
 * head that is none does not come by here.)
 */
#ifndef BFF_HTTP_LIBH2O_ERROR_H
#define BFF_HTTP_LIBH2O_ERROR_H

#include <h2o.h>

/* Looks after the answers of ${paths}. */
void libh2o_error_register(h2o_pathconf_t *paths);

/* ${req} has come to our handler, which answers it. libh2o's count of delegations tells it: we
 * delegate nothing. */
static inline void libh2o_error_not(h2o_req_t *req) { req->num_delegated = 1; }

#endif
