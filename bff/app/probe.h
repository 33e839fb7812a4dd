/*
 * --probe: asks the running server whether it is ready. It finds the server by the same
 * configuration. It is for the health check of a container, which often has no other HTTP client.
 */
#ifndef BFF_APP_PROBE_H
#define BFF_APP_PROBE_H

#include "bff/config/config.h"
#include "bff/base/text.h"

#define EXIT_NOT_READY 1

/*
 * Asks for /ready on the first plain address of ${config}, or over TLS when there is no plain one;
 * the certificate is not checked. Returns 0 when the answer is 200. Otherwise it writes a line that
 * begins with ${program} to standard error, and returns EXIT_NOT_READY. When the probe takes too
 * long, this function writes such a line and ends the process with EXIT_NOT_READY.
 */
int probe(const struct config *config, struct text program);

#endif
