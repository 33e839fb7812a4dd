/* All services. */
#ifndef CLIENTS_SERVICES_H
#define CLIENTS_SERVICES_H

#include "bff/compose/compose.h"

/* In the order of --help and of /health, which is also the order of the mock services' ports. */
extern const struct bff_services clients_services;

#endif
