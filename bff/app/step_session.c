/* Step "session": finds the session of the cookies. */
#include "bff/app/request_steps.h"

enum step_result step_session(struct request_context *context) { return STEP_PASS; }
