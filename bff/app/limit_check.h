/*
 * Asks the limiter about a request, for the steps "limits", "limits_user" and "usage". The first
 * two count the rules that match the request and belong to it. The verdicts become header fields, a
 * wait or a refusal.
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

/* Does the same for the step "usage": counts the request under ${plan}, the usage plan of its API
 * key. The answer's fields are those of the rule that is closer to its limit. */
enum step_result limit_check_run_plan(struct request_context *context,
                                      const struct plan_rules *plan);

#endif
