/*
 * Page GET /bff/logout: where a browser goes after its session has ended here, when a provider had
 * signed the user in. It sends the browser to the logout page of the provider (RP-Initiated Logout
 * 1.0). A cookie of POST /bff/logout says to which; without it, the browser goes home.
 */
#ifndef BFF_APP_BUILT_IN_LOGOUT_VISIT_H
#define BFF_APP_BUILT_IN_LOGOUT_VISIT_H

#include "bff/app/request_context.h"
#include "bff/session/session.h"

#define BUILT_IN_LOGOUT_VISIT_PATH "/bff/logout"

enum step_result built_in_logout_visit(struct request_context *context);

/* For the page that ends ${session}. Returns true when its provider can log the user out, too; then
 * the answer has the cookie. */
bool built_in_logout_visit_offer(struct request_context *context, const struct session *session);

/* Returns the path of session.after_login. */
struct text built_in_logout_visit_home(const struct request_context *context);

/* Answers with 303. */
void built_in_logout_visit_send(const struct request_context *context, struct text url);

#endif
