/* Whether a request shows that a page of ours has sent it: session_csrf.h for a request. */
#ifndef BFF_APP_SESSION_REQUEST_CSRF_H
#define BFF_APP_SESSION_REQUEST_CSRF_H

#include <stdbool.h>

#include "bff/app/request_context.h"

/* Only for a configuration with sessions. */
bool session_request_csrf_passes(const struct request_context *context);

/* The answer to a request that does not pass: 403. */
struct refusal session_request_csrf_refusal(void);

#endif
