/*
 * --probe: asks the server that a configuration describes whether it is ready. It is for the health
 * check of a container, where there is no other client.
 */
#ifndef BFF_APP_PROBE_H
#define BFF_APP_PROBE_H

#include "bff/config/config.h"
#include "bff/base/text.h"

#define EXIT_NOT_READY 1

/*
 * Asks for /ready on the first plain address of ${config}, or over TLS when there is no plain one;
 * the certificate is not checked. Returns 0 when the answer is 200, else EXIT_NOT_READY with a line
 * on standard error that begins with ${program}. When it takes too long, this function writes such
 * a line and ends the process with EXIT_NOT_READY.
 */
int probe(const struct config *config, struct text program);

#endif
