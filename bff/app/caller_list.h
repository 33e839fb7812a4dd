/* Who may ask, for --routes: issuers, the authorizer, API keys, sessions, revocation, the identity
 * token. limit_list.h prints the usage plans of API keys. */
#ifndef BFF_APP_CALLER_LIST_H
#define BFF_APP_CALLER_LIST_H

#include <stdio.h>

#include "bff/config/config.h"

/* Prints a line for each of them that ${config} has. No line has a secret. */
void caller_list_print(const struct config *config, FILE *out);

#endif
