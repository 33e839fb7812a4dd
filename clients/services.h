/* All services of the shop. */
#ifndef CLIENTS_SERVICES_H
#define CLIENTS_SERVICES_H

#include "bff/compose/compose.h"

/* The services in the order in which --help and /health show them. The ports of the mock services
 * have the same order. */
extern const struct bff_services clients_services;

#endif
