/* Step "direct": answers a route that asks no service: a redirect or a fixed answer. */
#include "bff/app/request_steps.h"

enum step_result step_direct(struct request_context *context) { return STEP_PASS; }
