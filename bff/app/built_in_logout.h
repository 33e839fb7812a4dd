/*
 * The logout of a browser.
 *
 * POST /bff/logout ends the session, and says where the browser goes now: {"redirect": path}; or
 * 303, when the request accepts HTML and no JSON. This is the path of the page below, when the user
 * was signed in by a provider that can log out; else session.after_login.
 *
 * GET /bff/logout is where the browser goes after that. It sends the browser to the logout page of
 * the provider (RP-Initiated Logout 1.0). Without the cookie of a POST it changes nothing.
 */
#ifndef BFF_APP_BUILT_IN_LOGOUT_H
#define BFF_APP_BUILT_IN_LOGOUT_H

#include "bff/app/request_context.h"

/* For the table of pages (built_in_pages.h). */
bool built_in_logout_is_there(const struct dispatch *dispatch);
enum step_result built_in_logout(struct request_context *context);
enum step_result built_in_logout_visit(struct request_context *context);

#endif
