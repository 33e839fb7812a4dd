/* Page POST /bff/logout: ends the session of the browser. docs/sessions.md describes it. */
#ifndef BFF_APP_BUILT_IN_LOGOUT_H
#define BFF_APP_BUILT_IN_LOGOUT_H

#include "bff/app/request_context.h"

enum step_result built_in_logout(struct request_context *context);

#endif
