/*
 * The page GET /bff/callback: an OpenID provider has sent the browser back. When all is well, the
 * browser gets a new session and goes on to its returnUrl. Else the answer says little, and the
 * event "session_login_failed" says why.
 */
#ifndef BFF_APP_BUILT_IN_CALLBACK_H
#define BFF_APP_BUILT_IN_CALLBACK_H

#include "bff/app/request_context.h"

/* For the table of pages (built_in_pages.h). */
enum step_result built_in_callback(struct request_context *context);

#endif
