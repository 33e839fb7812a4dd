/* Step "limits": counts the request under the limits whose keys do not need the user. */
#include "bff/app/limit_check.h"
#include "bff/app/request_steps.h"

enum step_result step_limits(struct request_context *context)
{
    return limit_check_run(context, LIMIT_CHECK_BEFORE_LOGIN);
}
