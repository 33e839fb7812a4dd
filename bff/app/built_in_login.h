/*
 * The page GET /bff/login?provider=NAME&returnUrl=/path: sends the browser to an OpenID provider,
 * which sends it back to /bff/callback. Only a browser that opens the page itself may do that, and
 * no script.
 */
#ifndef BFF_APP_BUILT_IN_LOGIN_H
#define BFF_APP_BUILT_IN_LOGIN_H

#include "bff/app/request_context.h"

#define BUILT_IN_LOGIN_CALLBACK "/bff/callback"

/* The message when a provider, or its keys, cannot be asked. */
#define BUILT_IN_LOGIN_AWAY "Login provider unavailable"

/* For the table of pages (built_in_pages.h). True also for the other pages of OpenID Connect. */
bool built_in_login_is_there(const struct dispatch *dispatch);
enum step_result built_in_login(struct request_context *context);

#endif
