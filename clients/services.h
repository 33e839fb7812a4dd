/* All services there are. */
#ifndef CLIENTS_SERVICES_H
#define CLIENTS_SERVICES_H

#include "bff/compose/compose.h"

/* In the order in which they are shown, and in which the mock services take their ports; ended by
 * NULL. */
extern const struct bff_service *const clients_services[];

#endif
