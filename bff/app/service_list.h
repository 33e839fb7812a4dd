/* The services of a configuration, for people. */
#ifndef BFF_APP_SERVICE_LIST_H
#define BFF_APP_SERVICE_LIST_H

#include <stdio.h>

#include "bff/config/config.h"

/* Prints some lines for each service: its endpoints and all other settings, as they are after all
 * sources of the configuration have been read. With --mock, the endpoints of mock services are only
 * known at a start. */
void service_list_print(const struct config *config, FILE *out);

#endif
