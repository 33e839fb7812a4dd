/* The rate limits of a configuration, the cache, and the stores behind both, for people. */
#ifndef BFF_APP_LIMIT_LIST_H
#define BFF_APP_LIMIT_LIST_H

#include <stdio.h>

#include "bff/config/config.h"

/* Prints a line for each rate limit, with what it allows, and a line for each of these: where they
 * count, the cache, Redis, and the address of the admin pages. Prints no password. */
void limit_list_print(const struct config *config, FILE *out);

#endif
