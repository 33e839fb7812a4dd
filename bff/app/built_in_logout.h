/*
 * Page POST /bff/logout: ends the session of the browser. The answer is 204. When the user was
 * signed in by a provider that can log out, it is {"redirect": path}: the path of
 * built_in_logout_visit.h, to which the page sends the browser then. A request that accepts HTML
 * and no JSON gets 303. docs/sessions.md describes it.
 */
#ifndef BFF_APP_BUILT_IN_LOGOUT_H
#define BFF_APP_BUILT_IN_LOGOUT_H

#include "bff/app/request_context.h"

enum step_result built_in_logout(struct request_context *context);

#endif
