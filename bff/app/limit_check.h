/*
 * Asks the limiter about a request, for the steps "limits" and "limits_user". Each step counts the
 * rules that match the request and belong to it. The verdicts become header fields, a wait or a
 * refusal.
 */
#ifndef BFF_APP_LIMIT_CHECK_H
#define BFF_APP_LIMIT_CHECK_H

#include "bff/app/request_context.h"

enum limit_check_place {
    LIMIT_CHECK_BEFORE_LOGIN, /* rules whose key does not need the user */
    LIMIT_CHECK_AFTER_LOGIN,  /* all other rules */
};

/* Returns the result of the step. */
enum step_result limit_check_run(struct request_context *context, enum limit_check_place place);

#endif
