/* The cookies of the answer to a request with a session. Private to session_request*.c. */
#ifndef BFF_APP_SESSION_REQUEST_ANSWER_H
#define BFF_APP_SESSION_REQUEST_ANSWER_H

#include "bff/app/session_request.h"

/* Returns the cookie for ${request}: Secure, except for plain HTTP on localhost when the operator
 * allows it. */
struct session_cookie session_request_answer_cookie(const struct session_settings *settings,
                                                    const struct request *request);

/* The answer sets the session's cookie to ${value}. ${how} is SESSION_REQUEST_SETS or
 * SESSION_REQUEST_RENEWS. Returns SESSION_STORE_OK or SESSION_STORE_TOO_LARGE. */
enum session_store_end session_request_answer_set(struct session_request *own,
                                                  enum session_request_answer how,
                                                  struct text value);

/* The answer clears the session's cookies. */
void session_request_answer_clear(struct session_request *own);

#endif
