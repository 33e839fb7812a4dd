/* The services of a configuration, for people. */
#ifndef BFF_APP_SERVICE_LIST_H
#define BFF_APP_SERVICE_LIST_H

#include <stdio.h>

#include "bff/config/config.h"

/* Prints a line for each service: its endpoints, its time-outs and its health check, as they are
 * after all sources of the configuration have been read. With --mock, the endpoints of mock
 * services are only known at a start. */
void service_list_print(const struct config *config, FILE *out);

#endif
