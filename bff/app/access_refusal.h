/* The refusals of requests that lack what their route needs. Several steps can be the first to
 * notice it. */
#ifndef BFF_APP_ACCESS_REFUSAL_H
#define BFF_APP_ACCESS_REFUSAL_H

#include "bff/app/request_context.h"
#include "bff/http/refusal.h"

/* 401: nobody is signed in. It has a challenge (RFC 6750 section 3) only where a token is taken: a
 * browser with a session has none. */
struct refusal access_refusal_no_user(const struct request_context *context);

/* 401: there is no API key. RFC 9110 section 11.6.1 demands a challenge. There is no registered
 * scheme for keys; Kong says "Key", too. */
struct refusal access_refusal_no_key(void);

#endif
