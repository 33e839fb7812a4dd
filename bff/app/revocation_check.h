/* Revocation for the steps that find a user: whether a session was revoked, and what happens while
 * nobody knows (revocation.strict). */
#ifndef BFF_APP_REVOCATION_CHECK_H
#define BFF_APP_REVOCATION_CHECK_H

#include <stdbool.h>

#include "bff/app/request_context.h"
#include "bff/http/refusal.h"
#include "bff/session/session.h"

/* session_revocation_has with the view of the request's worker, now. */
bool revocation_check_session(const struct request_context *context, const struct session *session);

/* True when the configuration is strict and the set of revocations is stale: then a token or a
 * session may have been revoked. */
bool revocation_check_is_uncertain(const struct request_context *context);

/* The answer to a request whose token or session is uncertain: 503 with Retry-After. */
struct refusal revocation_check_refusal(void);

#endif
