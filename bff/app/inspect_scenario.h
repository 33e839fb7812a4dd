/* The page /__bff/scenario: which scenario the mock services play (bff/compose/mocks.h). */
#ifndef BFF_APP_INSPECT_SCENARIO_H
#define BFF_APP_INSPECT_SCENARIO_H

#include "bff/app/inspect_request.h"

/* Answers with the current scenario and those that are known; 404 when this build's mock services
 * have no scenarios. */
enum step_result inspect_scenario_get(struct inspect_request *inspect);

/* The body says which scenario is wanted. Answers as inspect_scenario_get, or 400 with what is
 * wrong. */
enum step_result inspect_scenario_put(struct inspect_request *inspect);

#endif
