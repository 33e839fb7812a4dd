/* See request_steps.h. */
#include "bff/app/request_steps.h"

#define ROW(name) {#name, step_##name},

const struct step request_steps[] = {REQUEST_STEPS(ROW){0}};
