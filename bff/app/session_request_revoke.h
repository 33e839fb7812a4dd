/* A session that ends is revoked, so that its cookie is not accepted any more. Private to
 * session_request*.c. */
#ifndef BFF_APP_SESSION_REQUEST_REVOKE_H
#define BFF_APP_SESSION_REQUEST_REVOKE_H

#include "bff/app/session_request.h"

/* Revokes ${session}, here and in all replicas. */
void session_request_revoke(const struct request_context *context, const struct session *session);

#endif
