/* Serving: from a configuration that has been checked to the exit status. */
#ifndef BFF_APP_SERVE_H
#define BFF_APP_SERVE_H

#include "bff/config/config.h"
#include "bff/compose/page.h"

#define EXIT_BUSY 1   /* an address cannot be listened on */
#define EXIT_CONFIG 2 /* the configuration, the mocks' data or a table is wrong */

/*
 * Listens, prints the ready line to standard output, serves until SIGTERM or SIGINT, drains. The
 * service manager is told (notify.h).
 * ${config}'s services are pointed at mocks when it names a mock directory. Returns the exit
 * status.
 */
int serve(struct config *config, struct pages *pages);

#endif
