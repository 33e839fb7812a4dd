/* Page GET /bff/user: who is signed in. docs/sessions.md describes its answer. */
#ifndef BFF_APP_BUILT_IN_USER_H
#define BFF_APP_BUILT_IN_USER_H

#include "bff/app/request_context.h"

enum step_result built_in_user(struct request_context *context);

#endif
