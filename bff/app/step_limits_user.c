/* Step "limits_user": counts the request under the limits whose keys need the user. */
#include "bff/app/limit_check.h"
#include "bff/app/request_steps.h"

enum step_result step_limits_user(struct request_context *context)
{
    return limit_check_run(context, LIMIT_CHECK_AFTER_LOGIN);
}
