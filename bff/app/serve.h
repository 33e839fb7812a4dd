/* Serves with a configuration that has been checked, until the process ends. */
#ifndef BFF_APP_SERVE_H
#define BFF_APP_SERVE_H

#include "bff/app/generation.h"

#define EXIT_BUSY 1   /* an address cannot be listened on */
#define EXIT_CONFIG 2 /* the configuration, the mocks' data or a table is wrong */

/*
 * Listens, prints the ready line to standard output, serves until SIGTERM or SIGINT, and drains.
 * The service manager is notified (notify.h). When the configuration of ${generation} names a mock
 * directory, mock services are started, and the server uses their addresses as endpoints of the
 * services. A reload reads the configuration again as ${argv} says. ${argv} must live until the end
 * of the process. Takes over the caller's reference to ${generation}. Returns the exit status.
 */
int serve(struct generation *generation, int argc, char **argv);

#endif
