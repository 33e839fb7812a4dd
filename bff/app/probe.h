/*
 * --probe: asks the server that a configuration describes whether it may get requests, from beside
 * it: for a container's health check, where there is no other client.
 */
#ifndef BFF_APP_PROBE_H
#define BFF_APP_PROBE_H

#include "bff/config/config.h"
#include "bff/base/text.h"

#define EXIT_NOT_READY 1

/*
 * Asks for /ready on the first plain address of ${config}, or over TLS when there is no plain one;
 * whose certificate it is does not matter. Returns 0 when the answer is 200, else EXIT_NOT_READY
 * with a line on standard error that begins with ${program}. When all of it takes too long, the
 * process ends in here in the same way.
 */
int probe(const struct config *config, struct text program);

#endif
