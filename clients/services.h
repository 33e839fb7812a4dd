/* All services. */
#ifndef CLIENTS_SERVICES_H
#define CLIENTS_SERVICES_H

#include "bff/compose/compose.h"

/* In the order of --help and of /health, which is also the order of the mock services' ports. Ends
 * with NULL. */
extern const struct bff_service *const clients_services[];

#endif
