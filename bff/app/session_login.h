/*
 * The login of a service (session.login): its answer has tokens in JSON. They stay in the session,
 * and the client gets the rest of the answer. The service gets the same request as from the proxy.
 */
#ifndef BFF_APP_SESSION_LOGIN_H
#define BFF_APP_SESSION_LOGIN_H

#include <stdbool.h>

#include "bff/app/request_context.h"

/* True when the request, for which a plain route was found, is a login. False when there are no
 * sessions. For step_route; others read found.is_session_login. No other spelling of its path
 * avoids this, because a service may read it in another way (path_reading.h). */
bool session_login_is_asked(const struct request_context *context);

/* True when the answer may have tokens, which must stay here: a login; a request with another
 * method at the same path, because some services do not look at the method; and a request with a
 * session for new tokens, because some services take the old access token for that. An answer to
 * HEAD has no body. For requests that have passed the step session. */
bool session_login_may_answer(const struct request_context *context);

/* The last step of a login, or of what may be answered as one: asks the service and answers the
 * request. Only a login makes a session. */
void session_login_serve(struct request_context *context);

#endif
