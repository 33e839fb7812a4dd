/* The rate limits of a configuration, for people. */
#ifndef BFF_APP_LIMIT_LIST_H
#define BFF_APP_LIMIT_LIST_H

#include <stdio.h>

#include "bff/config/config.h"

/* Prints a line for each rate limit and each usage plan, with what it allows, and then where they
 * count. */
void limit_list_print(const struct config *config, FILE *out);

#endif
