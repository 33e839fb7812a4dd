/* The first line on standard output: the server accepts requests. It says what runs there, so that
 * an operator need not guess (docs/operating.md). */
#ifndef BFF_APP_READY_LINE_H
#define BFF_APP_READY_LINE_H

#include <stdio.h>

#include "bff/config/config.h"
#include "bff/http/http_settings.h"

/* Prints the line for a server that listens on ${http->listens} with ${config}, and flushes. */
void ready_line_print(const struct http_settings *http, const struct config *config, FILE *out);

#endif
