/* Step "compress": decides whether the answer gets a content coding. */
#include "bff/app/request_steps.h"

enum step_result step_compress(struct request_context *context) { return STEP_PASS; }
