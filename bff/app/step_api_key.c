/* Step "api_key": finds the API key of the request. */
#include "bff/app/request_steps.h"

enum step_result step_api_key(struct request_context *context) { return STEP_PASS; }
