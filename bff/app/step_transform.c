/* Step "transform": prepares the changes of the request, and of its answer. */
#include "bff/app/request_steps.h"

enum step_result step_transform(struct request_context *context) { return STEP_PASS; }
