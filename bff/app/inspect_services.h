/* The page /__bff/services: how the services, their endpoints and breakers are, the rate limits and
 * the cache. */
#ifndef BFF_APP_INSPECT_SERVICES_H
#define BFF_APP_INSPECT_SERVICES_H

#include "bff/app/inspect_request.h"

/* Answers with the numbers of now, of all workers. docs/inspect.md shows the members. */
enum step_result inspect_services_get(struct inspect_request *inspect);

#endif
