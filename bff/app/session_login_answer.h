/* The answer to a login: that of the service without its tokens. Private to session_login*.c. */
#ifndef BFF_APP_SESSION_LOGIN_ANSWER_H
#define BFF_APP_SESSION_LOGIN_ANSWER_H

#include "bff/http/request.h"
#include "bff/proxy/proxy.h"
#include "bff/session/session_tokens.h"
#include "bff/upstream/exchange.h"

/* All in the request's pool.
 *
 *   head    the service's, copied
 *   tokens  what its body has
 *   body    the body without them
 */
struct session_login_answer {
    struct exchange_head head;
    struct session_tokens tokens;
    struct text body;
};

/* Copies ${head}. */
void session_login_answer_head(struct session_login_answer *answer, struct pool *pool,
                               const struct exchange_head *head);

/* Takes ${body}, which may be anything. Returns false for an answer that cannot be passed on,
 * because it says success but is no JSON, or because a token is still in it. */
bool session_login_answer_body(struct session_login_answer *answer, struct pool *pool,
                               struct text body, const struct session_login_settings *settings);

/* Sends the answer. Fields that contain a token are left out. Afterwards, the request must not be
 * used. */
void session_login_answer_send(const struct session_login_answer *answer, struct request *request,
                               const struct proxy_ask *ask);

#endif
