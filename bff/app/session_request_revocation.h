/* The revocation of sessions, for session_request*.c. */
#ifndef BFF_APP_SESSION_REQUEST_REVOCATION_H
#define BFF_APP_SESSION_REQUEST_REVOCATION_H

#include "bff/app/session_request.h"

/* True when ${session} is revoked: itself, the provider's session, or all of the user's. */
bool session_request_revocation_has(const struct request_context *context,
                                    const struct session *session);

/* Revokes ${session}, here and in all replicas. */
void session_request_revocation_add(const struct request_context *context,
                                    const struct session *session);

#endif
