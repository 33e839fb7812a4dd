/*
 * The pages of this server itself: the login of browsers below /bff/, and the public keys at
 * /.well-known/jwks.json. Their paths are reserved: no composite and no plain route can have one of
 * them. A page exists only when the configuration has its capability (session, identity).
 */
#ifndef BFF_APP_BUILT_IN_PAGES_H
#define BFF_APP_BUILT_IN_PAGES_H

#include "bff/app/request_context.h"

/*
 *   method    "GET" takes HEAD, too
 *   path      exactly
 *   is_there  true when the configuration has the page; NULL: always
 *   run       the last step of the request: it answers, refuses or waits. The body has come
 *   body      bytes that the body may have; 0: it has none
 *   is_open   other sites may send the browser here: the page makes its own checks (state and nonce
 *             of a login). Otherwise step_session refuses what no page of ours has sent
 *   shows_tokens  the answer says when the tokens of the session end, so step_renewal renews them
 */
struct built_in_page {
    const char *method;
    const char *path;
    bool (*is_there)(const struct dispatch *dispatch);
    enum step_result (*run)(struct request_context *context);
    size_t body;
    bool is_open;
    bool shows_tokens;
};

/* The pages; a row whose method is NULL ends them. */
extern const struct built_in_page built_in_pages[];

/*
 * Returns true when the path of the request is that of a page that is there. Then context->found
 * has the page, or says that the page has other methods (FOUND_OTHER_METHOD).
 */
bool built_in_pages_find(struct request_context *context);

#endif
