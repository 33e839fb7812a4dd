/* The first line on standard output: the server accepts requests. It says what runs there, so that
 * an operator need not guess (docs/operating.md). */
#ifndef BFF_APP_READY_LINE_H
#define BFF_APP_READY_LINE_H

#include <stdio.h>

#include "bff/config/config.h"
#include "bff/http/server.h"

/* Prints the line for a server that listens on ${settings->listens} with ${config}, and flushes. */
void ready_line_print(const struct server_settings *settings, const struct config *config,
                      FILE *out);

#endif
