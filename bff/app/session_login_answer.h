/* The answer to a login: that of the service without its tokens. Private to session_login*.c. */
#ifndef BFF_APP_SESSION_LOGIN_ANSWER_H
#define BFF_APP_SESSION_LOGIN_ANSWER_H

#include "bff/http/request.h"
#include "bff/proxy/proxy.h"
#include "bff/session/session_tokens.h"
#include "bff/upstream/exchange.h"

/* All in the request's pool.
 *
 *   is_page_allowed  set by the user: success may also be a page in HTML, such as the form of a
 *                    login
 *   head             the service's, copied
 *   tokens           what its body has
 *   body             the body without them
 */
struct session_login_answer {
    bool is_page_allowed;
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
